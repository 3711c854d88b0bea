"""The commands that keep the corpus, as processes of their own."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from assistant.settings import PROJECT
from tests.integration.test_time import NEW, OLD

pytestmark = pytest.mark.integration


@pytest.fixture
def folder(small_corpus: Path) -> Path:
    (small_corpus.parent / "旧版.txt").write_text(OLD, encoding="gb18030")
    (small_corpus.parent / "新版.txt").write_text(NEW, encoding="utf-16")
    return small_corpus.parent


def run(folder: Path, *command: str, code: int = 0) -> str:
    places = ["--corpus", str(folder / "corpus"), "--index", str(folder / "index")]
    environment = os.environ | {"PYTHONPATH": str(PROJECT), "PYTHONIOENCODING": "utf-8"}
    found = subprocess.run(
        [sys.executable, "-m", "assistant", *command, *places], check=False, capture_output=True, text=True, env=environment,
        cwd=folder, stdin=subprocess.DEVNULL, timeout=120,
    )  # fmt: skip
    assert found.returncode == code, found.stdout + found.stderr
    assert "Traceback" not in found.stderr
    return found.stdout + found.stderr


def test_from_the_file_to_the_difference_and_back(folder: Path) -> None:
    run(folder, "build")
    preview = run(folder, "corpus", "add", "旧版.txt", code=1)
    assert "第二条" in preview
    assert "加 --yes" in preview
    assert "已入库" in run(folder, "corpus", "add", "旧版.txt", "--yes", "--by", "张三", "--why", "首次")
    added = run(folder, "corpus", "add", "新版.txt", "--yes")
    assert "代替：" in added
    assert "其中 2 条改了数字" in added
    rows = {row["id"]: row for row in json.loads(run(folder, "corpus", "list", "--json", "--as-of", "2026-12-31"))}
    old, new = (f"jing-shui-she-bei-shou-hou-guan-li-ban-fa-{year}" for year in (2015, 2026))
    assert (rows[old]["status"], rows[new]["status"], rows[new]["original"]) == ("现行", "尚未生效", f"{new}.txt")
    difference = json.loads(run(folder, "corpus", "diff", old, new, "--json"))
    assert difference["summary"]["amended"] == 3
    page = folder / "对照.html"
    run(folder, "corpus", "diff", old, new, "--html", str(page))
    assert page.read_text(encoding="utf-8").startswith("<!doctype html>")
    assert "[-七-]{+三+}日" in run(folder, "corpus", "diff", old, new)
    assert json.loads(run(folder, "corpus", "impact", old, new, "--json")) == {"questions": [], "references": []}
    shown = json.loads(run(folder, "corpus", "show", new, "--json"))
    assert [clause["number"] for clause in shown["clauses"]] == [
        "题注",
        "第一条",
        "第二条",
        "第三条",
        "第四条",
        "第五条",
    ]
    assert "都对得上" in run(folder, "corpus", "verify")
    run(folder, "corpus", "retire", old, "--on", "2026-01-01", "--yes")
    run(folder, "corpus", "remove", new, "--yes")
    run(folder, "corpus", "rollback", "--to", "1", "--yes")
    entries = json.loads(run(folder, "corpus", "history", "--json"))
    assert [entry["action"] for entry in entries] == ["begin", "add", "add", "retire", "remove", "rollback"]
    assert (entries[1]["who"], entries[1]["why"]) == ("张三", "首次")
    assert len(json.loads(run(folder, "corpus", "list", "--json"))) == 4
    assert not list((folder / "corpus").rglob("*.txt"))


@pytest.mark.parametrize(
    ("command", "code", "hint"),
    [
        (("add", "nirgends.pdf", "--yes"), 1, "检查路径"),
        (("add", "旧版.txt", "--issued", "31.12.2026", "--yes"), 2, "日期写成"),
        (("add", "旧版.txt", "--id", "Nicht Gut", "--yes"), 1, "小写字母"),
        (("add", "旧版.txt", "--id", "wenda", "--yes"), 1, "换一个 --id"),
        (("add", "旧版.txt", "新版.txt", "--title", "x", "--yes"), 2, "一份一份来"),
        (("show", "没有的文件"), 1, "corpus list"),
        (("rollback", "--yes"), 1, "corpus history"),
        (("remove", "wenda"), 1, "--yes"),
        (("diff", "wenda", "没有"), 1, "corpus list"),
    ],
)
def test_wrong_use_is_told_and_changes_nothing(folder: Path, command: tuple[str, ...], code: int, hint: str) -> None:
    before = sorted(path.name for path in (folder / "corpus").rglob("*.md"))
    assert hint in run(folder, "corpus", *command, code=code)
    assert sorted(path.name for path in (folder / "corpus").rglob("*.md")) == before


def test_several_files_are_brought_in_and_the_bad_one_is_named(folder: Path) -> None:
    (folder / "坏.pdf").write_bytes(b"%PDF-1.4 kaputt")
    told = run(folder, "corpus", "add", "旧版.txt", "坏.pdf", "新版.txt", "--yes", code=1)
    assert told.count("已入库") == 2
    assert "坏.pdf" in told
    assert "3 份里有 1 份没有入库" in told


def test_what_was_proposed_can_be_corrected_and_cleared(folder: Path) -> None:
    run(folder, "corpus", "add", "旧版.txt", "--yes", "--number", "无", "--title", "净水办法", "--kind", "policy",
        "--issuer", "某局", "--effective", "2016-01", "--expires", "2030-01-01", "--id", "jingshui")  # fmt: skip
    shown = json.loads(run(folder, "corpus", "show", "jingshui", "--json"))
    assert {key: shown[key] for key in ("number", "title", "kind", "issuer", "effective_on", "expires_on", "path")} == {
        "number": None, "title": "净水办法", "kind": "policy", "issuer": "某局", "effective_on": "2016-01",
        "expires_on": "2030-01-01", "path": "policies/jingshui.md",
    }  # fmt: skip

"""The command line as users run it: a process, its output, its exit code."""

import json
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from assistant.settings import PROJECT

pytestmark = pytest.mark.integration

COMMANDS = ["build", "ask", "search", "status", "serve"]
GOOD = "证书有效期几年？"
BAD = "红烧肉怎么做"


def run(*arguments: str | Path, stdin: bytes = b"") -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "assistant", *map(str, arguments)]
    done = subprocess.run(command, input=stdin, capture_output=True, timeout=120, check=False)
    return subprocess.CompletedProcess(command, done.returncode, done.stdout.decode(), done.stderr.decode())


def assert_error(done: subprocess.CompletedProcess[str], *words: str, code: int = 1) -> None:
    """The error is told in a message with a hint and without a trace."""
    assert done.returncode == code, done.stderr
    assert "Traceback" not in done.stderr
    if code == 1:
        first, second = done.stderr.strip().splitlines()
        assert first.startswith("错误：")
        assert second.startswith("办法：")
    assert all(word in done.stderr for word in words), done.stderr


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help(command: str) -> None:
    done = run(command, "--help")
    assert done.returncode == 0
    assert "--corpus" in done.stdout
    assert "--index" in done.stdout
    assert any("一" <= char <= "鿿" for char in done.stdout.splitlines()[2])


def test_the_help_names_every_command_and_the_version_is_told() -> None:
    done = run("--help")
    assert all(f"  {command} " in done.stdout for command in COMMANDS)
    assert run("--version").stdout.startswith("assistant, version ")


def test_the_installed_command_is_the_same_program() -> None:
    script = Path(sys.executable).with_name("assistant")
    done = subprocess.run([script, "--help"], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0
    assert done.stdout.splitlines()[1:] == run("--help").stdout.splitlines()[1:]


def test_build_ask_search_and_status_work_together(small_corpus: Path, tmp_path: Path) -> None:
    folders = ("--corpus", small_corpus, "--index", tmp_path / "index")
    before = json.loads(run("status", "--json", *folders).stdout)
    assert (before["index"], before["up_to_date"], len(before["documents"])) == (None, False, 4)
    (small_corpus / "bad.md").write_text("坏", encoding="utf-8")
    first = run("build", *folders)
    assert (first.returncode, first.stdout[:3]) == (0, "已更新")
    assert "4 份文件，9 个条款" in first.stdout
    assert first.stderr.startswith("未载入  bad.md:1 元数据")
    assert run("build", *folders).stdout.startswith("没有变化")
    assert run("build", "--rebuild", *folders).stdout.startswith("已更新，新算向量 0 条")
    after = json.loads(run("status", "--json", *folders).stdout)
    assert after["up_to_date"]
    assert set(after["index"]) == {"snapshot", "built_at"}
    assert [fault.partition(" ")[0] for fault in after["faults"]] == ["bad.md:1"]
    states = {item["id"]: item["status"] for item in after["documents"]}
    assert states == {"gbt-1-2020": "现行", "gbt-1-2010": "被代替", "ceshi-tiaoli": "现行", "wenda": "现行"}
    assert set(after["documents"][0]) == {"id", "number", "title", "kind", "status"}
    told = run("status", *folders).stdout
    assert "共 4 份文件，9 个条款，1 处要改" in told
    assert "最新" in told
    (small_corpus / "bad.md").unlink()
    assert "资料已改，运行 assistant build" in run("status", *folders).stdout


def test_an_answer_is_told_with_its_sources(built_index: Path) -> None:
    done = run("ask", GOOD, "--index", built_index)
    assert (done.returncode, done.stderr) == (0, "")
    assert "3 年。[1]" in done.stdout
    assert "[1] 常见问答·证书 1" in done.stdout
    assert "为准" in done.stdout.splitlines()[-1]


def test_the_json_of_an_answer_has_the_documented_shape(built_index: Path) -> None:
    answer = json.loads(run("ask", GOOD, "--json", "--as-of", "2020-05-01", "--index", built_index).stdout)
    assert set(answer) == {
        "question",
        "understood_as",
        "answer",
        "refused",
        "reason",
        "as_of",
        "citations",
        "suggestions",
        "snapshot",
        "timings_ms",
        "sentences",
        "model",
        "notice",
    }
    assert (answer["question"], answer["refused"], answer["reason"]) == (GOOD, False, None)
    assert answer["as_of"] == "2020-05-01"
    assert set(answer["citations"][0]) == {
        "mark",
        "address",
        "document_id",
        "number",
        "title",
        "kind",
        "form",
        "numbered_by_us",
        "status",
        "status_note",
        "confidence",
        "quote",
        "page",
        "sources",
    }
    assert "3 年" in answer["citations"][0]["quote"]
    assert answer["snapshot"] == next(path.parent.name for path in built_index.glob("*/manifest.json"))


def test_a_refusal_has_an_exit_code_of_its_own(built_index: Path) -> None:
    done = run("ask", BAD, "--index", built_index)
    assert (done.returncode, done.stderr) == (3, "")
    assert "【未作回答：不在本库范围】" in done.stdout
    done = run("ask", BAD, "--json", "--index", built_index)
    assert done.returncode == 3
    assert json.loads(done.stdout)["reason"] == "off_topic"


def test_the_day_counts(built_index: Path) -> None:
    question = "售后服务评价用哪个标准"
    old = json.loads(run("ask", question, "--json", "--as-of", "2012-01-31", "--index", built_index).stdout)
    assert old["citations"][0]["number"] == "SB/T 10401-2006"
    hits = json.loads(
        run("search", "GB/T 27922-2011 7.1", "--json", "--as-of", "2012-01-31", "--index", built_index).stdout
    )
    assert hits[0]["status"] == "尚未生效"


def test_search_lists_clauses_best_first(built_index: Path) -> None:
    hits = json.loads(run("search", "五星要多少分", "-k", "3", "--json", "--index", built_index).stdout)
    assert [hit["rank"] for hit in hits] == [1, 2, 3]
    assert set(hits[0]) == {"rank", "address", "document_id", "title", "heading", "status", "score", "stage", "text"}
    assert "GB/T 27922-2011 7.1" in {hit["address"] for hit in hits}
    lines = run("search", "五星要多少分", "-k", "3", "--index", built_index).stdout.splitlines()
    assert [hit["address"] in line for hit, line in zip(hits, lines, strict=True)] == [True] * 3


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_a_file_of_questions_is_read_in_any_usual_encoding(built_index: Path, tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "问题.txt"
    path.write_text(f"{GOOD}\r\n\r\n   \r\n{BAD}\r\n五星要多少分", encoding=encoding, newline="")
    done = run("ask", "--file", path, "--json", "--index", built_index)
    assert done.returncode == 0
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert [answer["question"] for answer in answers] == [GOOD, BAD, "五星要多少分"]
    assert [answer["refused"] for answer in answers] == [False, True, False]


def test_each_answer_of_a_file_begins_with_its_question(built_index: Path) -> None:
    done = run("ask", "--file", "-", "--index", built_index, stdin=f"{GOOD}\n{BAD}\n".encode())
    lines = done.stdout.splitlines()
    assert lines[0] == f"问题 1：{GOOD}"
    assert lines[lines.index(f"问题 2：{BAD}") - 1] == ""


def test_lines_of_json_may_carry_a_day_of_their_own(built_index: Path, tmp_path: Path) -> None:
    path = tmp_path / "questions.jsonl"
    lines = [{"id": 1, "question": GOOD, "as_of": "2015-06-01"}, {"question": GOOD}, {"question": GOOD, "as_of": None}]
    path.write_text("\n".join(json.dumps(line) for line in lines), encoding="utf-8")
    done = run("ask", "--file", path, "--json", "--as-of", "2018-01-01", "--index", built_index)
    days = [json.loads(line)["as_of"] for line in done.stdout.splitlines()]
    assert days == ["2015-06-01", "2018-01-01", "2018-01-01"]


def test_questions_are_read_from_standard_input(built_index: Path) -> None:
    done = run("ask", "--file", "-", "--json", "--index", built_index, stdin=f"{GOOD}\n".encode())
    assert [json.loads(line)["question"] for line in done.stdout.splitlines()] == [GOOD]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", ["空的"]),
        (b"\n  \n", ["空的"]),
        ("\ufeff".encode(), ["空的"]),
        (b"\xff\xff\xff\x00", ["不是文本文件"]),
        (b'{"question": \n', ["第 1 行", "JSON"]),
        (b'{"frage": "x"}\n', ["第 1 行", "question"]),
        (b'{"question": "x", "as_of": "2015-02-31"}\n', ["第 1 行"]),
    ],
)
def test_a_file_that_holds_no_questions_is_an_error(
    built_index: Path, tmp_path: Path, content: bytes, words: list[str]
) -> None:
    path = tmp_path / "questions"
    path.write_bytes(content)
    assert_error(run("ask", "--file", path, "--index", built_index), "questions", *words)


def test_a_torn_utf_16_file_is_an_error(built_index: Path, tmp_path: Path) -> None:
    path = tmp_path / "questions"
    path.write_bytes("证书".encode("utf-16")[:-1])
    assert_error(run("ask", "--file", path, "--index", built_index), "questions")


def test_a_missing_file_or_a_folder_is_an_error(built_index: Path, tmp_path: Path) -> None:
    for path in (tmp_path / "none.txt", tmp_path):
        assert_error(run("ask", "--file", path, "--index", built_index), str(path))


def test_a_missing_index_or_corpus_is_an_error(tmp_path: Path) -> None:
    none = tmp_path / "none"
    assert_error(run("ask", GOOD, "--index", none), "还没有建索引", "assistant build")
    assert_error(run("search", GOOD, "--index", none), "assistant build")
    for command in ("build", "status"):
        assert_error(run(command, "--corpus", none, "--index", none), "没有资料文件夹", "--corpus")
    assert not none.exists()


@pytest.mark.parametrize("question", ["", "  ", "问" * 3000])
def test_an_empty_or_endless_question_is_an_error(built_index: Path, question: str) -> None:
    assert_error(run("ask", question, "--index", built_index), "问题")


def test_a_port_in_use_is_an_error_before_anything_is_built(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        found = run("serve", "--no-open", "--port", str(port), "--index", tmp_path / "index")
    assert_error(found, f"端口 {port} 用不了", "--port")
    assert not (tmp_path / "index").exists()


def test_a_damaged_index_is_an_error_that_names_the_command_that_helps(tmp_path: Path) -> None:
    (tmp_path / "current.json").write_text("{")
    assert_error(run("ask", GOOD, "--index", tmp_path), "assistant build --rebuild")


@pytest.mark.parametrize(
    "arguments",
    [
        ["nope"],
        ["ask"],
        ["ask", GOOD, "--file", "x"],
        ["ask", GOOD, "--as-of", "2015-02-31"],
        ["ask", GOOD, "--as-of", "去年"],
        ["search", GOOD, "-k", "0"],
        ["search"],
        ["build", "--nope"],
        ["serve", "--port", "70000"],
        ["status", "--corpus", str(PROJECT / "pyproject.toml")],
    ],
)
def test_wrong_usage_is_told_without_a_trace(arguments: list[str]) -> None:
    assert_error(run(*arguments), code=2)


def test_a_mistyped_setting_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ASSISTANT_INDX", "/tmp")
    assert_error(run("status"), "ASSISTANT_INDX", "ASSISTANT_INDEX")

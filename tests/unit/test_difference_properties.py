"""A difference tells everything, always says the same, and comes in seconds; also on real laws if there are any."""

import os
import subprocess
import sys
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.structure.outline import parse_clauses
from assistant.types import Confidence, Document, Form, Kind
from tests.unit.test_difference import ARTICLES, checked, difference, edition

SEEDED = """
from tests.unit.test_difference import ARTICLES, difference
from assistant.corpus.difference import to_text
print(to_text(difference(ARTICLES * 5, [text.replace("企业", "经营者") for text in ARTICLES[::-1] * 5]), everything=True))
"""


def test_the_same_input_gives_the_same_output_in_every_process() -> None:
    outputs = {
        subprocess.run(
            [sys.executable, "-c", SEEDED],
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONIOENCODING": "utf-8"},
            cwd=Path(__file__).parents[2],
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(outputs) == 1


WORDS = st.sampled_from(
    [
        "企业",
        "应当",
        "不得",
        "三十日",
        "一万元",
        "第二条",
        "评价",
        "。",
        "，",
        "\n\n",
        "（一）",
        "GB/T 1",
        "认证机构可以",
    ]
)
TEXTS = st.lists(st.lists(WORDS, min_size=1, max_size=12).map("".join), max_size=8)


@settings(max_examples=150, deadline=None)
@given(TEXTS, TEXTS)
def test_any_difference_rebuilds_the_new_text(old: list[str], new: list[str]) -> None:
    difference(old, new)


@settings(max_examples=60, deadline=None)
@given(st.permutations(ARTICLES), st.lists(st.integers(0, 5), max_size=3))
def test_any_reordering_with_losses_rebuilds_the_new_text(order: list[str], lost: list[int]) -> None:
    difference(ARTICLES, [text for i, text in enumerate(order) if i not in lost])


LINES = st.lists(
    st.sampled_from(
        [
            *ARTICLES[:3],
            "## 第一章 总则",
            "### 5.1.2 要求",
            "## 5.1.2.2",
            "## 附录A",
            "| 等级 | 得分 |",
            "|---|---|",
            "| 三星级 | 80 分 |",
            "第三条 应当公开。",
            "第三条 可以公开。",
            "一、总体要求",
            "（一）建立制度。",
            "",
            "　　",
            "<!-- 注 -->",
            "\u200b",
        ]
    ),
    max_size=14,
)


@settings(max_examples=150, deadline=None)
@given(LINES, LINES, st.sampled_from(list(Kind)), st.sampled_from(list(Form)), st.sampled_from(["\n", "\n\n", "\r\n"]))
def test_any_markdown_of_any_kind_rebuilds_the_new_text(
    old: list[str], new: list[str], kind: Kind, form: Form, ending: str
) -> None:
    sides = [replace(edition([])[0], text=ending.join(lines), kind=kind, form=form) for lines in (old, new)]
    checked(sides[0], parse_clauses(sides[0]), sides[1], parse_clauses(sides[1]))


def test_a_long_clause_and_many_clauses_are_compared_in_seconds() -> None:
    import time

    start = time.perf_counter()
    long = "。".join(f"第{i}项要求企业在{i}日内完成整改并报告结果" for i in range(2500))
    difference([long], [long.replace("企业", "经营者")])
    many = [
        f"第{i}类企业应当在{i % 90 + 1}日内向第{i % 37}号机构报送第{i * 7 % 113}类材料，并保存{i % 9 + 1}年。"
        for i in range(2000)
    ]
    difference(many, [text.replace("报送", "提交") if i % 3 else text for i, text in enumerate(many) if i % 50])
    assert time.perf_counter() - start < 60, "far from quadratic: seconds on any machine"


@pytest.mark.skipif("LAWS_FOLDER" not in os.environ, reason="LAWS_FOLDER names no folder of laws in two editions")
def test_real_pairs_of_laws_are_told_completely() -> None:
    groups: dict[str, list[Path]] = {}
    for path in sorted(Path(os.environ["LAWS_FOLDER"]).glob("*(*).md")):
        groups.setdefault(path.stem.split("(")[0], []).append(path)
    for paths in groups.values():
        for old, new in zip(paths, paths[1:], strict=False):
            editions = [
                Document(
                    id=path.stem, title=path.stem, kind=Kind.LAW, form=Form.OFFICIAL, checked_on=date(2026, 1, 1),
                    confidence=Confidence.LAW_TEXT, text=path.read_text(encoding="utf-8"), sha256="", path=path.name,
                )
                for path in (old, new)
            ]  # fmt: skip
            checked(editions[0], parse_clauses(editions[0]), editions[1], parse_clauses(editions[1]))

"""What a new edition changes, clause by clause."""

import os
from collections import Counter
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.corpus.difference import ChangeKind, Difference, apply, compare, summary_line, to_json, to_text
from assistant.structure.outline import parse_clauses
from assistant.text import to_chinese_numeral
from assistant.types import Clause, Confidence, Document, Form, Kind

ARTICLES = [
    "为了规范售后服务评价活动，保护消费者合法权益，制定本办法。",
    "企业应当设立售后服务归口部门，并在三十日内向主管部门报告负责人的姓名和联系方式。",
    "评价机构可以委托专业人员参加现场评审，评审人员不得少于三人。",
    "获证企业每年接受一次监督审核，审核费用不超过一万元。\n\n监督审核不合格的，限期整改；整改后仍不合格的，暂停证书六个月。",
    "消费者对评价结果有异议的，可以自公布之日起六十日内提出申诉，评价机构应当在十五日内答复。",
    "违反本办法第四条规定的，由主管部门处一万元以上三万元以下的罚款；情节严重的，吊销证书并予以公告。",
]


def edition(articles: list[str], key: str = "a", chapter: str = "第一章 总则") -> tuple[Document, list[Clause]]:
    body = [f"第{to_chinese_numeral(i)}条 {text}" for i, text in enumerate(articles, 1)]
    text = f"# 售后服务评价办法\n\n## {chapter}\n\n" + "\n\n".join(body) + "\n"
    document = Document(
        id=key, title="售后服务评价办法", kind=Kind.RULE, form=Form.OFFICIAL, checked_on=date(2026, 1, 1),
        confidence=Confidence.LAW_TEXT, text=text, sha256="", path=f"{key}.md",
    )  # fmt: skip
    return document, parse_clauses(document)


def difference(old: list[str], new: list[str]) -> Difference:
    return checked(*edition(old), *edition(new, "b"))


def checked(old: Document, old_clauses: list[Clause], new: Document, new_clauses: list[Clause]) -> Difference:
    """Compare and prove that the difference tells everything."""
    found = compare(old, old_clauses, new, new_clauses)
    assert apply(found, old.text) == new.text
    for side, clauses in (("old", old_clauses), ("new", new_clauses)):
        sides = [getattr(change, side) for change in found.changes]
        assert sorted(place for item in sides if item for place in item.positions) == list(range(len(clauses)))
    for change in found.changes:
        assert "".join(text for op, text in change.inline if op in "=-") == (change.old.text if change.old else "")
        assert "".join(text for op, text in change.inline if op in "=+") == (change.new.text if change.new else "")
    return found


def kinds(found: Difference) -> dict[str, int]:
    return {kind: count for kind, count in to_json(found)["summary"].items() if count}


def changed(found: Difference) -> list[tuple[str, str, str, tuple[str, ...]]]:
    return [
        (
            change.kind.value,
            change.old.numbers if change.old else "",
            change.new.numbers if change.new else "",
            change.flags,
        )
        for change in found.changes
        if change.kind is not ChangeKind.UNCHANGED
    ]


def with_change(number: int, old: str, new: str) -> list[str]:
    assert old in ARTICLES[number - 1]
    return [text.replace(old, new) if i == number else text for i, text in enumerate(ARTICLES, 1)]


def test_the_same_text_is_unchanged() -> None:
    found = difference(ARTICLES, ARTICLES)
    assert kinds(found) == {"unchanged": 6}
    assert not any(isinstance(step, str) for step in found.script), "all of it is taken from the old text"


def test_an_inserted_article_renumbers_what_follows_and_references_that_follow_it_weigh_nothing() -> None:
    new = [
        *ARTICLES[:2],
        "国家鼓励行业协会开展售后服务人员的职业技能培训。",
        *ARTICLES[2:5],
        ARTICLES[5].replace("第四条", "第五条"),
    ]
    found = difference(ARTICLES, new)
    assert kinds(found) == {"unchanged": 2, "added": 1, "renumbered": 3, "amended": 1}
    assert changed(found)[-1] == ("amended", "第六条", "第七条", ("reference", "renumbered"))
    assert not any(change.weighty for change in found.changes)


def test_another_article_referred_to_is_told() -> None:
    assert changed(difference(ARTICLES, with_change(6, "第四条", "第二条")))[0][3] == ("reference",)


@pytest.mark.parametrize(
    ("number", "old", "new", "flags"),
    [
        (2, "应当设立", "可以设立", ("modal",)),
        (2, "应当设立", "宜设立", ("modal",)),
        (3, "不得少于三人", "可以少于三人", ("modal",)),
        (2, "三十日", "六十日", ("duration",)),
        (4, "一万元", "二万元", ("amount",)),
        (4, "不超过", "不低于", ("ratio",)),
        (3, "三人", "五人", ("number",)),
        (5, "有异议", "没有异议", ("negation",)),
        (2, "负责人的姓名", "主管人的姓名", ()),
        (2, "应当设立", "应设立", ()),
        (2, "三十日", "30日", ()),
        (2, "三十日", "30天", ()),
        (4, "一万元", "10000元", ()),
        (4, "六个月", "6个月", ()),
        (1, "，制定", "；制定", ("formatting",)),
    ],
)
def test_what_weighs_is_flagged_and_another_way_of_writing_is_not(
    number: int, old: str, new: str, flags: tuple[str, ...]
) -> None:
    ((kind, *_, found),) = changed(difference(ARTICLES, with_change(number, old, new)))
    assert (kind, found) == ("amended", flags)


@pytest.mark.parametrize("word", ["相应", "许可", "可能", "供应", "认可"])
def test_words_that_only_hold_a_sign_of_obligation_do_not_count(word: str) -> None:
    ((*_, flags),) = changed(difference(ARTICLES, with_change(1, "规范", f"规范{word}")))
    assert flags == ()


def test_other_widths_of_signs_are_no_change() -> None:
    found = difference(["企业（以下简称甲方）应当依法经营。"], ["企业(以下简称甲方)应当依法经营。"])
    assert [(change.kind, change.flags) for change in found.changes] == [(ChangeKind.UNCHANGED, ("formatting",))]


def test_numbers_and_words_of_obligation_are_not_cut_in_halves() -> None:
    found = difference(ARTICLES, with_change(2, "三十日", "十三日"))
    assert [pair for pair in found.changes[0].inline if pair[0] != "="] == [("-", "三十"), ("+", "十三")]
    found = difference(ARTICLES, with_change(3, "不得少于", "不应少于"))
    assert [pair for pair in found.changes[0].inline if pair[0] != "="] == [("-", "不得"), ("+", "不应")]


def test_an_article_that_goes_to_another_place_has_moved() -> None:
    new = [ARTICLES[0], *ARTICLES[2:5], ARTICLES[1], ARTICLES[5]]
    found = difference(ARTICLES, new)
    assert ("moved", "第二条", "第五条", ("renumbered",)) in changed(found)
    assert kinds(found) == {"unchanged": 2, "renumbered": 3, "moved": 1}


def test_a_paragraph_that_becomes_an_article_is_a_split_and_back_a_merger() -> None:
    first, second = ARTICLES[3].split("\n\n")
    parts = [*ARTICLES[:3], first, second, *ARTICLES[4:]]
    split = difference(ARTICLES, parts)
    assert ("split", "第四条", "第四条、第五条", ()) in changed(split)
    merged = difference(parts, ARTICLES)
    assert ("merged", "第四条、第五条", "第四条", ()) in changed(merged)
    (side,) = [item["new"] for item in to_json(split)["changes"] if item["kind"] == "split"]
    assert [part["address"] for part in side["parts"]] == ["售后服务评价办法 第四条", "售后服务评价办法 第五条"]


def test_a_wholly_other_text_is_added_and_deleted() -> None:
    old, new = edition(ARTICLES), edition(["电梯每十五日维护保养一次。", "锅炉使用单位须办理登记。"], "b")
    assert kinds(checked(*old, *new)) == {"added": 2, "deleted": 6}


def test_an_empty_edition_on_either_side() -> None:
    assert kinds(difference([], ARTICLES)) == {"added": 6}
    assert kinds(difference(ARTICLES, [])) == {"deleted": 6}
    assert kinds(difference([], [])) == {}


def test_weighty_changes_come_first_and_the_unchanged_last() -> None:
    new = with_change(1, "保护", "维护")
    new[4] = new[4].replace("六十日", "九十日")
    found = difference(ARTICLES, new)
    assert [change.new.numbers for change in found.changes if change.new][:2] == ["第五条", "第一条"]
    assert {change.kind for change in found.changes[2:]} == {ChangeKind.UNCHANGED}


def test_changed_headings_are_told_apart() -> None:
    found = checked(*edition(ARTICLES), *edition(ARTICLES, "b", "第一章 一般规定"))
    assert to_json(found)["headings"] == [{"old": "第一章 总则", "new": "第一章 一般规定"}]
    assert kinds(found) == {"unchanged": 6}


STANDARD = """# 服务评价

## 5 评价指标

### 5.1 服务体系

服务体系占 40 分。

#### 5.1.1

企业应配备服务管理师，比例不低于 10%。

## 6 星级

| 等级 | 得分 |
|---|---|
| 三星级 | 80 分及以上 |
| 五星级 | 95 分及以上 |
"""


def test_a_standard_is_compared_by_its_numbers_and_rows() -> None:
    def read(text: str, key: str) -> tuple[Document, list[Clause]]:
        document = Document(
            id=key, title="服务评价", kind=Kind.STANDARD, form=Form.OFFICIAL, checked_on=date(2026, 1, 1), number=key,
            confidence=Confidence.LAW_TEXT, text=text, sha256="", path=f"{key}.md",
        )  # fmt: skip
        return document, parse_clauses(document)

    new = (
        STANDARD.replace("95 分", "96 分")
        .replace("应配备", "宜配备")
        .replace("### 5.1 服务体系", "### 5.1 服务体系要求")
    )
    found = checked(*read(STANDARD, "GB/T 1-2020"), *read(new, "GB/T 1-2027"))
    assert {(item[1], item[3][:1]) for item in changed(found)} == {
        ("5.1.1", ("modal",)),
        ("6", ("number",)),
        ("5.1", ()),
    }


def test_the_json_has_the_documented_form() -> None:
    found = to_json(difference(ARTICLES, with_change(2, "三十日", "六十日")))
    assert list(found) == ["old", "new", "summary", "changes", "headings"]
    assert list(found["summary"]) == [
        "unchanged",
        "amended",
        "added",
        "deleted",
        "renumbered",
        "moved",
        "split",
        "merged",
    ]
    assert found["summary"] == {
        **dict.fromkeys(found["summary"], 0),
        **Counter(item["kind"] for item in found["changes"]),
    }
    first = found["changes"][0]
    assert (first["kind"], first["old"]["address"], first["flags"]) == (
        "amended",
        "售后服务评价办法 第二条",
        ["duration"],
    )


def test_the_lines_for_the_terminal_show_what_changed() -> None:
    found = difference(ARTICLES, with_change(2, "三十日", "六十日"))
    text = to_text(found)
    assert "[-三十-]{+六十+}日" in text
    assert "第一条" not in text
    assert "第一条" in to_text(found, everything=True)
    assert summary_line(found) == "未变 5 条，修改 1 条；其中 1 条改了数字、日期、金额或应/宜/可/不得"


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

"""What a new edition changes, clause by clause."""

from collections import Counter
from dataclasses import replace
from datetime import date

import pytest

from assistant.corpus.difference import ChangeKind, Difference, apply, compare, summary_line, to_json, to_text
from assistant.corpus.difference.headings import changed_headings
from assistant.errors import CorpusError
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
        (3, "三人", "三人以上", ("ratio",)),
        (5, "十五日内", "十五个工作日内", ("duration",)),
        (6, "一万元以上三万元", "百分之一以上百分之三", ("amount", "ratio")),
        (2, "三十日", "三十日（遇节假日顺延至2027年1月1日）", ("date",)),
        (1, "规范", "规范第三人的", ()),
        (1, "规范", "统一规范县级以上", ()),
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


def test_a_paragraph_that_was_reworded_on_its_way_to_another_article_is_a_split() -> None:
    first, second = ARTICLES[3].split("\n\n")
    second = second.replace("监督审核不合格", "获证企业监督审核不合格").replace("六个月", "三个月")
    split = difference(ARTICLES, [*ARTICLES[:3], first, second, *ARTICLES[4:]])
    assert ("split", "第四条", "第四条、第五条", ("duration",)) in changed(split)


def test_half_rewritten_between_its_neighbours_is_amended_and_another_subject_is_not() -> None:
    half = "企业应当指定售后服务负责人，并在三十日内向社会公布其姓名和投诉电话。"
    assert ("amended", "第二条", "第二条", ()) in changed(difference(ARTICLES, [ARTICLES[0], half, *ARTICLES[2:]]))
    other = "本办法所称电梯，是指由动力驱动的载人或者载货升降设备。"
    found = kinds(difference(ARTICLES, [ARTICLES[0], other, *ARTICLES[2:]]))
    assert found == {"unchanged": 5, "added": 1, "deleted": 1}


def test_articles_that_share_only_legal_phrases_are_not_taken_for_each_other() -> None:
    frame = "违反本法规定，{}的，由县级以上人民政府市场监督管理部门责令改正，可以处一万元以下的罚款。"
    old = [frame.format(subject) for subject in ("伪造认证标志", "拒绝监督检查", "泄露商业秘密")]
    new = [frame.format(subject) for subject in ("伪造认证标志", "泄露商业秘密", "拒绝监督检查")]
    assert kinds(difference(old, new)) == {"unchanged": 1, "renumbered": 1, "moved": 1}


def test_of_many_equal_clauses_each_finds_its_own() -> None:
    assert kinds(difference(["（略）"] * 40, ["（略）"] * 42)) == {"unchanged": 40, "added": 2}


def test_a_moved_chapter_moves_its_articles_together() -> None:
    many = [text.replace("。", f"，适用于{name}类企业。", 1) for name in "甲乙丙" for text in ARTICLES]
    found = difference(many, [*many[12:], *many[:12]])
    assert kinds(found)["moved"] == 6, "the shorter part"
    assert kinds(found)["renumbered"] == 12


def test_what_is_gone_stands_behind_what_stood_before_it() -> None:
    new = [*[f"新增的第{i}类企业公开投诉电话{i}。" for i in range(5)], *ARTICLES[:2], *ARTICLES[3:]]
    numbers = [side.numbers for change in difference(ARTICLES, new).changes if (side := change.new or change.old)]
    place = numbers.index("第三条", numbers.index("第七条"))
    assert numbers[place - 1 : place + 2] == ["第七条", "第三条", "第八条"]


def test_the_old_text_is_needed() -> None:
    found = difference(ARTICLES, with_change(2, "三十日", "六十日"))
    with pytest.raises(CorpusError, match="原文"):
        apply(found, "另一份文件")
    assert sum(len(step) for step in found.script if isinstance(step, str)) < 10, "only the new words are carried"


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
    assert to_json(found)["headings"] == [{"kind": "amended", "old": "第一章 总则", "new": "第一章 一般规定"}]
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


def test_headings_are_paired_by_their_titles() -> None:
    def chapters(*names: str) -> list[Clause]:
        text = "# 法\n" + "".join(
            f"\n## {name}\n\n第{to_chinese_numeral(i)}条 {ARTICLES[i]}\n" for i, name in enumerate(names, 1)
        )
        return parse_clauses(replace(edition([])[0], text=text))

    found = changed_headings(
        chapters("第一章 总则", "第二章 申请", "第三章 受理", "第四章 附则"),
        chapters("第一章 总 则", "第二章 证据", "第三章 申请", "第四章 附则"),
    )
    assert {(item.kind.value, item.old, item.new) for item in found} == {
        ("added", None, "第二章 证据"),
        ("renumbered", "第二章 申请", "第三章 申请"),
        ("deleted", "第三章 受理", None),
    }


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


def test_a_digest_and_an_official_text_are_not_said_to_have_the_same_numbers() -> None:
    found = difference(ARTICLES, [*ARTICLES[:5], ARTICLES[5].replace("三万元", "五万元")])
    assert "其中 1 条改了数字" in summary_line(found)
    digest = replace(found, old=replace(found.old, form=Form.DIGEST))
    assert "没有改动" not in summary_line(digest)
    assert "数字有没有改要逐条看" in summary_line(digest)

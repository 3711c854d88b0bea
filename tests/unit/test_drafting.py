"""From lines of text to a draft edition: structure, metadata, doubts."""

import os
import re
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.corpus.drafting.dates import find_dates, first_date
from assistant.corpus.drafting.draft import Draft, draft
from assistant.corpus.drafting.metadata import standard_number
from assistant.corpus.importers.lines import Extracted, Line
from assistant.corpus.importers.reading import read_bytes
from assistant.structure.outline import parse_clauses
from assistant.types import BlockKind, CalendarDate, Confidence, Document, Form, Kind


def drafted(text: str, name: str = "文件.txt") -> Draft:
    lines = tuple(Line(line.strip()) for line in text.splitlines() if line.strip())
    return draft(Extracted(lines), name)


def numbers(found: Draft) -> list[str]:
    return [clause.number for clause in found.clauses]


def doubts(found: Draft) -> str:
    return "\n".join(doubt.message for doubt in found.doubts)


STATUTE = """国家市场监督管理总局令
第61号
净水设备售后管理办法
（2015年3月1日国家工商行政管理总局令第5号公布 根据2019年10月23日国家市场监督管理总局令第20号修订）
目　录
第一章 总　则
第二章 服务要求
第一章 总　则
第一条　为了规范净水设备的售后服务，制定本办法。
第二条 本办法所称生产者，包括：
（一）制造企业；
（二）进口企业。
前款所称进口企业，应当在境内登记。
第二章 服务要求
第三条 违反
第二条规定的，由主管部门责令改正。
第三条之一 滤芯更换应当在七日内完成。第四条 维修人员应当持证上岗。
第五条本办法自公布之日起三十日后施行。
附件1 滤芯更换记录表
国家市场监督管理总局
2019年10月23日
"""


def test_a_statute_with_everything_that_makes_it_ugly() -> None:
    found = drafted(STATUTE)
    assert numbers(found) == ["题注", "第一条", "第二条", "第三条", "第三条之一", "第四条", "第五条", "落款"]
    by_number = {clause.number: clause for clause in found.clauses}
    assert by_number["第四条"].headings == ("第二章 服务要求",)
    assert [block.suffix for block in by_number["第二条"].blocks] == [
        "第一款",
        "第一款（一）",
        "第一款（二）",
        "第二款",
    ]
    assert "第二条规定的，由主管部门责令改正。" in by_number["第三条"].text
    proposal = found.proposal
    assert (proposal.title, proposal.kind) == ("净水设备售后管理办法", Kind.RULE)
    assert proposal.number == "国家市场监督管理总局令第61号"
    assert proposal.issued_on == CalendarDate(2019, 10, 23)
    assert proposal.effective_on == CalendarDate(2019, 11, 22)


@pytest.mark.parametrize(
    ("gone", "doubt"),
    [("第三条 ", "从第 2 条跳到第 4 条"), ("第一条 ", "第一个条款是第 2 条")],
)
def test_a_missing_article_is_doubted(gone: str, doubt: str) -> None:
    text = "某某办法\n第一章 总则\n" + "\n".join(f"第{n}条 内容内容。" for n in "一二三四五")
    found = drafted("\n".join(line for line in text.splitlines() if not line.startswith(gone)))
    assert doubt in doubts(found)


def test_a_far_jump_is_an_article_with_a_doubt_and_a_step_back_is_none() -> None:
    text = (
        "某某办法\n"
        + "\n".join(f"第{n}条 内容内容。" for n in ("一", "二", "三", "九十", "九十一"))
        + "\n第二条 也要遵守。"
    )
    found = drafted(text)
    assert numbers(found) == ["第一条", "第二条", "第三条", "第九十条", "第九十一条"]
    assert "第二条也要遵守。" in found.clauses[-1].text
    assert "从第 3 条跳到第 90 条" in doubts(found)


def test_a_whole_statute_is_not_doubted_for_its_numbers() -> None:
    assert "条号" not in doubts(drafted("某某办法\n" + "\n".join(f"第{n}条 内容内容。" for n in "一二三四五")))


STANDARD = """ICS 03.080
A 20
中华人民共和国国家标准
GB/T 27922—2026
代替 GB/T 27922—2011
商品售后服务评价体系
Evaluation system for after-sales service of goods
2026-05-30 发布
2026-12-01 实施
国家市场监督管理总局
国家标准化管理委员会 发 布
目 次
前言 ………………… II
1 范围 ………………… 1
5 评价指标 ………… 3
前 言
本标准代替GB/T 27922—2011。
1 范围
本标准规定了 5 类企业 2.5 kg 以上商品的评价。
2 规范性引用文件
GB/T 19000 质量管理体系
3 术语和定义
3.1
售后服务 after-sales service
向顾客售出商品后提供的服务。
3.2
服务承诺
公开的保证。
4 评价原则
评价应客观公正。
5 评价指标
5.1 售后服务体系
5.1.1 组织架构
5.1.1.1 企业应设立售后服务部门，或指定部门负责。
5.1.1.2 部门人员不少于 10% 应持证；见 5.1.2。
2011 年以前的企业
3 个月内完成整改。
5.1.2 人员配置
按下列要求：
a) 服务管理师；
b) 技术人员。
表1 人员比例
附 录 A
（规范性附录）
评分方法
A.1 总则
满分 100 分。
A.1.1 计算
按式（1）计算。
参 考 文 献
[1] 某书
"""


def test_a_standard_with_cover_terms_untitled_clauses_and_an_annex() -> None:
    found = drafted(STANDARD)
    assert [number for number in numbers(found) if number != "封面"] == [
        "前言", "1", "2", "3.1", "3.2", "4", "5.1.1.1", "5.1.1.2", "5.1.2", "A.1", "A.1.1", "参考文献",
    ]  # fmt: skip
    by_number = {clause.number: clause for clause in found.clauses}
    assert by_number["3.1"].heading == "售后服务 after-sales service"
    assert by_number["5.1.1.1"].headings == ("5 评价指标", "5.1 售后服务体系", "5.1.1 组织架构")
    assert by_number["A.1.1"].headings[0] == "附录A （规范性附录） 评分方法"
    assert "3 个月内完成整改。" in by_number["5.1.1.2"].text
    proposal = found.proposal
    assert (proposal.number, proposal.title, proposal.kind) == (
        "GB/T 27922-2026",
        "商品售后服务评价体系",
        Kind.STANDARD,
    )
    assert (proposal.issued_on, proposal.effective_on) == (CalendarDate(2026, 5, 30), CalendarDate(2026, 12, 1))
    assert proposal.replaces == ("GB/T 27922-2011",)
    assert proposal.id == "gbt-27922-2026"
    assert proposal.issuer == "国家市场监督管理总局、国家标准化管理委员会"


NOTICE = """国务院办公厅关于促进售后服务的意见
国办发〔2026〕12号
各省、自治区、直辖市人民政府，国务院各部委：
为促进售后服务发展，经国务院同意，提出如下意见。
一、总体要求
坚持消费者优先。
二、主要任务
（一）完善标准。各地要在三个月内完善售后服务标准，并向社会公开征求意见。
1. 制定地方标准。
2. 推广国家标准。
（二）加强监管。对虚假承诺依法查处。
三、保障措施
（一）强化领导。各地要落实责任。
附件：重点任务分工表
国务院办公厅
2026年3月5日
（此件公开发布）
"""


def test_a_notice_with_nested_numbers() -> None:
    found = drafted(NOTICE)
    assert numbers(found)[:6] == ["文头", "一", "二（一）", "二（一）1", "二（一）2", "二（二）"]
    assert "三（一）" in numbers(found)
    by_number = {clause.number: clause for clause in found.clauses}
    assert by_number["二（一）"].blocks[0].text.startswith("完善标准。各地要在三个月内")
    proposal = found.proposal
    assert (proposal.title, proposal.number, proposal.kind) == (
        "国务院办公厅关于促进售后服务的意见", "国办发〔2026〕12号", Kind.POLICY,
    )  # fmt: skip
    assert proposal.issued_on == CalendarDate(2026, 3, 5)


def test_a_guide_with_headings_and_one_without_any() -> None:
    lines = (
        Line("办理指南", level=1),
        Line("一步", level=2),
        Line("先做这个。"),
        Line("二步", level=2),
        Line("再做那个。"),
    )
    assert [clause.number for clause in draft(Extracted(lines), "x.docx").clauses] == ["一步", "二步"]
    found = drafted("我们公司的售后说明\n第一段话。\n第二段话。")
    assert numbers(found) == ["第1段", "第2段"]
    assert "没有认出条款结构" in doubts(found)
    assert found.proposal.kind is Kind.GUIDE


def test_a_table_belongs_to_its_clause_and_its_rows_have_an_address() -> None:
    lines = [
        Line(text) for text in ("GB/T 1—2026", "某标准", "1 范围", "范围。", "2 引用", "无。", "3 评分", "表1 评分")
    ]
    lines += [
        Line("", cells=("等级", "得分"), head=True),
        Line("", cells=("三星", "80|分")),
        Line("", cells=("五星", "95")),
    ]
    found = draft(Extracted((*lines, Line("4 附则"), Line("无。"))), "x.pdf")
    clause = next(clause for clause in found.clauses if clause.number == "3")
    rows = [block for block in clause.blocks if block.kind is BlockKind.ROW]
    assert [(row.suffix, row.header) for row in rows] == [("表1", ("等级", "得分"))] * 2


HOSTILE = [
    "<!-- 藏起来 -->正文", "# 假标题", "| 假 | 表 |", "> 引用", "- 条目", "1. 编号", "误传：假的", "问法：假的问题",
    "参见有关文件〔双源 S1〕", "---", "***", "\\转义", "[链接](http://x)", "<script>alert(1)</script>",
]  # fmt: skip


def test_nothing_of_a_hostile_text_is_hidden_or_taken_for_structure() -> None:
    text = "某某办法\n第一条 开始。\n" + "\n".join(HOSTILE) + "\n第二条 中间。\n第三条 结束。"
    found = drafted(text)
    assert numbers(found) == ["第一条", "第二条", "第三条"]
    shown = "\n".join(block.text for clause in found.clauses for block in clause.blocks)
    for line in HOSTILE:
        if set(line) - set("-*"):
            assert line.replace("| 假", "｜ 假") in shown, line
    assert {block.kind for clause in found.clauses for block in clause.blocks} <= {BlockKind.PARAGRAPH, BlockKind.ITEM}


def test_pages_are_kept() -> None:
    lines = tuple(Line(f"第{n}条 内容。", page=page) for n, page in zip("一二三四五", (1, 1, 2, 4, 4), strict=True))
    found = draft(Extracted((Line("某某办法", page=1), *lines), pages=4), "x.pdf")
    assert found.pages == (("第一条", 1), ("第三条", 2), ("第四条", 4))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("二〇一一年十二月三十日", CalendarDate(2011, 12, 30)),
        ("二○二六年一月五日", CalendarDate(2026, 1, 5)),
        ("2011年12月30日", CalendarDate(2011, 12, 30)),
        ("２０１１年１２月３０日", CalendarDate(2011, 12, 30)),
        ("2011-12-30", CalendarDate(2011, 12, 30)),
        ("2011.12.30", CalendarDate(2011, 12, 30)),
        ("2011一12一30", CalendarDate(2011, 12, 30)),
        ("2011年12月", CalendarDate(2011, 12)),
        ("2011年13月1日", None),
        ("2011年2月30日", None),
        ("没有日期", None),
    ],
)
def test_dates_in_every_form(text: str, expected: CalendarDate | None) -> None:
    assert first_date(text) == expected


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("GB/T27922—2011", "GB/T 27922-2011"),
        ("GB/T 27922-2011", "GB/T 27922-2011"),
        ("SB/T 10401－2006", "SB/T 10401-2006"),
        ("GB 1589–2016", "GB 1589-2016"),
    ],
)
def test_standard_numbers_in_their_usual_form(code: str, expected: str) -> None:
    assert standard_number(code) == expected


WORDS = st.sampled_from(
    [
        "第一条 ",
        "第二条",
        "第三条　",
        "第一章 总则",
        "一、",
        "（一）",
        "1 ",
        "5.1.2 ",
        "附录A",
        "内容",
        "。",
        "；",
        "《某法》",
        " ",
        "#",
        "|",
        "表1",
    ]
)
TEXTS = st.lists(st.lists(WORDS, min_size=1, max_size=6).map("".join).filter(str.strip), min_size=1, max_size=12)


@settings(max_examples=200, deadline=None)
@given(TEXTS)
def test_any_text_keeps_its_characters_and_its_offsets(texts: list[str]) -> None:
    found = draft(Extracted(tuple(Line(text.strip()) for text in texts)), "名称.txt")
    body = found.body
    document = Document(
        id="x", title=found.proposal.title, kind=found.proposal.kind, form=Form.OFFICIAL, checked_on=date(2026, 1, 1),
        confidence=Confidence.LAW_TEXT, text=body, sha256="", path="", number=found.proposal.number,
    )  # fmt: skip
    for clause in parse_clauses(document):
        assert body[clause.start : clause.end] == clause.text
        for block in clause.blocks:
            assert body[block.start : block.end] == block.text
    kept = re.sub(r"[\s#｜|、．.]", "", body)
    for char in "内容某法；。":
        assert kept.count(char) >= sum(text.count(char) for text in texts)


def test_a_hundred_thousand_lines_and_a_line_of_a_million_signs_take_seconds() -> None:
    import time

    start = time.perf_counter()
    draft(Extracted(tuple(Line(f"这是第{i}段普通的文字，没有条号。") for i in range(100_000))), "长.txt")
    draft(Extracted((Line("第" * 500_000 + "条" * 500_000), Line("（" * 300_000))), "怪.txt")
    assert time.perf_counter() - start < 60


@pytest.mark.skipif("LAWS_FOLDER" not in os.environ, reason="LAWS_FOLDER names no folder of laws")
def test_every_article_of_real_laws_is_found_and_none_invented() -> None:
    for path in sorted(Path(os.environ["LAWS_FOLDER"]).glob("*.md")):
        raw = path.read_text(encoding="utf-8")
        wanted = re.findall(r"^第[一二三四五六七八九十百零]+条(?:之[一二三四五六七八九十]+)?(?=[ 　])", raw, re.M)
        for name, text in (("法.md", raw), ("法.txt", re.sub(r"^#+ ", "", raw, flags=re.M))):
            found = draft(read_bytes(name, text.encode()), name)
            assert [number for number in numbers(found) if number.startswith("第")] == wanted, path.name


def test_dates_are_found_in_order_with_their_places() -> None:
    text = "自2012年2月1日起施行，2011-12-30发布"
    assert [(str(item.date), text[item.start : item.end]) for item in find_dates(text)] == [
        ("2012-02-01", "2012年2月1日"), ("2011-12-30", "2011-12-30"),
    ]  # fmt: skip

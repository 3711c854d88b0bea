"""Answers as Markdown to take along, and escaping."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.types import Answer, Citation, Confidence, Form, Kind, Reason, Sentence, Source, Status
from assistant.ui.escape import escape_html, escape_label, escape_markdown, is_safe_address
from assistant.ui.export import answer_to_markdown, citation_to_text

CITATION = Citation(
    mark=1,
    address="GB/T 27922-2011 5.1.1.1",
    document_id="gbt-27922-2011",
    number="GB/T 27922-2011",
    title="商品售后服务评价体系",
    kind=Kind.STANDARD,
    form=Form.DIGEST,
    status=Status.IN_FORCE,
    status_note="2012-02-01 起施行",
    confidence=Confidence.TWO_SOURCES,
    sources=(Source("S1", "http://a.example/x", doubtful=True), Source("S2", "https://b.example/")),
    quote="企业要有归口部门。〔双源 S1 S2〕\n| 五星级 | 95 分 〔双源 S1〕 |",
    start=0,
    end=10,
    supports=((0, 9),),
)
ANSWER = Answer(
    question="没有售后部门能申请吗？",
    understood_as="没有售后部门能申请吗？",
    sentences=(
        Sentence("可以指定现有部门。", (1,), confidence=Confidence.TWO_SOURCES),
        Sentence("不必新设。", (1, 2), confidence=Confidence.ONE_SOURCE),
        Sentence("任命文件", (1,), item=True),
        Sentence("组织图", (1,), item=True),
        Sentence("某标准尚未生效。", (2,), note=True),
    ),
    citations=(CITATION, replace(CITATION, mark=2, status=Status.SUPERSEDED, status_note="由新版代替")),
    refused=False,
    reason=None,
    as_of=date(2026, 11, 23),
    snapshot="s",
)


def test_markdown_holds_question_answer_and_day():
    text = answer_to_markdown(ANSWER)
    assert text.startswith("# 没有售后部门能申请吗？\n")
    assert "以 2026-11-23 有效的规定为准" in text
    assert (
        "可以指定现有部门。[1]不必新设。（单一来源）[1][2]\n\n- 任命文件[1]\n- 组织图[1]\n\n> 注：某标准尚未生效。[2]"
        in text
    )
    assert "理解为" not in text


def test_markdown_sets_a_lead_in_bold():
    told = (Sentence("证书几年：", note=True), Sentence("三年。", (1,)), Sentence("监督几次：", note=True))
    assert "**证书几年：**\n\n三年。[1]\n\n**监督几次：**" in answer_to_markdown(replace(ANSWER, sentences=told))


def test_markdown_holds_every_citation_with_its_state():
    text = answer_to_markdown(ANSWER)
    assert "**[1] GB/T 27922-2011 5.1.1.1**　GB/T 27922-2011《商品售后服务评价体系》" in text
    assert "版本状态：现行（2012-02-01 起施行）" in text
    assert "版本状态：被代替（由新版代替）" in text
    assert "归纳；可信程度：两个独立来源" in text
    assert "http://a.example/x（仅作线索）；https://b.example/" in text
    assert "> 企业要有归口部门。  \n> 五星级 \\| 95 分" in text
    assert "〔" not in text


def test_markdown_of_a_completed_question_says_how_it_was_understood():
    assert "理解为：四星级要几分？" in answer_to_markdown(replace(ANSWER, understood_as="四星级要几分？"))


def test_markdown_of_a_refusal_names_reason_and_official_places():
    refusal = replace(
        ANSWER, refused=True, reason=Reason.GUARANTEE, citations=(), sentences=(Sentence("不能。", note=True),)
    )
    text = answer_to_markdown(refusal)
    assert "**未作回答：不能作保证**" in text
    assert "全国认证认可信息公共服务平台" in text
    assert "12315" in text
    assert "## 依据" not in text
    assert "12315" not in answer_to_markdown(replace(refusal, reason=Reason.OFF_TOPIC))


def test_markdown_keeps_foreign_text_inert():
    hostile = "<img src=x onerror=alert(1)> $x$ **粗** [链](http://evil.example)\n# 标题"
    text = answer_to_markdown(
        replace(ANSWER, question=hostile, understood_as=hostile, citations=(replace(CITATION, quote=hostile),))
    )
    assert "<img" not in text.replace("\\<img", "")
    assert "\\$x\\$ \\*\\*粗\\*\\* \\[链\\](http://evil.example)" in text
    assert text.count("\n# ") == 0
    assert "> \\# 标题" in text


def test_citation_as_one_line():
    assert citation_to_text(CITATION) == (
        "GB/T 27922-2011 5.1.1.1《商品售后服务评价体系》（归纳，现行，两个独立来源）：“企业要有归口部门。 五星级 | 95 分”"
    )
    law = replace(CITATION, address="认证认可条例 第二十四条", title="认证认可条例", quote="条文。")
    assert citation_to_text(law).startswith("认证认可条例 第二十四条（归纳")


@pytest.mark.parametrize(
    ("text", "expected"),
    [("1. 一", "1\\. 一"), ("- 二", "\\- 二"), ("## 三", "\\## 三"), ("GB/T 27922-2011 5.1", "GB/T 27922-2011 5.1")],
)
def test_a_line_cannot_open_a_block(text: str, expected: str):
    assert escape_markdown(text) == expected


def test_labels_cannot_hold_markdown_icons_or_formulas():
    assert escape_label(":red[x] $a$ :material/add:\n**b**") == (
        "\\:red\\[x\\] \\$a\\$ \\:material/add\\: \\*\\*b\\*\\*"
    )


@given(st.text())
def test_html_is_inert_for_any_text(text: str):
    escaped = escape_html(text)
    assert not set("<>\"'") & set(escaped)


@pytest.mark.parametrize(
    ("address", "safe"),
    [
        ("https://www.cnca.gov.cn/a?b=1&c=2", True),
        ("http://a.example:8080/x", True),
        ("http://a.example/x；同文 http://b.example", False),
        ("javascript:alert(1)", False),
        ("公开仓库文件", False),
        ("https://a.example@evil.example/", False),
        ("//evil.example", False),
    ],
)
def test_only_one_plain_web_address_becomes_a_link(address: str, safe: bool):
    assert is_safe_address(address) is safe

"""The HTML of answers, cards and documents: right and inert."""

from dataclasses import replace
from datetime import date
from html.parser import HTMLParser

import pytest

from assistant.structure.outline import parse_clauses
from assistant.types import CalendarDate, Confidence, Document, Form, Kind, Reason, Sentence, Source, Status
from assistant.ui.answer_html import answer_html, card_html, document_href, question_html
from assistant.ui.document_html import document_html, facts_html, find_clause, library_html
from assistant.ui.quotes import plain_quote, quote_html
from tests.unit.test_export import ANSWER, CITATION

HOSTILE = '<script>alert(1)</script><img src="http://evil.example/x.png" onerror=alert(1)>"\' $x$ **粗**'
DOCUMENT = Document(
    id="probe",
    title="样本",
    kind=Kind.STANDARD,
    form=Form.DIGEST,
    checked_on=date(2026, 11, 23),
    confidence=Confidence.TWO_SOURCES,
    text=(
        "# X 1-2020 样本\n\n## 1 范围\n\n问法：怎么问\n适用于商品。〔双源 S1〕\n- 条目甲\n\n## 2 表\n\n"
        f"| 级 | 分 |\n|---|---|\n| 五星 | 95 |\n\n## 3 恶意\n\n{HOSTILE}\n误传：人人必须办。〔冲突 S1〕\n"
    ),
    sha256="",
    path="probe.md",
    number="X 1-2020",
    issued_on=CalendarDate(2020, 1),
    sources=(Source("S1", "https://a.example/"), Source("S2", "http://b.example/", doubtful=True)),
)
CLAUSES = parse_clauses(DOCUMENT)


class _Elements(HTMLParser):
    """Collects the tags and attributes as a browser would read them."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: list[tuple[str, str | None]] = []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.attributes += attrs


def assert_inert(html: str) -> None:
    read = _Elements(html)
    assert not read.tags & {"script", "img", "iframe", "style", "link", "object", "form", "svg"}
    assert not [name for name, _ in read.attributes if name.startswith("on") or name in ("src", "style")]
    assert all(str(value).startswith(("#", "document?", "http")) for name, value in read.attributes if name == "href")


def test_marks_lead_to_cards_and_cards_back():
    html = answer_html(ANSWER, "u")
    assert html.count('id="u-m-1"') == 1
    assert 'href="#u-c-1"' in html
    assert 'id="u-c-1"' in html
    assert 'data-goto="u-m-1"' in html
    assert html.index('id="u-c-1"') < html.index('id="u-c-2"')


def test_sentences_items_notes_and_caveats_are_set_apart():
    html = answer_html(ANSWER, "u")
    assert html.count("<li>任命文") == 1
    assert '<div class="notes"><p>某标准尚未生效' in html
    assert '<span class="caveat">单一来源</span>' in html


def test_a_note_that_leads_in_is_a_heading_of_what_follows():
    told = (Sentence("证书几年：", note=True), Sentence("三年。", (1,)))
    assert '<p class="lead">证书几年<span' in (html := answer_html(replace(ANSWER, sentences=told), "u"))
    assert '<div class="notes">' not in html


@pytest.mark.parametrize(
    ("status", "tone"),
    [
        (Status.IN_FORCE, "green"),
        (Status.NOT_YET, "blue"),
        (Status.REPEALED, "grey"),
        (Status.SUPERSEDED, "grey"),
        (Status.UNVERIFIED, "amber"),
    ],
)
def test_status_in_colour_and_words(status: Status, tone: str):
    html = card_html(replace(CITATION, status=status, status_note="由新版代替"), "u", opened=True)
    assert f'<span class="badge {tone}">{status.value}</span>' in html
    assert "由新版代替" in html
    assert "归纳 · 两个独立来源" in html


def test_doubtful_sources_are_no_links():
    html = card_html(CITATION, "u", opened=False)
    assert "http://a.example/x <span" in html
    assert 'href="http://a.example/x"' not in html
    assert '<a href="https://b.example/" target="_blank" rel="noopener noreferrer nofollow">' in html


def test_quote_highlights_the_support_and_hides_marks():
    quote = "甲乙。〔双源 S1〕\n丙丁。〔单源 S2；见 X 1〕\n- 戊己"
    html = quote_html(quote, ((0, 3), (quote.index("戊"), len(quote))))
    assert html == '<p><mark>甲乙。</mark></p><p>丙丁。</p><p class="entry"><mark>戊己</mark></p>'


def test_quote_of_table_rows_is_a_table():
    quote = "总述。\n| 级 | 分 |\n|---|---|\n| 五星 | 95 〔双源 S1〕"
    start = quote.index("五星")
    html = quote_html(quote, ((start, start + 7),))
    assert "<tr><td>级</td><td>分</td></tr>" in html
    assert "<tr><td><mark>五星</mark></td><td><mark>95</mark></td></tr>" in html
    assert plain_quote(quote) == "总述。\n级 | 分\n五星 | 95"


def test_refusal_is_another_form():
    refusal = replace(
        ANSWER, refused=True, reason=Reason.NOT_IN_MATERIAL, citations=(), sentences=(Sentence("没有。", note=True),)
    )
    html = answer_html(refusal, "u")
    assert html.startswith('<div class="refusal"')
    assert "资料中没有" in html
    assert "全国认证认可信息公共服务平台" in html
    assert "12315" not in answer_html(replace(refusal, reason=Reason.INSTRUCTION), "u")


def test_understood_as_only_when_it_differs():
    assert "理解为" not in answer_html(ANSWER, "u")
    assert "理解为：四星要几分？" in answer_html(replace(ANSWER, understood_as="四星要几分？"), "u")


def test_questions_and_answers_are_inert():
    answer = replace(
        ANSWER,
        question=HOSTILE,
        understood_as=HOSTILE + "!",
        sentences=(Sentence(HOSTILE, (1,)),),
        citations=(replace(CITATION, quote=HOSTILE, title=HOSTILE, address=HOSTILE, status_note=HOSTILE),),
    )
    assert_inert(question_html(HOSTILE, "u") + answer_html(answer, "u"))


def test_document_shows_every_clause_and_the_one_asked_for():
    target = find_clause(CLAUSES, "X 1-2020 2第一款")
    assert target is CLAUSES[1]
    html = document_html(DOCUMENT, CLAUSES, target)
    assert html.count("<section") == html.count("</section>") == len(CLAUSES)
    assert '<section id="clause-1" class="here"' in html
    assert "<tr><th>级</th><th>分</th></tr>" in html
    assert html.count("<table>") == html.count("</table>") == 1
    assert '<span class="attest">〔双源 S1〕</span>' in html
    assert "怎么问" not in html
    assert '<p class="claim">误传：' in html
    assert_inert(html)


def test_unknown_clause_is_none():
    assert find_clause(CLAUSES, "X 1-2020 9") is None


def test_facts_and_library():
    successor = replace(DOCUMENT, id="next", number="X 1-2025", replaces=("probe", "库外标准"))
    html = facts_html(successor, Status.NOT_YET, "2027-01-01 起施行", {"probe": DOCUMENT})
    assert '<span class="badge blue">尚未生效</span>' in html
    assert 'data-open="probe">X 1-2020《样本》</a>、库外标准' in html
    table = library_html([DOCUMENT], lambda _: (Status.IN_FORCE, HOSTILE))
    assert "2020-01" in table
    assert_inert(table)


def test_document_address_can_be_linked():
    assert document_href("a-b", "X 1 第二条") == "document?doc=a-b&clause=X+1+%E7%AC%AC%E4%BA%8C%E6%9D%A1"

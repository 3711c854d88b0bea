"""The HTML and words of the keeper's views: right, in words of the page, and inert."""

from dataclasses import replace

import pytest

from assistant.corpus.difference import ChangeKind
from assistant.corpus.importers.lines import Doubt
from assistant.corpus.journal import Action, Entry
from assistant.keeping.gate import Worse
from assistant.keeping.impact import Impact, Touched
from assistant.types import CalendarDate, Kind, Status
from assistant.ui.answer_html import card_html
from assistant.ui.document_html import document_html, facts_html
from assistant.ui.editing import original_path
from assistant.ui.export import citation_to_text
from assistant.ui.history_view import history_html
from assistant.ui.import_html import clause_tree_html, doubts_html, impact_html, refused_html
from assistant.ui.reading_job import ReadingJob
from assistant.ui.server import is_local
from assistant.ui.words import page_words
from tests.unit.test_export import CITATION
from tests.unit.test_page_html import CLAUSES, DOCUMENT, HOSTILE, assert_inert

ENTRY = Entry(
    7, "2026-11-24T10:20:30+08:00", "张三", Action.ADD, "新版发布", ("probe", "fort"), (), None, True, (5, 6), "", ""
)  # fmt: skip


def test_doubts_come_with_page_and_place():
    html = doubts_html([Doubt("缺第九条", 3, "第八条"), Doubt("识别把握低")])
    assert "请核对 2 处" in html
    assert "<li>第 3 页：缺第九条　<q>第八条</q></li>" in html
    assert "没有发现可疑之处" in doubts_html([])


def test_the_tree_shows_headings_once_numbers_beginnings_and_pages():
    clauses = [
        replace(CLAUSES[0], headings=("第一章 总则",), number="第一条", heading="", page=3),
        replace(CLAUSES[1], headings=("第一章 总则",), number="第二条", heading="", page=None),
    ]
    html = clause_tree_html(clauses)
    assert html.count("第一章 总则") == 1
    assert "<li><b>第二条</b> 五星 | 95</li>" in html
    assert html.count('class="page"') == 1
    assert '<span class="page">第 3 页</span>' in html


def test_what_is_touched_is_named_with_what_happened_to_it():
    touched = Touched("G1", "几天内更换", "某办法 第二条", ChangeKind.AMENDED, ())
    html = impact_html(Impact((touched,), (replace(touched, id="faq/a.md:12"),)))
    assert "几天内更换　→ 某办法 第二条（修改）" in html
    assert "faq/a.md:12" in html
    assert "没有牵涉" in impact_html(Impact((), ()))


def test_the_journal_names_documents_force_and_what_was_taken_back():
    html = history_html([ENTRY], {"probe": "X 1-2020《样本》"})
    for expected in ("2026-11-24 10:20", "张三", "入库（强制），撤回第 5、6 条", "X 1-2020《样本》、fort", "新版发布"):
        assert expected in html


def test_everything_from_files_and_people_is_inert():
    hostile = replace(CLAUSES[0], number=HOSTILE, heading=HOSTILE, headings=(HOSTILE,))
    touched = Touched(HOSTILE, HOSTILE, HOSTILE, ChangeKind.ADDED, ())
    assert_inert(
        doubts_html([Doubt(HOSTILE, 1, HOSTILE)])
        + clause_tree_html([hostile])
        + impact_html(Impact((touched,), (touched,)))
        + refused_html([Worse("K", HOSTILE, (HOSTILE,))])
        + history_html([replace(ENTRY, who=HOSTILE, why=HOSTILE, documents=(HOSTILE,))], {})
    )


def test_cards_documents_and_copies_tell_the_page_of_the_original():
    citation = replace(CITATION, page=12)
    assert "原件第 12 页" in card_html(citation, "u", opened=True)
    assert "原件第 12 页" in citation_to_text(citation)
    assert "原件第" not in card_html(CITATION, "u", opened=True) + citation_to_text(CITATION)
    clauses = [replace(CLAUSES[0], page=1), replace(CLAUSES[1], page=1), replace(CLAUSES[2], page=2)]
    html = document_html(DOCUMENT, clauses, None)
    assert (html.count("原件第 1 页"), html.count("原件第 2 页")) == (1, 1), "once where a page begins"


def test_other_editions_are_listed_and_those_told_already_are_not():
    law = replace(DOCUMENT, kind=Kind.LAW, number=None, title="样本法", effective_on=CalendarDate(2020, 5, 1))
    older = replace(law, id="older", effective_on=CalendarDate(2010, 5, 1))
    html = facts_html(law, Status.IN_FORCE, "", {item.id: item for item in (law, older)})
    assert "<dt>其他版本</dt>" in html
    assert 'data-open="older"' in html
    told = replace(law, replaces=("older",))
    html = facts_html(told, Status.IN_FORCE, "", {item.id: item for item in (told, older)})
    assert "其他版本" not in html


@pytest.mark.parametrize(
    ("advice", "told"),
    [
        ("要换掉它，先运行 assistant corpus remove；用 --number、--issued 或 --effective 写明", "要换掉它，先到它的原文页「移除」；用「文号」「发布日」或「生效日」写明"),
        ("运行 assistant corpus history 看有哪些", "到「变更记录」里看有哪些"),
        ("检查 --effective 和 --expires", "检查「生效日」和「失效日」"),
        ("请打开后另存一份，再导入", "请打开后另存一份，再导入"),
    ],
)  # fmt: skip
def test_advice_is_given_in_words_of_the_page(advice: str, told: str):
    assert page_words(advice) == told


@pytest.mark.parametrize("name", ["../secret.txt", "../../x/secret.txt", "/etc/hostname", "gone.txt"])
def test_an_original_is_only_taken_from_the_corpus(tmp_path, name: str):
    (tmp_path / "corpus/laws").mkdir(parents=True)
    (tmp_path / "secret.txt").write_text("x", encoding="utf-8")
    (tmp_path / "corpus/laws/own.txt").write_text("x", encoding="utf-8")
    document = replace(DOCUMENT, path="laws/a.md", original=name)
    assert original_path(tmp_path / "corpus", document) is None
    assert original_path(tmp_path / "corpus", replace(document, original="own.txt")) is not None
    assert original_path(tmp_path / "corpus", replace(document, original=None)) is None


@pytest.mark.parametrize(
    ("host", "local"),
    [("127.0.0.1", True), ("localhost", True), ("::1", True), ("127.0.0.2", True), ("0.0.0.0", False), ("192.168.1.5", False), ("127.0.0.1.evil.example", False)],
)  # fmt: skip
def test_only_a_loopback_address_is_local(host: str, local: bool):
    assert is_local(host) is local


@pytest.mark.parametrize(
    ("done", "total", "words"),
    [(0, 0, "正在打开文件……"), (2, 40, "第 3 页，共 40 页"), (40, 40, "40 页都读完了，正在整理条款……")],
)
def test_reading_tells_the_page(done: int, total: int, words: str):
    job = ReadingJob.__new__(ReadingJob)
    job.done, job.total = done, total
    assert job.words == words

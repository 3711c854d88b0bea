"""Editions of one text: how they are cited, and which ends when the next begins."""

from datetime import date
from pathlib import Path

import pytest

from assistant.corpus.documents import load_corpus
from assistant.corpus.editions import link_editions, plain_address
from assistant.corpus.files import CorpusFiles
from assistant.corpus.front_matter import Fault, front_matter_text, parse_document, set_field
from assistant.corpus.validity import status_on
from assistant.types import CalendarDate, Document, Status
from tests.fakes import FAQ, LAW, STANDARD

NEW_LAW = (
    LAW.replace("id: ceshi-tiaoli", "id: ceshi-tiaoli-2027\nreplaces: [测试认证条例]")
    .replace("effective_on: 2003-11-01", "effective_on: 2027-01-01")
    .replace("第一条 为了规范测试活动", "第一条 为了规范和促进测试活动")
)
OFFICIAL = STANDARD.replace("id: gbt-1-2020", "id: gbt-1-2020-official").replace("form: digest", "form: official")


def parsed(*texts: str) -> dict[str, Document]:
    faults: list[Fault] = []
    documents = [parse_document(text, f"{i}.md", faults) for i, text in enumerate(texts)]
    assert not [fault for fault in faults if fault.fatal]
    return {document.id: document for document in link_editions([item for item in documents if item])}


def test_the_only_edition_is_cited_by_its_plain_name() -> None:
    linked = parsed(LAW, STANDARD, FAQ)
    assert [linked[key].cited_as for key in ("ceshi-tiaoli", "gbt-1-2020", "wenda")] == [
        "测试认证条例", "GB/T 11111-2020", "测试问答",
    ]  # fmt: skip


def test_two_editions_of_a_law_are_cited_with_their_years() -> None:
    linked = parsed(LAW, NEW_LAW)
    assert linked["ceshi-tiaoli"].cited_as == "测试认证条例（2003年版）"
    assert linked["ceshi-tiaoli-2027"].cited_as == "测试认证条例（2027年版）"


def test_two_editions_of_one_year_are_cited_with_their_days() -> None:
    linked = parsed(LAW, NEW_LAW.replace("2027-01-01", "2003-12-01"))
    assert linked["ceshi-tiaoli-2027"].cited_as == "测试认证条例（2003-12-01版）"


def test_the_name_of_the_state_is_not_cited() -> None:
    (document,) = parsed(LAW.replace("title: 测试认证条例", "title: 中华人民共和国测试认证条例")).values()
    assert document.cited_as == "测试认证条例"


@pytest.mark.parametrize(
    ("day", "old", "new"),
    [
        (date(2003, 10, 31), Status.NOT_YET, Status.NOT_YET),
        (date(2026, 12, 31), Status.IN_FORCE, Status.NOT_YET),
        (date(2027, 1, 1), Status.SUPERSEDED, Status.IN_FORCE),
    ],
)
def test_an_edition_ends_on_the_day_its_successor_begins(day: date, old: Status, new: Status) -> None:
    linked = parsed(LAW, NEW_LAW)
    assert (status_on(linked["ceshi-tiaoli"], day), status_on(linked["ceshi-tiaoli-2027"], day)) == (old, new)


@pytest.mark.parametrize("key", ["ceshi-tiaoli", "测试认证条例", "中华人民共和国测试认证条例"])
def test_a_predecessor_is_named_by_id_or_title(key: str) -> None:
    linked = parsed(LAW, NEW_LAW.replace("[测试认证条例]", f"[{key}]"))
    assert linked["ceshi-tiaoli"].replaced_by == ("ceshi-tiaoli-2027",)


def test_the_official_text_and_the_digest_stand_side_by_side_and_end_together() -> None:
    newer = (
        STANDARD.replace("id: gbt-1-2020", "id: gbt-1-2027")
        .replace("11111-2020", "11111-2027")
        .replace("2020-06-01", "2027-01-01")
        .replace("replaces: [gbt-1-2010]", "replaces: [GB/T 11111—2020]")
    )
    linked = parsed(STANDARD, OFFICIAL, newer)
    assert linked["gbt-1-2020-official"].cited_as == "GB/T 11111-2020"
    assert linked["gbt-1-2020"].cited_as == "GB/T 11111-2020（归纳）"
    for key in ("gbt-1-2020", "gbt-1-2020-official"):
        assert linked[key].replaced_by == ("gbt-1-2027",)
        assert linked[key].expires_on == CalendarDate(2027, 1, 1)
    assert linked["gbt-1-2027"].expires_on is None


def test_a_date_that_the_file_states_itself_stays() -> None:
    linked = parsed(LAW.replace("effective_on", "expires_on: 2026-06-30\neffective_on"), NEW_LAW)
    assert linked["ceshi-tiaoli"].expires_on == CalendarDate(2026, 6, 30)


def test_a_successor_of_an_unknown_text_changes_nothing() -> None:
    assert parsed(NEW_LAW)["ceshi-tiaoli-2027"].replaced_by == ()


def test_the_same_edition_in_the_same_form_is_a_fault(small_corpus: Path) -> None:
    (small_corpus / "laws/twice.md").write_text(LAW.replace("ceshi-tiaoli", "anders"), encoding="utf-8")
    (fault,) = load_corpus(small_corpus).faults
    assert fault.message == "与 laws/law.md 是同一版本，本文件没有载入"


def test_references_without_an_edition_hold_when_a_second_edition_comes(small_corpus: Path) -> None:
    (small_corpus / "laws/new.md").write_text(NEW_LAW, encoding="utf-8")
    corpus = load_corpus(small_corpus)
    assert corpus.faults == ()
    assert "测试认证条例（2027年版） 第十二条" in {clause.address for clause in corpus.clauses}


def test_clauses_may_have_dates_of_their_own() -> None:
    faults: list[Fault] = []
    dates = "clause_dates: {第十二条: 2004-01-01, 第一条: {expires_on: 2010-05}}\nconfidence"
    document = parse_document(LAW.replace("confidence", dates, 1), "law.md", faults)
    assert faults == []
    assert document is not None
    assert document.clause_dates == (
        ("第十二条", CalendarDate(2004, 1, 1), None),
        ("第一条", None, CalendarDate(2010, 5)),
    )


def test_changes_are_seen_before_they_are_made(small_corpus: Path) -> None:
    before = CorpusFiles(small_corpus).digest()
    changes = {"laws/new.md": NEW_LAW.encode(), "faq/faq.md": None}
    assert CorpusFiles(small_corpus, changes).documents() == [
        "laws/law.md",
        "laws/new.md",
        "standards/new.md",
        "standards/old.md",
    ]
    assert CorpusFiles(small_corpus, changes).digest() != before
    assert len(load_corpus(small_corpus, changes).documents) == 4
    assert CorpusFiles(small_corpus).digest() == before


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_one_field_is_set_and_every_other_byte_stays(newline: str) -> None:
    text = LAW.replace("\n", newline)
    added = set_field(text, "expires_on", "2027-01-01")
    assert added.replace(f"expires_on: 2027-01-01{newline}", "") == text
    assert set_field(added, "expires_on", "2028-01-01") == added.replace("2027-01-01", "2028-01-01")


def test_a_field_of_several_lines_is_replaced_whole() -> None:
    text = "---\nid: a\nreplaces:\n  - b\n  - c\ntitle: t\n---\n正文\n"
    assert set_field(text, "replaces", "[d]") == "---\nid: a\nreplaces: [d]\ntitle: t\n---\n正文\n"


def test_front_matter_leaves_out_what_is_unknown_and_is_read_back() -> None:
    values = {"id": "ab-1", "title": "标题: “引号”与#号", "number": None, "kind": "law", "form": "official",
              "confidence": "法规文本", "checked_on": date(2026, 1, 1), "pages": {"第一条": 1}, "replaces": []}  # fmt: skip
    text = front_matter_text(values)
    faults: list[Fault] = []
    document = parse_document(text + "\n第一条 正文。\n", "a.md", faults)
    assert (faults, "number" in text, "replaces" in text) == ([], False, False)
    assert document is not None
    assert (document.title, document.pages) == ("标题: “引号”与#号", (("第一条", 1),))


@pytest.mark.parametrize(
    ("address", "plain"),
    [
        ("GB/T 27922-2011（归纳） 5.1", "GB/T 27922-2011 5.1"),
        ("认证认可条例（2023年版） 第三条", "认证认可条例 第三条"),
        ("认证认可条例（2023-07-20版）（归纳） 第三条", "认证认可条例 第三条"),
        ("缺陷产品办法（试行） 第三条", "缺陷产品办法（试行） 第三条"),
    ],
)
def test_an_address_without_edition_and_form(address: str, plain: str) -> None:
    assert plain_address(address) == plain

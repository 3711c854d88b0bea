from dataclasses import replace
from datetime import date

import pytest

from assistant.answering.citations import CitationList, mark_passages, readable
from assistant.answering.extract import Passage, quotable
from assistant.corpus.documents import Corpus
from assistant.corpus.front_matter import parse_document
from assistant.structure.outline import parse_clauses
from assistant.types import Block, CalendarDate, Clause, Confidence, Document, Form, Hit, Sentence, Stage, Status
from tests.fakes import FAQ, LAW, OLD_STANDARD, STANDARD

TODAY = date(2026, 1, 1)


def load(text: str) -> Document:
    document = parse_document(text, "test.md", [])
    assert document is not None
    return document


DOCUMENTS = {document.id: document for document in map(load, (STANDARD, OLD_STANDARD, LAW, FAQ))}
CLAUSES = {clause.address: clause for document in DOCUMENTS.values() for clause in parse_clauses(document)}


def passage(address: str, *indexes: int) -> Passage:
    clause = CLAUSES[address]
    blocks = quotable(clause)
    hit = Hit(clause, DOCUMENTS[clause.document_id], Status.IN_FORCE, 0.9, 1, Stage.FUSED)
    return Passage(hit, tuple(blocks[i] for i in indexes) if indexes else tuple(blocks))


def referred(_: Clause, block: Block) -> list[Clause]:
    return [CLAUSES[address] for address in block.see if address in CLAUSES]


def cite(*passages: Passage, as_of: date = TODAY) -> tuple[list[Sentence], CitationList]:
    citations = CitationList(DOCUMENTS, as_of)
    return mark_passages(passages, citations, referred), citations


@pytest.mark.parametrize("address", sorted(CLAUSES))
def test_every_quote_is_verbatim_at_its_place(address: str) -> None:
    _, citations = cite(passage(address))
    assert citations.citations
    for citation in citations.citations:
        text = DOCUMENTS[citation.document_id].text
        assert citation.quote == text[citation.start : citation.end]
        assert citation.quote.strip()
        for start, end in citation.supports:
            assert citation.quote[start:end] in {block.text for clause in CLAUSES.values() for block in clause.blocks}


def test_every_quote_of_the_real_corpus_is_verbatim(real_corpus: Corpus) -> None:
    documents = {document.id: document for document in real_corpus.documents}
    for clause in real_corpus.clauses:
        blocks = quotable(clause)
        if not blocks:
            continue
        citations = CitationList(documents, TODAY)
        citations.add(clause, blocks)
        (citation,) = citations.citations
        assert citation.quote == documents[clause.document_id].text[citation.start : citation.end]
        assert [citation.quote[start:end] for start, end in citation.supports] == [block.text for block in blocks]


def test_marks_count_from_one_in_the_order_of_use_and_a_clause_keeps_its_mark() -> None:
    sentences, citations = cite(passage("测试问答 1"), passage("GB/T 11111-2020 5.1"), passage("测试问答 1"))
    assert [sentence.marks for sentence in sentences] == [(1, 2), (3,), (1, 2)]
    assert [citation.mark for citation in citations.citations] == [1, 2, 3]
    assert [citation.address for citation in citations.citations] == [
        "测试问答 1",
        "测试认证条例 第十二条第一款",
        "GB/T 11111-2020 5.1",
    ]


def test_a_reference_quotes_the_block_of_the_other_clause_that_shares_its_words() -> None:
    document = load(FAQ.replace("最高是五星级，没有八星级", "最高是五星级，95 分及以上就是"))
    clause = parse_clauses(document)[1]
    citations = CitationList(DOCUMENTS | {document.id: document}, TODAY)
    hit = Hit(clause, document, Status.IN_FORCE, 0.9, 1, Stage.FUSED)
    mark_passages([Passage(hit, tuple(quotable(clause)))], citations, referred)
    assert citations.citations[1].address == "GB/T 11111-2020 7"
    assert citations.citations[1].quote.startswith("五星级")


def test_a_reference_is_not_drawn_to_a_block_by_digits_and_spaces() -> None:
    _, citations = cite(passage("测试问答 2"))
    assert citations.citations[1].quote.startswith("五星级")


def test_a_reference_that_is_not_held_gets_no_mark() -> None:
    citations = CitationList(DOCUMENTS, TODAY)
    sentences = mark_passages([passage("测试问答 1")], citations, lambda *_: [])
    assert [sentence.marks for sentence in sentences] == [(1,)]


def test_a_single_block_is_addressed_with_its_paragraph_or_item() -> None:
    _, citations = cite(passage("测试认证条例 第十二条", 1))
    assert citations.citations[0].address == "测试认证条例 第十二条第一款（一）"
    _, citations = cite(passage("测试认证条例 第十二条", 1, 2))
    assert citations.citations[0].address == "测试认证条例 第十二条"


def test_the_weakest_confidence_of_the_blocks_is_told() -> None:
    _, citations = cite(passage("GB/T 11111-2020 7"))
    assert citations.citations[0].confidence is Confidence.ONE_SOURCE
    _, citations = cite(passage("GB/T 11111-2020 7", 0))
    assert citations.citations[0].confidence is Confidence.TWO_SOURCES
    told = passage("GB/T 11111-2020 5.1.2.2")
    unknown = tuple(block for block in told.blocks if block.confidence is Confidence.UNKNOWN)
    assert unknown
    assert cite(told)[1].citations[0].confidence is not Confidence.UNKNOWN
    assert cite(replace(told, blocks=unknown))[1].citations[0].confidence is Confidence.UNKNOWN


def test_the_sources_are_those_of_the_blocks_quoted() -> None:
    _, citations = cite(passage("GB/T 11111-2020 7", 0))
    assert [source.key for source in citations.citations[0].sources] == ["S1"]
    _, citations = cite(passage("GB/T 11111-2020 7"))
    assert [(source.key, source.doubtful) for source in citations.citations[0].sources] == [("S1", False), ("S7", True)]


def test_rows_and_items_are_entries_and_read_with_their_column_names() -> None:
    sentences, _ = cite(passage("GB/T 11111-2020 7"))
    assert [sentence.item for sentence in sentences] == [True, True]
    assert sentences[1].text == "等级：五星级；得分：95 分及以上"


def test_emphasis_is_not_shown() -> None:
    document = load(FAQ.replace("有效期 3 年", "有效期 **3 年**，见 `附录`"))
    block = parse_clauses(document)[0].blocks[0]
    assert readable(block) == "测试认证的证书有效期 3 年，见 附录。"


def test_the_note_on_a_replaced_edition_names_day_and_successor() -> None:
    _, citations = cite(passage("GB/T 11111-2010 7"))
    assert citations.citations[0].status is Status.SUPERSEDED
    (note,) = citations.notes()
    assert note.note
    assert note.marks == (1,)
    assert note.text.startswith("到 2026-01-01，GB/T 11111-2010《测试服务评价》的状态是“被代替”（2020-06-01 起不再有效")
    assert "现行的是GB/T 11111-2020《测试服务评价》" in note.text


@pytest.mark.parametrize(
    ("address", "day", "words"),
    [
        ("GB/T 11111-2010 7", date(2015, 1, 1), None),
        ("GB/T 11111-2020 5.1", date(2020, 5, 31), "尚未生效"),
        ("GB/T 11111-2020 5.1", date(2020, 6, 1), None),
        ("测试问答 1", date(1990, 1, 1), "测试认证条例"),
    ],
)
def test_a_note_is_given_exactly_where_a_source_is_not_in_force(address: str, day: date, words: str | None) -> None:
    _, citations = cite(passage(address), as_of=day)
    notes = [note.text for note in citations.notes()]
    assert len(notes) == (words is not None)
    assert all(words is not None and words in note for note in notes)


def test_a_number_that_the_digest_gave_is_not_passed_off_as_one_of_the_text() -> None:
    ours = load(STANDARD)
    kept = load(STANDARD.replace("kind: standard", "kind: standard\noriginal_numbers: [5]"))
    assert (ours.numbered_by_us("5.1.2"), kept.numbered_by_us("5.1.2"), kept.numbered_by_us("50.1")) == (
        True,
        False,
        True,
    )
    law, faq = load(LAW), load(FAQ)
    digest = replace(law, form=Form.DIGEST)
    assert (law.numbered_by_us("1.3"), digest.numbered_by_us("1.3"), digest.numbered_by_us("第九条")) == (
        False,
        True,
        False,
    )
    assert not faq.numbered_by_us("1")
    citations = CitationList({kept.id: kept}, TODAY)
    for clause in parse_clauses(kept):
        citations.add(clause, quotable(clause))
    told = {item.address: "不是原文条号" in item.form_label for item in citations.citations}
    assert told == {address: not address.startswith("GB/T 11111-2020 5") for address in told}
    assert set(told.values()) == {True, False}


def test_our_own_words_that_are_older_than_the_edition_in_force_say_so() -> None:
    subject = replace(DOCUMENTS["gbt-1-2020"], subject=True, replaced_by=("neu",))
    new = replace(
        subject,
        id="neu",
        number="GB/T 11111-2027",
        subject=False,
        replaced_by=(),
        effective_on=CalendarDate(2027, 6, 1),
    )
    old = replace(subject, expires_on=CalendarDate(2027, 6, 1))
    documents = DOCUMENTS | {old.id: old, new.id: new}
    for day, told in ((date(2027, 5, 31), 0), (date(2027, 6, 1), 1)):
        citations = CitationList(documents, day)
        citations.add(CLAUSES["测试问答 1"], quotable(CLAUSES["测试问答 1"]))
        notes = [note.text for note in citations.notes()]
        assert len(notes) == told
        assert all(
            "核对于 2026-01-01，早于GB/T 11111-2027《测试服务评价》（2027-06-01 起施行）" in note for note in notes
        )


def test_a_clause_that_says_the_same_is_cited_beside_our_own_words() -> None:
    told, law = passage("测试问答 2"), CLAUSES["测试认证条例 第一条"]
    citations = CitationList(DOCUMENTS, TODAY)
    sentences = mark_passages([told], citations, lambda _, block: [law] if block is told.blocks[0] else [])
    confirming = citations.citations[sentences[0].marks[-1] - 1]
    assert (confirming.document_id, confirming.quote) == ("ceshi-tiaoli", law.blocks[0].text)


def test_two_clauses_of_one_replaced_edition_share_a_note() -> None:
    other = load(OLD_STANDARD + "\n## 8 附则\n\nGB/T 11111-2010 由测试委员会解释。〔双源〕\n")
    citations = CitationList(DOCUMENTS | {other.id: other}, TODAY)
    for clause in parse_clauses(other):
        citations.add(clause, quotable(clause))
    assert [note.marks for note in citations.notes()] == [(1, 2)]

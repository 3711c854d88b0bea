import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.corpus.documents import Corpus
from assistant.corpus.front_matter import Fault, parse_document
from assistant.structure.address import NameIndex
from assistant.structure.numbering import parse_label
from assistant.structure.outline import parse_clauses, parse_mark
from assistant.structure.table import parse_cells, row_sentence
from assistant.types import BlockKind, Clause, Confidence, Document
from tests.fakes import FAQ, LAW, OLD_STANDARD, STANDARD


def parsed(text: str) -> tuple[Document, list[Clause]]:
    faults: list[Fault] = []
    document = parse_document(text, "test.md", faults)
    assert document is not None, faults
    return document, parse_clauses(document)


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("第12条 内容", "第十二条"),
        ("第十二条", "第十二条"),
        ("第一百零三条之一 内容", "第一百零三条之一"),
        ("第 三 章 认证", "第三章"),
        ("第三章 认证", "第三章"),
        ("5.1.2.2 服务管理师", "5.1.2.2"),
        ("附录Ａ（规范性）", "附录A"),
        ("附录 a", "附录A"),
        ("一、总体要求", "一"),
        ("（三）营业执照", "（三）"),
        ("(3) 营业执照", "（三）"),
        ("a) 培训", "a)"),
        ("2012年2月1日起", None),
        ("10% 的人员", None),
        ("3.5 分钟", "3.5"),
        ("普通一句话", None),
    ],
)
def test_labels_are_canonical_in_any_spelling(text: str, canonical: str | None) -> None:
    label = parse_label(text)
    assert (label.canonical if label else None) == canonical


def test_official_statute_gives_articles_paragraphs_and_items() -> None:
    _, clauses = parsed(LAW)
    assert [clause.number for clause in clauses] == ["第一条", "第十二条", "第一百零三条之一"]
    article = clauses[1]
    assert article.address == "测试认证条例 第十二条"
    assert article.headings == ("第一章 总 则",)
    assert [block.suffix for block in article.blocks] == ["第一款", "第一款（一）", "第一款（二）", "第二款"]


def test_standard_gives_clauses_with_rows_marks_and_phrasings() -> None:
    _, clauses = parsed(STANDARD)
    by_number = {clause.number: clause for clause in clauses}
    assert list(by_number) == ["5.1", "5.1.2.2", "7"]
    manager = by_number["5.1.2.2"]
    assert manager.headings == ("5 评价指标", "5.1 服务体系")
    assert [block.kind for block in manager.blocks] == [BlockKind.PHRASINGS, BlockKind.PARAGRAPH, BlockKind.PARAGRAPH]
    assert manager.blocks[2].confidence is Confidence.UNKNOWN
    row = by_number["7"].blocks[1]
    assert (row.kind, row.header, row.source_keys) == (BlockKind.ROW, ("等级", "得分", "依据"), ("S7",))
    assert row_sentence(row.text, row.header) == "等级：五星级；得分：95 分及以上"


def test_claims_and_references() -> None:
    _, clauses = parsed(FAQ)
    assert clauses[0].blocks[0].see == ("测试认证条例 第十二条",)
    assert clauses[1].blocks[0].kind is BlockKind.CLAIM


@pytest.mark.parametrize("text", [STANDARD, LAW, FAQ, OLD_STANDARD])
def test_offsets_rebuild_the_text(text: str) -> None:
    document, clauses = parsed(text)
    for clause in clauses:
        assert document.text[clause.start : clause.end] == clause.text
        for block in clause.blocks:
            assert document.text[block.start : block.end] == block.text


@given(
    st.lists(
        st.sampled_from(
            [
                "## 1 甲",
                "### 1.1 乙",
                "第三条 丙。",
                "- 丁；〔双源〕",
                "| a | b |",
                "|--|--|",
                "| 1 | 2 |",
                "",
                "戊〔未知〕",
                "<!-- x -->",
            ]
        )
    )
)
def test_offsets_hold_for_any_mixture(lines: list[str]) -> None:
    document, clauses = parsed(LAW.split("第一章", maxsplit=1)[0] + "\n".join(lines))
    addresses = [clause.address for clause in clauses]
    assert len(addresses) == len(set(addresses))
    for clause in clauses:
        assert document.text[clause.start : clause.end] == clause.text
        assert all(document.text[block.start : block.end] == block.text for block in clause.blocks)


def test_text_without_headings_gets_paragraph_addresses() -> None:
    head = FAQ.split("## 1", maxsplit=1)[0]
    _, clauses = parsed(head + "第一段话。\n\n第二段话。\n")
    assert [clause.number for clause in clauses] == ["第1段", "第2段"]


def test_mark_parts() -> None:
    mark = parse_mark("双源 S1 S4†；见 认证认可条例 第十九条、GB/T 27922-2011 5.1")
    assert mark.confidence is Confidence.TWO_SOURCES
    assert mark.source_keys == ("S1", "S4")
    assert mark.see == ("认证认可条例 第十九条", "GB/T 27922-2011 5.1")
    assert parse_mark("可能").unknown_words == ("可能",)


def test_cells() -> None:
    assert parse_cells("| 三星 | 80 |") == ("三星", "80")


@pytest.fixture
def names() -> NameIndex:
    return NameIndex([parsed(text)[0] for text in (STANDARD, OLD_STANDARD, LAW)])


@pytest.mark.parametrize(
    "question",
    [
        "GB/T 11111-2020 5.1.2.2",
        "gbt11111-2020 5.1.2.2",
        "ＧＢ/Ｔ　11111—2020第5.1.2.2条",
        "11111-2020的5.1.2.2",
        "《GB/T11111-2020》5.1.2.2讲什么",
    ],
)
def test_a_clause_of_a_standard_is_found_in_any_spelling(names: NameIndex, question: str) -> None:
    mentions = names.find(question)
    assert mentions.documents[0].document_ids == ("gbt-1-2020",)
    assert mentions.clauses[0].number == "5.1.2.2"


@pytest.mark.parametrize(
    ("question", "part"),
    [
        ("测试条例第12条", ""),
        ("《测试认证条例》第十二条第二款", "第二款"),
        ("测试条例第１２条第（二）项", "（二）"),
        ("测试条例第12条(二)", "（二）"),
    ],
)
def test_an_article_is_found_in_any_spelling(names: NameIndex, question: str, part: str) -> None:
    mentions = names.find(question.replace("第（二）项", "（二）"))
    assert mentions.documents[0].document_ids == ("ceshi-tiaoli",)
    assert (mentions.clauses[0].number, mentions.clauses[0].part) == ("第十二条", part)


def test_unknown_editions_and_standards_are_named_as_unknown(names: NameIndex) -> None:
    assert names.find("GB/T 11111-2025 有吗").documents[0].document_ids == ()
    assert names.find("ISO 14001 呢").documents[0].document_ids == ()
    assert set(names.find("11111 呢").documents[0].document_ids) == {"gbt-1-2020", "gbt-1-2010"}


@pytest.mark.parametrize("question", ["2012.2.1 施行", "要 95.5 分", "花了3.5万元", "第3名", "10.5%"])
def test_numbers_that_are_no_clauses(names: NameIndex, question: str) -> None:
    assert [mention for mention in names.find(question).clauses if mention.number != "2012.2.1"] == []


def test_real_corpus_offsets_and_addresses(real_corpus: Corpus) -> None:
    documents = {document.id: document for document in real_corpus.documents}
    addresses = [clause.address for clause in real_corpus.clauses]
    assert len(addresses) == len(set(addresses))
    for clause in real_corpus.clauses:
        text = documents[clause.document_id].text
        assert text[clause.start : clause.end] == clause.text
        assert all(text[block.start : block.end] == block.text for block in clause.blocks)

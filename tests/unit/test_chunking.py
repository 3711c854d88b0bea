import pytest

from assistant.corpus.front_matter import parse_document
from assistant.indexing.chunking import (
    MAX_CHARS,
    answer_blocks,
    block_text,
    chunk_clause,
    chunk_position,
    heading_path,
    phrasings,
)
from assistant.structure.outline import parse_clauses
from assistant.types import BlockKind, Chunk, Clause, Document
from tests.fakes import FAQ, LAW, STANDARD


def clauses_of(text: str) -> tuple[Document, dict[str, Clause]]:
    document = parse_document(text, "test.md", [])
    assert document is not None
    return document, {clause.number: clause for clause in parse_clauses(document)}


def chunks_of(text: str, number: str, position: int = 7) -> dict[str, Chunk]:
    document, clauses = clauses_of(text)
    return {chunk.id: chunk for chunk in chunk_clause(clauses[number], document, position)}


def test_a_clause_gives_its_whole_text_its_heading_its_phrasings_and_its_blocks() -> None:
    chunks = chunks_of(STANDARD, "5.1.2.2")
    assert list(chunks) == ["7", "7.h", "7.q0", "7.q1", "7.1", "7.2"]
    assert chunks["7.q0"].embedded == "服务管理师要配几个"
    assert chunks["7.h"].embedded == "测试服务评价：服务管理师"
    assert {chunk.clause_address for chunk in chunks.values()} == {"GB/T 11111-2020 5.1.2.2"}
    assert [chunks[key].sentence for key in ("7", "7.h", "7.1", "7.2")] == [None, None, 1, 2]


def test_the_whole_text_begins_with_number_title_and_headings() -> None:
    document, clauses = clauses_of(STANDARD)
    path = heading_path(clauses["5.1.2.2"], document)
    assert path == "GB/T 11111-2020 测试服务评价 > 5 评价指标 > 5.1 服务体系 > 5.1.2.2 服务管理师"
    assert chunks_of(STANDARD, "5.1.2.2")["7"].embedded.startswith(f"{path}\n")


def test_an_article_without_heading_is_named_once() -> None:
    document, clauses = clauses_of(LAW)
    assert heading_path(clauses["第十二条"], document) == "国务院令第1号 测试认证条例 > 第一章 总 则 > 第十二条"
    assert "7.h" not in chunks_of(LAW, "第十二条")


def test_rows_are_embedded_with_their_column_names() -> None:
    assert chunks_of(STANDARD, "7")["7.1"].embedded == "星级：等级：五星级；得分：95 分及以上"


def test_false_claims_and_phrasings_are_in_no_text_that_is_shown() -> None:
    _, clauses = clauses_of(FAQ)
    clause = clauses["2"]
    assert [block.kind for _, block in answer_blocks(clause)] == [BlockKind.PARAGRAPH]
    assert phrasings(clause) == ["测试认证最高是八星级。"]
    assert "误传" not in chunks_of(FAQ, "2")["7"].embedded


def test_phrasings_are_split_at_semicolons_of_both_widths() -> None:
    text = STANDARD.replace("几个；多少人", "几个; ；多少人")
    _, clauses = clauses_of(text)
    assert phrasings(clauses["5.1.2.2"]) == ["服务管理师要配几个", "多少人配一个管理师"]


def test_the_text_of_a_chunk_is_limited() -> None:
    chunks = chunks_of(LAW.replace("制定本条例。", "制定本条例。" * 500), "第一条")
    assert len(chunks["7"].embedded) == MAX_CHARS


def test_chunk_ids_are_unique_within_a_document() -> None:
    document, clauses = clauses_of(STANDARD)
    ids = [chunk.id for i, clause in enumerate(clauses.values()) for chunk in chunk_clause(clause, document, i)]
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("chunk_id", ["12", "12.3", "12.h", "12.q0"])
def test_a_chunk_leads_back_to_its_clause(chunk_id: str) -> None:
    assert chunk_position(chunk_id) == 12


def test_the_block_index_of_a_chunk_is_the_index_in_the_clause() -> None:
    _, clauses = clauses_of(STANDARD)
    clause = clauses["5.1.2.2"]
    for chunk in chunks_of(STANDARD, "5.1.2.2").values():
        if chunk.sentence is not None:
            assert chunk.embedded.endswith(block_text(clause.blocks[chunk.sentence]))

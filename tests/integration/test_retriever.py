from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from langchain_core.documents import Document
from langchain_core.runnables import RunnableLambda

from assistant.chat import Assistant
from assistant.langchain_retriever import ClauseRetriever

pytestmark = pytest.mark.integration


@pytest.fixture(scope="module")
def assistant(built_index: Path) -> Iterator[Assistant]:
    with Assistant.open(index=built_index) as opened:
        yield opened


def test_whole_clauses_come_best_first_with_their_address(assistant: Assistant) -> None:
    found = ClauseRetriever(assistant=assistant, k=3).invoke("五星要多少分？")
    hits = assistant.search("五星要多少分？", 3)
    assert [document.metadata["address"] for document in found] == [hit.clause.address for hit in hits]
    assert [document.metadata["score"] for document in found] == [hit.score for hit in hits]
    assert all(isinstance(document, Document) for document in found)


def test_the_metadata_tells_edition_form_status_and_stage(assistant: Assistant) -> None:
    (document,) = ClauseRetriever(assistant=assistant, k=1).invoke("GB/T 27922-2011 5.1.2.2")
    metadata = dict(document.metadata)
    assert metadata.pop("score") == 1.0
    assert metadata == {
        "address": "GB/T 27922-2011 5.1.2.2",
        "document_id": "gbt-27922-2011",
        "title": "商品售后服务评价体系",
        "number": "GB/T 27922-2011",
        "heading": metadata["heading"],
        "kind": "standard",
        "form": "digest",
        "status": "现行",
        "stage": "address",
    }
    assert "10%" in document.page_content


def test_ways_of_asking_and_false_claims_are_not_in_the_page(assistant: Assistant) -> None:
    for document in ClauseRetriever(assistant=assistant, k=20).invoke("有没有八星级"):
        assert "问法：" not in document.page_content
        assert "误传：" not in document.page_content
        assert document.page_content.strip()


def test_the_status_is_that_of_the_day(assistant: Assistant) -> None:
    retriever = ClauseRetriever(assistant=assistant, k=1, as_of=date(2012, 1, 31))
    assert retriever.invoke("SB/T 10401-2006 1.1")[0].metadata["status"] == "现行"
    assert retriever.invoke("GB/T 27922-2011 7.1")[0].metadata["status"] == "尚未生效"


def test_it_goes_into_a_chain_and_a_batch(assistant: Assistant) -> None:
    chain = ClauseRetriever(assistant=assistant, k=2) | RunnableLambda(
        lambda documents: [document.metadata["number"] for document in documents]
    )
    assert chain.batch(["GB/T 27922-2011 7.1", "GB/T 27922-2011 5.1.2.2"]) == [
        chain.invoke("GB/T 27922-2011 7.1"),
        chain.invoke("GB/T 27922-2011 5.1.2.2"),
    ]
    assert chain.invoke("GB/T 27922-2011 7.1")[0] == "GB/T 27922-2011"


async def _ask(retriever: ClauseRetriever) -> list[Document]:
    return await retriever.ainvoke("证书有效期几年？")


def test_it_can_be_awaited(assistant: Assistant) -> None:
    import asyncio

    retriever = ClauseRetriever(assistant=assistant)
    assert asyncio.run(_ask(retriever)) == retriever.invoke("证书有效期几年？")
    assert len(retriever.invoke("证书有效期几年？")) == 4

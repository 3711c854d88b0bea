"""The search as a LangChain retriever, for chains and agents of others."""

from datetime import date
from typing import Any

from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever
from pydantic import ConfigDict

from assistant.chat import Assistant
from assistant.indexing.chunking import answer_blocks, block_text
from assistant.types import Hit


class ClauseRetriever(BaseRetriever):
    """Returns whole clauses, best first, as LangChain documents.

    ``page_content`` is the text of the clause; ``metadata`` holds address, document_id, title, number, heading, kind,
    form, status on the day, score (0–1) and stage. ``k`` is the number of clauses, ``as_of`` the day (today by default).

    Example::

        retriever = ClauseRetriever(assistant=Assistant.open(), k=4)
        documents = retriever.invoke("证书有效期几年？")
    """

    model_config = ConfigDict(arbitrary_types_allowed=True)

    assistant: Assistant
    k: int = 4
    as_of: date | None = None

    def _get_relevant_documents(self, query: str, *, run_manager: CallbackManagerForRetrieverRun) -> list[Document]:
        return [_document(hit) for hit in self.assistant.search(query, self.k, as_of=self.as_of)]


def _document(hit: Hit) -> Document:
    metadata: dict[str, Any] = {
        "address": hit.clause.address,
        "document_id": hit.document.id,
        "title": hit.document.title,
        "number": hit.document.number or "",
        "heading": hit.clause.heading,
        "kind": hit.document.kind.value,
        "form": hit.document.form.value,
        "status": hit.status.value,
        "score": hit.score,
        "stage": hit.stage.value,
    }
    return Document("\n".join(block_text(block) for _, block in answer_blocks(hit.clause)), metadata=metadata)

"""Clauses as the model is shown them and as its sentences are checked against them."""

from collections.abc import Mapping
from datetime import date

from assistant.answering.checks.sources import CitedSource
from assistant.answering.citations import readable
from assistant.corpus.validity import clause_note, clause_status_on, status_note
from assistant.indexing.chunking import answer_blocks
from assistant.types import Clause, Document


def cited_source(
    mark: int, clause: Clause, document: Document, as_of: date, documents: Mapping[str, Document]
) -> CitedSource:
    """Return ``clause`` under ``mark``, with its status on ``as_of`` and all that may be told of it."""
    blocks = [block for _, block in answer_blocks(clause)]
    notes = (clause_note(clause), status_note(document, as_of, documents))
    dates = ((document.issued_on, "发布"), (document.effective_on, "实施"), (document.expires_on, "废止"))
    told = [
        clause.address,
        document.name,
        *document.aliases,
        *clause.headings,
        clause.heading,
        document.issuer or "",
        "；".join(f"{day}{word}" for day, word in dates if day),
        *notes,
        *(address for block in blocks for address in block.see),
        *(item.number for item in documents.values() if item.subject and item.number),
    ]
    status = clause_status_on(clause, document, as_of)
    return CitedSource(
        mark=mark,
        blocks=tuple(readable(block) for block in blocks),
        context="\n".join(dict.fromkeys(part for part in told if part)),
        name=document.name,
        status=status,
        form=document.form.described(numbered_by_us=document.numbered_by_us(clause.number)),
        standing="，".join(part for part in (status.value, *notes) if part),
    )

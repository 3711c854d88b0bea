"""From clauses to what is embedded.

A clause gives a chunk of its whole text under its headings, a chunk of its heading alone (questions meet headings: short
against short), and, where it has several blocks, one chunk a block, so that a single row or item can be found.
"""

from collections.abc import Iterator

from assistant.structure.table import row_sentence
from assistant.types import Block, BlockKind, Chunk, Clause, Document

MAX_CHARS = 700


def block_text(block: Block) -> str:
    """Return the readable text of a block: table rows with their column names."""
    return row_sentence(block.text, block.header) if block.kind is BlockKind.ROW else block.text


def heading_path(clause: Clause, document: Document) -> str:
    """Return title > headings > own heading, as put before the text that is embedded and indexed."""
    title = document.title if not document.number else f"{document.number} {document.title}"
    own = clause.heading if clause.heading == clause.number else f"{clause.number} {clause.heading}".strip()
    return " > ".join((title, *clause.headings, own))


def chunk_clause(clause: Clause, document: Document, position: int) -> Iterator[Chunk]:
    """Yield the chunks of the clause at ``position`` in the snapshot. ``sentence`` is the index of the block, or None."""
    path = heading_path(clause, document)
    body = "\n".join(block_text(block) for block in clause.blocks)
    yield Chunk(f"{position}", clause.address, document.id, f"{path}\n{body}"[:MAX_CHARS])
    if clause.heading and clause.heading != clause.number:
        yield Chunk(f"{position}.h", clause.address, document.id, f"{document.title}：{clause.heading}")
    if len(clause.blocks) > 1:
        for i, block in enumerate(clause.blocks):
            text = f"{clause.heading}：{block_text(block)}" if clause.heading else block_text(block)
            yield Chunk(f"{position}.{i}", clause.address, document.id, text[:MAX_CHARS], i)

def chunk_position(chunk_id: str) -> tuple[int, int | None]:
    """Return (clause position, block index or None) of a chunk id; ``12.h`` is the heading of clause 12."""
    position, _, part = chunk_id.partition(".")
    return int(position), int(part) if part.isdecimal() else None

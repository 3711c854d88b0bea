"""From clauses to what is embedded.

A clause gives a chunk of its whole text under its headings, a chunk of its heading alone (questions meet headings: short
against short), one for each way of asking that the keeper wrote down, and, where it has several blocks, one chunk a block, so
that a single row or item can be found.
"""

import re
from collections.abc import Iterator

from assistant.structure.table import row_sentence
from assistant.types import Block, BlockKind, Chunk, Clause, Document

MAX_CHARS = 700
HIDDEN = frozenset((BlockKind.CLAIM, BlockKind.PHRASINGS))


def block_text(block: Block) -> str:
    """Return the readable text of a block: table rows with their column names."""
    return row_sentence(block.text, block.header) if block.kind is BlockKind.ROW else block.text


def heading_path(clause: Clause, document: Document) -> str:
    """Return title > headings > own heading, as put before the text that is embedded and indexed."""
    title = document.title if not document.number else f"{document.number} {document.title}"
    own = clause.heading if clause.heading == clause.number else f"{clause.number} {clause.heading}".strip()
    return " > ".join((title, *clause.headings, own))


def answer_blocks(clause: Clause) -> list[tuple[int, Block]]:
    """Return (index, block) of the blocks that may be shown: neither false claims nor ways of asking."""
    return [(i, block) for i, block in enumerate(clause.blocks) if block.kind not in HIDDEN]


def phrasings(clause: Clause) -> list[str]:
    """Return the ways of asking for the clause and the false claims it corrects, as people would put them."""
    lines = [block.text.partition("：")[2] for block in clause.blocks if block.kind in HIDDEN]
    return [phrase.strip() for line in lines for phrase in re.split(r"[；;]", line) if phrase.strip()]


def chunk_clause(clause: Clause, document: Document, position: int) -> Iterator[Chunk]:
    """Yield the chunks of the clause at ``position`` in the snapshot."""
    path = heading_path(clause, document)
    blocks = answer_blocks(clause)
    body = "\n".join(block_text(block) for _, block in blocks)
    yield Chunk(f"{position}", clause.address, document.id, f"{path}\n{body}"[:MAX_CHARS])
    if clause.heading and clause.heading != clause.number:
        yield Chunk(f"{position}.h", clause.address, document.id, f"{document.title}：{clause.heading}")
    for count, phrase in enumerate(phrasings(clause)):
        yield Chunk(f"{position}.q{count}", clause.address, document.id, phrase)
    if len(blocks) > 1:
        for i, block in blocks:
            text = f"{clause.heading}：{block_text(block)}" if clause.heading else block_text(block)
            yield Chunk(f"{position}.{i}", clause.address, document.id, text[:MAX_CHARS], i)


def chunk_position(chunk_id: str) -> int:
    """Return the position of the clause that a chunk leads to: ``12.h`` is clause 12 by its heading."""
    return int(chunk_id.partition(".")[0])

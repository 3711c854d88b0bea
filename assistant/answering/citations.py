"""From passages to marked sentences and numbered citations, with what a reader must know about each source."""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date

from assistant.answering.extract import Passage
from assistant.corpus.validity import clause_note, clause_status_on, status_note, successors_in_force
from assistant.indexing.chunking import answer_blocks, block_text
from assistant.text import terms
from assistant.types import (
    Block,
    BlockKind,
    Check,
    CheckName,
    Citation,
    Clause,
    Confidence,
    Document,
    Sentence,
    Source,
    Status,
)

QUOTED = (Check(CheckName.QUOTATIONS, True, "摘自所引条款"),)
_STRENGTH = list(Confidence)
_EMPHASIS = re.compile(r"\*\*|__|`")


class CitationList:
    """Numbers the clauses that an answer rests on, in the order of use."""

    def __init__(self, documents: Mapping[str, Document], as_of: date) -> None:
        self._documents = documents
        self.as_of = as_of
        self.citations: list[Citation] = []
        self._marks: dict[str, int] = {}
        self._announced: set[int] = set()

    def emptied(self) -> "CitationList":
        """Return an empty list for the same documents and day."""
        return CitationList(self._documents, self.as_of)

    def announce(self, clauses: Sequence[Clause]) -> tuple[int, ...]:
        """Return the marks of clauses that are not in force yet and of which the answer itself says so."""
        marks = tuple(self.add(clause, [block for _, block in answer_blocks(clause)]) for clause in clauses)
        self._announced |= set(marks)
        return marks

    def add(self, clause: Clause, blocks: Sequence[Block]) -> int:
        """Return the mark of ``clause``, cited for ``blocks``; a clause cited before keeps its mark and quote."""
        if clause.address in self._marks:
            return self._marks[clause.address]
        mark = len(self.citations) + 1
        self._marks[clause.address] = mark
        self.citations.append(self._citation(mark, clause, blocks))
        return mark

    def widen(self, clause: Clause, blocks: Sequence[Block]) -> int:
        """Return the mark of ``clause`` as :meth:`add` does; its quote grows to hold ``blocks`` as well."""
        mark = self.add(clause, blocks)
        cited = self.citations[mark - 1]
        held = {(cited.start + start, cited.start + end) for start, end in cited.supports}
        both = [block for _, block in answer_blocks(clause) if (block.start, block.end) in held or block in blocks]
        self.citations[mark - 1] = self._citation(mark, clause, both)
        return mark

    def _citation(self, mark: int, clause: Clause, blocks: Sequence[Block]) -> Citation:
        document = self._documents[clause.document_id]
        start, end = min(block.start for block in blocks), max(block.end for block in blocks)
        keys = dict.fromkeys(key for block in blocks for key in block.source_keys)
        by_key: dict[str, Source] = {source.key: source for source in document.sources}
        suffix = blocks[0].suffix if len(blocks) == 1 else ""
        notes = (clause_note(clause), status_note(document, self.as_of, self._documents))
        return Citation(
            mark=mark,
            address=clause.address + suffix,
            document_id=document.id,
            number=document.number,
            title=document.title,
            kind=document.kind,
            form=document.form,
            status=clause_status_on(clause, document, self.as_of),
            status_note="；".join(note for note in notes if note),
            confidence=weakest(blocks),
            sources=tuple(by_key[key] for key in keys if key in by_key),
            quote=document.text[start:end],
            start=start,
            end=end,
            supports=tuple((block.start - start, block.end - start) for block in blocks),
            page=clause.page,
            numbered_by_us=document.numbered_by_us(clause.number),
        )

    def notes(self) -> list[Sentence]:
        """Return what must be said about sources that are not in force."""
        marks: dict[str, list[int]] = {}
        for citation in self.citations:
            if citation.mark not in self._announced and (text := self._validity_note(citation)):
                marks.setdefault(text, []).append(citation.mark)
        return [Sentence(text, tuple(own), note=True) for text, own in marks.items()]

    def _validity_note(self, citation: Citation) -> str:
        document = self._documents[citation.document_id]
        if document.kind.is_ours:
            return self._older_than_subject(document)
        if citation.status is Status.IN_FORCE:
            return ""
        if citation.status is Status.UNVERIFIED:
            return f"{document.name}是否现行未能核实。"
        if citation.status is Status.NOT_YET:
            return f"到 {self.as_of}，{document.name}尚未生效（{citation.status_note}）。"
        successors = successors_in_force(document, self.as_of, self._documents)
        now = f"，现行的是{'、'.join(item.name for item in successors)}" if successors else ""
        return f"到 {self.as_of}，{document.name}的状态是“{citation.status.value}”（{citation.status_note}）{now}。"

    def _older_than_subject(self, document: Document) -> str:
        """Return a warning where an edition of the subject is in force that our own words were not checked against."""
        subjects = [item for item in self._documents.values() if item.subject]
        newer = {
            item.name: item.effective_on
            for subject in subjects
            for item in successors_in_force(subject, self.as_of, self._documents)
            if item.effective_on and item.effective_on.earliest > document.checked_on
        }
        told = "、".join(f"{name}（{begins} 起施行）" for name, begins in newer.items())
        return f"{document.name}核对于 {document.checked_on}，早于{told}，数字和条文以新版为准。" if told else ""


def weakest(blocks: Sequence[Block]) -> Confidence:
    """Return how well the least attested of ``blocks`` is attested; what says that a point is not known asserts nothing else."""
    told = [block.confidence for block in blocks if block.confidence is not Confidence.UNKNOWN]
    return max(told, key=_STRENGTH.index, default=Confidence.UNKNOWN)


def readable(block: Block) -> str:
    """Return the text of a block as a sentence to show: table rows with column names, no Markdown emphasis."""
    return _EMPHASIS.sub("", block_text(block)).strip()


def mark_passages(
    passages: Sequence[Passage], citations: CitationList, referred: Callable[[Clause, Block], Sequence[Clause]]
) -> list[Sentence]:
    """Return the sentences of ``passages``, each with its mark and those of the clauses it refers to.

    ``referred`` returns the clauses that a block of a clause refers to.
    """
    sentences = []
    for passage in passages:
        mark = citations.add(passage.hit.clause, passage.blocks)
        for block in passage.blocks:
            marks = [mark]
            for clause in referred(passage.hit.clause, block):
                if clause.address != passage.hit.clause.address:
                    marks.append(citations.widen(clause, _nearest(block, clause)))
            entry = block.kind in (BlockKind.ITEM, BlockKind.ROW)
            sentences.append(
                Sentence(
                    readable(block),
                    tuple(dict.fromkeys(marks)),
                    item=entry,
                    confidence=block.confidence,
                    checks=QUOTED,
                )
            )
    return sentences


def _nearest(block: Block, clause: Clause) -> list[Block]:
    """Return the block of ``clause`` that shares most terms with ``block``: the words it rests on."""
    own = set(terms(block.text))
    candidates = [other for _, other in answer_blocks(clause)] or list(clause.blocks)

    def overlap(other: Block) -> float:
        held = set(terms(block_text(other)))
        return len(own & held) / (len(held) ** 0.5 or 1.0)

    return [max(candidates, key=overlap)]

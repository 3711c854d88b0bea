"""Clauses of binding texts that say the same as our own words, so that they are cited beside them."""

from collections.abc import Sequence

from assistant.answering.checks.assertions import NEGATION, NOT_NEGATION
from assistant.answering.checks.modality import wrong_modality
from assistant.answering.checks.numbers import wrong_figures
from assistant.answering.checks.sources import CitedSource
from assistant.answering.extract import SAME_SHARE, quotable
from assistant.indexing.chunking import block_text
from assistant.text import terms
from assistant.types import Block, Clause, Confidence, Hit, Status

DEPTH = 6
SAME_BACK = 0.5
_STATED = (Confidence.LAW_TEXT, Confidence.TWO_SOURCES, Confidence.ONE_SOURCE)


class Confirming:
    """Finds, among the best hits of one question, what confirms a block of a guide."""

    def __init__(self, hits: Sequence[Hit]) -> None:
        self._ours = {hit.clause.address for hit in hits if hit.document.kind.is_ours}
        self._binding = [
            (hit, block, set(terms(block_text(block))))
            for hit in hits[:DEPTH]
            if _binds(hit)
            for block in quotable(hit.clause)
            if block.confidence in _STATED
        ]

    def of(self, clause: Clause, block: Block) -> list[Clause]:
        """Return the clause in force that says the same as ``block`` of ``clause``, if that is our own words; else nothing.

        Each holds most words of the other, both deny or neither, and the checks of a model's sentences have no objection.
        """
        if clause.address not in self._ours or not self._binding:
            return []
        own = set(terms(block_text(block)))
        alike = [(len(own & theirs), hit, other) for hit, other, theirs in self._binding if _alike(own, theirs)]
        for _, hit, other in sorted(alike, key=lambda item: -item[0]):
            source = CitedSource(1, (block_text(other),), hit.clause.address, hit.document.name, hit.status)
            if _denies(block) != _denies(other):
                continue
            if not wrong_figures(block.text, [source]) and not wrong_modality(block.text, [source]):
                return [hit.clause]
        return []


def _binds(hit: Hit) -> bool:
    ours = hit.document.kind.is_ours or hit.document.numbered_by_us(hit.clause.number)
    return not ours and hit.status is Status.IN_FORCE


def _denies(block: Block) -> bool:
    return NEGATION.search(NOT_NEGATION.sub("", block.text)) is not None


def _alike(own: set[str], theirs: set[str]) -> bool:
    shared = len(own & theirs)
    return shared > SAME_SHARE * len(own) and shared > SAME_BACK * len(theirs)

"""How far a sentence's content is in its sources: the share of its terms, and where that leaves doubt, the nearest block.

The line was calibrated on ``tests/evaluation/sentences*.yaml``: faithful paraphrases against sentences under a wrong mark.
"""

import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from assistant.answering.checks.alignment import PART
from assistant.answering.checks.sources import CitedSource
from assistant.indexing.embedding import Embedder, Vectors
from assistant.text import terms

SURE_COVERAGE, LEAST_COVERAGE, LEAST_COSINE = 0.35, 0.2, 0.72
FOREIGN_COVERAGE = 0.1
_ADVICE = re.compile(r"留意|注意|警惕|提醒")
_PART_CHARS, _SEVERAL = 10, 2
_CACHED = 1024


@dataclass(frozen=True, slots=True)
class Support:
    """How near a sentence is to its sources.

    ``coverage`` is the idf-weighted share (0–1) of its terms that they hold; ``cosine`` is to the nearest block, None where
    coverage alone decides.
    """

    coverage: float
    cosine: float | None

    @property
    def enough(self) -> bool:
        """Whether the sentence is near enough to its sources to count as supported."""
        if self.cosine is None:
            return self.coverage >= SURE_COVERAGE
        return self.coverage + 2.0 * (self.cosine - LEAST_COSINE) >= LEAST_COVERAGE


class SupportMeter:
    """Measures support with the embedding model and the term weights of one snapshot; vectors of blocks are kept."""

    def __init__(self, embedder: Embedder, idf: Callable[[str], float]) -> None:
        self._embedder = embedder
        self._idf = lru_cache(16_384)(idf)
        self._block = lru_cache(_CACHED)(embedder.embed_query)

    def prepare(self, sources: Sequence[CitedSource]) -> None:
        """Embed the blocks of ``sources``, so that measuring costs one run of the model a sentence."""
        for source in sources:
            for block in source.blocks:
                self._block(block)

    def measure(self, text: str, sources: Sequence[CitedSource]) -> Support:
        """Return the support of ``text`` by ``sources``, at least one: that of its least supported part.

        A part is what stands between commas, so that no foreign statement rides along with a true one.
        """
        held = {term for source in sources for term in terms(f"{source.text}\n{source.context}")}
        whole = self._measure(text, held, sources)
        parts = [part for part in PART.findall(text) if len(part) >= _PART_CHARS and not _ADVICE.search(part)]
        if len(parts) < _SEVERAL or not whole.enough:
            return whole
        foreign = [part for part in parts if self._coverage(part, held) < FOREIGN_COVERAGE]
        measured = [self._measure(part, held, sources) for part in foreign]
        return next((part for part in measured if not part.enough), whole)

    def _measure(self, text: str, held: Collection[str], sources: Sequence[CitedSource]) -> Support:
        coverage = self._coverage(text, held)
        if coverage >= SURE_COVERAGE:
            return Support(coverage, None)
        vector = self._embedder.embed_query(text)
        return Support(coverage, max(self._cosine(vector, block) for source in sources for block in source.blocks))

    def _coverage(self, text: str, held: Collection[str]) -> float:
        weights = {term: self._idf(term) for term in terms(text)}
        total = sum(weights.values())
        return sum(weight for term, weight in weights.items() if term in held) / total if total else 0.0

    def _cosine(self, vector: Vectors, block: str) -> float:
        return float(np.dot(vector, self._block(block)))

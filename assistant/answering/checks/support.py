"""How far a sentence's content is in its sources: the share of its terms, and where that leaves doubt, the nearest block.

The line was calibrated on ``tests/evaluation/sentences*.yaml``: faithful paraphrases against sentences under a wrong mark.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from assistant.answering.checks.sources import CitedSource
from assistant.indexing.embedding import Embedder, Vectors
from assistant.text import terms

SURE_COVERAGE, LEAST_COVERAGE, LEAST_COSINE = 0.62, 0.2, 0.72
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
        """Return the support of ``text`` by ``sources``, at least one."""
        own = set(terms(text))
        held = {term for source in sources for term in terms(f"{source.text}\n{source.context}")}
        weights = {term: self._idf(term) for term in own}
        total = sum(weights.values())
        coverage = sum(weight for term, weight in weights.items() if term in held) / total if total else 0.0
        if coverage >= SURE_COVERAGE:
            return Support(coverage, None)
        vector = self._embedder.embed_query(text)
        return Support(coverage, max(self._cosine(vector, block) for source in sources for block in source.blocks))

    def _cosine(self, vector: Vectors, block: str) -> float:
        return float(np.dot(vector, self._block(block)))

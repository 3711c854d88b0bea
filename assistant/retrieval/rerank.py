"""Looking at the best clauses once more: late interaction with the bundled model, or any cross-encoder."""

import heapq
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any, Protocol

from assistant.errors import EmbeddingError
from assistant.indexing.chunking import answer_blocks, block_text, heading_path
from assistant.indexing.embedding import Encoded
from assistant.indexing.records import Records
from assistant.indexing.snapshot import Snapshot
from assistant.indexing.tokens import TokenIndex
from assistant.settings import RerankSettings


class Reranker(Protocol):
    """Scores clauses by reading question and clause together. ``depth`` clauses are looked at, ``weight`` is in 0–1."""

    depth: int
    weight: float

    def scores(self, question: str, encoded: Encoded, positions: Sequence[int]) -> Mapping[int, float]:
        """Return position → score, higher is better, in any range; a position without a score is left out."""


def rerank(reranker: Reranker, question: str, encoded: Encoded, fused: Mapping[int, float]) -> dict[int, float]:
    """Return (1 − w) · fused + w · (score − min) / (max − min) of the best clauses; the others are taken to have the least.

    The result is in 0–1 like ``fused``, and a clause that was not looked at cannot pass one that was better before.
    """
    best = heapq.nlargest(reranker.depth, fused, key=lambda position: (fused[position], -position))
    scores = reranker.scores(question, encoded, best)
    if not scores:
        return dict(fused)
    low = min(scores.values())
    span = (max(scores.values()) - low) or 1.0
    weight = reranker.weight
    return {
        position: (1 - weight) * score + weight * (scores.get(position, low) - low) / span
        for position, score in fused.items()
    }


class LateInteraction:
    """MaxSim between the token vectors of the question and those kept of the clauses."""

    def __init__(self, tokens: TokenIndex, depth: int, weight: float) -> None:
        self.depth = depth
        self.weight = weight
        self._tokens = tokens

    def scores(self, question: str, encoded: Encoded, positions: Sequence[int]) -> Mapping[int, float]:
        """Return position → MaxSim in −1–1."""
        return {} if encoded.tokens is None else self._tokens.similarities(encoded.tokens, positions)


class CrossEncoderReranker:
    """Any sentence-transformers cross-encoder, by name or local folder."""

    def __init__(self, records: Records, settings: RerankSettings) -> None:
        self.depth = settings.depth
        self.weight = settings.weight
        self._records = records
        self._name = settings.name

    @cached_property
    def _model(self) -> Any:  # noqa: ANN401 — imported lazily: it costs ten seconds
        try:
            from sentence_transformers import CrossEncoder
        except ImportError as error:
            raise EmbeddingError("没有安装 sentence-transformers", 'pip install -e ".[models]"') from error
        try:
            return CrossEncoder(self._name)
        except (OSError, ValueError) as error:
            hint = "离线时把模型放在本机，用 ASSISTANT_RERANK__NAME 指到文件夹"
            raise EmbeddingError(f"载入不了重排模型 {self._name}", hint) from error

    def scores(self, question: str, encoded: Encoded, positions: Sequence[int]) -> Mapping[int, float]:
        """Return position → score of the model."""
        pairs = [(question, self._text(position)) for position in positions]
        found = self._model.predict(pairs, show_progress_bar=False) if pairs else []
        return {position: float(score) for position, score in zip(positions, found, strict=True)}

    def _text(self, position: int) -> str:
        clause = self._records.clause(position)
        body = "\n".join(block_text(block) for _, block in answer_blocks(clause))
        return f"{heading_path(clause, self._records.documents[clause.document_id])}\n{body}"


def load_reranker(settings: RerankSettings, snapshot: Snapshot) -> Reranker | None:
    """Return the reranker that ``settings`` name, None for none; a cross-encoder is loaded at its first question.

    Late interaction needs token vectors, which only the bundled embedding model gives; with another it is left out.
    """
    match settings.engine:
        case "late-interaction" if snapshot.tokens is not None:
            return LateInteraction(snapshot.tokens, settings.depth, settings.weight)
        case "cross-encoder":
            return CrossEncoderReranker(snapshot.records, settings)
    return None

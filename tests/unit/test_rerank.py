"""Late interaction scores by hand, and what reranking may and may not change."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.errors import IndexStaleError
from assistant.indexing.embedding import TOKEN_SCALE, Encoded, Tokens
from assistant.indexing.tokens import TokenIndex, is_late, write_tokens
from assistant.retrieval.rerank import LateInteraction, rerank
from assistant.types import Chunk


def tokens(*rows: tuple[float, float]) -> Tokens:
    return np.rint(np.array(rows, np.float32).reshape(-1, 2) * TOKEN_SCALE).astype(np.int8)


QUESTION = tokens((1, 0), (0, 1))


@pytest.fixture
def index(tmp_path: Path) -> TokenIndex:
    path = tmp_path / "tokens.db"
    write_tokens(
        path,
        [
            (1, tokens((1, 0), (0, 1))),
            (2, tokens((1, 0))),
            (
                3,
                tokens((0.6, 0.8)),
            ),
            (3, tokens((-1, 0))),
        ],
    )
    write_tokens(path, [(4, tokens()), (5, tokens((0, 1)))], dropped=[2])
    return TokenIndex(path, 2)


def test_maxsim_is_the_mean_of_the_best_cosines_and_the_best_text_of_a_clause_counts(index: TokenIndex) -> None:
    found = index.similarities(QUESTION, [1, 3, 5])
    assert found == pytest.approx({1: 1.0, 3: 0.7, 5: 0.5}, abs=0.01)


def test_clauses_without_tokens_or_taken_out_have_no_score(index: TokenIndex) -> None:
    assert set(index.similarities(QUESTION, [1, 2, 4, 99])) == {1}
    assert index.similarities(QUESTION, [2, 4]) == {}
    assert index.similarities(QUESTION, []) == {}
    assert index.similarities(tokens(), [1]) == {}


def test_a_damaged_file_is_a_stale_index(tmp_path: Path) -> None:
    (tmp_path / "tokens.db").write_bytes(b"no database" * 100)
    with pytest.raises(IndexStaleError):
        TokenIndex(tmp_path / "tokens.db", 2)


def test_token_vectors_are_kept_of_clauses_and_ways_of_asking() -> None:
    kept = [key for key in ("7", "7.h", "7.q0", "7.12") if is_late(Chunk(key, "a", "d", "t"))]
    assert kept == ["7", "7.q0"]


def test_the_share_of_the_reranker_decides(index: TokenIndex) -> None:
    fused = {1: 0.5, 3: 0.9, 5: 0.8}
    encoded = Encoded(np.zeros(2, np.float32), QUESTION)
    assert rerank(LateInteraction(index, 10, 0.0), "问", encoded, fused) == pytest.approx(fused)
    whole = rerank(LateInteraction(index, 10, 1.0), "问", encoded, fused)
    assert whole == pytest.approx({1: 1.0, 3: 0.4, 5: 0.0}, abs=0.02)
    without = Encoded(np.zeros(2, np.float32))
    assert rerank(LateInteraction(index, 10, 1.0), "问", without, fused) == fused


class _Given:
    def __init__(self, scores: dict[int, float], depth: int, weight: float) -> None:
        self.depth, self.weight, self._scores = depth, weight, scores
        self.asked: list[int] = []

    def scores(self, question: str, encoded: Encoded, positions: list[int]) -> dict[int, float]:
        self.asked = list(positions)
        return {position: self._scores[position] for position in positions if position in self._scores}


@given(
    st.dictionaries(st.integers(0, 12), st.floats(0, 1), min_size=1),
    st.dictionaries(st.integers(0, 12), st.floats(-20, 20)),
    st.integers(1, 6),
    st.floats(0, 1),
)
def test_what_was_not_looked_at_passes_nothing_that_was_before_it(
    fused: dict[int, float], scores: dict[int, float], depth: int, weight: float
) -> None:
    reranker = _Given(scores, depth, weight)
    found = rerank(reranker, "问", Encoded(np.zeros(2, np.float32)), fused)  # type: ignore[arg-type]
    assert found.keys() == fused.keys()
    assert len(reranker.asked) == min(depth, len(fused))
    assert all(-1e-9 <= score <= 1 + 1e-9 for score in found.values())
    for other in fused.keys() - set(reranker.asked):
        assert all(found[other] <= found[seen] + 1e-9 for seen in reranker.asked)

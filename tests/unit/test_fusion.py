import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.retrieval.fusion import fuse

SCORES = st.dictionaries(st.integers(0, 9), st.floats(0, 50), max_size=8)
COSINES = st.dictionaries(st.integers(0, 9), st.floats(-1, 1), max_size=8)


def test_scores_are_weighted_shares_of_the_best() -> None:
    fused = fuse({1: 10.0, 2: 5.0}, {1: 0.9, 3: 0.8, 4: 0.7}, 0.4)
    assert fused == pytest.approx({1: 1.0, 2: 0.2, 3: 0.3, 4: 0.0})


@pytest.mark.parametrize(("weight", "best"), [(1.0, 2), (0.0, 1)])
def test_the_weight_decides_between_the_searches(weight: float, best: int) -> None:
    fused = fuse({1: 1.0, 2: 9.0}, {1: 0.9, 2: 0.1}, weight)
    assert max(fused, key=fused.__getitem__) == best


def test_one_search_without_result_leaves_the_order_of_the_other() -> None:
    fused = fuse({}, {1: 0.8, 2: 0.9, 3: 0.7}, 0.5)
    assert sorted(fused, key=lambda key: -fused[key]) == [2, 1, 3]
    assert fuse({7: 3.0}, {}, 0.5) == {7: 0.5}
    assert fuse({}, {}, 0.5) == {}


@given(SCORES, COSINES, st.floats(0, 1))
def test_every_position_found_gets_a_score_between_0_and_1(
    lexical: dict[int, float], dense: dict[int, float], weight: float
) -> None:
    fused = fuse(lexical, dense, weight)
    assert fused.keys() == lexical.keys() | dense.keys()
    assert all(-1e-9 <= score <= 1 + 1e-9 for score in fused.values())

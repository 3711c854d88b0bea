"""Coverage by hand: what a clause holds of the question, and what its document's clauses hold together."""

from collections.abc import Collection, Mapping
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.indexing.lexical import LexicalIndex, write_lexical
from assistant.retrieval.coverage import DEPTH, DOCUMENT_SHARE, OWN_SHARE, cover
from assistant.text import terms

REST = 1 - OWN_SHARE - DOCUMENT_SHARE
HELD = {1: {"沈阳", "补助"}, 2: {"医务"}, 3: {"医务"}}
OWNERS = {1: "a", 2: "a", 3: "b"}
WEIGHTS = {"沈阳": 2.0, "补助": 1.0, "医务": 1.0}


def held(positions: Collection[int]) -> Mapping[int, set[str]]:
    return {position: HELD.get(position, set()) for position in positions}


def test_a_clause_gains_from_what_the_others_of_its_document_hold() -> None:
    covered = cover(dict.fromkeys(HELD, 0.5), WEIGHTS, held, OWNERS.__getitem__)
    assert covered == pytest.approx(
        {
            1: REST * 0.5 + OWN_SHARE * 0.75 + DOCUMENT_SHARE,
            2: REST * 0.5 + OWN_SHARE * 0.25 + DOCUMENT_SHARE,
            3: REST * 0.5 + OWN_SHARE * 0.25 + DOCUMENT_SHARE * 0.25,
        }
    )


def test_a_question_of_unknown_words_alone_leaves_the_scores() -> None:
    assert cover({1: 0.4}, {}, held, OWNERS.__getitem__) == {1: 0.4}


def test_only_the_best_are_looked_at() -> None:
    scores = {position: 1 - position / 1000 for position in range(DEPTH + 1)}
    asked: list[int] = []

    def everything(positions: Collection[int]) -> Mapping[int, set[str]]:
        asked.extend(positions)
        return {position: {"沈阳"} for position in positions}

    covered = cover(scores, {"沈阳": 1.0}, everything, str)
    assert asked == list(range(DEPTH))
    assert covered[0] == pytest.approx(1)
    assert covered[DEPTH] == pytest.approx(REST * scores[DEPTH])


@given(st.dictionaries(st.integers(0, 300), st.floats(0, 1)))
def test_the_scores_stay_in_range(scores: dict[int, float]) -> None:
    covered = cover(scores, WEIGHTS, held, lambda position: OWNERS.get(position, ""))
    assert covered.keys() == scores.keys()
    assert all(0 <= value <= 1 + 1e-9 for value in covered.values())


def test_the_index_tells_which_terms_a_text_holds(tmp_path: Path) -> None:
    sentence = "县级以上人民政府应当对长时间超负荷工作的一线医务人员给予2020年度临时性工作补助并公开名单"
    wanted = list(dict.fromkeys(terms(f"{sentence}没有")))
    assert len(wanted) > 40  # more than two groups of twenty
    write_lexical(tmp_path, {0: sentence, 7: "人民政府公开", 9: "名单"})
    index = LexicalIndex(tmp_path)
    assert index.holding(wanted, [0, 7, 8]) == {
        0: frozenset(terms(sentence)),
        7: frozenset({"人民", "民政", "政府", "公开"}),
        8: frozenset(),
    }
    assert index.holding([], [7]) == {7: frozenset()}
    assert index.holding(wanted, []) == {}
    assert index.has("名单")
    assert not index.has("没有")

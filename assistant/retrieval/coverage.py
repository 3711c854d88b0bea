"""How much of the question a clause holds, and how much the clauses found of its document hold together.

BM25 adds up how often words occur, so one rare word said often can outweigh all others; coverage asks whether each is there
at all. And what a question is about (who, where, which scheme) often stands in one clause of a document and the answer in
the next: the document's clauses together then hold the question's words where no single clause does.
"""

import heapq
from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Set

DEPTH = 200
OWN_SHARE, DOCUMENT_SHARE = 0.2, 0.3


def cover(
    scores: Mapping[int, float],
    weights: Mapping[str, float],
    holding: Callable[[Collection[int]], Mapping[int, Set[str]]],
    owner: Callable[[int], str],
) -> dict[int, float]:
    """Return (1 − a − b) · score + a · share held by the clause + b · share held by the clauses found of its document.

    The best 200 positions are looked at; the others are taken to hold nothing. The result is in 0–1 if ``scores`` are.

    Args:
        scores: by position, in 0–1.
        weights: of the question's terms; a share is the weight of the terms held over that of all.
        holding: which of those terms the clauses at some positions hold.
        owner: the document id of the clause at a position.

    """
    total = sum(weights.values())
    if not total:
        return dict(scores)
    best = heapq.nlargest(DEPTH, scores, key=lambda position: (scores[position], -position))
    held = holding(best)
    together: dict[str, set[str]] = defaultdict(set)
    for position, found in held.items():
        together[owner(position)] |= found
    document = {key: _share(found, weights, total) for key, found in together.items()}
    covered = {position: (1 - OWN_SHARE - DOCUMENT_SHARE) * score for position, score in scores.items()}
    for position, found in held.items():
        covered[position] += OWN_SHARE * _share(found, weights, total) + DOCUMENT_SHARE * document[owner(position)]
    return covered


def _share(found: Set[str], weights: Mapping[str, float], total: float) -> float:
    return sum(weights[term] for term in found) / total

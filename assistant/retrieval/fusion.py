"""Joining the scores of several searches into one."""

from collections.abc import Mapping


def fuse(lexical: Mapping[int, float], dense: Mapping[int, float], lexical_weight: float) -> dict[int, float]:
    """Return w · BM25 / max + (1 − w) · (cosine − min) / (max − min) for every position found by either search.

    A position that one search did not find gets 0 from it. Weighted scores beat reciprocal ranks on policy text, where
    one of the searches is often much better than the other. The result is in 0–1.
    """
    best = max(lexical.values(), default=1.0) or 1.0
    low, high = min(dense.values(), default=0.0), max(dense.values(), default=1.0)
    span = (high - low) or 1.0
    positions = lexical.keys() | dense.keys()
    return {
        position: lexical_weight * (lexical.get(position, 0.0) / best)
        + (1 - lexical_weight) * ((dense[position] - low) / span if position in dense else 0.0)
        for position in positions
    }

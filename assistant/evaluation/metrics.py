"""Measures of rankings and shares, with intervals. Rankings agree with trec_eval (a test compares them)."""

import math
from collections.abc import Mapping, Sequence

import numpy as np

SEED, RESAMPLES = 0, 2000


def recall(ranking: Sequence[str], relevant: Mapping[str, int], k: int) -> float:
    """Return the share of the relevant ones among the first ``k``."""
    wanted = {key for key, grade in relevant.items() if grade > 0}
    return len(wanted & set(ranking[:k])) / len(wanted)


def reciprocal_rank(ranking: Sequence[str], relevant: Mapping[str, int], k: int) -> float:
    """Return 1 / rank of the first relevant one, 0 if there is none among the first ``k``."""
    return next((1 / rank for rank, key in enumerate(ranking[:k], 1) if relevant.get(key, 0) > 0), 0.0)


def ndcg(ranking: Sequence[str], relevant: Mapping[str, int], k: int) -> float:
    """Return the normalised discounted cumulative gain: grade / log2(rank + 1), summed, over that of the ideal ranking.

    Järvelin and Kekäläinen, 2002, doi:10.1145/582415.582418, with the grades themselves as gains.
    """
    ideal = sorted((grade for grade in relevant.values() if grade > 0), reverse=True)
    return _gain([relevant.get(key, 0) for key in ranking[:k]]) / _gain(ideal[:k])


def _gain(grades: Sequence[int]) -> float:
    return sum(max(grade, 0) / math.log2(rank + 1) for rank, grade in enumerate(grades, 1))


def bootstrap(values: Sequence[float]) -> tuple[float, float]:
    """Return the 95 % percentile interval of the mean over resampled questions (Efron, 1979), always with the same seed."""
    sample = np.asarray(values, np.float64)
    drawn = np.random.default_rng(SEED).integers(0, len(sample), (RESAMPLES, len(sample)))
    low, high = np.percentile(sample[drawn].mean(axis=1), [2.5, 97.5])
    return float(low), float(high)


def wilson(right: int, n: int) -> tuple[float, float]:
    """Return the 95 % interval of a share (Wilson, 1927); (0, 1) for n = 0."""
    if not n:
        return 0.0, 1.0
    z, share = 1.959964, right / n
    middle = share + z * z / (2 * n)
    spread = z * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    return max((middle - spread) / (1 + z * z / n), 0.0), min((middle + spread) / (1 + z * z / n), 1.0)


def sign_test(lost: int, won: int) -> float:
    """Return the one-sided probability of at least ``lost`` losses among the changed ones if both ways were as likely.

    The exact form of McNemar's test, 1947.
    """
    changed = lost + won
    return sum(math.comb(changed, k) for k in range(lost, changed + 1)) / float(2**changed)


def smallest_loss(level: float = 0.05) -> int:
    """Return the fewest losses without a win that :func:`sign_test` tells from chance."""
    return next(lost for lost in range(1, 100) if sign_test(lost, 0) < level)

"""Which part of the sources says most of the same as a part of a sentence: by shared pairs of letters."""

import re
from collections.abc import Callable, Sequence
from typing import TypeVar

Part = TypeVar("Part")

PART = re.compile(r"[^，。；！？：,;!?:\n]+")
NEARLY = 0.9


def pairs(text: str) -> frozenset[str]:
    """Return the pairs of neighbouring letters of ``text``; the text itself where it is a single one."""
    return frozenset(text[i : i + 2] for i in range(len(text) - 1)) or frozenset((text,))


def likeness(own: frozenset[str], other: frozenset[str]) -> float:
    """Return how much two parts say the same, 0–1: mostly how much of ``own`` is in ``other``."""
    shared = len(own & other)
    return 0.6 * shared / len(own) + 0.4 * shared / len(other)


def nearest(
    own: frozenset[str],
    held: Sequence[Part],
    pairs_of: Callable[[Part], frozenset[str]],
    least: float,
    share: float = NEARLY,
) -> list[Part]:
    """Return the parts at least ``share`` as like as the best one, best first; empty if that is below ``least``."""
    scored = [(likeness(own, pairs_of(part)), part) for part in held]
    best = max((score for score, _ in scored), default=0.0)
    if best < least:
        return []
    near = [pair for pair in scored if pair[0] >= share * best]
    return [part for _, part in sorted(near, key=lambda pair: -pair[0])]

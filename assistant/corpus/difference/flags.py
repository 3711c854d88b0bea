"""What weighs in a change: what one must or may do, numbers, dates, amounts; only what changed is looked at."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from assistant.corpus.difference.inline import inline_difference
from assistant.corpus.difference.measures import Measure, measures
from assistant.corpus.difference.nouns import DELETE, EQUAL, FLAG_LABELS

_SIGNS = re.compile(r"[\s，。；：、,.;:“”\"'‘’（）()《》〈〉<>\-—#*|\u200b]+")
_SHORT = 40  # characters; what changes within so few of them is a replacement, not a paragraph that went elsewhere
Values = Counter[tuple[str, str]]


def flags_between(old: str, new: str, renumbered: Mapping[str, str]) -> list[str]:
    """Return what weighs in the change from ``old`` to ``new``, weightiest first.

    ``renumbered`` maps clause numbers of the old edition to those in the new one: a reference that only follows a clause
    to its new number is told as a reference, and as nothing else.
    """
    mine, theirs = list(measures(old)), list(measures(new))
    gone, come = Values(), Values()
    found = set()
    for hunk in _hunks(old, new):
        before, after = _within(mine, *hunk.old), _within(theirs, *hunk.new)
        gone += before
        come += after
        # Two words that changed places weigh as much as one that went: what is replaced is compared on the spot.
        if hunk.short and not _followed(before, after, renumbered):
            found |= _differing(before, after)
    found |= _differing(gone, come)
    if not found and _SIGNS.sub("", old) == _SIGNS.sub("", new):
        found = {"formatting"}
    return [flag for flag in FLAG_LABELS if flag in found]


@dataclass(frozen=True, slots=True)
class _Hunk:
    """What stands between two equal stretches: (start, end) on either side."""

    old: tuple[int, int]
    new: tuple[int, int]

    @property
    def short(self) -> bool:
        return all(0 < end - start <= _SHORT for start, end in (self.old, self.new))


def _hunks(old: str, new: str) -> Iterator[_Hunk]:
    i = j = 0
    start = (0, 0)
    for op, text in (*inline_difference(old, new), (EQUAL, "")):
        if op == EQUAL:
            if start != (i, j):
                yield _Hunk((start[0], i), (start[1], j))
            i, j = i + len(text), j + len(text)
            start = (i, j)
        elif op == DELETE:
            i += len(text)
        else:
            j += len(text)


def _within(found: list[Measure], start: int, end: int) -> Values:
    """Return the values of what touches ``start:end``; where nothing stands, of what is cut in two by it."""
    return Counter((item.kind, item.value) for item in found if item.start < end and item.end > start)


def _differing(before: Values, after: Values) -> set[str]:
    return {kind for kind, _ in (before - after) | (after - before)}


def _followed(before: Values, after: Values, renumbered: Mapping[str, str]) -> bool:
    """Return whether the values differ only by references that follow renumbered clauses."""
    moved = Counter({(kind, renumbered.get(value, value) if kind == "reference" else value): count
                     for (kind, value), count in before.items()})  # fmt: skip
    return moved == after and before != after and _differing(before, after) == {"reference"}

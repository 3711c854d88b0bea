"""Which headings above the clauses are new, gone, worded otherwise or numbered otherwise."""

import re
from collections.abc import Callable, Mapping, Sequence
from itertools import product

from rapidfuzz import fuzz
from rapidfuzz.distance import LCSseq

from assistant.corpus.difference.nouns import ChangeKind, Heading
from assistant.structure.numbering import parse_label
from assistant.types import Clause

_SPACE = re.compile(r"\s+")
_SIMILAR = 50  # of 100, letters in order


def changed_headings(old: Sequence[Clause], new: Sequence[Clause]) -> tuple[Heading, ...]:
    """Return the headings that differ in more than white space: in the order of the new edition, the dropped ones last."""
    mine, theirs = _headings(old), _headings(new)
    pairs = _pairs(mine, theirs)
    partner = {j: i for i, j in pairs.items()}
    found = [_heading(mine[partner[j]] if j in partner else None, text) for j, text in enumerate(theirs)]
    found += [_heading(text, None) for i, text in enumerate(mine) if i not in pairs]
    return tuple(item for item in found if item.kind is not ChangeKind.UNCHANGED)


def _headings(clauses: Sequence[Clause]) -> list[str]:
    """Return every heading once, in reading order; one name under two others is two headings."""
    paths = {
        item.headings[: depth + 1]: item.headings[depth] for item in clauses for depth in range(len(item.headings))
    }
    return list(paths.values())


def _title(heading: str) -> str:
    label = parse_label(heading)
    return _SPACE.sub("", heading[label.length :] if label else heading)


def _pairs(mine: Sequence[str], theirs: Sequence[str]) -> dict[int, int]:
    """Return old → new: equal titles, first in order; then between the same neighbours similar ones, or of equal number."""
    one, other = [_title(item) for item in mine], [_title(item) for item in theirs]
    pairs = {
        step.src_start + k: step.dest_start + k
        for step in LCSseq.opcodes(one, other)
        if step.tag == "equal"
        for k in range(step.src_end - step.src_start)
    }
    tests: tuple[Callable[[int, int], bool], ...] = (
        lambda i, j: one[i] == other[j],
        lambda i, j: fuzz.ratio(one[i], other[j]) >= _SIMILAR and _facing(pairs, i, j),
        lambda i, j: _number(mine[i]) == _number(theirs[j]) and _facing(pairs, i, j),
    )
    for fits in tests:
        taken = set(pairs.values())
        for i, j in product(sorted(set(range(len(one))) - set(pairs)), sorted(set(range(len(other))) - taken)):
            if i not in pairs and j not in taken and fits(i, j):
                pairs[i] = j
                taken.add(j)
    return pairs


def _facing(pairs: Mapping[int, int], i: int, j: int) -> bool:
    """Return whether ``j`` stands between the partners of the headings paired before and after ``i``."""
    before = max((k for k in pairs if k < i), default=None)
    after = min((k for k in pairs if k > i), default=None)
    return (before is None or pairs[before] < j) and (after is None or j < pairs[after])


def _number(heading: str) -> str:
    label = parse_label(heading)
    return label.canonical if label else heading


def _heading(old: str | None, new: str | None) -> Heading:
    if old is None or new is None:
        return Heading(ChangeKind.ADDED if old is None else ChangeKind.DELETED, old, new)
    if _SPACE.sub("", old) == _SPACE.sub("", new):
        return Heading(ChangeKind.UNCHANGED, old, new)
    return Heading(ChangeKind.RENUMBERED if _title(old) == _title(new) else ChangeKind.AMENDED, old, new)

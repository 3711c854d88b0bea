"""Which clause of the new edition continues which of the old one, by content.

Pairs of equal or similar text are weighed; the heaviest chain of them that keeps the order (a heaviest increasing
subsequence) is taken first, then what is left and similar enough has moved. Splits and mergers are what lies in the text of
a neighbour already paired with another clause.
"""

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from rapidfuzz import fuzz

from assistant.structure.numbering import parse_label
from assistant.types import Clause

# Chosen on three pairs of laws read by eye: below, two articles share legal phrases only.
SIMILAR = 0.5
SIMILAR_SAME_NUMBER = 0.33
SIMILAR_MOVED = 0.6
CONTAINED_WHOLE, CONTAINED_WEIGHT = 0.9, 0.7
CONTAINED = 0.75
CONTAINED_ALONE = 0.5
_MIN_PART = 12
_CANDIDATES = 8
_COMMON = 60
_SAME_NUMBER_BONUS = 0.08
_SPACE = re.compile(r"\s+")
_HEADING_SIGN = re.compile(r"#{1,6}\s+")


@dataclass(slots=True)
class Alignment:
    """Pairs of positions (old, new): ``kept`` in order, ``moved`` out of it.

    ``splits`` maps an old position to all new ones it became, ``mergers`` a new position to all old ones it is made of.
    """

    kept: dict[int, int] = field(default_factory=dict)
    moved: dict[int, int] = field(default_factory=dict)
    splits: dict[int, tuple[int, ...]] = field(default_factory=dict)
    mergers: dict[int, tuple[int, ...]] = field(default_factory=dict)


def body_of(clause: Clause) -> str:
    """Return the text of a clause without its own number, white space and the width of signs."""
    text = _HEADING_SIGN.sub("", clause.text.lstrip(), count=1)
    label = parse_label(text)
    if label is not None and label.canonical and clause.number.endswith(label.canonical):
        text = text[label.length :]
    return _SPACE.sub("", unicodedata.normalize("NFKC", text))


def align(old: Sequence[Clause], new: Sequence[Clause]) -> Alignment:
    """Return how the clauses of two editions belong together."""
    mine, theirs = [body_of(clause) for clause in old], [body_of(clause) for clause in new]
    numbers = [clause.number for clause in old], [clause.number for clause in new]
    weights = dict(_weighed(mine, theirs, numbers))
    found = Alignment(kept=dict(_heaviest_chain(weights)))
    taken = set(found.kept.values())
    for weight, i, j in sorted(
        ((weight, i, j) for (i, j), weight in weights.items()), key=lambda item: (-item[0], item[1:])
    ):
        if weight >= SIMILAR_MOVED and i not in found.kept and i not in found.moved and j not in taken:
            found.moved[i] = j
            taken.add(j)
    _find_splits(found, mine, theirs)
    return found


def _weighed(
    mine: Sequence[str], theirs: Sequence[str], numbers: tuple[Sequence[str], Sequence[str]]
) -> Iterator[tuple[tuple[int, int], float]]:
    """Yield ((old, new), weight) of the pairs that may belong together; 1 is equal text, a same number adds a little."""
    places: dict[str, list[int]] = defaultdict(list)
    for j, text in enumerate(theirs):
        places[text].append(j)
    at_number = {number: j for j, number in enumerate(numbers[1])}
    index = _Terms(theirs)
    for i, text in enumerate(mine):
        same = at_number.get(numbers[0][i])
        exact = places.get(text, [])
        candidates = set(exact[:_CANDIDATES]) if exact else index.nearest(text)
        if same is not None:
            candidates.add(same)
        for j in sorted(candidates):
            ratio = 1.0 if theirs[j] == text else _similarity(text, theirs[j])
            if ratio >= (SIMILAR_SAME_NUMBER if j == same else SIMILAR):
                yield (i, j), ratio + (_SAME_NUMBER_BONUS if j == same else 0.0)


def _similarity(one: str, other: str) -> float:
    """Return how similar two texts are, 0–1; one that lies whole in a longer one is similar to it."""
    ratio = fuzz.ratio(one, other) / 100
    mine, theirs = bigrams(one), bigrams(other)
    shorter = min(len(mine), len(theirs))
    if ratio < CONTAINED_WEIGHT and shorter >= _MIN_PART:
        share = len(mine & theirs) / shorter
        return max(ratio, CONTAINED_WEIGHT * share) if share >= CONTAINED_WHOLE else ratio
    return ratio


class _Terms:
    """Finds texts that share many two-character terms, so that not all pairs have to be compared."""

    def __init__(self, texts: Sequence[str]) -> None:
        self._postings: dict[str, list[int]] = defaultdict(list)
        for j, text in enumerate(texts):
            for term in bigrams(text):
                self._postings[term].append(j)

    def nearest(self, text: str) -> set[int]:
        """Return the texts that share most terms with ``text``; terms that many texts have do not count."""
        counts: Counter[int] = Counter()
        for term in bigrams(text):
            places = self._postings.get(term, ())
            if len(places) <= _COMMON:
                counts.update(places)
        return {j for j, _ in counts.most_common(_CANDIDATES)}


def bigrams(text: str) -> set[str]:
    """Return the two-character terms of ``text``."""
    return {a + b for a, b in pairwise(text)} or ({text} if text else set())


def _heaviest_chain(weights: dict[tuple[int, int], float]) -> list[tuple[int, int]]:
    """Return the pairs of the heaviest chain in which both positions increase.

    A Fenwick tree over new positions holds the heaviest chain ending at or before each (as in Hunt & Szymanski's method
    for the longest common subsequence, with weights).
    """
    pairs = sorted(weights, key=lambda pair: (pair[0], -pair[1]))  # within one old clause from the back: one pair each
    size = max((j for _, j in pairs), default=-1) + 1
    tree: list[tuple[float, int]] = [(0.0, -1)] * (size + 1)
    before: list[int] = []
    for k, (i, j) in enumerate(pairs):
        best, place = (0.0, -1), j
        while place > 0:
            best = max(best, tree[place])
            place -= place & -place
        before.append(best[1])
        total, place = best[0] + weights[i, j], j + 1
        while place <= size:
            tree[place] = max(tree[place], (total, k))
            place += place & -place
    best, place = (0.0, -1), size
    while place > 0:
        best = max(best, tree[place])
        place -= place & -place
    chain, k = [], best[1]
    while k >= 0:
        chain.append(pairs[k])
        k = before[k]
    return chain[::-1]


def _find_splits(found: Alignment, mine: Sequence[str], theirs: Sequence[str]) -> None:
    """Take clauses without a partner that lie in the text of a pair: a split, or the other way round a merger."""
    pairs = found.kept | found.moved
    lonely = [j for j in range(len(theirs)) if j not in set(pairs.values())]
    for i, parts in _contained(lonely, theirs, mine, pairs).items():
        found.splits[i] = tuple(sorted((pairs[i], *parts)))
    backwards = {j: i for i, j in pairs.items() if i not in found.splits}
    lonely = [i for i in range(len(mine)) if i not in pairs]
    for j, parts in _contained(lonely, mine, theirs, backwards).items():
        found.mergers[j] = tuple(sorted((backwards[j], *parts)))
    for i in found.splits:
        found.kept.pop(i, None)
        found.moved.pop(i, None)
    for i in (i for parts in found.mergers.values() for i in parts):
        found.kept.pop(i, None)
        found.moved.pop(i, None)


def _contained(
    lonely: Sequence[int], parts: Sequence[str], wholes: Sequence[str], partner: dict[int, int]
) -> dict[int, list[int]]:
    """Return whole → the lonely parts whose terms lie in it and not in its partner already."""
    index = _Terms(wholes)
    found: dict[int, list[int]] = defaultdict(list)
    for part in lonely:
        terms = bigrams(parts[part])
        if len(parts[part]) < _MIN_PART:
            continue
        best = max(
            (whole for whole in index.nearest(parts[part]) if whole in partner),
            key=lambda whole: (len(terms & bigrams(wholes[whole])), -whole),
            default=None,
        )
        if best is None:
            continue
        held = terms & bigrams(wholes[best])
        alone = held - bigrams(parts[partner[best]])
        if len(held) >= CONTAINED * len(terms) and len(alone) >= CONTAINED_ALONE * len(terms):
            found[best].append(part)
    return found

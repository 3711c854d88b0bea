"""Which clause of the new edition continues which of the old one, by content.

Pairs of equal or similar text are weighed; the heaviest chain of them that keeps the order (a heaviest increasing
subsequence) is taken first, then what is similar enough out of order has moved, then what faces each other between two pairs
in order needs less, least of all under the same number. Splits and mergers: see ``splitting``.
"""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from rapidfuzz import fuzz

from assistant.corpus.difference.similarity import Wording, body_of
from assistant.corpus.difference.splitting import Groups, find_groups
from assistant.types import Clause

# Chosen by reading three pairs of laws. The best partner of an article has a Dice coefficient of 0.45 or more if it is the
# true one and of 0.35 or less if there is none; near another, the true ones that were half rewritten go down to 0.29.
SIMILAR = 0.4
SIMILAR_MOVED, SHARED_MOVED = 0.33, 0.65
SIMILAR_FACING, SHARED_FACING = 0.27, 0.45
SIMILAR_SAME_NUMBER = 0.25
# A text that lies whole in a longer one is similar to it.
CONTAINED, CONTAINED_WEIGHT = 0.85, 0.7
_SHORT = 24  # characters; below, a changed number changes most terms
_RATIO_SHORT = 0.7
_SAME_NUMBER_BONUS = 0.05
_EQUAL_NEIGHBOURS = 3

Pairs = dict[int, int]
Weights = dict[tuple[int, int], float]


@dataclass(slots=True)
class Alignment:
    """Pairs of positions (old, new): ``kept`` in order, ``moved`` out of it; ``groups`` are the splits and mergers."""

    kept: Pairs = field(default_factory=dict)
    moved: Pairs = field(default_factory=dict)
    groups: Groups = field(default_factory=Groups)

    def new_of(self) -> Pairs:
        """Return old position → new position (the first of a split) of all clauses that go on."""
        found = self.kept | self.moved
        found |= {i: parts[0] for i, parts in self.groups.splits.items()}
        return found | {i: j for j, parts in self.groups.mergers.items() for i in parts}


def align(old: Sequence[Clause], new: Sequence[Clause]) -> Alignment:
    """Return how the clauses of two editions belong together."""
    mine, theirs = [body_of(clause) for clause in old], [body_of(clause) for clause in new]
    numbers = [clause.number for clause in old], [clause.number for clause in new]
    wording = Wording(mine, theirs)
    weights = dict(_weighed(mine, theirs, numbers, wording))
    found = Alignment(kept=dict(_heaviest_chain(weights)))
    _take_moved(found, weights)
    _take_facing(found, wording, numbers)
    pairs = found.kept | found.moved
    equal = {i for i, j in pairs.items() if mine[i] == theirs[j]}
    found.groups = find_groups(old, new, pairs, equal, wording)
    for i in (*found.groups.splits, *(i for parts in found.groups.mergers.values() for i in parts)):
        found.kept.pop(i, None)
        found.moved.pop(i, None)
    return found


def _weighed(
    mine: Sequence[str], theirs: Sequence[str], numbers: tuple[Sequence[str], Sequence[str]], wording: Wording
) -> Iterator[tuple[tuple[int, int], float]]:
    """Yield ((old, new), weight) of the pairs that may belong together; a same number adds a little."""
    equal = _equal_pairs(mine, theirs)
    at_number = {number: j for j, number in enumerate(numbers[1])}
    for i, text in enumerate(mine):
        same = at_number.get(numbers[0][i], -1)
        exact = equal.get(i)
        if exact:
            for j in exact:
                yield (i, j), _equal_weight(text) + (_SAME_NUMBER_BONUS if j == same else 0.0)
            continue
        for j in sorted({*wording.nearest_new(i), *((same,) if same >= 0 else ())}):
            similar = _similarity(text, theirs[j], wording.shares(i, j))
            if similar >= SIMILAR:
                # Squared, so that one strong pair counts more than two weak ones across it.
                yield (i, j), similar**2 + (_SAME_NUMBER_BONUS if j == same else 0.0)


def _equal_weight(text: str) -> float:
    """Return the weight of a pair of equal text: more than two similar pairs across it, but 略 alone proves little."""
    return 1 + 2 * min(1.0, len(text) / _SHORT)


def _equal_pairs(mine: Sequence[str], theirs: Sequence[str]) -> dict[int, list[int]]:
    """Return old → new positions of equal text; of many equal texts the n-th goes with the n-th and its neighbours."""
    places: dict[str, list[int]] = defaultdict(list)
    for j, text in enumerate(theirs):
        places[text].append(j)
    count: dict[str, int] = defaultdict(int)
    last: dict[str, int] = defaultdict(int)
    for text in mine:
        last[text] += 1
    found = {}
    for i, text in enumerate(mine):
        if there := places.get(text):
            place = count[text]
            back = place + len(there) - last[text]  # counted from the end, for copies lost or added before it
            chosen = {k for at in (place, back) for k in range(at - _EQUAL_NEIGHBOURS, at + _EQUAL_NEIGHBOURS + 1)}
            found[i] = [there[k] for k in sorted(chosen) if 0 <= k < len(there)]
        count[text] += 1
    return {i: js for i, js in found.items() if js}


def _similarity(one: str, other: str, shares: tuple[float, float]) -> float:
    """Return how similar two texts are, 0–1."""
    dice, contained = shares
    shorter = min(len(one), len(other))
    if contained >= CONTAINED and shorter >= _SHORT:
        return max(dice, CONTAINED_WEIGHT * contained)
    if dice < SIMILAR and max(len(one), len(other)) <= _SHORT and shorter:
        ratio = fuzz.ratio(one, other) / 100
        return ratio if ratio >= _RATIO_SHORT else dice
    return dice


def _take_moved(found: Alignment, weights: Weights) -> None:
    """Pair what is similar out of order, the most similar first."""
    taken = set(found.kept.values())
    for (i, j), _ in sorted(weights.items(), key=lambda item: (-item[1], item[0])):
        if i not in found.kept and i not in found.moved and j not in taken:
            found.moved[i] = j
            taken.add(j)


def _take_facing(found: Alignment, wording: Wording, numbers: tuple[Sequence[str], Sequence[str]]) -> None:
    """Pair clauses without a partner that are less similar: between the same two pairs, or else with much in common."""
    pairs = found.kept | found.moved
    taken = set(pairs.values())
    weights: Weights = {}
    for i in (i for i in range(len(numbers[0])) if i not in pairs):
        low, high = _gap(i, found.kept, len(numbers[1]))
        near = {j for j in range(low, high) if numbers[1][j] == numbers[0][i]} | {*wording.nearest_new(i)}
        for j in sorted(near - taken):
            dice, contained = wording.shares(i, j)
            facing = low <= j < high
            same = facing and numbers[0][i] == numbers[1][j]
            if (
                (facing and dice >= SIMILAR_FACING and contained >= SHARED_FACING)
                or (same and dice >= SIMILAR_SAME_NUMBER)
                or (dice >= SIMILAR_MOVED and contained >= SHARED_MOVED)
            ):
                weights[i, j] = dice + (_SAME_NUMBER_BONUS if same else 0.0)
    in_order = {(i, j): weight for (i, j), weight in weights.items() if _fits(i, j, found.kept, len(numbers[1]))}
    found.kept |= dict(_heaviest_chain(in_order))
    _take_moved(found, {(i, j): weight for (i, j), weight in weights.items() if j not in set(found.kept.values())})


def _fits(i: int, j: int, kept: Pairs, size: int) -> bool:
    low, high = _gap(i, kept, size)
    return low <= j < high


def _gap(i: int, kept: Pairs, size: int) -> tuple[int, int]:
    """Return the (start, end) of the new positions between the partners of the pairs in order before and after ``i``."""
    olds = sorted(kept)
    place = bisect_left(olds, i)
    return (kept[olds[place - 1]] + 1 if place else 0), (kept[olds[place]] if place < len(olds) else size)


def _heaviest_chain(weights: Weights) -> list[tuple[int, int]]:
    """Return the pairs of the heaviest chain in which both positions increase.

    A Fenwick tree over new positions holds the heaviest chain ending at or before each (as in Hunt & Szymanski's method
    for the longest common subsequence, with weights).
    """
    pairs = sorted(weights, key=lambda pair: (pair[0], -pair[1]))  # within one old clause from the back: one pair each
    size = max((j for _, j in pairs), default=-1) + 1
    tree: list[tuple[float, int]] = [(0.0, -1)] * (size + 1)
    before: list[int] = []
    for k, (i, j) in enumerate(pairs):
        best = _best_until(tree, j)
        before.append(best[1])
        total, place = best[0] + weights[i, j], j + 1
        while place <= size:
            tree[place] = max(tree[place], (total, k))
            place += place & -place
    chain, k = [], _best_until(tree, size)[1]
    while k >= 0:
        chain.append(pairs[k])
        k = before[k]
    return chain[::-1]


def _best_until(tree: Sequence[tuple[float, int]], place: int) -> tuple[float, int]:
    best = (0.0, -1)
    while place > 0:
        best = max(best, tree[place])
        place -= place & -place
    return best

"""Clauses that became several, and several that became one.

A clause without a partner belongs to a pair if its words stand in the pair's other side and not in its partner: one whose
second paragraph became an article of its own has been split.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field

from assistant.corpus.difference.similarity import Wording, bigrams, body_of
from assistant.types import Clause

# Shares of the weight of the terms, chosen by reading three pairs of laws.
HELD, HELD_LONG = 0.75, 0.6  # of the lonely clause (of one longer than _LONG) stands in the whole …
HELD_ALONE = 0.5  # … and not in the whole's partner
SIMILAR_BLOCK = 0.5  # Dice coefficient of the lonely clause and a paragraph of the whole …
BLOCK_ALONE = 0.5  # … of which this much is not in the partner
_MIN_PART, _LONG = 12, 30  # characters

Terms = frozenset[str]


@dataclass(slots=True)
class Groups:
    """``splits``: old position → all new ones it became; ``mergers``: new position → all old ones it is made of."""

    splits: dict[int, tuple[int, ...]] = field(default_factory=dict)
    mergers: dict[int, tuple[int, ...]] = field(default_factory=dict)


def find_groups(
    old: Sequence[Clause], new: Sequence[Clause], pairs: dict[int, int], equal: Collection[int], wording: Wording
) -> Groups:
    """Return the splits and mergers around ``pairs`` (old → new); those with ``equal`` text gave nothing away."""
    backwards = {j: i for i, j in pairs.items() if i not in equal}
    forwards = {i: j for j, i in backwards.items()}
    lonely_new = sorted(set(range(len(new))) - set(pairs.values()))
    lonely_old = sorted(set(range(len(old))) - set(pairs))
    whole = _Wholes(old, wording.old, wording.new, forwards, wording.nearest_old)
    found = Groups()
    for i, parts in whole.parts(((j, new[j], wording.new[j]) for j in lonely_new), wording).items():
        found.splits[i] = tuple(sorted((forwards[i], *parts)))
    left = {j: i for j, i in backwards.items() if i not in found.splits}
    whole = _Wholes(new, wording.new, wording.old, left, wording.nearest_new)
    for j, parts in whole.parts(((i, old[i], wording.old[i]) for i in lonely_old), wording).items():
        found.mergers[j] = tuple(sorted((left[j], *parts)))
    return found


@dataclass(frozen=True, slots=True)
class _Wholes:
    """One edition as the clauses of which others may be parts; ``partner`` maps them to their partners in the other."""

    clauses: Sequence[Clause]
    terms: Sequence[Terms]
    partner_terms: Sequence[Terms]
    partner: dict[int, int]
    nearest: Callable[[int], list[int]]

    def parts(self, lonely: Iterable[tuple[int, Clause, Terms]], wording: Wording) -> dict[int, list[int]]:
        """Return whole → the positions of the lonely clauses that are parts of it."""
        found: dict[int, list[int]] = defaultdict(list)
        for position, clause, terms in lonely:
            if len(body_of(clause)) < _MIN_PART:
                continue
            scores = {
                whole: self._held(whole, terms, wording) for whole in self.nearest(position) if whole in self.partner
            }
            best = max(scores, key=lambda whole: (scores[whole], -whole), default=None)
            if best is not None and scores[best] > 0:
                found[best].append(position)
        return found

    def _held(self, whole: int, terms: Terms, wording: Wording) -> float:
        """Return how well ``terms`` are a part of ``whole`` that its partner does not have, 0 if they are none."""
        alone = self.terms[whole] - self.partner_terms[self.partner[whole]]
        total = wording.weight(terms)
        held = wording.weight(terms & self.terms[whole]) / total
        enough = HELD if len(terms) <= _LONG else HELD_LONG
        if held >= enough and wording.weight(terms & alone) >= HELD_ALONE * total:
            return held
        return max((self._block(block, alone, terms, wording) for block in self._blocks(whole)), default=0.0)

    def _blocks(self, whole: int) -> list[Terms]:
        texts = ("".join(block.text.split()) for block in self.clauses[whole].blocks)
        return [bigrams(text) for text in texts if len(text) >= _MIN_PART]

    @staticmethod
    def _block(block: Terms, alone: Terms, terms: Terms, wording: Wording) -> float:
        similar = wording.dice(block, terms)
        enough = wording.weight(block & alone) >= BLOCK_ALONE * wording.weight(block)
        return similar if similar >= SIMILAR_BLOCK and enough else 0.0

"""How much of the distinctive wording two clauses share.

Legal texts repeat their phrases, so that two articles with nothing in common look half alike letter by letter. Two-character
terms are therefore weighed by how rare they are in both editions (inverse document frequency).
"""

import math
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence
from itertools import pairwise

from assistant.structure.numbering import parse_label
from assistant.types import Clause

_SPACE = re.compile(r"[\s\u200b\ufeff]+")
_HEADING_SIGN = re.compile(r"#{1,6}\s+")
_WIDE = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}
_MAX_POSTINGS = 1500  # texts looked at for one clause: rare terms come first, common ones tell nothing
_CANDIDATES = 8


def words_of(clause: Clause) -> str:
    """Return the text of a clause without heading sign and own number, wide Latin signs and digits made narrow.

    Only widths are folded: the full compatibility form would make ``10²`` equal to ``102``.
    """
    text = _HEADING_SIGN.sub("", clause.text.lstrip(), count=1)
    label = parse_label(text)
    if label is not None and label.canonical and clause.number.endswith(label.canonical):
        text = text[label.length :]
    return unicodedata.normalize("NFC", text).translate(_WIDE)


def body_of(clause: Clause) -> str:
    """Return :func:`words_of` without white space: clauses with equal bodies say the same."""
    return _SPACE.sub("", words_of(clause))


def bigrams(text: str) -> frozenset[str]:
    """Return the two-character terms of ``text``; a single character is its own term."""
    return frozenset(a + b for a, b in pairwise(text)) or frozenset((text,) if text else ())


class Wording:
    """The distinctive wording of both editions: weighs terms and finds the clauses that share them."""

    def __init__(self, old: Sequence[str], new: Sequence[str]) -> None:
        self.old = [bigrams(text) for text in old]
        self.new = [bigrams(text) for text in new]
        counts = Counter(term for terms in (*self.old, *self.new) for term in terms)
        total = len(old) + len(new)
        self._idf = {term: math.log(1 + total / count) for term, count in counts.items()}
        self._old_weights = [self.weight(terms) for terms in self.old]
        self._new_weights = [self.weight(terms) for terms in self.new]
        self._at_old, self._at_new = _postings(self.old), _postings(self.new)
        self._found: dict[tuple[bool, int], list[int]] = {}

    def weight(self, terms: Iterable[str]) -> float:
        """Return the weight of ``terms`` together; a term of neither edition weighs nothing."""
        # Sets have no order of their own: fsum gives the same result in any, so that a difference is always the same.
        return math.fsum(self._idf.get(term, 0.0) for term in terms)

    def shares(self, i: int, j: int) -> tuple[float, float]:
        """Return (Dice coefficient, share of the shorter text) of old clause ``i`` and new clause ``j``, both 0–1."""
        common = self.weight(self.old[i] & self.new[j])
        one, other = self._old_weights[i], self._new_weights[j]
        return (2 * common / (one + other), common / min(one, other)) if one and other else (0.0, 0.0)

    def dice(self, one: Collection[str], other: Collection[str]) -> float:
        """Return the Dice coefficient of two sets of terms, 0–1."""
        total = self.weight(one) + self.weight(other)
        return 2 * self.weight(frozenset(one) & frozenset(other)) / total if total else 0.0

    def nearest_new(self, i: int) -> list[int]:
        """Return the new clauses that share most rare terms with old clause ``i``, the best first."""
        if (True, i) not in self._found:
            self._found[True, i] = self._nearest(self.old[i], self._at_new)
        return self._found[True, i]

    def nearest_old(self, j: int) -> list[int]:
        """Return the old clauses that share most rare terms with new clause ``j``, the best first."""
        if (False, j) not in self._found:
            self._found[False, j] = self._nearest(self.new[j], self._at_old)
        return self._found[False, j]

    def _nearest(self, terms: Iterable[str], postings: dict[str, list[int]]) -> list[int]:
        scores: dict[int, float] = defaultdict(float)
        left = _MAX_POSTINGS
        for term in sorted((term for term in terms if term in postings), key=lambda term: (len(postings[term]), term)):
            for place in postings[term]:
                scores[place] += self._idf[term]
            left -= len(postings[term])
            if left < 0:
                break
        return sorted(scores, key=lambda place: (-scores[place], place))[:_CANDIDATES]


def _postings(texts: Sequence[frozenset[str]]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = defaultdict(list)
    for place, terms in enumerate(texts):
        for term in terms:
            found[term].append(place)
    return found

"""Slips in a question: 人证 for 认证, 管里师 for 管理师, shouhou fuwu for 售后服务; by the words of the corpus alone.

What the corpus itself says is never touched: a slip has a pair of neighbouring characters that no clause holds, and what
replaces it is a word of the corpus that sounds the same, or is written the same but for a swapped, missing or doubled character.
"""

import math
import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import accumulate

from assistant.indexing.vocabulary import Vocabulary, folded

_HAN = re.compile(r"[一-鿿]{2,}")
_LATIN = re.compile(r"(?<![a-zA-Z0-9./\-])[a-z]+(?:['’ ][a-z]+)*(?![a-zA-Z0-9./\-])")
_LONGEST, _SHORTEST = 5, 2
_LEAST_COUNT = 3
_LEAST_LETTERS = 5
_ROUNDS = 2
_KEPT = 16_384
_RARER = 30


@dataclass(frozen=True, slots=True)
class Slip:
    """A word that is taken for another; offsets are into the question."""

    start: int
    end: int
    right: str


def _cut(run: str) -> list[str]:
    import rjieba

    return list(rjieba.cut(run, False))


class Speller:
    """Finds slips. ``knows`` tells whether a pair of neighbouring characters, or a Latin word, occurs in the corpus."""

    def __init__(self, vocabulary: Vocabulary, knows: Callable[[str], bool]) -> None:
        self._words = vocabulary.words
        self._letters = vocabulary.letters
        self._knows = lru_cache(_KEPT)(knows)

    def correct(self, question: str) -> str:
        """Return ``question`` with its slips put right."""
        for _ in range(_ROUNDS):  # 服物人证: once 服务 stands, 人证 is seen not to go with it
            slips = self.slips(question)
            for slip in reversed(slips):
                question = question[: slip.start] + slip.right + question[slip.end :]
            if not slips:
                break
        return question

    def slips(self, question: str) -> list[Slip]:
        """Return the slips in order; none overlaps another."""
        found = [slip for match in _HAN.finditer(question) for slip in self._in_run(match.group(), match.start())]
        found += [
            Slip(*match.span(), right) for match in _LATIN.finditer(question) if (right := self._read(match.group()))
        ]
        return sorted(found, key=lambda slip: slip.start)

    def _in_run(self, run: str, offset: int) -> Iterator[Slip]:
        """Yield the slips of a run of Chinese characters; a slip begins and ends where words do."""
        unknown = [not self._knows(run[i : i + 2]) for i in range(len(run) - 1)]
        if not any(unknown):
            return
        words = _cut(run)
        borders = [0, *accumulate(map(len, words))]
        at = 0
        while at < len(words):
            slip = None
            for until in range(len(words), at, -1):
                start, end = borders[at], borders[until]
                if not _SHORTEST <= end - start <= _LONGEST or not any(unknown[max(start - 1, 0) : end]):
                    continue
                if right := self._instead(run, start, end, words[at:until]):
                    slip = Slip(offset + start, offset + end, right)
                    break
            if slip:
                yield slip
            at = until if slip else at + 1

    def _instead(self, run: str, start: int, end: int, parts: Sequence[str]) -> str | None:
        """Return the word that stands for ``run[start:end]``, which is cut into ``parts``; None where it may stand as it is."""
        wrong = run[start:end]
        if wrong in self._words:
            return None
        rarest = min(self._count(part) for part in parts)
        for word in sorted(self._candidates(wrong), key=self._count, reverse=True):
            if len(word) == _SHORTEST and len(_cut(word)) > 1:
                continue  # a chance pair of characters and no word
            foreign = len(parts) > 1 and self._count(word) > _RARER * rarest
            if len(word) > len(wrong) and not foreign:
                continue  # 两年 is no shortened 近两年
            if self._fits(run, start, end, word, foreign=foreign):
                return word
        return None

    def _count(self, word: str) -> int:
        return self._words[word][1] if word in self._words else 0

    def _candidates(self, wrong: str) -> set[str]:
        """Return the words that ``wrong`` may stand for.

        They sound like it and share a character with it, have two neighbouring characters swapped, one more, or one of a
        doubled pair less.
        """
        reading = "".join(self._letters.get(letter, "?") for letter in wrong)
        alike = self._by_reading.get(reading, ())
        found = {word for word in alike if len(word) == len(wrong) and set(word) & set(wrong)}
        places = range(len(wrong) - 1)
        found |= {f"{wrong[:i]}{wrong[i + 1]}{wrong[i]}{wrong[i + 2 :]}" for i in places} & self._words.keys()
        found |= {wrong[:i] + wrong[i + 1 :] for i in places if wrong[i] == wrong[i + 1]} & self._words.keys()
        found |= set(self._by_shortened.get(wrong, ()))
        return {word for word in found if self._count(word) >= _LEAST_COUNT}

    def _fits(self, run: str, start: int, end: int, word: str, *, foreign: bool) -> bool:
        """Return whether ``word`` joins what stands around it no worse than what it replaces; if that is not foreign, better."""
        before, after = run[:start], run[end:]
        sides = [(run[start - 1 : start + 1], before[-1:] + word[0])] if before else []
        sides += [(run[end - 1 : end + 1], word[-1] + after[0])] if after else []
        known = [(self._knows(old), self._knows(new)) for old, new in sides]
        if any(old and not new for old, new in known):
            return False
        return foreign or any(new and not old for old, new in known)

    def _read(self, latin: str) -> str | None:
        """Return the words that ``latin`` spells in pinyin from end to end; None if it spells none or is a word itself."""
        parts = re.split(r"['’ ]", latin)
        text = "".join(map(folded, parts))
        if len(text) < _LEAST_LETTERS or any(self._knows(part) for part in parts):
            return None
        words = self._likeliest(text)
        single = sum(len(word) == 1 for word in words)
        return "".join(words) if words and single <= len(words) / 2 else None

    def _likeliest(self, sound: str) -> tuple[str, ...]:
        """Return the words whose readings make up ``sound``, most probable by their counts; empty if none do."""
        best: dict[int, tuple[float, tuple[str, ...]]] = {0: (0.0, ())}
        for end in range(1, len(sound) + 1):
            told = [
                (best[start][0] + math.log(self._count(word) / self._total), (*best[start][1], word))
                for start in range(max(0, end - self._longest_reading), end)
                if start in best and (word := self._by_sound.get(sound[start:end]))
            ]
            if told:
                best[end] = max(told)
        return best.get(len(sound), (0.0, ()))[1]

    @cached_property
    def _total(self) -> int:
        return sum(count for _, count in self._words.values())

    @cached_property
    def _by_reading(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = defaultdict(list)
        for word, (reading, _) in self._words.items():
            if len(word) >= _SHORTEST:
                found[reading].append(word)
        return found

    @cached_property
    def _by_sound(self) -> dict[str, str]:
        """The most frequent word of each reading."""
        found: dict[str, str] = {}
        for word, (reading, count) in self._words.items():
            if reading not in found or count > self._words[found[reading]][1]:
                found[reading] = word
        return found

    @cached_property
    def _longest_reading(self) -> int:
        return max(map(len, self._by_sound), default=0)

    @cached_property
    def _by_shortened(self) -> dict[str, list[str]]:
        """Words of three and more characters by what is left of them without one."""
        found: dict[str, list[str]] = defaultdict(list)
        for word in self._words:
            for place in range(len(word)) if len(word) > _SHORTEST else ():
                found[word[:place] + word[place + 1 :]].append(word)
        return found

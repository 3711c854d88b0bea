"""How well the hits support an answer: the signals on which a refusal is decided.

No single score decides that: cosines of the bundled model crowd between 0.75 and 0.95. The signals are weighed by a
logistic model fitted on development questions (``python -m assistant.evaluation.calibrate``).
"""

import json
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import astuple, dataclass, fields
from functools import cache
from importlib.resources import files

from assistant.indexing.chunking import block_text, heading_path
from assistant.retrieval.search import Found
from assistant.retrieval.understand import Query
from assistant.retrieval.words import Word, content_words
from assistant.text import compact, terms, with_arabic_numerals
from assistant.types import Confidence, Hit

_DEPTH = 3


@dataclass(frozen=True, slots=True)
class Evidence:
    """Signals of one question, each about 0–1.

    ``known`` is the best cosine of a clause that holds something, ``lead`` that less the best of a clause that only says that
    a thing is not held, times 10. ``coverage`` is the share of the question's content words, weighted by part of speech and
    idf, that the best of the first three clauses holds; ``words`` the number of content words, in tens: of many words fewer
    are held. ``rival`` is the score of the second hit, relative to the first. ``beyond`` is 1 where the best hit belongs to
    a document that lists what the corpus does not hold, ``beyond_3`` the share of such hits among the first three.
    """

    known: float
    lead: float
    coverage: float
    words: float
    rival: float
    beyond: float
    beyond_3: float


def gather(query: Query, found: Found, idf: Callable[[str], float]) -> Evidence:
    """Return the signals for ``query``; without hits all but the number of its words speak for a refusal."""
    hits = [hit for hit in found.hits[:_DEPTH] if hit.clause.blocks]
    words = content_words(query.question)
    if not hits:
        return Evidence(0, 0, 0, len(words) / 10, 1, 1, 1)
    weights = {word: word.weight * _word_idf(word.text, idf) for word in words}
    total = sum(weights.values()) or 1.0
    beyond = [hit.document.confidence is Confidence.UNKNOWN for hit in hits]
    return Evidence(
        known=found.known_cosine,
        lead=(found.known_cosine - found.unknown_cosine) * 10,
        coverage=max(sum(weights[word] for word in _held(hit, words, query)) for hit in hits) / total,
        words=len(words) / 10,
        rival=hits[1].score / hits[0].score if len(hits) > 1 and hits[0].score else 0.0,
        beyond=float(beyond[0]),
        beyond_3=sum(beyond) / _DEPTH,
    )


def _word_idf(word: str, idf: Callable[[str], float]) -> float:
    """Return the idf of a word: of its rarest term, since words are indexed as two-character terms."""
    return max((idf(term) for term in terms(word)), default=0.0)


def _text(hit: Hit) -> str:
    return "\n".join(block_text(block) for block in hit.clause.blocks)


def _comparable(text: str) -> str:
    return with_arabic_numerals(compact(text))


def _held_in(text: str, words: Sequence[Word]) -> frozenset[Word]:
    return frozenset(word for word in words if _comparable(word.text) in text)


def _held(hit: Hit, words: Sequence[Word], query: Query) -> frozenset[Word]:
    """Return the words that the hit holds, in its headings, names or text, or by a synonym."""
    own = _comparable(f"{heading_path(hit.clause, hit.document)} {' '.join(hit.document.aliases)} {_text(hit)}")
    by_synonym = [
        key for key, meanings in query.expansions.items() if any(compact(meaning) in own for meaning in meanings)
    ]
    same = frozenset(
        word for word in words if any(compact(word.text) in key or key in compact(word.text) for key in by_synonym)
    )
    return _held_in(own, words) | same


@cache
def _model() -> Mapping[str, float]:
    content = files("assistant.answering").joinpath("refusal.json").read_text(encoding="utf-8")
    weights: dict[str, float] = json.loads(content)["weights"]
    return weights


def support(evidence: Evidence) -> float:
    """Return the estimated probability (0–1) that the material answers the question."""
    weights = _model()
    names = [field.name for field in fields(evidence)]
    total = weights["bias"] + sum(weights[name] * value for name, value in zip(names, astuple(evidence), strict=True))
    return 1 / (1 + math.exp(-total))

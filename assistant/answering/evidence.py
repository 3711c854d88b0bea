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
from assistant.types import Hit


@dataclass(frozen=True, slots=True)
class Evidence:
    """Signals of one question, each about 0–1.

    ``cosine`` is the best cosine above 0.75, times 4; ``margin`` the best cosine less the mean of the others, times 10;
    ``lexical`` whether the best hit is the best of BM25 too (its share of the best BM25 score). ``coverage`` is the share
    of the question's content words, weighted by part of speech and idf, that the best of the first three clauses holds;
    ``coverage_3`` the share that those three hold together.
    ``gap`` is the weight of the rarest content word that none of them holds, relative to the largest idf; ``names``
    the share of names and codes that the best clause lacks; ``unheard`` the share of content words that the whole corpus lacks.
    ``number_missing`` is 1 if a number is asked for and those three have none. ``lead`` is the best cosine of a clause
    that holds something less that of one that only says that a thing is not held, times 10.
    """

    cosine: float
    margin: float
    lexical: float
    coverage: float
    coverage_3: float
    gap: float
    names: float
    unheard: float
    number_missing: float
    lead: float


def gather(query: Query, found: Found, clauses_in_index: int, idf: Callable[[str], float]) -> Evidence:
    """Return the signals for ``query``; without hits all of them speak for a refusal."""
    hits = [hit for hit in found.hits if hit.clause.blocks]
    words = content_words(query.question)
    if not hits:
        return Evidence(0, 0, 0, 0, 0, 1, 1, 1, 1, 0)
    cosines = sorted((hit.dense for hit in hits if hit.dense is not None), reverse=True) or [0.0]
    others = cosines[1:] or cosines
    rarest = math.log(1 + (clauses_in_index + 0.5) / 0.5)
    weights = {word: word.weight * _word_idf(word.text, idf) / rarest for word in words}
    total = sum(weights.values()) or 1.0
    held = [_held(hit, words, query) for hit in hits[:3]]
    together = frozenset().union(*held)
    names = [word for word in words if word.name]
    missing = [weight for word, weight in weights.items() if word not in together]
    return Evidence(
        cosine=cosines[0],
        margin=(cosines[0] - sum(others) / len(others)) * 10,
        lexical=hits[0].lexical or 0.0,
        coverage=max(sum(weights[word] for word in part) for part in held) / total,
        coverage_3=sum(weights[word] for word in together) / total,
        gap=max(missing, default=0.0),
        names=sum(word not in held[0] for word in names) / len(names) if names else 0.0,
        unheard=sum(weight for word, weight in weights.items() if _word_idf(word.text, idf) >= rarest - 1e-9) / total,
        lead=(found.known_cosine - found.unknown_cosine) * 10,
        number_missing=float(query.wants_number and not any(char.isdigit() for hit in hits[:3] for char in _text(hit))),
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

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
from assistant.text import terms
from assistant.types import Hit


@dataclass(frozen=True, slots=True)
class Evidence:
    """Signals of one question, each about 0–1; more is better but for the last three.

    ``cosine`` and ``margin`` (best cosine less the mean of the others) come from the dense search; ``coverage`` is the
    share of the question's content words, by idf, that the best clause holds, ``coverage_3`` the share that the best
    three hold together; ``lexical`` the BM25 score per weight of question; ``agreement`` whether both searches have the
    same clause among their best three. ``gap`` is the idf of the rarest content word that no hit holds, relative to the
    largest idf; ``unheard`` the share of content words that the whole corpus lacks; ``number_missing`` that a number is
    asked for and the best clause has none.
    """

    cosine: float
    margin: float
    coverage: float
    coverage_3: float
    lexical: float
    agreement: float
    gap: float
    unheard: float
    number_missing: float


def gather(query: Query, found: Found, documents_in_index: int, idf: Callable[[str], float]) -> Evidence:
    """Return the signals for ``query``; without hits all of them speak for a refusal."""
    hits = [hit for hit in found.hits if hit.clause.blocks]
    if not hits:
        return Evidence(0, 0, 0, 0, 0, 0, 1, 1, 1)
    cosines = sorted((hit.dense for hit in hits if hit.dense is not None), reverse=True) or [0.0]
    others = cosines[1:] or [cosines[0]]
    top_idf = math.log(1 + (documents_in_index + 0.5) / 0.5)
    weights = {term: idf(term) for term in query.core}
    total = sum(weights.values()) or 1.0
    held = [_held(hit, query) for hit in hits[:3]]
    together = set().union(*held)
    missing = [weight for term, weight in weights.items() if term not in together]
    return Evidence(
        cosine=max((cosines[0] - 0.75) * 4, 0.0),
        margin=(cosines[0] - sum(others) / len(others)) * 10,
        coverage=max(sum(weights[term] for term in query.core if term in words) / total for words in held),
        coverage_3=sum(weights[term] for term in query.core if term in together) / total,
        lexical=max((hit.lexical or 0.0 for hit in hits[:1]), default=0.0),
        agreement=float(_agree(hits)),
        gap=max(missing, default=0.0) / top_idf,
        unheard=sum(weight for weight in weights.values() if weight >= top_idf - 1e-9) / total,
        number_missing=float(query.wants_number and not any(char.isdigit() for char in _text(hits[0]))),
    )


def _text(hit: Hit) -> str:
    return "\n".join(block_text(block) for block in hit.clause.blocks)


def _held(hit: Hit, query: Query) -> set[str]:
    """Return the core terms that the hit holds, in its own words or by a synonym."""
    own = set(terms(f"{heading_path(hit.clause, hit.document)}\n{' '.join(hit.document.aliases)}\n{_text(hit)}"))
    by_synonym = {
        term
        for word, meanings in query.expansions.items()
        if any(set(terms(meaning)) <= own for meaning in meanings)
        for term in terms(word)
    }
    return own | by_synonym


def _agree(hits: Sequence[Hit]) -> bool:
    dense = sorted(hits, key=lambda hit: -(hit.dense or 0.0))[:3]
    lexical = sorted(hits, key=lambda hit: -(hit.lexical or 0.0))[:3]
    return any(hit in lexical for hit in dense)


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

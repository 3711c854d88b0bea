"""The answer without a language model: of the whole question, of each of its parts, or every mention of a phrase."""

from assistant.answering.answer import Answerer, Composed
from assistant.answering.mentions import sought_phrase
from assistant.answering.together import together, widened, with_passed_over
from assistant.retrieval.eligibility import Scope
from assistant.retrieval.followup import names_subject
from assistant.retrieval.parts import asked_parts, completed
from assistant.retrieval.search import Found, Search
from assistant.retrieval.understand import Query, understand
from assistant.structure.address import NameIndex
from assistant.types import Confidence, Reason

ANSWER_HITS = 12
_NEAR = 6
_CLOSE = 0.6


class PlainAnswers:
    """Chooses how a question is answered, and searches for its parts where it has several."""

    def __init__(self, search: Search, answerer: Answerer, names: NameIndex) -> None:
        self._search = search
        self._answerer = answerer
        self._names = names

    def answer(self, question: str, query: Query, found: Found, scope: Scope, reason: Reason | None) -> Composed:
        """Return the answer to ``question``, which was searched as ``query``; ``reason`` refuses it whatever was found."""
        composed = self._answerer.compose(query, found, scope.as_of, reason)
        if reason:
            return composed
        if phrase := sought_phrase(question):
            return self._answerer.list_mentions(phrase, scope, composed)
        parts = asked_parts(question)
        if not parts:
            return composed
        best, complete = found.hits[:_NEAR], completed(parts, self._names)
        near = {hit.clause.address for hit in best}
        if all(names_subject(part, self._names) for part in parts):
            answered = together(composed, parts, lambda part: self._answer_part(part, scope), near)
        elif composed.reason is Reason.UNKNOWN_IN_MATERIAL and _tells_something(composed):
            # What goes on with something unknown (补一张多少钱、几天能拿到) must stay with it.
            near = {hit.clause.address for hit in best if hit.score >= _CLOSE * best[0].score}
            answered = together(composed, complete, lambda part: self._answer_part(part, scope), near)
        else:
            wide = widened(composed, complete, lambda part: self._answer_part(part, scope), near)
            return with_passed_over(wide, parts)
        return with_passed_over(composed, parts) if answered is composed else answered

    def _answer_part(self, question: str, scope: Scope) -> Composed:
        query = understand(question, self._names)
        return self._answerer.compose(query, self._search.search(query, scope, ANSWER_HITS), scope.as_of)


def _tells_something(refused: Composed) -> bool:
    """Return whether a refusal cites a clause that holds more than that something is not known or not held."""
    return bool(refused.citations) and refused.citations[0].confidence is not Confidence.UNKNOWN

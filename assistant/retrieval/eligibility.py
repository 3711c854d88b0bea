"""Which clauses may answer for the day that counts, and how much a clause out of its time weighs."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from assistant.corpus.validity import clause_status_on, status_on, successors_in_force
from assistant.indexing.records import Records
from assistant.retrieval.understand import Query, goods_in
from assistant.types import Clause, Document, Kind, Status

HISTORY_FACTOR = 0.8
# Another standard, where the question names none: it shares most words with the subject of the corpus.
OTHER_STANDARD_FACTOR = 0.85
# A clause on other goods than the question names: 汽车三包 does not answer for a refrigerator.
OTHER_GOODS_FACTOR = 0.5
_USABLE = (Status.IN_FORCE, Status.UNVERIFIED)


@dataclass(frozen=True, slots=True)
class Scope:
    """For which day and among which kinds to search; ``kinds`` None means all."""

    as_of: date
    kinds: frozenset[Kind] | None = None


class Eligibility:
    """Weighs the clauses of one snapshot for one question. ``named`` are the documents that the question names."""

    def __init__(self, records: Records, query: Query, scope: Scope, named: Collection[str]) -> None:
        self._records = records
        self._query = query
        self._scope = scope
        self._named = named
        self._of_documents: dict[str, float] = {}
        self._of_clauses: dict[int, float] = {}

    def factor(self, position: int) -> float:
        """Return what the score of a clause is multiplied with: 0 leaves it out."""
        if position not in self._of_clauses:
            self._of_clauses[position] = self._of_clause(position)
        return self._of_clauses[position]

    def _of_clause(self, position: int) -> float:
        clause = self._records.clause(position)
        document = self._records.documents[clause.document_id]
        factor = self._of_documents.get(document.id)
        if factor is None:
            factor = self._of_documents[document.id] = self._of_document(document)
        if not factor or document.id in self._named:
            return factor
        if clause_status_on(clause, document, self._scope.as_of) is not status_on(document, self._scope.as_of):
            return 0.0  # its own dates put it out of force on the day
        if self._query.goods and (goods := goods_in(document.title + clause.heading)) and not goods & self._query.goods:
            factor *= OTHER_GOODS_FACTOR
        return factor if self._rests_on_valid(clause, document) else 0.0

    def _of_document(self, document: Document) -> float:
        if self._scope.kinds is not None and document.kind not in self._scope.kinds:
            return 0.0
        status = status_on(document, self._scope.as_of)
        if status in _USABLE:
            other = (
                document.kind is Kind.STANDARD
                and document.id not in self._named
                and not is_subject(document, self._records, self._scope)
            )
            return OTHER_STANDARD_FACTOR if other else 1.0
        return 1.0 if document.id in self._named else self._of_history(document, status)

    def _of_history(self, document: Document, status: Status) -> float:
        """Return the factor of a document that is not in force on the day and that the question does not name."""
        if status is Status.NOT_YET:
            return 0.0 if self._scope.as_of < document.checked_on or self._replaces_valid(document) else HISTORY_FACTOR
        if self._query.asks_past and self._query.as_of_in_text is None:
            return 1.0
        if document.kind.is_ours or successors_in_force(document, self._scope.as_of, self._records.documents):
            return 0.0
        return HISTORY_FACTOR

    def _replaces_valid(self, document: Document) -> bool:
        """Return whether an edition to come has a predecessor that still holds: that one answers and names the coming one."""
        predecessors = self._records.editions.replaced_by(document)
        return any(status_on(item, self._scope.as_of) in _USABLE for item in predecessors)

    def _rests_on_valid(self, clause: Clause, document: Document) -> bool:
        """Return whether a guide's clause may be used on the day: not if it rests on a text that takes effect later."""
        if not document.kind.is_ours or self._scope.as_of >= document.checked_on:
            return True
        for block in clause.blocks:
            for reference in block.see:
                position = self._records.position_of(reference, self._scope.as_of)
                if position is None:
                    continue
                rested = self._records.documents[self._records.clause(position).document_id]
                if status_on(rested, self._scope.as_of) is Status.NOT_YET:
                    return False
        return True


def is_subject(document: Document, records: Records, scope: Scope) -> bool:
    """Return whether ``document`` is the subject of the corpus, or was on a day before that was in force.

    The official wording of the subject, and the edition that follows it, are the subject as well.
    """
    if document.subject:
        return True
    family = [item for item in records.editions.of_work(document) if item.subject]
    if any(status_on(item, scope.as_of) is not Status.IN_FORCE for item in family):
        return True
    if any(records.editions.twin(item) is document for item in family):
        return True
    successors = [records.documents[key] for key in document.replaced_by if key in records.documents]
    return any(item.subject and status_on(item, scope.as_of) is not Status.IN_FORCE for item in successors)

"""The clauses that a shown block rests on or refers to, so that they are cited beside it."""

from collections.abc import Iterator
from datetime import date

from assistant.corpus.validity import status_on
from assistant.indexing.records import Records
from assistant.structure.address import NameIndex, numbers_for
from assistant.structure.references import TextReference, read_references
from assistant.types import Block, Clause, Confidence, Form, Status

_MOST = 4


class Referred:
    """Follows references in one snapshot: those that the keeper wrote down (见 …), else those in the running text."""

    def __init__(self, records: Records, names: NameIndex) -> None:
        self._records = records
        self._names = names

    def of(self, clause: Clause, block: Block, as_of: date) -> list[Clause]:
        """Return the clauses that ``block`` of ``clause`` refers to, as they stand on a day; what is not held is left out.

        A digest rests on the editions in force when it was checked: in a later one the same number may be another clause.
        """
        if block.see:
            day = min(as_of, self._records.documents[clause.document_id].checked_on)
            positions = [self._records.position_of(address, day) for address in block.see]
        elif block.confidence is Confidence.UNKNOWN:  # names clauses to say that they were not found
            positions = []
        else:
            positions = list(self._in_text(clause, block, as_of))[:_MOST]
        return [self._records.clause(position) for position in positions if position is not None]

    def _in_text(self, clause: Clause, block: Block, as_of: date) -> Iterator[int | None]:
        for reference in read_references(block.text, self._names):
            yield next(
                (found for key in self._candidates(clause, reference, as_of) for found in self._find(key, reference)),
                None,
            )

    def _candidates(self, clause: Clause, reference: TextReference, as_of: date) -> list[str]:
        """Return the ids of the documents meant: the clause's own, or those named, in force first, official before digest."""
        documents = self._records.documents
        ids = reference.document_ids or (clause.document_id,)
        return sorted(
            ids,
            key=lambda key: (
                status_on(documents[key], as_of) is not Status.IN_FORCE,
                documents[key].form is not Form.OFFICIAL,
            ),
        )

    def _find(self, document_id: str, reference: TextReference) -> list[int]:
        numbers = numbers_for(reference.clause, self._records.documents[document_id])
        return self._records.find_number(document_id, numbers)

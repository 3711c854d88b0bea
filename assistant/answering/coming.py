"""What an edition that is not in force yet will change in a clause that is cited today."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from assistant.corpus.difference import ChangeKind, compare
from assistant.corpus.editions import begins_on
from assistant.corpus.validity import status_on
from assistant.indexing.records import Records
from assistant.types import Clause, Document, Form, Status

_LONG = 300
_SAME = (ChangeKind.UNCHANGED, ChangeKind.RENUMBERED, ChangeKind.MOVED)


@dataclass(frozen=True, slots=True)
class Coming:
    """A change to come: from which day, by which edition, and the clauses that take the place of the one cited.

    ``same`` tells that the wording stays; ``comparable`` is False where only a digest of the present edition is held.
    """

    document: Document
    clauses: tuple[Clause, ...]
    same: bool
    comparable: bool

    def sentence(self) -> str:
        """Return what to tell the reader."""
        begins, name = begins_on(self.document), self.document.name
        if not self.comparable:
            return f"{begins} 起由{name}代替，该条改没改要看新版条文。"
        if not self.clauses:
            return f"{begins} 起{name}施行，没有与该条对应的条款。"
        numbers = "、".join(clause.number for clause in self.clauses)
        if self.same:
            return f"{begins} 起{name}施行，该条内容不变（新版{numbers}）。"
        words = "".join(_words(clause) for clause in self.clauses)
        if len(words) > _LONG:
            words = f"{words[:_LONG]}……（全文见来源）"
        return f"{begins} 起改为（{name}{numbers}）：{words}"


def _words(clause: Clause) -> str:
    return "".join(block.text for block in clause.blocks)


class ComingChanges:
    """Looks ahead from the clauses of one snapshot."""

    def __init__(self, records: Records) -> None:
        self._records = records
        self._successors = lru_cache(64)(self._aligned)

    def of(self, clause: Clause, as_of: date) -> list[Coming]:
        """Return what editions not in force yet on ``as_of`` will change in ``clause``, the nearest first."""
        document = self._records.documents[clause.document_id]
        held = [self._records.documents[key] for key in document.replaced_by if key in self._records.documents]
        coming = [item for item in held if status_on(item, as_of) is Status.NOT_YET]
        return [self._coming(clause, document, new) for new in _one_form(coming)]

    def _coming(self, clause: Clause, document: Document, new: Document) -> Coming:
        old = document if document.form is new.form else self._records.editions.twin(document)
        if old is None:
            return Coming(new, (), same=False, comparable=False)
        aligned = self._successors(old.id, new.id)
        if clause.number not in aligned:
            return Coming(new, (), same=False, comparable=document.form is new.form)
        kind, clauses = aligned[clause.number]
        return Coming(new, clauses, same=kind in _SAME, comparable=True)

    def _aligned(self, old_id: str, new_id: str) -> dict[str, tuple[ChangeKind, tuple[Clause, ...]]]:
        """Return clause number of the old edition → what becomes of it."""
        old, new = self._records.documents[old_id], self._records.documents[new_id]
        difference = compare(old, self._clauses(old_id), new, self._clauses(new_id))
        return {
            clause.number: (change.kind, change.new.clauses if change.new else ())
            for change in difference.changes
            if change.old is not None
            for clause in change.old.clauses
        }

    def _clauses(self, document_id: str) -> list[Clause]:
        return [clause for _, clause in self._records.clauses_of(document_id)]


def _one_form(documents: Sequence[Document]) -> list[Document]:
    """Return the editions by the day they begin, the official wording only where there are both forms."""
    official = [item for item in documents if item.form is Form.OFFICIAL]
    begins = {begins_on(item) for item in official}
    rest = [item for item in documents if item.form is not Form.OFFICIAL and begins_on(item) not in begins]
    return sorted((*official, *rest), key=lambda item: str(begins_on(item)))

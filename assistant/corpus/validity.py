"""Validity of an edition on a day, computed from its dates and never typed in twice."""

from collections.abc import Mapping
from datetime import date

from assistant.types import Clause, Document, Status


def status_on(document: Document, day: date) -> Status:
    """Return the status of ``document`` on ``day``.

    An edition is in force from ``effective_on`` on and no longer on ``expires_on``. Where only a month or a year is
    known, its first day counts. Without any date, or where the keeper could not verify it, the status is 待核; guides and
    questions without dates count as in force.
    """
    if document.expires_on and day >= document.expires_on.earliest:
        return Status.SUPERSEDED if document.replaced_by else Status.REPEALED
    begins = document.effective_on or document.issued_on
    if begins and day < begins.earliest:
        return Status.NOT_YET
    if document.unverified or (not begins and not document.kind.is_ours):
        return Status.UNVERIFIED
    return Status.IN_FORCE


def clause_status_on(clause: Clause, document: Document, day: date) -> Status:
    """Return the status of a clause on ``day``: the document's, unless the clause begins later or ends earlier."""
    status = status_on(document, day)
    if status not in (Status.IN_FORCE, Status.UNVERIFIED):
        return status
    if clause.expires_on and day >= clause.expires_on.earliest:
        return Status.REPEALED
    if clause.effective_on and day < clause.effective_on.earliest:
        return Status.NOT_YET
    return status


def clause_note(clause: Clause) -> str:
    """Return the dates that a clause has of its own; empty without any."""
    begins = f"本条 {clause.effective_on} 起施行" if clause.effective_on else ""
    ends = f"本条 {clause.expires_on} 起不再有效" if clause.expires_on else ""
    return "；".join(part for part in (begins, ends) if part)


def status_note(document: Document, day: date, documents: Mapping[str, Document]) -> str:
    """Return what a reader must know beside the status: since when, until when, and the successor. May be empty."""
    status = status_on(document, day)
    parts = []
    if status is Status.NOT_YET:
        parts.append(f"{document.effective_on or document.issued_on} 起施行")
    elif status in (Status.SUPERSEDED, Status.REPEALED):
        parts.append(f"{document.expires_on} 起不再有效")
    elif document.effective_on and not document.kind.is_ours:
        parts.append(f"{document.effective_on} 起施行")
    if document.replaced_by and status in (Status.SUPERSEDED, Status.IN_FORCE, Status.UNVERIFIED):
        names = [documents[key].name if key in documents else key for key in document.replaced_by]
        parts.append(f"由{'、'.join(dict.fromkeys(names))}代替")
    if document.validity_note:
        parts.append(document.validity_note.rstrip("。"))
    return "；".join(parts)


def successors_in_force(document: Document, day: date, documents: Mapping[str, Document]) -> list[Document]:
    """Return the editions in the corpus that replace ``document`` and are in force on ``day``, following the chain."""
    found, queue, seen = [], list(document.replaced_by), {document.id}
    while queue:
        key = queue.pop(0)
        successor = documents.get(key)
        if successor is None or key in seen:
            continue
        seen.add(key)
        if status_on(successor, day) in (Status.IN_FORCE, Status.UNVERIFIED):
            found.append(successor)
        else:
            queue += successor.replaced_by
    return found

"""Editions of the same text: which belong together, how each is cited, and which one ended when the next began.

Two documents are *twins* when they are the same edition in two forms, the official wording and our digest of it.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace

from assistant.structure.address import bare_name
from assistant.structure.outline import address_name, short_title
from assistant.text import compact
from assistant.types import CalendarDate, Document, Form, Kind

_EDITION = re.compile(r"（(?:归纳|未注日期版|\d{4}年版|\d{4}(?:-\d{2}){0,2}版)）")


def work_of(document: Document) -> str:
    """Return what all editions of a text share: the number of a standard without its year, else the short title."""
    if document.kind is Kind.STANDARD and document.number:
        return bare_name(document.number).rpartition("-")[0] or bare_name(document.number)
    return compact(short_title(document.title))


def same_edition(one: Document, other: Document) -> bool:
    """Return whether two documents are the same edition of the same text, whatever their form."""
    if Kind.STANDARD in (one.kind, other.kind) or (one.kind is other.kind is Kind.POLICY and one.number):
        return bool(one.number and other.number) and bare_name(one.number or "") == bare_name(other.number or "")
    if compact(short_title(one.title)) != compact(short_title(other.title)):
        return False
    for mine, theirs in ((one.issued_on, other.issued_on), (one.effective_on, other.effective_on)):
        if mine and theirs:
            return mine == theirs
    return compact(one.number or "") == compact(other.number or "")


class Editions:
    """Finds documents by what others call them: id, number, title."""

    def __init__(self, documents: Iterable[Document]) -> None:
        self.by_id = {document.id: document for document in documents}
        self._twins: dict[str, Document | None] = {}  # asked for every clause of every ranking
        self._by_name: dict[str, list[Document]] = defaultdict(list)
        self._by_work: dict[str, list[Document]] = defaultdict(list)
        for document in self.by_id.values():
            for name in {bare_name(document.number or ""), compact(short_title(document.title))} - {""}:
                self._by_name[name].append(document)
            self._by_work[work_of(document)].append(document)

    def of_work(self, document: Document) -> list[Document]:
        """Return all editions of the same text in both forms, in the order of loading."""
        return self._by_work.get(work_of(document), [])

    def twin(self, document: Document) -> Document | None:
        """Return the same edition in the other form, or None."""
        if document.id not in self._twins:
            self._twins[document.id] = self._find_twin(document)
        return self._twins[document.id]

    def _find_twin(self, document: Document) -> Document | None:
        others = (other for other in self.of_work(document) if other.form is not document.form)
        return next((other for other in others if same_edition(document, other)), None)

    def replaced_by(self, new: Document) -> list[Document]:
        """Return the documents that ``new`` replaces, with their twins; never ``new`` itself or its own twin."""
        named = [document for key in new.replaces for document in self.meant_by(key, new)]
        twins = [twin for document in named if (twin := self.twin(document))]
        return [item for item in {item.id: item for item in (*named, *twins)}.values() if not same_edition(item, new)]

    def meant_by(self, key: str, new: Document) -> list[Document]:
        """Return what an entry of ``replaces`` means: an id, the number of a standard or notice, or earlier editions."""
        if key in self.by_id:
            return [self.by_id[key]]
        numbered = [item for item in self._by_name.get(bare_name(key), []) if _has_own_number(item)]
        if any(bare_name(item.number or "") == bare_name(key) for item in numbered):
            return [item for item in numbered if item.id != new.id]
        named = [*self._by_name.get(bare_name(key), []), *self._by_name.get(compact(short_title(key)), [])]
        return [item for item in {item.id: item for item in named}.values() if _is_earlier(item, new)]


def _has_own_number(document: Document) -> bool:
    """Return whether the number tells the edition; all editions of a law share that of the first promulgation."""
    return document.kind in (Kind.STANDARD, Kind.POLICY) and document.number is not None


def link_editions(documents: Sequence[Document]) -> list[Document]:
    """Return the documents with ``cited_as`` set and with what their successors say of them.

    A document that another ``replaces`` is ``replaced_by`` it and, unless it says otherwise, no longer valid from the day
    that one takes effect; its twin as well.
    """
    editions = Editions(documents)
    linked = dict(editions.by_id)
    for new in documents:
        for old in editions.replaced_by(new):
            linked[old.id] = _close(linked[old.id], new)
    return _with_names(list(linked.values()))


def _close(old: Document, new: Document) -> Document:
    ends = old.expires_on or begins_on(new)
    known = old.replaced_by if new.id in old.replaced_by else (*old.replaced_by, new.id)
    return replace(old, expires_on=ends, replaced_by=known)


def begins_on(document: Document) -> CalendarDate | None:
    """Return the day from which an edition counts: when it takes effect, else when it was issued."""
    return document.effective_on or document.issued_on


def _is_earlier(document: Document, new: Document) -> bool:
    mine, theirs = begins_on(document), begins_on(new)
    return bool(mine and theirs and mine.earliest < theirs.earliest)


def _with_names(documents: Sequence[Document]) -> list[Document]:
    by_name: dict[str, list[Document]] = defaultdict(list)
    for document in documents:
        by_name[address_name(document)].append(document)
    return [replace(document, cited_as=_cited_as(document, by_name[address_name(document)])) for document in documents]


def _made_on(document: Document) -> CalendarDate | None:
    """Return the day by which an edition is named: people speak of the 2023 revision, though it took effect in 2024."""
    return document.issued_on or document.effective_on


def plain_address(address: str) -> str:
    """Return a clause address without what tells editions and forms apart, as people mostly write it."""
    return _EDITION.sub("", address, count=2)


def _cited_as(document: Document, namesakes: Sequence[Document]) -> str:
    """Return the name in addresses: with the year where there are several editions, with 归纳 beside the official text."""
    name = address_name(document)
    others = [other for other in namesakes if not same_edition(document, other)]
    if others:
        years = {str(made.year) for other in others if (made := _made_on(other))}
        made = _made_on(document)
        own = str(made.year) if made and str(made.year) not in years else str(made or "未注日期")
        name += f"（{own}年版）" if own.isdecimal() else f"（{own}版）"
    beside_official = any(other.form is Form.OFFICIAL for other in namesakes if same_edition(document, other))
    return f"{name}（归纳）" if document.form is Form.DIGEST and beside_official else name

"""The nouns of a difference between two editions."""

from dataclasses import dataclass
from enum import StrEnum

from assistant.types import Clause, Document

EQUAL, DELETE, INSERT = "=", "-", "+"
Inline = tuple[tuple[str, str], ...]


class ChangeKind(StrEnum):
    """What happened to a clause."""

    UNCHANGED = "unchanged"
    AMENDED = "amended"
    ADDED = "added"
    DELETED = "deleted"
    RENUMBERED = "renumbered"
    MOVED = "moved"
    SPLIT = "split"
    MERGED = "merged"


KIND_LABELS = {
    ChangeKind.UNCHANGED: "未变",
    ChangeKind.AMENDED: "修改",
    ChangeKind.ADDED: "新增",
    ChangeKind.DELETED: "删除",
    ChangeKind.RENUMBERED: "改号",
    ChangeKind.MOVED: "移动",
    ChangeKind.SPLIT: "拆分",
    ChangeKind.MERGED: "合并",
}

# In the order of their weight. The last ones are told but do not bring a change to the front.
FLAG_LABELS = {
    "modal": "应/宜/可/不得",
    "negation": "否定",
    "number": "数字",
    "amount": "金额",
    "date": "日期",
    "duration": "期限",
    "ratio": "比例",
    "reference": "引用条款",
    "renumbered": "改号",
    "moved": "移动",
    "formatting": "只改标点或空格",
}
WEIGHTY = ("modal", "negation", "number", "amount", "date", "duration", "ratio")


@dataclass(frozen=True, slots=True)
class Side:
    """The clause or clauses (several for a split or merger) on one side of a change, in reading order.

    ``positions`` count from 0 among the clauses of the edition.
    """

    clauses: tuple[Clause, ...]
    positions: tuple[int, ...]

    @property
    def address(self) -> str:
        """The addresses, joined by 、."""
        return "、".join(clause.address for clause in self.clauses)

    @property
    def numbers(self) -> str:
        """The numbers within the document, joined by 、."""
        return "、".join(clause.number for clause in self.clauses)

    @property
    def text(self) -> str:
        """The texts, a line break between them."""
        return "\n".join(clause.text for clause in self.clauses)


@dataclass(frozen=True, slots=True)
class Change:
    """One change; at least one side is there.

    ``inline`` are (op, text) pairs, op one of ``=``, ``-``, ``+``: the ``=`` and ``-`` texts joined are the old text, the
    ``=`` and ``+`` texts the new one. ``flags`` are keys of ``FLAG_LABELS``, the weightiest first.
    """

    kind: ChangeKind
    old: Side | None
    new: Side | None
    inline: Inline = ()
    flags: tuple[str, ...] = ()

    @property
    def weighty(self) -> bool:
        """Whether a number, a date, an amount, or what one must or may do has changed."""
        return any(flag in WEIGHTY for flag in self.flags)


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading above clauses that was amended, renumbered (its title is the same), added or deleted."""

    kind: ChangeKind
    old: str | None
    new: str | None


@dataclass(frozen=True, slots=True)
class Difference:
    """All changes from one edition to another: weighty ones first, then in reading order, the unchanged last.

    ``script`` rebuilds the whole new text: (start, end) of the old text, or words of the new one.
    """

    old: Document
    new: Document
    changes: tuple[Change, ...]
    headings: tuple[Heading, ...] = ()
    script: tuple[tuple[int, int] | str, ...] = ()

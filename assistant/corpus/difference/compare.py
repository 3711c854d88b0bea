"""From two editions to their difference."""

import re
from bisect import bisect_left
from collections.abc import Sequence

from assistant.corpus.difference.alignment import Alignment, align
from assistant.corpus.difference.flags import flags_between
from assistant.corpus.difference.headings import changed_headings
from assistant.corpus.difference.inline import inline_difference
from assistant.corpus.difference.nouns import FLAG_LABELS, Change, ChangeKind, Difference, Side
from assistant.corpus.difference.rebuild import script_for
from assistant.corpus.difference.similarity import body_of, words_of
from assistant.types import Clause, Document

_SPACE = re.compile(r"\s+")
# What stands around the clauses of an edition: its dates differ in every edition and bind nobody.
MATTER = frozenset(("题注", "文头", "封面", "落款"))
_WEIGHT = {flag: count for count, flag in enumerate(FLAG_LABELS)}


def compare(old: Document, old_clauses: Sequence[Clause], new: Document, new_clauses: Sequence[Clause]) -> Difference:
    """Return the difference between two editions.

    Args:
        old: the earlier edition.
        old_clauses: its clauses in reading order.
        new: the later edition.
        new_clauses: its clauses in reading order.

    """
    found = align(old_clauses, new_clauses)
    changes = _Pairing(old_clauses, new_clauses, found).changes()
    sources = {
        position: change.old.clauses[0]
        for change in changes
        if change.old is not None and change.new is not None
        for position in change.new.positions
    }
    script = script_for(old.text, new.text, new_clauses, sources)
    return Difference(old, new, tuple(_in_order(changes)), changed_headings(old_clauses, new_clauses), script)


def _in_order(changes: Sequence[Change]) -> list[Change]:
    """Return weighty changes first, by their weightiest flag; then the others, the unchanged last; each in reading order."""
    kept = {
        change.old.positions[0]: change.new.positions[0]
        for change in changes
        if change.old and change.new and change.kind is not ChangeKind.MOVED and "moved" not in change.flags
    }
    olds = sorted(kept)

    def place(change: Change) -> tuple[int, int]:
        """Return the place in the new edition; what is gone stands behind what stood before it."""
        if change.new:
            return change.new.positions[0], -1
        position = change.old.positions[0] if change.old else 0
        before = bisect_left(olds, position)
        return (kept[olds[before - 1]] if before else -1), position

    def key(change: Change) -> tuple[int, int, tuple[int, int]]:
        if change.weighty:
            return 0, _WEIGHT[change.flags[0]], place(change)
        return (2 if change.kind is ChangeKind.UNCHANGED else 1), 0, place(change)

    return sorted(changes, key=key)


class _Pairing:
    """Makes the changes of two aligned editions."""

    def __init__(self, old: Sequence[Clause], new: Sequence[Clause], found: Alignment) -> None:
        self._old = old
        self._new = new
        self._found = found
        self._renumbered = {old[i].number: new[j].number for i, j in found.new_of().items()}

    def changes(self) -> list[Change]:
        """Return all changes; every clause is on one side of exactly one."""
        found = self._found
        out = [self._pair(i, j, moved=False) for i, j in found.kept.items()]
        out += [self._pair(i, j, moved=True) for i, j in found.moved.items()]
        out += [self._change(ChangeKind.SPLIT, (i,), parts) for i, parts in found.groups.splits.items()]
        out += [self._change(ChangeKind.MERGED, parts, (j,)) for j, parts in found.groups.mergers.items()]
        gone = {i for change in out if change.old for i in change.old.positions}
        come = {j for change in out if change.new for j in change.new.positions}
        out += [self._change(ChangeKind.DELETED, (i,), ()) for i in range(len(self._old)) if i not in gone]
        out += [self._change(ChangeKind.ADDED, (), (j,)) for j in range(len(self._new)) if j not in come]
        return out

    def _pair(self, i: int, j: int, *, moved: bool) -> Change:
        one, other = self._old[i], self._new[j]
        renumbered = one.number != other.number
        if body_of(one) == body_of(other):
            kind = ChangeKind.MOVED if moved else ChangeKind.RENUMBERED if renumbered else ChangeKind.UNCHANGED
            signs = ("formatting",) if _SPACE.sub("", one.text) != _SPACE.sub("", other.text) and not renumbered else ()
            return self._change(kind, (i,), (j,), (*signs, *(("renumbered",) if moved and renumbered else ())))
        extra = (*(("renumbered",) if renumbered else ()), *(("moved",) if moved else ()))
        return self._change(ChangeKind.AMENDED, (i,), (j,), extra)

    def _change(
        self, kind: ChangeKind, olds: Sequence[int], news: Sequence[int], extra: tuple[str, ...] = ()
    ) -> Change:
        old, new = _side(self._old, olds), _side(self._new, news)
        inline = inline_difference(old.text if old else "", new.text if new else "")
        flags: list[str] = []
        if (
            kind in (ChangeKind.AMENDED, ChangeKind.SPLIT, ChangeKind.MERGED)
            and old
            and new
            and old.numbers not in MATTER
        ):
            flags = flags_between(_words(old), _words(new), self._renumbered)
            flags = [flag for flag in flags if flag != "formatting" or kind is ChangeKind.AMENDED]
        return Change(kind, old, new, inline, (*flags, *extra))


def _words(side: Side) -> str:
    return "\n".join(words_of(clause) for clause in side.clauses)


def _side(clauses: Sequence[Clause], positions: Sequence[int]) -> Side | None:
    return Side(tuple(clauses[i] for i in positions), tuple(positions)) if positions else None

"""From two editions to their difference."""

import re
from collections.abc import Sequence
from itertools import zip_longest

from rapidfuzz.distance import LCSseq

from assistant.corpus.difference.alignment import Alignment, align, body_of
from assistant.corpus.difference.flags import flags_between
from assistant.corpus.difference.inline import inline_difference
from assistant.corpus.difference.nouns import FLAG_LABELS, Change, ChangeKind, Difference, Heading, Side
from assistant.corpus.difference.rebuild import script_for
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
    return Difference(old, new, tuple(sorted(changes, key=_order)), _headings(old_clauses, new_clauses), script)


def _order(change: Change) -> tuple[int, int, int]:
    """Weighty changes first, by their weightiest flag; then the others, the unchanged last; each in reading order."""
    place = change.new.positions[0] if change.new else (change.old.positions[0] if change.old else 0)
    if change.weighty:
        return 0, _WEIGHT[change.flags[0]], place
    return (2 if change.kind is ChangeKind.UNCHANGED else 1), 0, place


class _Pairing:
    """Makes the changes of two aligned editions."""

    def __init__(self, old: Sequence[Clause], new: Sequence[Clause], found: Alignment) -> None:
        self._old = old
        self._new = new
        self._found = found
        pairs = found.kept | found.moved
        pairs |= {i: parts[0] for i, parts in found.splits.items()}
        pairs |= {i: j for j, parts in found.mergers.items() for i in parts}
        self._renumbered = {old[i].number: new[j].number for i, j in pairs.items()}

    def changes(self) -> list[Change]:
        """Return all changes; every clause is on one side of exactly one."""
        found = self._found
        out = [self._pair(i, j, moved=False) for i, j in found.kept.items()]
        out += [self._pair(i, j, moved=True) for i, j in found.moved.items()]
        out += [self._change(ChangeKind.SPLIT, (i,), parts) for i, parts in found.splits.items()]
        out += [self._change(ChangeKind.MERGED, parts, (j,)) for j, parts in found.mergers.items()]
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
            flags = flags_between(_bodies(old), _bodies(new), self._renumbered)
            flags = [flag for flag in flags if flag != "formatting" or kind is ChangeKind.AMENDED]
        return Change(kind, old, new, inline, (*flags, *extra))


def _bodies(side: Side) -> str:
    return "".join(body_of(clause) for clause in side.clauses)


def _side(clauses: Sequence[Clause], positions: Sequence[int]) -> Side | None:
    return Side(tuple(clauses[i] for i in positions), tuple(positions)) if positions else None


def _headings(old: Sequence[Clause], new: Sequence[Clause]) -> tuple[Heading, ...]:
    """Return the headings above clauses that differ, in reading order."""
    mine, theirs = (list(dict.fromkeys(name for item in side for name in item.headings)) for side in (old, new))
    found: list[Heading] = []
    gone: list[str] = []
    come: list[str] = []
    for step in LCSseq.opcodes(mine, theirs):
        if step.tag == "equal":
            found += [Heading(*pair) for pair in zip_longest(gone, come)]
            gone, come = [], []
        else:
            gone += mine[step.src_start : step.src_end]
            come += theirs[step.dest_start : step.dest_end]
    return (*found, *(Heading(*pair) for pair in zip_longest(gone, come)))

"""A difference as JSON and as lines for the terminal."""

from collections import Counter
from typing import Any

from assistant.corpus.difference.nouns import (
    DELETE,
    EQUAL,
    FLAG_LABELS,
    KIND_LABELS,
    Change,
    ChangeKind,
    Difference,
    Side,
)
from assistant.types import Document

_MARKS = {DELETE: ("[-", "-]"), EQUAL: ("", "")}
_INSERTED = ("{+", "+}")
_CONTEXT = 24


def counts(difference: Difference) -> dict[str, int]:
    """Return kind → number of changes, for all kinds."""
    found = Counter(change.kind for change in difference.changes)
    return {kind.value: found[kind] for kind in ChangeKind}


def to_json(difference: Difference) -> dict[str, Any]:
    """Return the documented JSON form."""
    return {
        "old": _edition(difference.old),
        "new": _edition(difference.new),
        "summary": counts(difference),
        "changes": [
            {
                "kind": change.kind.value,
                "old": _side(change.old),
                "new": _side(change.new),
                "inline": [list(pair) for pair in change.inline],
                "flags": list(change.flags),
            }
            for change in difference.changes
        ],
        "headings": [
            {"kind": heading.kind.value, "old": heading.old, "new": heading.new} for heading in difference.headings
        ],
    }


def _edition(document: Document) -> dict[str, Any]:
    return {
        "id": document.id,
        "number": document.number,
        "title": document.title,
        "issued_on": str(document.issued_on) if document.issued_on else None,
        "effective_on": str(document.effective_on) if document.effective_on else None,
    }


def _side(side: Side | None) -> dict[str, Any] | None:
    if side is None:
        return None
    out: dict[str, Any] = {
        "address": side.address,
        "number": side.numbers,
        "headings": list(side.clauses[0].headings),
        "position": side.positions[0],
        "text": side.text,
    }
    if len(side.clauses) > 1:
        parts = zip(side.clauses, side.positions, strict=True)
        out["parts"] = [{"address": item.address, "text": item.text, "position": place} for item, place in parts]
    return out


def summary_line(difference: Difference) -> str:
    """Return how many clauses changed in which way, in one line.

    A digest and an official text are worded too differently for it to tell whether a number changed.
    """
    found = counts(difference)
    parts = [f"{KIND_LABELS[kind]} {found[kind]} 条" for kind in ChangeKind if found[kind]]
    weighty = sum(change.weighty for change in difference.changes)
    if difference.old.form is not difference.new.form:
        return f"{'，'.join(parts) or '没有条款'}；一份是归纳，一份是正式文本，写法不同，数字有没有改要逐条看"
    head = (
        f"其中 {weighty} 条改了数字、日期、金额或应/宜/可/不得"
        if weighty
        else "没有改动数字、日期、金额或应/宜/可/不得"
    )
    return f"{'，'.join(parts) or '没有条款'}；{head}"


def to_text(difference: Difference, *, everything: bool = False) -> str:
    """Return the difference for the terminal: ``[-gone-]{+come+}``; unchanged clauses only with ``everything``."""
    lines = [f"{difference.old.name} → {difference.new.name}", summary_line(difference), ""]
    for heading in difference.headings:
        lines.append(f"标题：{heading.old or '（无）'} → {heading.new or '（无）'}")
    for change in difference.changes:
        if change.kind is not ChangeKind.UNCHANGED or everything:
            lines += _change_lines(change)
    return "\n".join(lines)


def _change_lines(change: Change) -> list[str]:
    places = [side.numbers for side in (change.old, change.new) if side]
    where = " → ".join(dict.fromkeys(places))
    flags = f"　【{'、'.join(FLAG_LABELS[flag] for flag in change.flags)}】" if change.flags else ""
    return ["", f"{KIND_LABELS[change.kind]}　{where}{flags}", f"  {_inline_text(change)}"]


def _inline_text(change: Change) -> str:
    """Return the inline difference; long stretches without a change are shortened."""
    if change.kind in (ChangeKind.UNCHANGED, ChangeKind.RENUMBERED, ChangeKind.MOVED):
        text = (change.new or change.old).text if (change.new or change.old) else ""  # type: ignore[union-attr]
        return _shortened(text)
    if change.old is None or change.new is None:
        return (change.old or change.new).text.replace("\n", "\n  ") if (change.old or change.new) else ""  # type: ignore[union-attr]
    parts = []
    for op, text in change.inline:
        before, after = _MARKS.get(op, _INSERTED)
        parts.append(f"{before}{_shortened(text) if op == EQUAL else text}{after}")
    return "".join(parts).replace("\n", "\n  ")


def _shortened(text: str) -> str:
    return text if len(text) <= 3 * _CONTEXT else f"{text[:_CONTEXT]}…{text[-_CONTEXT:]}"

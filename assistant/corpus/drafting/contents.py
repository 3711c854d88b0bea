"""Leaving out a table of contents that came with the text."""

import re
from collections import Counter
from collections.abc import Sequence

from assistant.corpus.importers.lines import Line
from assistant.structure.numbering import parse_label

_NAMES = {"目录", "目次"}
_LEADERS = re.compile(r"[.．·…。\s]*\d*$")
_MAX_ENTRY = 60


def without_contents(lines: Sequence[Line]) -> list[Line]:
    """Return the lines without the entries after 目录 or 目次 that come again as headings further down."""
    for i, line in enumerate(lines):
        if "".join(line.text.split()) in _NAMES:
            counts = Counter(_entry(other.text) for other in lines[i + 1 :])
            again = {entry for entry, count in counts.items() if count > 1}
            end = i + 1
            while end < len(lines) and _is_entry(lines[end].text, again):
                again.discard(_entry(lines[end].text))  # the next time it is the heading itself
                end += 1
            return [*lines[:i], *lines[end:]]
    return list(lines)


def _entry(text: str) -> str:
    return "".join(_LEADERS.sub("", text).split()) if len(text) <= _MAX_ENTRY else ""


def _is_entry(text: str, known: set[str]) -> bool:
    """Return whether a line is an entry of a table of contents: a short heading that is known to come again."""
    if len(text) > _MAX_ENTRY:
        return False
    leaders = re.search(r"[.．·…]{3,}\s*[\dIVX]*$", text) is not None
    return leaders or (_entry(text) in known and (parse_label(text) is not None or len(_entry(text)) <= 12))  # noqa: PLR2004

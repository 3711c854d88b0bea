"""Document text as safe HTML: confidence marks set apart, supporting words highlighted, tables as tables.

Everything is built from escaped parts; Markdown in a document is read only as far as headings, lists and tables go.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise

from assistant.ui.escape import escape_html

Span = tuple[int, int]

_MARK = re.compile(r"\s*〔[^〔〕]*〕")
_PHRASINGS = "问法："  # ways to ask for a clause: kept in the file for the search, not meant for readers
_EMPHASIS = re.compile(r"\*\*|__|`")
_BULLET = re.compile(r"\s*[-*+]\s+|\s*>\s*")
_SEPARATOR = re.compile(r"\s*\|?\s*:?-{3,}:?\s*(\|\s*:?-{3,}:?\s*)*\|?\s*")


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a text: ``text[start:end]``. ``row`` and ``item`` tell a table row and a list entry."""

    start: int
    end: int
    row: bool = False
    item: bool = False


def lines_of(text: str, start: int = 0, end: int | None = None) -> Iterator[Line]:
    """Yield the lines of ``text[start:end]`` that hold something, without bullets, table separators and outer space."""
    position = start
    for raw in text[start:end].splitlines(keepends=True):
        line = raw.rstrip()
        if line.strip() and not _SEPARATOR.fullmatch(line) and not line.lstrip(" -*>").startswith(_PHRASINGS):
            bullet = _BULLET.match(line)
            begin = bullet.end() if bullet else len(line) - len(line.lstrip())
            row = "|" in _MARK.sub("", line)
            yield Line(position + begin, position + len(line), row, bool(bullet) and not row)
        position += len(raw)


def inline_html(text: str, start: int, end: int, highlights: Sequence[Span] = (), *, marks: bool = False) -> str:
    """Return ``text[start:end]`` as HTML with ``highlights`` (spans of ``text``) in ``<mark>``.

    Confidence marks ``〔…〕`` are left out, or set in small grey type where ``marks`` is True.
    """
    hidden = [(start + match.start(), start + match.end()) for match in _MARK.finditer(text[start:end])]
    bounds = {start, end} | {edge for span in (*hidden, *highlights) for edge in span if start < edge < end}
    pieces = []
    for a, b in pairwise(sorted(bounds)):
        if _within(a, hidden):
            pieces.append(f'<span class="attest">{escape_html(text[a:b].strip())}</span>' if marks else "")
            continue
        part = escape_html(_EMPHASIS.sub("", text[a:b]))
        pieces.append(f"<mark>{part}</mark>" if part.strip() and _within(a, highlights) else part)
    return "".join(pieces)


def _within(position: int, spans: Sequence[Span]) -> bool:
    return any(start <= position < end for start, end in spans)


def row_html(text: str, line: Line, highlights: Sequence[Span] = (), *, marks: bool = False, tag: str = "td") -> str:
    """Return a table row as ``<tr>``; a confidence mark after the last cell goes into it."""
    edges = [line.start - 1, *(i for i in range(line.start, line.end) if text[i] == "|"), line.end]
    spans = [_trim(text, begin + 1, end) for begin, end in pairwise(edges)]
    cells = [inline_html(text, *span, highlights, marks=marks) for span in spans if span[0] < span[1]]
    return "<tr>" + "".join(f"<{tag}>{cell}</{tag}>" for cell in cells if cell) + "</tr>"


def _trim(text: str, start: int, end: int) -> Span:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end


def quote_html(quote: str, supports: Sequence[Span]) -> str:
    """Return a citation's quote as HTML with the supporting words highlighted."""
    parts = []
    for is_row, group in groupby(lines_of(quote), key=lambda line: line.row):
        if is_row:
            rows = "".join(row_html(quote, line, supports) for line in group)
            parts.append(f'<div class="wide"><table>{rows}</table></div>')
            continue
        for line in group:
            kind = ' class="entry"' if line.item else ""
            parts.append(f"<p{kind}>{inline_html(quote, line.start, line.end, supports).strip()}</p>")
    return "".join(parts)


def plain_quote(quote: str) -> str:
    """Return a quote as it is read: without confidence marks, emphasis signs and table rules, one line a block."""
    lines = (_EMPHASIS.sub("", _MARK.sub("", quote[line.start : line.end])).strip(" |") for line in lines_of(quote))
    return "\n".join(line for line in lines if line)

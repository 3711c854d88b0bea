"""Plain text and Markdown."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import replace

from assistant.corpus.importers.characters import ordinary, tidy
from assistant.corpus.importers.encodings import decode
from assistant.corpus.importers.job import Job
from assistant.corpus.importers.lines import Extracted, Line
from assistant.corpus.importers.paragraphs import join_rows
from assistant.corpus.importers.rows import Row
from assistant.corpus.importers.running import drop_contents, drop_running
from assistant.corpus.importers.tables import table_lines
from assistant.structure.table import is_separator, parse_cells

_FRONT_MATTER = re.compile(r"\A---[ \t]*\n(.*?)\n(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL)
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_HEADING = re.compile(r"(#{1,6})\s+(.*?)\s*#*\s*$")
_UNDERLINE = re.compile(r"(=+|-{3,})\s*$")
_EMPHASIS = re.compile(r"(\*\*|__)(?=\S)(.+?)(?<=\S)\1")
_LINK = re.compile(r"!?\[([^\]]*)\]\((?:[^()\s]|\([^()]*\))*(?:\s+\"[^\"]*\")?\)")
_RULE = re.compile(r"\s*([-*_])(?:\s*\1){2,}\s*$")
_FENCE = re.compile(r"\s*(```|~~~)")
_TAB = 4
_SHORTEST_WRAP = 24
_LONGEST_WRAP = 140


def read_text(job: Job) -> Extracted:
    """Return the paragraphs of a text file; lines that were broken at a fixed width are joined again.

    A form feed is a page break, as printing to a file leaves it; page headers and tables of contents are taken out.
    """
    text, doubts = decode(job.content)
    pages = [page.splitlines() for page in re.sub(r"\r\n?", "\n", text).split("\f")]
    width = _wrapped_at(line for page in pages for line in page)
    if len(pages) == 1 and not width:
        rows = drop_contents([_row(tidy(line), 0, 1, 0, 0.0) for line in pages[0] if tidy(line)])
        return Extracted(tuple(Line(row.text) for row in rows), doubts=doubts)
    by_page = [list(_rows(lines, number, width or _LONGEST_WRAP)) for number, lines in enumerate(pages, start=1)]
    count = len(pages) if len(pages) > 1 else None
    lines = join_rows(drop_contents([row for rows in drop_running(by_page) for row in rows]), paged=count is not None)
    return Extracted(tuple(lines), count, doubts=doubts)


def read_markdown(job: Job) -> Extracted:
    """Return the lines of a Markdown file: headings with their level, tables as rows; front matter is no text."""
    text, doubts = decode(job.content)
    text = re.sub(r"\r\n?", "\n", text)
    title = None
    if match := _FRONT_MATTER.match(text):
        named = re.search(r"(?m)^title:\s*[\"']?(.+?)[\"']?\s*$", match[1])
        title, text = (named[1] if named else None), text[match.end() :]
    return Extracted(tuple(_markdown_lines(_COMMENT.sub("", text).split("\n"))), doubts=doubts, title=title)


def _markdown_lines(lines: list[str]) -> Iterator[Line]:
    position = 0
    while position < len(lines):
        line, below = lines[position], lines[position + 1] if position + 1 < len(lines) else ""
        if "|" in line and is_separator(below) and "|" in below:
            end = position + 2
            while end < len(lines) and "|" in lines[end] and lines[end].strip():
                end += 1
            yield from table_lines([_cells(row) for row in (line, *lines[position + 2 : end])], heads=1)
            position = end
            continue
        yield from _markdown_line(line, below)
        position += 2 if line.strip() and not _HEADING.match(line) and _UNDERLINE.match(below) else 1


def _markdown_line(line: str, below: str) -> Iterator[Line]:
    if match := _HEADING.match(line):
        yield from _lines_of(match[2], len(match[1]))
    elif line.strip() and (match := _UNDERLINE.match(below)):
        yield from _lines_of(line, 1 if match[1][0] == "=" else 2)
    elif not _RULE.match(line) and not _FENCE.match(line):
        yield from _lines_of(re.sub(r"^\s*>\s?", "", line), None)


def _lines_of(text: str, level: int | None) -> Iterator[Line]:
    plain = tidy(_plain(text))
    if plain:
        yield Line(plain, level=level)


def _plain(text: str) -> str:
    text = _EMPHASIS.sub(r"\2", _LINK.sub(r"\1", text))
    text = re.sub(r"<br\s*/?>", " ", text, flags=re.IGNORECASE)
    return re.sub(r"^(\s*)[*+-]\s+", r"\1", text.replace("`", ""))


def _cells(row: str) -> tuple[str, ...]:
    return tuple(_plain(cell) for cell in parse_cells(row))


def _wrapped_at(lines: Iterator[str]) -> int | None:
    """Return the width at which the lines were broken, in columns, or None if each is a paragraph of its own.

    Broken text has most of its long lines ending within two ideographs of the longest, and many of them in mid-sentence.
    """
    texts = [line.rstrip() for line in lines if line.strip()]
    widths = sorted(_width(text) for text in texts)
    if not widths:
        return None
    # A single overlong line (an address, a table) must not set the width.
    widest = widths[int(len(widths) * 0.97)] if len(widths) > 40 else widths[-1]  # noqa: PLR2004
    if not _SHORTEST_WRAP <= widest <= _LONGEST_WRAP:
        return None
    full = [text for text in texts if widest - 5 <= _width(text) <= widest + 2]
    open_ended = [text for text in full if text[-1] not in "。；：！？.;:!?”）"]
    enough = len(full) >= max(3, 0.3 * len(texts))
    return widest if enough and len(open_ended) >= len(full) // 2 else None


def _rows(lines: list[str], page: int, width: int) -> Iterator[Row]:
    for number, line in enumerate(lines):
        if text := tidy(line):
            indent = _width(line) - _width(line.expandtabs(_TAB).lstrip())
            row = _row(text, indent, page, width, float(number))
            yield replace(row, page_height=3.0 * len(lines))


def _row(text: str, indent: int, page: int, width: int, top: float) -> Row:
    """Return a line as if it were printed: a column is half an ideograph of size 2 wide, a line 3 high."""
    box = (float(indent), 3 * top, float(indent + _width(text)), 3 * top + 2)
    return Row(text, page, box, size=2.0, column="text", left=0.0, right=float(width))


def _width(line: str) -> int:
    line = ordinary(line).expandtabs(_TAB).rstrip()
    return sum(2 if unicodedata.east_asian_width(char) in "WFA" else 1 for char in line)

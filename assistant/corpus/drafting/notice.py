"""Notices and policies (一、（一）1.（1）), guides with headings, and plain text."""

import re
from collections.abc import Sequence

from assistant.corpus.drafting.writer import BodyWriter, tight
from assistant.corpus.importers.lines import Doubt, Line
from assistant.text import parse_numeral, to_chinese_numeral

_NUM = r"[一二三四五六七八九十百]+"
_SCHEMES = (
    ("chinese", re.compile(rf"({_NUM})[ 　]*[、.．][ 　]*")),
    ("bracketed", re.compile(rf"[（(][ 　]*({_NUM})[ 　]*[)）][ 　]*")),
    ("arabic", re.compile(r"(\d{1,2})[ 　]*(?:[、．]|\.(?!\d))[ 　]*")),
    ("circled", re.compile(r"[（(][ 　]*(\d{1,2})[ 　]*[)）][ 　]*")),
)
_MAX_TITLE = 40
_ATTACHMENT = re.compile(r"附[ 　]*(?:件|表)[ 　]*(?:\d+|[一二三四五六七八九十]+)?[ 　]*[:：]?")


def count_numbers(lines: Sequence[Line]) -> int:
    """Return how many lines begin with 一、 or （一） in sequence."""
    probe = Numbered(BodyWriter())
    return sum(probe.next_number(line.text) is not None for line in lines if not line.cells)


def write_notice(lines: Sequence[Line], writer: BodyWriter) -> list[Doubt]:
    """Write the numbered parts of a notice."""
    numbered, rows = Numbered(writer), list[Line]()
    for line in lines:
        if line.cells:
            rows.append(line)
            continue
        if rows:
            writer.table(rows)
            rows = []
        numbered.write(line)
    if rows:
        writer.table(rows)
    return []


class Numbered:
    """Follows the numbers of a notice; a number counts only where it is the next one of its scheme."""

    def __init__(self, writer: BodyWriter) -> None:
        self._writer = writer
        self._path: list[tuple[str, int]] = []

    def write(self, line: Line) -> None:
        """Write a line: a heading, a numbered paragraph or a paragraph."""
        if _ATTACHMENT.fullmatch(line.text.strip()):
            self._path = []
            self._writer.heading(2, "".join(line.text.split()).rstrip(":："), line.page)
            return
        found = self.next_number(line.text)
        if found is None:
            self._writer.paragraph(line.text, line.page)
            return
        label, rest = found
        level = len(self._path) + 1
        if rest and len(rest) <= _MAX_TITLE and not re.search(r"[。；]", rest):
            self._writer.heading(level, f"{label}{tight(rest)}", line.page)
        else:
            self._writer.heading(level, label.rstrip("、"), line.page)
            if rest:
                self._writer.paragraph(rest, line.page)

    def next_number(self, text: str) -> tuple[str, str] | None:
        """Return (number in canonical form, text after it) if ``text`` begins with the next number at some level."""
        for scheme, pattern in _SCHEMES:
            match = pattern.match(text)
            value = parse_numeral(match[1]) if match else None
            if match and value and self._enter(scheme, value):
                return _canonical(scheme, value), text[match.end() :].strip()
        return None

    def _enter(self, scheme: str, value: int) -> bool:
        schemes = [name for name, _ in self._path]
        if scheme in schemes:
            depth = schemes.index(scheme)
            if value != self._path[depth][1] + 1:
                return False
            self._path = [*self._path[:depth], (scheme, value)]
            return True
        if value != 1 or (not self._path and scheme not in ("chinese", "bracketed")):
            return False
        self._path.append((scheme, value))
        return True


def _canonical(scheme: str, value: int) -> str:
    if scheme == "chinese":
        return f"{to_chinese_numeral(value)}、"
    if scheme == "bracketed":
        return f"（{to_chinese_numeral(value)}）"
    return f"{value}. " if scheme == "arabic" else f"（{value}）"


def write_with_headings(lines: Sequence[Line], writer: BodyWriter) -> list[Doubt]:
    """Write a text whose file marks its headings; the highest level that occurs becomes the second of the body."""
    top = min((line.level for line in lines if line.level), default=1)
    rows: list[Line] = []
    for line in [*lines, Line("")]:
        if line.cells:
            rows.append(line)
            continue
        if rows:
            writer.table(rows)
            rows = []
        if line.level and line.text:
            writer.heading(line.level - top + 2, line.text, line.page)
        elif line.text:
            writer.paragraph(line.text, line.page)
    return []

"""Standards as GB/T 1.1 sets them: numbered clauses, terms, annexes, tables."""

import re
from collections.abc import Sequence

from assistant.corpus.drafting.writer import BodyWriter, tight
from assistant.corpus.importers.lines import Doubt, Line

_NUMBERED = re.compile(r"((?:[A-Z]\.)?\d{1,2}(?:\.\d{1,3}){0,5})(?P<gap>[ 　\t]*)(?=[^\d.%％．]|$)")
_ANNEX = re.compile(r"附[ 　]*录[ 　]*([A-Z])(?![A-Za-z])")
_ANNEX_SORT = re.compile(r"[（(](?:规范性|资料性)(?:附录)?[)）]")
_MATTER = {"前言", "引言", "参考文献", "索引", "目次", "目录"}
_UNITS = re.compile(r"(?:年|月|日|个|人|名|分|元|万|kg|mm|cm|m|h|min|s|℃|％|%|小时|天|项|次|级|倍|条|家|台|件)")
_MAX_TITLE = 36
_TITLE_END = re.compile(r"[。；，：:;,.！？]$")
_MAX_JUMP = 3


def write_standard(lines: Sequence[Line], writer: BodyWriter) -> list[Doubt]:
    """Write the clauses of a standard with all that stands before and after them; return what is doubtful."""
    return _Standard(writer).write(lines)


def count_clauses(lines: Sequence[Line]) -> int:
    """Return how many lines begin with clause numbers in a plausible sequence."""
    probe = _Standard(BodyWriter())
    probe.write(lines)
    return probe.clauses


class _Standard:
    def __init__(self, writer: BodyWriter) -> None:
        self._writer = writer
        self._last: list[int] = [0]
        self._annex = ""
        self._terms = False
        self._doubts: list[Doubt] = []
        self._rows: list[Line] = []
        self._pending: tuple[str, int | None] | None = None
        self.clauses = 0

    def write(self, lines: Sequence[Line]) -> list[Doubt]:
        i = 0
        while i < len(lines):
            line = lines[i]
            if line.cells:
                self._flush_number()
                self._rows.append(line)
                i += 1
                continue
            self._end_table()
            i += self._write_line(line, lines[i + 1 : i + 3])
        self._end_table()
        self._flush_number()
        return self._doubts

    def _end_table(self) -> None:
        if self._rows:
            self._writer.table(self._rows)
            self._rows = []

    def _flush_number(self) -> None:
        """Write a number that stood alone on its line as a clause without title."""
        if self._pending is not None:
            number, page = self._pending
            self._writer.heading(_level(number), number, page)
            self._pending = None

    def _write_line(self, line: Line, following: Sequence[Line]) -> int:
        """Write a line and return how many lines were used."""
        plain = "".join(line.text.split())
        if self._pending is not None and self._take_term(line):
            return 1
        if plain in _MATTER:
            self._writer.heading(2, plain, line.page)
            return 1
        if annex := _ANNEX.match(line.text):
            if len(plain) <= _MAX_TITLE and not _TITLE_END.search(plain):
                return self._write_annex(annex, line, following)
        elif number := self._number(line):
            self._write_clause(number, line)
            return 1
        self._writer.paragraph(line.text, line.page)
        return 1

    def _take_term(self, line: Line) -> bool:
        """Use the line after a lonely number as the term, in the chapter of terms; else the number has no title."""
        assert self._pending is not None
        number, page = self._pending
        if (
            self._terms
            and len(line.text) <= _MAX_TITLE * 2
            and not _TITLE_END.search(line.text)
            and not self._number(line)
        ):
            self._pending = None
            self._writer.heading(_level(number), f"{number} {line.text}", page)
            return True
        self._flush_number()
        return False

    def _write_annex(self, annex: re.Match[str], line: Line, following: Sequence[Line]) -> int:
        self._annex, self._last, self._terms = annex[1], [0], False
        parts = [line.text[annex.end() :].strip()]
        used = 1
        for other in following:
            sort = _ANNEX_SORT.match(other.text)
            titled = len(parts[-1]) > 0 and not _ANNEX_SORT.fullmatch(parts[-1])
            if other.cells or titled or (not sort and (_TITLE_END.search(other.text) or len(other.text) > _MAX_TITLE)):
                break
            if not sort and _NUMBERED.match(other.text):
                break
            parts.append(other.text)
            used += 1
        title = " ".join(part for part in parts if part)
        self._writer.heading(2, f"附录{annex[1]} {title}".strip(), line.page)
        return used

    def _number(self, line: Line) -> str | None:
        """Return the clause number that the line begins with, if it can be the next one here."""
        match = _NUMBERED.match(line.text)
        if not match:
            return None
        number = match[1]
        letter, parts = _parts(number)
        rest = line.text[match.end() :]
        if letter != (self._annex if letter else "") or not _follows(parts, self._last):
            return None
        if len(parts) == 1 and not letter and not _is_chapter_title(match["gap"], rest):
            return None
        return None if _UNITS.match(rest) and not match["gap"] else number

    def _write_clause(self, number: str, line: Line) -> None:
        self.clauses += 1
        _, parts = _parts(number)
        self._note_sequence(parts, number, line)
        self._last = parts
        rest = line.text[len(number) :].strip()
        if len(parts) == 1 and not self._annex:
            self._terms = "术语" in rest
        if not rest:
            self._pending = (number, line.page)
        elif len(rest) <= _MAX_TITLE and not _TITLE_END.search(rest):
            self._writer.heading(_level(number), f"{number} {tight(rest)}", line.page)
        else:
            self._writer.heading(_level(number), number, line.page)
            self._writer.paragraph(rest, line.page)

    def _note_sequence(self, parts: list[int], number: str, line: Line) -> None:
        depth = len(parts)
        expected = 1 if depth > len(self._last) else self._last[depth - 1] + 1
        if parts[-1] > expected:
            self._doubts.append(
                Doubt(f"条号不连续：{number} 前面缺 {parts[-1] - expected} 条，可能漏读", line.page, number)
            )


def _level(number: str) -> int:
    letter, parts = _parts(number)
    return len(parts) + 1 + bool(letter)


def _parts(number: str) -> tuple[str, list[int]]:
    letter = number[0] if number[0].isalpha() else ""
    return letter, [int(part) for part in number.removeprefix(f"{letter}.").split(".")]


def _is_chapter_title(gap: str, rest: str) -> bool:
    """Return whether ``rest`` may be the title of a chapter: ``5 评价指标``, and not ``5 个工作日内…``."""
    title = rest.strip()
    return bool(gap and title) and len(title) <= _MAX_TITLE and not _TITLE_END.search(title) and not _UNITS.match(title)


def _follows(parts: list[int], last: list[int]) -> bool:
    """Return whether a number can come after ``last``: its first child, or the next at one of its levels, with small gaps."""
    if parts[:-1] == last and 1 <= parts[-1] <= _MAX_JUMP:
        return True
    depth = len(parts)
    return (
        depth <= len(last)
        and parts[:-1] == last[: depth - 1]
        and last[depth - 1] < parts[-1] <= last[depth - 1] + _MAX_JUMP
    )

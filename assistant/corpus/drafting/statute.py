"""Statutes: 编章节条款项. Every 条 is found, none is invented: number, sequence and what follows decide."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from assistant.corpus.drafting.writer import BodyWriter, tight
from assistant.corpus.importers.lines import Doubt, Line
from assistant.structure.numbering import STATUTE_RANKS, Label, parse_label
from assistant.text import parse_numeral

_NUM = r"[零〇一二两三四五六七八九十百千\d]+"
_JOINED = re.compile(rf"(?<=[。；！？])[ 　]*(?=第[ 　]*{_NUM}[ 　]*条(?:之[一二三四五六七八九十]+)?[ 　])")
_ARTICLE = re.compile(rf"第[ 　]*({_NUM})[ 　]*条(?:之({_NUM}))?")
# After these the words only speak of an article: 第三条规定的…, 第五条、第六条 …
_SPEAKS_OF = re.compile(r"[、和及或与至到第的所规中之以]|款|项|(?:规定|所列|所称|第)")
_MAX_TITLE = 40
_SENTENCE_END = re.compile(r"[。；]$")
_ATTACHMENT = re.compile(r"附(?:件|表|录|则表)[ 　]*(?:\d+|[一二三四五六七八九十]+)?[ 　:：]*\S{0,40}")


def write_statute(lines: Sequence[Line], writer: BodyWriter) -> list[Doubt]:
    """Write chapters and articles of ``lines``, from the first chapter or article on; return what is doubtful."""
    return _Statute(writer).write(list(_split(lines)))


def find_start(lines: Sequence[Line]) -> int:
    """Return the index of the first chapter or article; the number of lines if there is none."""
    for i, line in enumerate(lines):
        label = parse_label(line.text)
        if label and _is_chapter(line, label):
            return i
        if label and label.scheme == "条" and _article_number(label)[0] == 1:
            return i
    return len(lines)


def _split(lines: Sequence[Line]) -> Iterator[Line]:
    """Yield the lines with articles that were joined into one line apart again."""
    for line in lines:
        parts = [line.text] if line.cells else _JOINED.split(line.text)
        yield from (replace(line, text=part) for part in parts if part.strip() or line.cells)


def _is_chapter(line: Line, label: Label) -> bool:
    rest = line.text[label.length :].strip()
    return label.scheme in ("编", "章", "节") and len(rest) <= _MAX_TITLE and not _SENTENCE_END.search(rest)


def _article_number(label: Label) -> tuple[int, int]:
    match = _ARTICLE.fullmatch(label.canonical)
    if match is None:
        return 0, 0
    return parse_numeral(match[1]) or 0, parse_numeral(match[2] or "") or 0


def _without_gap(text: str, label: Label | None) -> str:
    """Return a line that only speaks of an article without the space after its number, which would make it one."""
    if label is None or label.scheme != "条":
        return text
    return text[: label.length] + text[label.length :].lstrip()


class _Statute:
    def __init__(self, writer: BodyWriter) -> None:
        self._writer = writer
        self._last = (0, 0)
        self._doubts: list[Doubt] = []
        self._rows: list[Line] = []
        self._schemes: set[str] = set()

    def write(self, lines: Sequence[Line]) -> list[Doubt]:
        for line in lines:
            if line.cells:
                self._rows.append(line)
                continue
            self._end_table()
            self._write_line(line)
        self._end_table()
        return self._doubts

    def _end_table(self) -> None:
        if self._rows:
            self._writer.table(self._rows)
            self._rows = []

    def _write_line(self, line: Line) -> None:
        label = parse_label(line.text)
        if label is not None and _is_chapter(line, label):
            title = tight(line.text[label.length :])
            self._writer.heading(self._level(label.scheme), f"{label.canonical} {title}".strip(), line.page)
        elif label is not None and label.scheme == "条" and self._opens(line, label):
            rest = line.text[label.length :].strip()
            self._note_sequence(label, line)
            self._last = _article_number(label)
            self._writer.paragraph(f"{label.canonical} {rest}", line.page)
        elif _ATTACHMENT.fullmatch(line.text) and self._last[0]:
            self._writer.heading(2, line.text, line.page)
        else:
            self._writer.paragraph(_without_gap(line.text, label), line.page)

    def _level(self, scheme: str) -> int:
        """Return the heading level of 编 分编 章 节: the highest that the text has is 2, as the matter before it."""
        self._schemes |= {scheme}
        return 2 + sorted(self._schemes, key=STATUTE_RANKS.__getitem__).index(scheme)

    def _opens(self, line: Line, label: Label) -> bool:
        """Return whether the label begins an article and does not only speak of one."""
        number, last = _article_number(label), self._last
        after = line.text[label.length : label.length + 1]
        if _SPEAKS_OF.match(line.text[label.length :].strip()) and number != (last[0] + 1, 0):
            return False
        follows = number in ((last[0] + 1, 0), (last[0], last[1] + 1))
        if not after or after in " 　\t":
            return follows or number[0] == 1 or last[0] < number[0]
        return follows and not _SPEAKS_OF.match(line.text[label.length :])

    def _note_sequence(self, label: Label, line: Line) -> None:
        number, last = _article_number(label), self._last
        if number[0] > last[0] + 1:
            missing = f"从第 {last[0]} 条跳到第 {number[0]} 条" if last[0] else f"第一个条款是第 {number[0]} 条"
            self._doubts.append(Doubt(f"条号不连续：{missing}，可能漏读", line.page, label.canonical))
        elif number <= last and last != (0, 0):
            self._doubts.append(Doubt("条号重新开始，可能是另一份文件", line.page, label.canonical))

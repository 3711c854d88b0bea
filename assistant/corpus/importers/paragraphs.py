"""From printed lines back to paragraphs: what was broken at the margin is joined, what began anew stays apart."""

import re
import unicodedata
from dataclasses import replace
from itertools import pairwise
from statistics import median

from assistant.corpus.importers.characters import join_wrapped, tidy
from assistant.corpus.importers.lines import Line
from assistant.corpus.importers.rows import Row
from assistant.corpus.importers.tables import table_lines
from assistant.structure.numbering import parse_label

_ENDS = "。！？；：!?;:"
_CLOSERS = "”’」』）)】〉》\"'"
_FIRM = ("编", "章", "节", "条", "附录")
_NOTE = re.compile(r"(?:注|示例|例|说明)\s*\d*\s*[:：]|(?:表|图)\s*(?:[A-Z]\.)?\d+(?=[\s　])|[①-⑳]|[●■◆•·▪]\s*")
_REFERENCE_AFTER = re.compile(r"\s*(?:[项款目条章节和或至、及与第的]|规定|所|中(?![华国央小外级介]))")
_TIGHT = re.compile(r"^([（(][一二三四五六七八九十百零〇\d]+[）)]|[一二三四五六七八九十百零〇]+、)\s+")
_SHORT_BY = 1.8
_INDENT = 1.0
_HANGING = 0.5


def join_rows(rows: list[Row], *, paged: bool = True) -> list[Line]:
    """Return the paragraphs of ``rows`` (in reading order) as lines; the page of one is that on which it begins.

    The confidence of a line is the mean over its rows, weighted by length.
    """
    pitch = _usual_pitch(rows)
    lines: list[Line] = []
    group: list[Row] = []
    for row in rows:
        if group and begins_paragraph(group, row, pitch):
            lines += _lines(group, paged)
            group = []
        group.append(row)
    if group:
        lines += _lines(group, paged)
    return [line for line in lines if line.text]


def begins_paragraph(group: list[Row], row: Row, pitch: float) -> bool:
    """Return whether ``row`` begins a paragraph, ``group`` being the rows of the one before."""
    before = group[-1]
    if before.cells or row.cells:
        return before.column != row.column
    if _title_goes_on(group, row):
        return False
    if _is_set_apart(before, row, pitch) or _has_firm_label(before, row):
        return True
    ended = _ends_sentence(before.text)
    if _is_short(before, row):
        return True
    if _has_label(row.text):
        return ended or before.text.rstrip()[-1:] in "，,、"
    return ended and _is_indented(row) and not _hangs(group, row)


def _lines(group: list[Row], paged: bool) -> list[Line]:
    """Return one paragraph, or the rows of one table."""
    if not group[0].cells:
        return [_line(group, paged)]
    found = table_lines([row.cells for row in group], pages=[row.page for row in group])
    return [replace(line, confidence=group[0].confidence) for line in found]


def _line(group: list[Row], paged: bool) -> Line:
    text = ""
    for row in group:
        text = join_wrapped(text, row.text) if text else row.text
    known = [(row.confidence, max(1, len(row.text))) for row in group if row.confidence is not None]
    confidence = sum(value * weight for value, weight in known) / sum(weight for _, weight in known) if known else None
    first = group[0]
    page = first.page if paged else None
    return Line(tight(tidy(text if confidence is None else _spaced(text))), page, confidence=confidence)


def tight(text: str) -> str:
    """Return ``text`` without the space that a list leaves after （一） or 一、, as texts are cited."""
    return _TIGHT.sub(r"\1", text)


def _spaced(text: str) -> str:
    """Return recognised text with the space after 第…条 at its beginning that recognition tends to lose."""
    label = parse_label(text)
    if label is None or label.scheme not in _FIRM[:4] or not text[label.length :].strip():
        return text
    after = text[label.length :]
    return text if after[0] in " \u3000" or _REFERENCE_AFTER.match(after) else f"{text[: label.length]}\u3000{after}"


def _usual_pitch(rows: list[Row]) -> float:
    """Return the usual distance from line to line, in letter heights; 2 where nothing tells."""
    steps = [
        (after.box[1] - before.box[1]) / before.size
        for before, after in pairwise(rows)
        if before.page == after.page and before.column == after.column and not before.cells and not after.cells
    ]
    steps = [step for step in steps if 0.8 < step < 4]  # noqa: PLR2004
    return median(steps) if steps else 2.0


def _is_set_apart(before: Row, row: Row, pitch: float) -> bool:
    """Return whether size or distance alone tell that the lines belong to different paragraphs."""
    tolerance = 1.2 if row.confidence is None else 1.45
    if max(before.size, row.size) > tolerance * min(before.size, row.size):
        return True
    if before.page != row.page or before.column != row.column:
        return False
    step = (row.box[1] - before.box[1]) / before.size
    return step > 1.6 * pitch or step < -pitch


def _has_firm_label(before: Row, row: Row) -> bool:
    """Return whether the line begins with 第…条 and the like as a heading, not as a reference that was wrapped."""
    label = parse_label(row.text)
    if label is None or label.scheme not in _FIRM:
        return False
    after = row.text[label.length : label.length + 1]
    if not after or after in " 　\t":
        return True
    if _REFERENCE_AFTER.match(after) and not _ends_sentence(before.text):
        return False
    return _ends_sentence(before.text) or _is_indented(row) or _is_short(before, row)


def _has_label(text: str) -> bool:
    label = parse_label(text)
    if label is None:
        return bool(_NOTE.match(text))
    return not (label.scheme == "bracketed" and _REFERENCE_AFTER.match(text[label.length :]))


def _ends_sentence(text: str) -> bool:
    return text.rstrip().rstrip(_CLOSERS)[-1:] in _ENDS or text.rstrip()[-1:] in _ENDS


def _is_short(before: Row, row: Row) -> bool:
    """Return whether the line ends so far before the margin that only the end of its paragraph explains it."""
    gap = before.right - before.box[2]
    if gap <= _SHORT_BY * before.size:
        return False
    word = re.match(r"[!-~]+", row.text)
    if word and not _ends_sentence(before.text):
        # A word is not broken: it moves to the next line whole and leaves a gap.
        return gap > (0.6 * len(word[0]) + _SHORT_BY) * before.size
    return True


def _is_indented(row: Row) -> bool:
    return row.box[0] - row.left > _INDENT * row.size


def _hangs(group: list[Row], row: Row) -> bool:
    """Return whether the line is set in under a label, as the continuation of a list entry is."""
    first = group[0]
    aligned = len(group) > 1 and abs(group[-1].box[0] - row.box[0]) < _HANGING * row.size
    return _has_label(first.text) and row.box[0] > first.box[0] + _HANGING * row.size and (aligned or len(group) == 1)


def _title_goes_on(group: list[Row], row: Row) -> bool:
    """Return whether both lines are one title: large, centred, close together, of one script."""
    before = group[-1]
    if before.page != row.page or abs(before.size - row.size) > 0.1 * row.size or _has_label(row.text):
        return False
    if not (_is_centred(before) and _is_centred(row)) or row.size < 1.2 * (row.body_size or row.size):
        return False
    close = row.box[1] - before.box[1] < 2.2 * before.size
    return close and _is_chinese(before.text) and _is_chinese(row.text) and not _ends_sentence(before.text)


def _is_centred(row: Row) -> bool:
    left, right = row.box[0] - row.left, row.right - row.box[2]
    return min(left, right) > row.size and abs(left - right) < 2 * row.size


def _is_chinese(text: str) -> bool:
    return sum(unicodedata.east_asian_width(char) == "W" for char in text) > len(text) / 2


def with_body_size(rows: list[Row]) -> list[Row]:
    """Return ``rows`` knowing the size of running text: that of most characters."""
    weights: dict[float, int] = {}
    for row in rows:
        size = round(row.size * 2) / 2
        weights[size] = weights.get(size, 0) + len(row.text)
    body = max(weights, key=lambda size: weights[size], default=0.0)
    return [replace(row, body_size=body) for row in rows]

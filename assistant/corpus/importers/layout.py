"""From pieces of text on a page to lines in reading order: pieces of one line joined, columns read one after the other."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median

from assistant.corpus.importers.rows import Box, Row

_GUTTER = 1.2
_WORD_SPACE = 0.22
_SPACE = 0.6
_LABEL_SPACE = 0.15
_LABEL = re.compile(r"第\S{1,10}[编章节条](?:之\S{1,3})?")
_SAME_LINE = 0.45
_LEAST_LINES = 6
_FILLED = 0.55


@dataclass(frozen=True, slots=True)
class Segment:
    """A piece of text without wide gaps; ``box`` as in :class:`Row`, ``size`` the height of its letters."""

    text: str
    box: Box
    size: float
    confidence: float | None = None
    spaced: bool = False

    @property
    def middle(self) -> float:
        """The vertical middle."""
        return (self.box[1] + self.box[3]) / 2


@dataclass(frozen=True, slots=True)
class Place:
    """The page that segments stand on: its number from 1, its size, and the family of pages that share margins."""

    page: int
    width: float
    height: float
    family: str = "text"

    def column(self, side: str) -> str:
        """Return the name of a column; odd and even pages have margins of their own, recognised pages each."""
        alike = f"{self.page % 2}" if self.family == "text" else f"p{self.page}"
        return f"{self.family} {self.width:.0f}x{self.height:.0f} {side}/{alike}"


def arrange(segments: Sequence[Segment], tables: Sequence[list[Row]], place: Place) -> list[Row]:
    """Return the lines and table rows of a page in reading order."""
    merged = merge_segments(segments, _GUTTER)
    gutter = _find_gutter(merged)
    if gutter is None:
        lines = _lines(merged, place, "single")
        return _in_order(lines, tables)
    crossing = [piece for piece in merged if piece.box[0] < gutter < piece.box[2]]
    wide = _in_order(_lines(crossing, place, "wide"), tables)
    rows: list[Row] = []
    top = float("-inf")
    for bottom, item in [*((row.box[1], row) for row in wide), (float("inf"), None)]:
        for side, belongs in (("left", _left_of(gutter)), ("right", _right_of(gutter))):
            band = [piece for piece in merged if belongs(piece) and top <= piece.middle < bottom]
            rows += _lines(band, place, side)
        if item is not None:
            rows.append(item)
            top = bottom
    return rows


def merge_segments(segments: Sequence[Segment], widest_gap: float) -> list[Segment]:
    """Return ``segments`` with neighbours on one base line joined if the gap is below ``widest_gap`` letter heights."""
    lines: list[list[Segment]] = []
    for segment in sorted(segments, key=lambda piece: (piece.middle, piece.box[0])):
        line = next((known for known in reversed(lines[-8:]) if _on_line(known, segment)), None)
        if line is None:
            lines.append([segment])
        else:
            line.append(segment)
    return [piece for line in lines for piece in _joined(sorted(line, key=lambda piece: piece.box[0]), widest_gap)]


def text_of(segments: Sequence[Segment]) -> str:
    """Return the text of the segments of one line, from left to right, with the spaces that a reader sees."""
    text = ""
    for before, segment in zip([None, *segments], segments, strict=False):
        parted = before is not None and _is_parted(text, segment, segment.box[0] - before.box[2])
        text += f" {segment.text}" if parted else segment.text
    return text


def _is_parted(text: str, segment: Segment, gap: float) -> bool:
    if segment.spaced and gap > 0:
        return True
    latin = text[-1:] < "\u2e80" and segment.text[:1] < "\u2e80"
    # The gap between Chinese and figures is no space; behind 第…条 it parts the number from the text.
    least = _WORD_SPACE if latin else _LABEL_SPACE if _LABEL.fullmatch(text) else _SPACE
    return gap > least * segment.size


def _on_line(line: list[Segment], segment: Segment) -> bool:
    return abs(line[0].middle - segment.middle) < _SAME_LINE * max(line[0].size, segment.size)


def _joined(line: list[Segment], widest_gap: float) -> list[Segment]:
    groups: list[list[Segment]] = []
    for segment in line:
        if groups and segment.box[0] - groups[-1][-1].box[2] < widest_gap * max(segment.size, groups[-1][-1].size):
            groups[-1].append(segment)
        else:
            groups.append([segment])
    return [_one(group) for group in groups]


def _one(group: list[Segment]) -> Segment:
    if len(group) == 1:
        return group[0]
    boxes = [piece.box for piece in group]
    box = (min(b[0] for b in boxes), min(b[1] for b in boxes), max(b[2] for b in boxes), max(b[3] for b in boxes))
    longest = max(group, key=lambda piece: piece.box[2] - piece.box[0])
    # The height is that of the main text, so that a raised footnote mark does not move the line.
    box = (box[0], longest.box[1], box[2], longest.box[3])
    known = [(piece.confidence, len(piece.text)) for piece in group if piece.confidence is not None]
    confidence = sum(c * n for c, n in known) / max(1, sum(n for _, n in known)) if known else None
    return Segment(text_of(group), box, longest.size, confidence, group[0].spaced)


def _lines(segments: list[Segment], place: Place, side: str) -> list[Row]:
    rows = [
        Row(
            line.text,
            place.page,
            line.box,
            line.size,
            place.column(side),
            page_height=place.height,
            page_width=place.width if side == "single" else 0.0,
            confidence=line.confidence,
        )
        for line in merge_segments(segments, float("inf"))
    ]
    return sorted(rows, key=lambda row: row.box[1])


def _in_order(rows: list[Row], tables: Sequence[list[Row]]) -> list[Row]:
    """Return lines and tables from top to bottom; a table stays together."""
    items: list[tuple[float, list[Row]]] = [(row.box[1], [row]) for row in rows]
    items += [(table[0].box[1], table) for table in tables if table]
    return [row for _, group in sorted(items, key=lambda item: item[0]) for row in group]


def _left_of(gutter: float) -> Callable[[Segment], bool]:
    return lambda piece: piece.box[2] <= gutter


def _right_of(gutter: float) -> Callable[[Segment], bool]:
    return lambda piece: piece.box[0] >= gutter


def _find_gutter(segments: list[Segment]) -> float | None:
    """Return where the page divides into two columns of running text, or None.

    Both sides need six lines that fill their side by more than half; lists of names and values do not.
    """
    if len(segments) < 2 * _LEAST_LINES:
        return None
    left, right = min(piece.box[0] for piece in segments), max(piece.box[2] for piece in segments)
    size = median(piece.size for piece in segments)
    best: tuple[int, float] | None = None
    x = left + 0.3 * (right - left)
    while x < left + 0.7 * (right - left):
        crossing = sum(piece.box[0] < x < piece.box[2] for piece in segments)
        if (best is None or crossing < best[0]) and _is_gutter(segments, x, (left, right), crossing):
            best = (crossing, x)
        x += size / 4
    return best[1] if best else None


def _is_gutter(segments: list[Segment], x: float, margins: tuple[float, float], crossing: int) -> bool:
    lefts = [piece for piece in segments if piece.box[2] <= x]
    rights = [piece for piece in segments if piece.box[0] >= x]
    if min(len(lefts), len(rights)) < _LEAST_LINES or crossing > 0.25 * len(segments):
        return False
    # Text set side by side overlaps in height; short lines above one another do not.
    for side, begin, end in ((lefts, margins[0], x), (rights, x, margins[1])):
        if median(piece.box[2] - piece.box[0] for piece in side) < _FILLED * (end - begin):
            return False
    spans = [(min(p.box[1] for p in side), max(p.box[3] for p in side)) for side in (lefts, rights)]
    shared = min(spans[0][1], spans[1][1]) - max(spans[0][0], spans[1][0])
    return shared > 0.3 * min(spans[0][1] - spans[0][0], spans[1][1] - spans[1][0])

"""One page of a PDF as PDFium draws it: letters with their places, ruling lines, pictures, and what nobody sees.

Letters come from PDFium rather than pdfminer: it is the engine of a browser, reads broken files, and is some twenty times
faster. Hidden are letters drawn invisibly, white on white, smaller than 2 pt or off the page. Slanted letters are stamps
and watermarks.
"""

import ctypes
import math
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from assistant.corpus.importers.characters import is_garbage, ordinary
from assistant.corpus.importers.layout import Segment
from assistant.corpus.importers.rows import Box
from assistant.corpus.importers.ruled_tables import Edge, straight_edge

_LEAST_SIZE = 2.0
_WHITE = 245
_FAINT = 25
_MOST_SEGMENTS = 20_000
_ASCENT, _DESCENT = 0.86, 0.14
_RUN_GAP = 0.25
_QUARTER = math.pi / 2


@dataclass(frozen=True, slots=True)
class Glyph:
    """A letter; ``box`` is upright, from the top left corner, in points.

    ``spaced`` tells of a space before it in the file, ``apart`` also of one that PDFium makes up because of a gap.
    """

    char: str
    box: Box
    size: float
    spaced: bool
    apart: bool


@dataclass(slots=True)
class PageContent:
    """What one page holds. ``pictures`` is the share of the page that pictures cover, 0–1; ``drawn`` counts its objects."""

    width: float
    height: float
    glyphs: list[Glyph] = field(default_factory=list)
    edges: list[Edge] = field(default_factory=list)
    pictures: float = 0.0
    drawn: int = 0
    hidden: str = ""
    unmapped: int = 0

    @property
    def text(self) -> str:
        """The visible letters in the order of the file."""
        return "".join(glyph.char for glyph in self.glyphs)

    @property
    def is_garbage(self) -> bool:
        """Whether the letters are there but their meaning is lost."""
        return self.unmapped > 0.1 * max(1, len(self.glyphs)) or is_garbage(self.text)


@dataclass(frozen=True, slots=True)
class _Ink:
    """How a text object is drawn."""

    size: float
    angle: float
    invisible: bool
    white: bool


class _Frame:
    """Turns places of the file (from the bottom left, turned) into upright ones from the top left."""

    def __init__(self, box: Box, turns: int) -> None:
        self._box, self._turns = box, turns % 4
        wide, high = box[2] - box[0], box[3] - box[1]
        self.width, self.height = (high, wide) if self._turns % 2 else (wide, high)

    def point(self, x: float, y: float) -> tuple[float, float]:
        left, bottom, right, top = self._box
        return ((x - left, top - y), (y - bottom, x - left), (right - x, y - bottom), (top - y, right - x))[self._turns]

    def box(self, left: float, bottom: float, right: float, top: float) -> Box:
        (x0, y0), (x1, y1) = self.point(left, bottom), self.point(right, top)
        return min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1)


def read_page(page: Any) -> PageContent:  # noqa: ANN401 - pypdfium2 ships no types
    """Return the content of a pypdfium2 page."""
    text_page = page.get_textpage()
    try:
        inks = _Inks(text_page)
        count = text_page.count_chars()
        turns = _main_turns(inks, count, page.get_rotation() // 90)
        frame = _Frame(_page_box(page), turns)
        content = PageContent(frame.width, frame.height)
        grounds = _read_objects(page, frame, content)
        _read_letters(inks, count, frame, content, grounds)
        return content
    finally:
        text_page.close()


def segments_of(glyphs: list[Glyph]) -> list[Segment]:
    """Return runs of letters that stand on one base line without a gap, in the order of the file."""
    runs: list[list[Glyph]] = []
    for glyph in glyphs:
        if runs and _follows(runs[-1][-1], glyph):
            runs[-1].append(glyph)
        else:
            runs.append([glyph])
    return [_segment(run) for run in runs]


def _follows(before: Glyph, glyph: Glyph) -> bool:
    gap = glyph.box[0] - before.box[2]
    level = abs(glyph.box[3] - before.box[3]) < 0.1 * glyph.size and glyph.size == before.size
    return level and not glyph.apart and -0.3 * glyph.size < gap < _RUN_GAP * glyph.size


def _segment(run: list[Glyph]) -> Segment:
    box = (run[0].box[0], run[0].box[1], max(glyph.box[2] for glyph in run), run[0].box[3])
    return Segment("".join(glyph.char for glyph in run), box, run[0].size, spaced=run[0].spaced)


class _Inks:
    """The letters of a text page; how an object is drawn is asked once for each object."""

    def __init__(self, text_page: Any) -> None:  # noqa: ANN401
        import pypdfium2.raw as pdfium

        self.api, self.page = pdfium, text_page.raw
        self._known: dict[int, _Ink] = {}
        self._box = pdfium.FS_RECTF()
        self._x, self._y = ctypes.c_double(), ctypes.c_double()

    def ink(self, index: int) -> _Ink | None:
        """Return how letter ``index`` is drawn, None for spaces that PDFium made up."""
        obj = self.api.FPDFText_GetTextObject(self.page, index)
        if not obj:
            return None
        key = ctypes.addressof(obj.contents)
        if key not in self._known:
            self._known[key] = self._look(obj, index)
        return self._known[key]

    def place(self, index: int) -> tuple[Box, tuple[float, float]]:
        """Return the (left, bottom, right, top) of a letter's advance box and its origin, in places of the file."""
        self.api.FPDFText_GetLooseCharBox(self.page, index, self._box)
        self.api.FPDFText_GetCharOrigin(self.page, index, self._x, self._y)
        return (self._box.left, self._box.bottom, self._box.right, self._box.top), (self._x.value, self._y.value)

    def _look(self, obj: Any, index: int) -> _Ink:  # noqa: ANN401
        matrix = self.api.FS_MATRIX()
        self.api.FPDFText_GetMatrix(self.page, index, matrix)
        scale = math.hypot(matrix.c, matrix.d) or 1.0
        colours = [ctypes.c_uint() for _ in range(4)]
        self.api.FPDFText_GetFillColor(self.page, index, *colours)
        red, green, blue, alpha = (colour.value for colour in colours)
        mode = self.api.FPDFTextObj_GetTextRenderMode(obj)
        return _Ink(
            size=self.api.FPDFText_GetFontSize(self.page, index) * scale,
            angle=math.atan2(matrix.b, matrix.a),
            invisible=mode == self.api.FPDF_TEXTRENDERMODE_INVISIBLE or alpha < _FAINT,
            white=mode == self.api.FPDF_TEXTRENDERMODE_FILL and min(red, green, blue) >= _WHITE,
        )


def _main_turns(inks: _Inks, count: int, default: int) -> int:
    """Return the number of right angles by which most of the text is turned anticlockwise in the file."""
    turns: Counter[int] = Counter()
    for index in range(0, count, max(1, count // 400)):
        ink = inks.ink(index)
        if ink and not _is_slanted(ink.angle):
            turns[round(ink.angle / _QUARTER) % 4] += 1
    return turns.most_common(1)[0][0] if turns else default


def _is_slanted(angle: float) -> bool:
    return abs(angle / _QUARTER - round(angle / _QUARTER)) > 0.1  # noqa: PLR2004


def _read_letters(inks: _Inks, count: int, frame: _Frame, content: PageContent, grounds: list[Box]) -> None:
    turns, spaced, apart = frame._turns, False, False
    hidden: list[str] = []
    for index in range(count):
        code = inks.api.FPDFText_GetUnicode(inks.page, index)
        ink = inks.ink(index)
        char = chr(code) if 0 < code < 0x110000 and not 0xD800 <= code < 0xE000 else "\ufffd"  # noqa: PLR2004
        if ink is None or char.isspace():
            # Spaces that PDFium makes up stand in gaps between Chinese and figures too; the gap itself tells more.
            spaced, apart = spaced or ink is not None, True
            continue
        if _is_slanted(ink.angle) or round(ink.angle / _QUARTER) % 4 != turns:
            continue
        box, origin = inks.place(index)
        glyph = _glyph(char, frame, (box, origin), ink, (spaced, apart))
        spaced = apart = False
        if _is_unseen(glyph, ink, content, grounds):
            hidden.append(char)
        elif glyph.char:
            content.glyphs.append(glyph)
            content.unmapped += inks.api.FPDFText_HasUnicodeMapError(inks.page, index) == 1
    content.hidden = "".join(hidden)


def _glyph(
    char: str, frame: _Frame, place: tuple[Box, tuple[float, float]], ink: _Ink, space: tuple[bool, bool]
) -> Glyph:
    left, _, right, _ = frame.box(*place[0])
    base = frame.point(*place[1])[1]
    upright = (left, base - _ASCENT * ink.size, right, base + _DESCENT * ink.size)
    return Glyph(ordinary(char) if char != "\ufffd" else char, upright, round(ink.size, 1), *space)


def _is_unseen(glyph: Glyph, ink: _Ink, content: PageContent, grounds: list[Box]) -> bool:
    x, y = (glyph.box[0] + glyph.box[2]) / 2, (glyph.box[1] + glyph.box[3]) / 2
    if ink.invisible or glyph.size < _LEAST_SIZE or not (0 <= x <= content.width and 0 <= y <= content.height):
        return True
    return ink.white and not any(box[0] <= x <= box[2] and box[1] <= y <= box[3] for box in grounds)


def _page_box(page: Any) -> Box:  # noqa: ANN401
    media, crop = page.get_mediabox(), page.get_cropbox()
    box = (max(media[0], crop[0]), max(media[1], crop[1]), min(media[2], crop[2]), min(media[3], crop[3]))
    return box if box[2] > box[0] and box[3] > box[1] else tuple(media)


def _read_objects(page: Any, frame: _Frame, content: PageContent) -> list[Box]:  # noqa: ANN401
    """Read ruling lines and pictures; return the boxes that are painted in a colour, on which white letters show."""
    import pypdfium2.raw as pdfium

    grounds: list[Box] = []
    segments = 0
    for obj in page.get_objects(max_depth=1):
        content.drawn += 1
        if obj.type == pdfium.FPDF_PAGEOBJ_TEXT:
            continue
        box = frame.box(*obj.get_bounds())
        if obj.type in (pdfium.FPDF_PAGEOBJ_IMAGE, pdfium.FPDF_PAGEOBJ_FORM, pdfium.FPDF_PAGEOBJ_SHADING):
            content.pictures += _share(box, frame) if _is_picture(pdfium, obj) else 0.0
            grounds.append(box)
        elif obj.type == pdfium.FPDF_PAGEOBJ_PATH and segments < _MOST_SEGMENTS:
            segments += pdfium.FPDFPath_CountSegments(obj.raw)
            content.edges += _edges(pdfium, obj, frame)
            if _is_coloured(pdfium, obj):
                grounds.append(box)
    return grounds


def _is_picture(pdfium: Any, obj: Any) -> bool:  # noqa: ANN401
    if obj.type != pdfium.FPDF_PAGEOBJ_FORM:
        return bool(obj.type == pdfium.FPDF_PAGEOBJ_IMAGE)
    inner = (pdfium.FPDFFormObj_GetObject(obj.raw, i) for i in range(min(50, pdfium.FPDFFormObj_CountObjects(obj.raw))))
    return any(pdfium.FPDFPageObj_GetType(part) == pdfium.FPDF_PAGEOBJ_IMAGE for part in inner)


def _share(box: Box, frame: _Frame) -> float:
    width = min(box[2], frame.width) - max(box[0], 0)
    height = min(box[3], frame.height) - max(box[1], 0)
    return max(0.0, width) * max(0.0, height) / (frame.width * frame.height)


def _is_coloured(pdfium: Any, obj: Any) -> bool:  # noqa: ANN401
    mode, stroke = ctypes.c_int(), ctypes.c_int()
    pdfium.FPDFPath_GetDrawMode(obj.raw, mode, stroke)
    colours = [ctypes.c_uint() for _ in range(4)]
    pdfium.FPDFPageObj_GetFillColor(obj.raw, *colours)
    return bool(mode.value) and min(colour.value for colour in colours[:3]) < _WHITE and colours[3].value > _FAINT


def _edges(pdfium: Any, obj: Any, frame: _Frame) -> Iterator[Edge]:  # noqa: ANN401
    """Yield the straight edges of a path; a thin filled bar gives its two long sides."""
    matrix = obj.get_matrix()
    first = last = None
    x, y = ctypes.c_float(), ctypes.c_float()
    for index in range(pdfium.FPDFPath_CountSegments(obj.raw)):
        segment = pdfium.FPDFPath_GetPathSegment(obj.raw, index)
        pdfium.FPDFPathSegment_GetPoint(segment, x, y)
        point = frame.point(*matrix.on_point(x.value, y.value))
        kind = pdfium.FPDFPathSegment_GetType(segment)
        if kind == pdfium.FPDF_SEGMENT_MOVETO:
            first = point
        elif kind == pdfium.FPDF_SEGMENT_LINETO and last and (edge := straight_edge(last, point)):
            yield edge
        if pdfium.FPDFPathSegment_GetClose(segment) and first and (edge := straight_edge(point, first)):
            yield edge
        last = point

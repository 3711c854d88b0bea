"""Character recognition of page images, offline: RapidOCR with the models inside its package.

One engine a process, built when the first page needs it. Recognised pages are kept in a SQLite file, so that an import that
was stopped goes on where it was.
"""

import json
import logging
import math
import re
import sqlite3
import threading
from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

from assistant.corpus.importers.characters import ordinary, tidy
from assistant.corpus.importers.layout import Segment

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Pixels = NDArray[np.uint8]

_SETTINGS = "PP-OCRv6-small 3"
_THREADS = 2
_MAX_SIDE = 2600
_TURN_BELOW = 0.8
_TALL = 1.5
_LOCK = threading.Lock()
_CHINESE = "[\u3400-\u9fff、。〈-】（）：；，]"
_HALF_WIDTH = re.compile(f"(?<={_CHINESE})[,;:!?]|[,;:!?](?={_CHINESE})")
_FULL_WIDTH = dict(zip(",;:!?", "，；：！？", strict=True))
_BRACKET = re.compile(r"[(（]([^()（）]*[\u3400-\u9fff][^()（）]*)[)）]")
_DASH = re.compile(r"(?<=\d)一(?=\d)")
_CODE = re.compile(r"(?<![A-Za-z])((?:GB|DB|JB|SB|QB|RB)(?:/[TZ])?)(?=\d{3})")


@dataclass(frozen=True, slots=True)
class Recognised:
    """The pieces of text of a page image, in pixels of the upright image, and the size of that."""

    pieces: tuple[Segment, ...]
    width: int
    height: int

    @property
    def confidence(self) -> float:
        """The mean over all letters, 0–1; 0 for a page without text."""
        letters = sum(len(piece.text) for piece in self.pieces)
        return sum((piece.confidence or 0) * len(piece.text) for piece in self.pieces) / letters if letters else 0.0


def recognise(pixels: "Pixels") -> Recognised:
    """Return the text of an image (H, W, 3; red, green, blue), turned upright if it lay on its side or upside down."""
    first = _read(pixels)
    if not first.pieces or not _lies_wrong(first):
        return first
    import numpy as np

    sideways = sum(_is_tall(piece) for piece in first.pieces) > len(first.pieces) / 2
    turned = [_read(np.ascontiguousarray(np.rot90(pixels, turns))) for turns in ((1, 3) if sideways else (2,))]
    return max([first, *turned], key=lambda found: found.confidence * (0.5 if found is first and sideways else 1))


def _lies_wrong(found: Recognised) -> bool:
    tall = sum(_is_tall(piece) for piece in found.pieces)
    return tall > len(found.pieces) / 2 or found.confidence < _TURN_BELOW


def _is_tall(piece: Segment) -> bool:
    left, top, right, bottom = piece.box
    return len(piece.text) > 1 and bottom - top > _TALL * (right - left)


def _read(pixels: "Pixels") -> Recognised:
    height, width = pixels.shape[:2]
    with _LOCK:
        found = _engine()(pixels[:, :, ::-1], use_cls=False)
    if found.boxes is None or not found.txts:
        return Recognised((), width, height)
    boxes = [[(float(x), float(y)) for x, y in box] for box in found.boxes]
    slope = _slope(boxes)
    pieces = [
        _piece(text, score, box, slope)
        for text, score, box in zip(found.txts, found.scores, boxes, strict=True)
        if tidy(text)
    ]
    return Recognised(tuple(_even_sizes(pieces)), width, height)


@cache
def _engine() -> Any:  # noqa: ANN401 - RapidOCR ships no types
    from rapidocr import RapidOCR

    logging.getLogger("RapidOCR").setLevel(logging.CRITICAL)
    import rapidocr

    models = Path(rapidocr.__file__).parent / "models"
    return RapidOCR(
        params={
            "Global.log_level": "critical",
            "Global.max_side_len": _MAX_SIDE,
            "Global.text_score": 0.3,
            "Global.use_cls": False,
            # One line at a time: six padded to the longest took 1059 MB at 150 dpi, one 742 MB.
            "Rec.rec_batch_num": 1,
            "Det.model_path": str(models / "PP-OCRv6_det_small.onnx"),
            "Rec.model_path": str(models / "PP-OCRv6_rec_small.onnx"),
            "EngineConfig.onnxruntime.intra_op_num_threads": _THREADS,
            "EngineConfig.onnxruntime.inter_op_num_threads": 1,
        }
    )


def _slope(boxes: list[list[tuple[float, float]]]) -> float:
    """Return the slope of the lines of a page that was laid on the scanner askew."""
    slopes = [(box[1][1] - box[0][1]) / (box[1][0] - box[0][0]) for box in boxes if box[1][0] - box[0][0] > 200]  # noqa: PLR2004
    return median(slopes) if slopes and abs(median(slopes)) < 0.2 else 0.0  # noqa: PLR2004


def _piece(text: str, score: float, box: list[tuple[float, float]], slope: float) -> Segment:
    turn = math.atan(-slope)
    points = [(x * math.cos(turn) - y * math.sin(turn), x * math.sin(turn) + y * math.cos(turn)) for x, y in box]
    xs, ys = [x for x, _ in points], [y for _, y in points]
    # The mean of the corners on each side: a slanted box is taller than its letters.
    top, bottom = sorted(ys)[:2], sorted(ys)[2:]
    upright = (min(xs), sum(top) / 2, max(xs), sum(bottom) / 2)
    return Segment(
        _chinese_signs(tidy(ordinary(text))), upright, 0.8 * (upright[3] - upright[1]), round(float(score), 4)
    )


def _chinese_signs(text: str) -> str:
    """Return ``text`` with the full-width signs that Chinese is printed with; recognition mixes both widths."""
    text = _HALF_WIDTH.sub(lambda match: _FULL_WIDTH[match[0]], text)
    text = _BRACKET.sub(r"（\1）", text)
    return _CODE.sub(r"\1 ", _DASH.sub("—", text))


def _even_sizes(pieces: list[Segment]) -> list[Segment]:
    """Return ``pieces`` with sizes near the usual one made equal to it: box heights vary with the letters in the line."""
    from dataclasses import replace

    usual = median(piece.size for piece in pieces) if pieces else 0.0
    return [replace(piece, size=usual) if 0.72 < piece.size / usual < 1.3 else piece for piece in pieces]  # noqa: PLR2004


class RecognitionCache:
    """Recognised pages by key in a SQLite file; without a path nothing is kept. A damaged file is begun anew."""

    def __init__(self, path: Path | None) -> None:
        self._path = path
        if path is not None:
            path.parent.mkdir(parents=True, exist_ok=True)
            try:
                self._prepare(path)
            except sqlite3.DatabaseError:
                path.unlink(missing_ok=True)
                self._prepare(path)

    def get(self, key: str, make: Callable[[], Recognised]) -> Recognised:
        """Return what is kept under ``key``, else what ``make`` returns, which is kept at once."""
        if self._path is None:
            return make()
        key = f"{_SETTINGS} {key}"
        if (kept := self._load(key)) is not None:
            return kept
        found = make()
        content = json.dumps([found.width, found.height, [[p.text, p.box, p.size, p.confidence] for p in found.pieces]])
        # A full or locked disk costs the next import time and nothing else.
        with suppress(sqlite3.Error), closing(sqlite3.connect(self._path, timeout=30)) as database, database:
            database.execute("INSERT OR REPLACE INTO pages VALUES (?, ?)", (key, content))
        return found

    def _load(self, key: str) -> Recognised | None:
        try:
            with closing(sqlite3.connect(self._path or "", timeout=30)) as database:
                row = database.execute("SELECT content FROM pages WHERE key = ?", (key,)).fetchone()
            if row is None:
                return None
            width, height, pieces = json.loads(row[0])
            made = tuple(
                Segment(text, (box[0], box[1], box[2], box[3]), size, sure) for text, box, size, sure in pieces
            )
            return Recognised(made, width, height)
        except (sqlite3.Error, ValueError, TypeError, IndexError):
            return None

    @staticmethod
    def _prepare(path: Path) -> None:
        with closing(sqlite3.connect(path, timeout=30)) as database, database:
            database.execute("CREATE TABLE IF NOT EXISTS pages (key TEXT PRIMARY KEY, content TEXT)")
            if database.execute("PRAGMA quick_check").fetchone()[0] != "ok":
                raise sqlite3.DatabaseError

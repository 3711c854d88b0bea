"""What every importer returns: the paragraphs of a file in reading order, with what the file says about each."""

from dataclasses import dataclass
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Line:
    """One paragraph, heading or table row; white space is folded and nothing is wrapped any more.

    ``page`` counts from 1. ``level`` (1–6) is set where the file itself marks a heading (Word style, ``<h2>``, ``##``).
    ``cells`` are those of a table row (``text`` is then the cells joined by a space), ``head`` tells that the row names the
    columns. ``confidence`` is that of the character recognition, 0–1, and None for text that was never a picture.
    """

    text: str
    page: int | None = None
    level: int | None = None
    cells: tuple[str, ...] = ()
    head: bool = False
    confidence: float | None = None


@dataclass(frozen=True, slots=True)
class Doubt:
    """Something that the keeper should look at before confirming. ``where`` is a clause number or a quotation."""

    message: str
    page: int | None = None
    where: str = ""


class ReadBy(StrEnum):
    """How the text was got out of the file."""

    TEXT = "text"
    OCR = "ocr"
    MIXED = "mixed"


@dataclass(frozen=True, slots=True)
class Extracted:
    """The content of a file. ``pages`` is None where the format has none; ``title`` is what the file's own data says."""

    lines: tuple[Line, ...]
    pages: int | None = None
    read_by: ReadBy = ReadBy.TEXT
    doubts: tuple[Doubt, ...] = ()
    title: str | None = None

"""From the printed lines of all pages to the lines of the document: the last steps that PDF files and pictures share."""

from assistant.corpus.importers.layout import Place, arrange
from assistant.corpus.importers.lines import Doubt, Line, ReadBy
from assistant.corpus.importers.paragraphs import join_rows, with_body_size
from assistant.corpus.importers.recognition import Recognised
from assistant.corpus.importers.rows import Row, with_margins
from assistant.corpus.importers.ruled_tables import continue_tables
from assistant.corpus.importers.running import drop_contents, drop_running

SURE = 0.85
_MOST_DOUBTS = 60


def assemble(pages: list[list[Row]]) -> list[Line]:
    """Return the paragraphs and table rows of a paged document."""
    rows = [row for page in drop_running(pages) for row in page]
    return join_rows(continue_tables(drop_contents(with_body_size(with_margins(rows)))))


def recognised_rows(found: Recognised, page: int, scale: float = 1.0) -> list[Row]:
    """Return the printed lines of a recognised page; ``scale`` is the size of a pixel in the unit of the other pages."""
    from dataclasses import replace

    def scaled(value: float) -> float:
        return value * scale

    pieces = [
        replace(
            piece,
            box=(scaled(piece.box[0]), scaled(piece.box[1]), scaled(piece.box[2]), scaled(piece.box[3])),
            size=scaled(piece.size),
        )
        for piece in found.pieces
    ]
    return arrange(pieces, (), Place(page, scaled(found.width), scaled(found.height), "ocr"))


def unsure(rows: list[Row]) -> list[Doubt]:
    """Return a doubt for each line that was recognised with low confidence."""
    doubts = [
        Doubt(f"文字识别把握不大（{row.confidence:.0%}），请对照原件", row.page, row.text)
        for row in rows
        if row.confidence is not None and row.confidence < SURE
    ]
    more = len(doubts) - _MOST_DOUBTS
    return [*doubts[:_MOST_DOUBTS], Doubt(f"另有 {more} 行文字识别把握不大")] if more > 0 else doubts


def read_by(pages: int, recognised: int) -> ReadBy:
    """Return how a document was read of whose ``pages`` with text some were ``recognised``."""
    if not recognised:
        return ReadBy.TEXT
    return ReadBy.OCR if recognised >= pages else ReadBy.MIXED

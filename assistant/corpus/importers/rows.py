"""A printed line where it stands on its page: what pages of text and recognised pages have in common."""

from dataclasses import dataclass, replace

_FEW_ROWS = 6
Box = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Row:
    """One printed line, or one row of a ruled table (``cells``).

    ``box`` is (left, top, right, bottom) from the top left corner of the upright page; the unit does not matter, but all of
    a page use the same. ``size`` is the height of the letters, ``body_size`` that of running text. ``column`` names rows
    that share margins (page format, odd or even page, column); ``left`` and ``right`` are those margins. ``confidence`` is
    that of the recognition, 0–1.
    """

    text: str
    page: int
    box: Box
    size: float
    column: str = ""
    left: float = 0.0
    right: float = 0.0
    page_height: float = 0.0
    page_width: float = 0.0
    body_size: float = 0.0
    confidence: float | None = None
    cells: tuple[str, ...] = ()

    @property
    def middle(self) -> float:
        """The height of the line on the page, 0 at the top and 1 at the bottom."""
        return (self.box[1] + self.box[3]) / 2 / self.page_height if self.page_height else 0.5


def with_margins(rows: list[Row]) -> list[Row]:
    """Return ``rows`` with the margins of their columns: where most of its lines begin and end at most.

    Columns of one family (the name before ``/``) are equally wide: a page of short lines takes the width from the others.
    """
    by_column: dict[str, list[Row]] = {}
    for row in rows:
        if not row.cells:
            by_column.setdefault(row.column, []).append(row)
    margins = {column: _margins(group) for column, group in by_column.items()}
    widths: dict[str, list[float]] = {}
    for column, (left, right) in margins.items():
        widths.setdefault(column.partition("/")[0], []).append(right - left)
    usual = {family: sorted(values)[len(values) * 4 // 5] for family, values in widths.items()}
    for column, (left, right) in margins.items():
        group = by_column[column]
        if len(group) < _FEW_ROWS and group[0].page_width:
            # Too few lines to tell: the page is set in the middle.
            right = max(right, group[0].page_width - left)  # noqa: PLW2901
        margins[column] = (left, max(right, left + 0.97 * usual[column.partition("/")[0]]))
    return [_within(row, margins) for row in rows]


def _within(row: Row, margins: dict[str, tuple[float, float]]) -> Row:
    left, right = margins.get(row.column, (row.box[0], row.box[2]))
    return replace(row, left=left, right=right)


def _margins(rows: list[Row]) -> tuple[float, float]:
    """Return the margins without the outer 3 % of the beginnings and ends: single lines that stick out do not count."""
    skipped = len(rows) * 3 // 100
    lefts, rights = sorted(row.box[0] for row in rows), sorted((row.box[2] for row in rows), reverse=True)
    return lefts[skipped], rights[skipped]

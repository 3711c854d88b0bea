"""Tables with ruling lines: from the lines on a page to a grid of cells and the text in them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from statistics import median

from assistant.corpus.importers.characters import join_wrapped, tidy
from assistant.corpus.importers.layout import Place, Segment, merge_segments, text_of
from assistant.corpus.importers.rows import Box, Row

_TOLERANCE = 3.0
_SHORTEST = 6.0
_LEAST_EDGES = 4
_MOST_EDGES = 4000


@dataclass(frozen=True, slots=True)
class Edge:
    """A ruling line, horizontal or vertical."""

    box: Box
    horizontal: bool


@dataclass(frozen=True, slots=True)
class RuledTable:
    """A table on a page: its cells as boxes; a merged cell is one box over several rows or columns."""

    cells: tuple[Box, ...]

    @property
    def box(self) -> Box:
        """The outline."""
        xs0, tops, xs1, bottoms = zip(*self.cells, strict=True)
        return min(xs0), min(tops), max(xs1), max(bottoms)


def straight_edge(start: tuple[float, float], end: tuple[float, float]) -> Edge | None:
    """Return the ruling line between two points, None if it is slanted or too short to be one."""
    across, down = abs(start[0] - end[0]), abs(start[1] - end[1])
    box = (min(start[0], end[0]), min(start[1], end[1]), max(start[0], end[0]), max(start[1], end[1]))
    if down < 1 and across >= _SHORTEST:
        return Edge(box, horizontal=True)
    if across < 1 and down >= _SHORTEST:
        return Edge(box, horizontal=False)
    return None


def find_tables(edges: Sequence[Edge]) -> list[RuledTable]:
    """Return the tables that ``edges`` draw, of two columns at least. Drawings with thousands of lines are passed over."""
    if not _LEAST_EDGES <= len(edges) <= _MOST_EDGES:
        return []
    from pdfplumber import table as geometry

    merged = geometry.merge_edges([_as_dict(edge) for edge in edges], *[_TOLERANCE] * 4)
    crossings = geometry.edges_to_intersections(merged, _TOLERANCE, _TOLERANCE)
    cells = geometry.intersections_to_cells(crossings)
    tables = [RuledTable(tuple(group)) for group in geometry.cells_to_tables(cells)]
    return [table for table in tables if len(_bounds(table, 0, 2)) > 2]  # noqa: PLR2004


def table_rows(table: RuledTable, segments: Sequence[Segment], place: Place, number: int) -> list[Row]:
    """Return the rows of ``table`` with the segments that stand in its cells; merged cells repeat their text."""
    xs, ys = _bounds(table, 0, 2), _bounds(table, 1, 3)
    texts = {cell: _cell_text([piece for piece in segments if holds(cell, piece.box)]) for cell in table.cells}
    confidences = [
        piece.confidence for piece in segments if piece.confidence is not None and holds(table.box, piece.box)
    ]
    rows = []
    for top, bottom in pairwise(ys):
        cells = []
        for left, right in pairwise(xs):
            middle = ((left + right) / 2, (top + bottom) / 2, (left + right) / 2, (top + bottom) / 2)
            cells.append(next((texts[cell] for cell in table.cells if holds(cell, middle)), ""))
        box = (xs[0], top, xs[-1], bottom)
        confidence = sum(confidences) / len(confidences) if confidences else None
        size = median([piece.size for piece in segments] or [10.0])
        rows.append(
            Row(
                " ".join(filter(None, cells)),
                place.page,
                box,
                size,
                f"table {place.page}.{number}",
                page_height=place.height,
                confidence=confidence,
                cells=tuple(cells),
            )
        )
    return [row for row in rows if row.text]


def holds(cell: Box, box: Box) -> bool:
    """Return whether the middle of ``box`` lies in ``cell``."""
    x, y = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
    return cell[0] <= x <= cell[2] and cell[1] <= y <= cell[3]


def continue_tables(rows: list[Row]) -> list[Row]:
    """Return ``rows`` with a table that goes on over the page as one; names of columns that are repeated are left out."""
    out: list[Row] = []
    opened: list[Row] = []
    position = 0
    while position < len(rows):
        row = rows[position]
        if not row.cells:
            opened = []
        elif opened and row.column != opened[-1].column and _goes_on(opened[-1], row):
            part = [other for other in rows[position:] if other.column == row.column]
            fresh = [
                other
                for other in part[:2]
                if other.cells not in (opened[0].cells, opened[min(1, len(opened) - 1)].cells)
            ]
            continued = [_renamed(other, opened[0].column) for other in (*fresh, *part[2:])]
            out += continued
            opened += continued
            position += len(part)
            continue
        else:
            opened = [*opened, row] if opened and opened[-1].column == row.column else [row]
        out.append(row)
        position += 1
    return out


def _goes_on(last: Row, row: Row) -> bool:
    same_width = abs(last.box[0] - row.box[0]) < 2 * _TOLERANCE and abs(last.box[2] - row.box[2]) < 2 * _TOLERANCE
    return row.page == last.page + 1 and same_width and len(row.cells) == len(last.cells)


def _renamed(row: Row, column: str) -> Row:
    return replace(row, column=column)


def _cell_text(segments: list[Segment]) -> str:
    text = ""
    for line in merge_segments(segments, float("inf")):
        text = join_wrapped(text, tidy(text_of([line]))) if text else tidy(text_of([line]))
    return text


def _bounds(table: RuledTable, low: int, high: int) -> list[float]:
    """Return the distinct positions of the cells' edges, those closer than the tolerance taken as one."""
    bounds: list[float] = []
    for value in sorted({cell[side] for cell in table.cells for side in (low, high)}):
        if not bounds or value - bounds[-1] > _TOLERANCE:
            bounds.append(value)
    return bounds


def _as_dict(edge: Edge) -> dict[str, object]:
    x0, top, x1, bottom = edge.box
    if edge.horizontal:
        bottom = top
    else:
        x1 = x0
    sizes = {"width": x1 - x0, "height": bottom - top}
    return {"x0": x0, "x1": x1, "top": top, "bottom": bottom, "orientation": "h" if edge.horizontal else "v", **sizes}

"""Tables of any origin: a full grid of texts becomes one line a row, with the row that names the columns marked."""

import re
from collections.abc import Sequence
from itertools import pairwise

from assistant.corpus.importers.characters import join_wrapped, tidy
from assistant.corpus.importers.lines import Line

Grid = Sequence[Sequence[str]]
_NUMBER = re.compile(r"[-+±≥≤<>~～]?[\d.,，:：/年月日\-—%％‰¥￥$\s]+(?:分|元|天|日|小时|个|次|项|家)?")
_LONGEST_NAME = 24


def cell_text(text: str) -> str:
    """Return the text of a cell on one line."""
    joined = ""
    for part in text.splitlines():
        joined = join_wrapped(joined, tidy(part)) if joined else tidy(part)
    return joined


def table_lines(grid: Grid, heads: int | None = None, pages: Sequence[int] | None = None) -> list[Line]:
    """Return the rows of ``grid`` as lines; texts of merged cells already stand in every place they cover.

    ``heads`` is the number of rows that name the columns, None to find out. Several are folded into one (评分 / 满分).
    Title rows above the names, and tables of a single column, become ordinary lines. Empty rows are left out. ``pages`` are
    the pages of the rows.
    """
    kept, rows = _trimmed(grid)
    on_page = [pages[number] if pages else None for number in kept]
    lines: list[Line] = []
    while rows and _is_title(rows[0]) and (heads is None or heads > 0):
        lines.append(Line(next(filter(None, rows[0])), on_page.pop(0)))
        rows, heads = rows[1:], None if heads is None else heads - 1
    if rows and len(rows[0]) == 1:
        return lines + [Line(row[0], page) for row, page in zip(rows, on_page, strict=True)]
    count = _head_rows(rows) if heads is None else min(heads, len(rows))
    if count:
        names = tuple(_folded([row[column] for row in rows[:count]]) for column in range(len(rows[0])))
        lines.append(_row(names, on_page[0], head=True))
    return lines + [_row(row, page) for row, page in zip(rows[count:], on_page[count:], strict=True)]


def _row(cells: tuple[str, ...], page: int | None, *, head: bool = False) -> Line:
    shown: list[str] = []
    for cell in cells:
        # A text repeated by merging is read once.
        if cell and (not shown or shown[-1] != cell):
            shown.append(cell)
    return Line(" ".join(shown), page, cells=cells, head=head)


def _trimmed(grid: Grid) -> tuple[list[int], list[tuple[str, ...]]]:
    """Return the positions of the rows that are kept, and the rows in equal length without empty rows and columns."""
    width = max((len(row) for row in grid), default=0)
    padded = [tuple(cell_text(cell) for cell in row) + ("",) * (width - len(row)) for row in grid]
    filled = [position for position, row in enumerate(padded) if any(row)]
    rows = [padded[position] for position in filled]
    used = [column for column in range(width) if any(row[column] for row in rows)]
    # Columns that say the same in every row come from merging alone.
    kept = [c for i, c in enumerate(used) if i == 0 or any(row[c] != row[used[i - 1]] for row in rows)]
    return filled, [tuple(row[column] for column in kept) for row in rows]


def _is_title(row: tuple[str, ...]) -> bool:
    """Return whether the row is one text over the whole width, or a single text beside empty cells."""
    return len(row) > 1 and len(set(filter(None, row))) == 1 and (all(row) or bool(row[0]))


def _head_rows(rows: list[tuple[str, ...]]) -> int:
    if len(rows) < 2 or not _names_columns(rows[0]):  # noqa: PLR2004
        return 0
    first = rows[0]
    repeated = any(left == right for left, right in pairwise(first))
    second = rows[1]
    below = any(first[column] == second[column] for column in range(len(first)))
    # 评分 over 满分 and 得分, beside a name that spans both rows: the second row still names columns.
    return 2 if repeated and below and _names_columns(second) and len(rows) > 2 else 1  # noqa: PLR2004


def _names_columns(row: tuple[str, ...]) -> bool:
    filled = [cell for cell in row if cell]
    if len(filled) < max(2, len(row) - 1) or len(set(filled)) < 2:  # noqa: PLR2004
        return False
    return not any(_NUMBER.fullmatch(cell) or len(cell) > _LONGEST_NAME or cell.endswith("。") for cell in filled)


def _folded(names: list[str]) -> str:
    return " ".join(name for i, name in enumerate(names) if name and name not in names[:i])

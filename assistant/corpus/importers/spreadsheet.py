"""Excel workbooks and comma- or tab-separated tables: every row with the names of its columns."""

import csv
import io
import warnings
from datetime import date, datetime, time
from typing import TYPE_CHECKING, Any

from assistant.corpus.importers.archives import Package
from assistant.corpus.importers.encodings import decode
from assistant.corpus.importers.job import Job
from assistant.corpus.importers.lines import Doubt, Extracted, Line
from assistant.corpus.importers.number_formats import shown
from assistant.corpus.importers.tables import table_lines
from assistant.errors import ImportFailed

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

_MAX_SHEET_XML = 80 * 1024 * 1024
_SAVE_AGAIN = "请用 Excel 或 WPS 打开后另存为 .xlsx，再导入"
_DELIMITERS = ",\t;|，"


def read_xlsx(job: Job) -> Extracted:
    """Return the rows of every visible sheet under the sheet's name; hidden sheets, rows and columns are left out.

    Raises:
        ImportFailed: the workbook is damaged, protected or too large.

    """
    package = Package(job.name, job.content)
    _check(package, job)
    book = _open(job)
    doubts = [] if "xl/vbaProject.bin" not in package.names else [Doubt("文件含有宏；宏没有运行，只读取了表格内容")]
    lines: list[Line] = []
    sheets = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"]
    hidden = [sheet.title for sheet in book.worksheets if sheet.sheet_state != "visible"]
    doubts += [Doubt("隐藏的工作表没有导入", None, title) for title in hidden]
    for done, sheet in enumerate(sheets):
        job.step(done, len(sheets))
        if rows := _sheet_lines(sheet, doubts):
            lines += [Line(sheet.title, level=2), *rows]
    job.step(len(sheets), len(sheets))
    return Extracted(tuple(lines), doubts=tuple(doubts), title=book.properties.title or None)


def read_csv(job: Job) -> Extracted:
    """Return the rows of a delimited table; the delimiter is found out."""
    text, doubts = decode(job.content)
    delimiter = _delimiter(text, job.extension)
    limit = csv.field_size_limit(10_000_000)
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    except csv.Error as error:
        raise ImportFailed(f"「{job.name}」不是完整的 CSV 表格", "请用 Excel 打开检查后另存为 .xlsx，再导入") from error
    finally:
        csv.field_size_limit(limit)
    lines = [line for block in _blocks([list(row) for row in rows]) for line in table_lines(block)]
    return Extracted(tuple(lines), doubts=doubts)


def _delimiter(text: str, extension: str) -> str:
    """Return the sign that splits most of the first lines into the same number of cells."""
    if extension == "tsv":
        return "\t"
    lines = [line for line in text.splitlines()[:50] if line.strip()]

    def agreement(delimiter: str) -> tuple[int, int]:
        counts = [len(row) for row in csv.reader(lines, delimiter=delimiter)]
        usual = max(set(counts), key=counts.count, default=1)
        return (counts.count(usual) if usual > 1 else 0, usual)

    return max(_DELIMITERS, key=agreement)


def _check(package: Package, job: Job) -> None:
    sheets = 0
    for part in package.names:
        if part.endswith((".xml", ".rels", ".vml")):
            content = package.read(part)
            package.refuse_entities(part, content)
            sheets += len(content)
    if sheets > _MAX_SHEET_XML:
        raise ImportFailed(f"「{job.name}」的表格太大（展开后 {sheets >> 20} MB）", "请按工作表拆成几个文件，再导入")


def _open(job: Job) -> Any:  # noqa: ANN401 - openpyxl ships no types
    from openpyxl import load_workbook

    try:
        with warnings.catch_warnings():
            # Notes on print settings and extensions that openpyxl leaves aside concern no text.
            warnings.simplefilter("ignore")
            return load_workbook(io.BytesIO(job.content), data_only=True)
    except Exception as error:  # openpyxl raises whatever its XML reading stumbles over
        raise ImportFailed(f"「{job.name}」已损坏，打不开", _SAVE_AGAIN) from error


def _sheet_lines(sheet: "Worksheet", doubts: list[Doubt]) -> list[Line]:
    used = [place for place, cell in sheet._cells.items() if cell.value is not None]
    # Formatting reaches a million rows further than the values.
    last_row, last_column = max((row for row, _ in used), default=0), max((column for _, column in used), default=0)
    covered = {
        (row, column): (merged.min_row, merged.min_col)
        for merged in sheet.merged_cells.ranges
        for row in range(merged.min_row, min(merged.max_row, last_row) + 1)
        for column in range(merged.min_col, min(merged.max_col, last_column) + 1)
    }
    rows = [number for number in range(1, last_row + 1) if not sheet.row_dimensions[number].hidden]
    columns = [number for number in range(1, last_column + 1) if not _is_hidden(sheet, number)]
    if len(rows) < last_row or len(columns) < last_column:
        doubts.append(Doubt("隐藏的行或列没有导入", None, sheet.title))
    grid = []
    for row in rows:
        cells = [sheet._cells.get(covered.get((row, column), (row, column))) for column in columns]
        grid.append([_cell(cell) for cell in cells])
    return [line for block in _blocks(grid) for line in table_lines(block)]


def _is_hidden(sheet: "Worksheet", column: int) -> bool:
    return any(
        dimension.hidden and (dimension.min or 0) <= column <= (dimension.max or 0)
        for dimension in sheet.column_dimensions.values()
    )


def _cell(cell: Any) -> str:  # noqa: ANN401 - openpyxl ships no types
    if cell is None or cell.value is None:
        return ""
    value = cell.value
    if isinstance(value, bool | int | float | datetime | date | time):
        return shown(value, cell.number_format or "General")
    return str(value)


def _blocks(grid: list[list[str]]) -> list[list[list[str]]]:
    """Return the tables that empty rows separate."""
    blocks: list[list[list[str]]] = [[]]
    for row in grid:
        if any(cell.strip() for cell in row):
            blocks[-1].append(row)
        elif blocks[-1]:
            blocks.append([])
    return [block for block in blocks if block]

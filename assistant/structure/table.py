"""Markdown tables, row by row with their header."""

import re

_SEPARATOR = re.compile(r"\|?\s*:?-{2,}:?\s*(\|\s*:?-{2,}:?\s*)*\|?")


def is_separator(line: str) -> bool:
    """Return whether ``line`` is the rule under a table's header."""
    return bool(_SEPARATOR.fullmatch(line.strip()))


def parse_cells(row: str) -> tuple[str, ...]:
    """Return the cells of a row, white space and outer bars removed."""
    return tuple(cell.strip() for cell in row.strip().strip("|").split("|"))


def parse_header(line: str) -> tuple[str, ...]:
    """Return the column names of a header row."""
    return parse_cells(line)


def row_span(line: str, end: int) -> tuple[int, int]:
    """Return (start, end) of a row's cells within ``line[:end]``, outer bars and white space excluded."""
    begin = line.index("|") + 1
    while begin < end and line[begin].isspace():
        begin += 1
    while end > begin and (line[end - 1].isspace() or line[end - 1] == "|"):
        end -= 1
    return begin, end


def row_sentence(text: str, header: tuple[str, ...]) -> str:
    """Return a row as a readable sentence: ``等级：三星级；得分：80 分及以上``. Empty cells are left out."""
    pairs = zip(header, parse_cells(text), strict=False)
    return "；".join(f"{name}：{cell}" if name else cell for name, cell in pairs if cell and cell not in ("—", "-"))

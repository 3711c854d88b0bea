"""Writing the Markdown body of an edition, so that the outline reads back exactly the clauses that were meant."""

import re
from collections.abc import Sequence

from assistant.corpus.importers.lines import Line

_SPACED = re.compile(r"(?<=[一-鿿])[ 　]+(?=[一-鿿])")
_LETTERS = re.compile(r"(?:[一-鿿][ 　]+)+[一-鿿]")
# Would be read as a heading, a table or a rule at the start of a line.
_SIGN = re.compile(r"[#|]")


class BodyWriter:
    """Collects lines and remembers on which page each began."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._length = 0
        self._places: list[tuple[int, int]] = []

    @property
    def body(self) -> str:
        """The Markdown."""
        return "".join(self._parts)

    def page_at(self, offset: int) -> int | None:
        """Return the page of the line at or before ``offset``; None without pages."""
        page = None
        for start, number in self._places:
            if start > offset:
                break
            page = number
        return page

    @property
    def places(self) -> Sequence[tuple[int, int]]:
        """(offset, page) of every line that has a page, in order."""
        return self._places

    def heading(self, level: int, text: str, page: int | None = None) -> None:
        """Write a heading with empty lines around it."""
        self._add(f"{'#' * min(level, 6)} {' '.join(text.split())}\n\n", page)

    def paragraph(self, text: str, page: int | None = None) -> None:
        """Write a paragraph, kept from being read as anything else."""
        for line in text.splitlines():
            if line.strip():
                self._add(f"{_guarded(line.strip())}\n\n", page)

    def table(self, rows: Sequence[Line]) -> None:
        """Write rows as a table; the first is its header, empty where the file marks none."""
        width = max(len(row.cells) for row in rows)
        head, body = (rows[0].cells, rows[1:]) if rows[0].head or len(rows) > 1 else ((), rows)
        self._row(head, width, rows[0].page)
        self._add("|" + "---|" * width + "\n", None)
        for row in body:
            if row.cells != head:
                self._row(row.cells, width, row.page)
        self._add("\n", None)

    def _row(self, cells: Sequence[str], width: int, page: int | None) -> None:
        padded = [*(cell.replace("|", "｜").replace("\n", " ") for cell in cells), *[""] * (width - len(cells))]
        self._add("| " + " | ".join(padded) + " |\n", page)

    def _add(self, text: str, page: int | None) -> None:
        if page is not None:
            self._places.append((self._length, page))
        self._parts.append(text)
        self._length += len(text)


def _guarded(line: str) -> str:
    if line.startswith("|"):
        return f"｜{line[1:]}"
    return f"　{line}" if _SIGN.match(line) else line


def tight(title: str) -> str:
    """Return a heading without the spaces that are set between its letters: 总　则 → 总则."""
    return _SPACED.sub("", title) if _LETTERS.fullmatch(title.strip()) else " ".join(title.split())

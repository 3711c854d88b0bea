"""What stands on pages without being part of the text: running heads, page numbers, repeated watermarks, contents lists."""

import re
from collections import defaultdict
from difflib import SequenceMatcher

from assistant.corpus.importers.rows import Row
from assistant.structure.numbering import parse_label

_EDGE_ROWS = 3
_TOP, _BOTTOM = 0.15, 0.85
_NEIGHBOURS = 4
_SHORT_FILE = 5
_SAME_HEIGHT = 0.02
_ROMAN = r"[ivxlcIVXLCⅠ-ⅿ]{1,7}"
_PAGE_NUMBER = re.compile(
    rf"[-—–―·•.\s|]*(?:\d{{1,4}}|{_ROMAN})[-—–―·•.\s|]*"
    r"|(?:第\s*[\d一二三四五六七八九十百零〇]+\s*页)(?:[\s,，/／、|]*共\s*[\d一二三四五六七八九十百零〇]+\s*页)?"
    r"|\d{1,4}\s*[/／]\s*\d{1,4}|(?i:page)\s*\d+(?:\s*(?:of|/)\s*\d+)?|共\s*\d+\s*页[\s,，/]*第\s*\d+\s*页"
    # What browsers print around a page: its address, and the time of printing with the title.
    r"|(?:https?|file)://\S+(?:\s+\d+/\d+)?|\d{1,4}[/-]\d{1,2}[/-]\d{1,4},?\s*\d{1,2}[:：]\d{2}.*"
)
_COUNTER = re.compile(
    rf"^(?:\d{{1,4}}|{_ROMAN})(?=\s)|(?<=\s)(?:\d{{1,4}}|{_ROMAN})$|(?<=第)\s*\d+\s*(?=页)|\d{{1,4}}\s*/\s*\d{{1,4}}$"
)
_CONTENTS = re.compile(r"目[次录錄]|contents|tableofcontents", re.IGNORECASE)
_LEADERS = re.compile(r"(?:[.．…·・‥。•_]\s*){3,}\s*[(（]?(?:\d{1,4}|[ivxlcIVXLC]{1,7})[)）]?\s*$|…{1,}\s*\d{1,4}\s*$")
_NUMBER_AT_END = re.compile(r"^\S.*?[\s　.…·．]+[(（]?(?:\d{1,4}|[ivxlcIVXLC]{1,7})[)）]?$")
_SENTENCE = re.compile(r"[。；，]")
_LONGEST_ENTRY = 80
_LEAST_ENTRIES = 3


def drop_running(pages: list[list[Row]]) -> list[list[Row]]:
    """Return the pages without page numbers and without what repeats at the same place of neighbouring pages.

    Heads of odd and even pages may differ: a row counts as repeated when two of the eight neighbouring pages show it, one in
    a file of up to five pages.
    """
    edges = [_edge_rows(page) for page in pages]
    everywhere = _watermarks(pages)
    out = []
    for number, page in enumerate(pages):
        dropped = {id(row) for row in edges[number] if _is_page_number(row, page) or _repeats(number, row, edges)}
        out.append([row for row in page if id(row) not in dropped and (row.text, _place(row)) not in everywhere])
    return out


def _edge_rows(page: list[Row]) -> list[Row]:
    ordered = sorted((row for row in page if not row.cells), key=lambda row: row.box[1])
    # A head is a name, never a sentence: lines of text that happen to be alike stay.
    return [
        row
        for index, row in enumerate(ordered)
        if ((index < _EDGE_ROWS and row.middle < _TOP) or (index >= len(ordered) - _EDGE_ROWS and row.middle > _BOTTOM))
        and not _SENTENCE.search(row.text)
    ]


def _key(row: Row) -> str:
    return re.sub(r"\s+", "", _COUNTER.sub("#", row.text.strip()))


def _place(row: Row) -> tuple[int, int]:
    return round(row.middle * 100), round(row.box[0] / 10)


def _is_page_number(row: Row, page: list[Row]) -> bool:
    if not _PAGE_NUMBER.fullmatch(row.text.strip()):
        return False
    return all(other is row or not _beyond(other, row) for other in page)


def _beyond(other: Row, row: Row) -> bool:
    """Return whether ``other`` stands nearer to the edge of the page and is no page number itself."""
    if _PAGE_NUMBER.fullmatch(other.text.strip()):
        return False
    return other.box[1] > row.box[3] if row.middle > 0.5 else other.box[3] < row.box[1]  # noqa: PLR2004


def _repeats(number: int, row: Row, edges: list[list[Row]]) -> bool:
    first, last = max(0, number - _NEIGHBOURS), min(len(edges), number + _NEIGHBOURS + 1)
    alike = sum(
        any(_at_same_place(row, other) and _is_alike(row, other) for other in edges[page])
        for page in range(first, last)
        if page != number
    )
    # In a short file with odd and even heads each stands on few pages.
    return alike >= (2 if len(edges) > _SHORT_FILE else 1)


def _at_same_place(row: Row, other: Row) -> bool:
    return abs(other.middle - row.middle) < _SAME_HEIGHT or abs(other.box[1] - row.box[1]) < row.size / 2


def _is_alike(row: Row, other: Row) -> bool:
    """Return whether two rows say the same but for a counter; recognised ones may differ in some letters."""
    key, found = _key(row), _key(other)
    if key == found or row.confidence is None or min(len(key), len(found)) < 4:  # noqa: PLR2004
        return key == found
    return SequenceMatcher(None, key, found, autojunk=False).ratio() > 0.8  # noqa: PLR2004


def _watermarks(pages: list[list[Row]]) -> set[tuple[str, tuple[int, int]]]:
    """Return (text, place) of rows that stand at the very same place on most pages, wherever on the page."""
    seen: dict[tuple[str, tuple[int, int]], int] = defaultdict(int)
    for page in pages:
        for mark in {(row.text, _place(row)) for row in page if not row.cells}:
            seen[mark] += 1
    least = max(_LEAST_ENTRIES, 0.6 * len(pages))
    return {mark for mark, count in seen.items() if count >= least}


def drop_contents(rows: list[Row]) -> list[Row]:
    """Return ``rows`` without tables of contents: under 目次 or 目录, or three rows in a row with dots and a page number."""
    out: list[Row] = []
    position = 0
    while position < len(rows):
        headed = bool(_CONTENTS.fullmatch(re.sub(r"[\W_]+", "", rows[position].text)))
        end = _contents_end(rows, position + 1, headed=True) if headed else _contents_end(rows, position, headed=False)
        first = position + 1 if headed else position
        if end - first >= (2 if headed else _LEAST_ENTRIES):
            position = end
        else:
            out.append(rows[position])
            position += 1
    return out


def _contents_end(rows: list[Row], start: int, *, headed: bool) -> int:
    """Return the position after the last entry of a list that begins at ``start``."""
    if not headed:
        end = start
        while end < len(rows) and _LEADERS.search(rows[end].text):
            end += 1
        return end
    later = _titles(rows[start:])
    end = start
    first = _title(rows[start].text) if start < len(rows) else ""
    while end < len(rows) and _is_entry(rows, end, later) and not (end > start and _title(rows[end].text) == first):
        end += 1
    return end


def _titles(rows: list[Row]) -> dict[str, int]:
    counts: dict[str, int] = defaultdict(int)
    for row in rows:
        counts[_title(row.text)] += 1
    return counts


def _title(text: str) -> str:
    return re.sub(r"[\s.…·．]+|(?<=[\u4e00-\u9fff\s.…])\d{1,4}$", "", _LEADERS.sub("", text))


def _is_entry(rows: list[Row], position: int, later: dict[str, int]) -> bool:
    row = rows[position]
    if row.cells or len(row.text) > _LONGEST_ENTRY:
        return False
    if _LEADERS.search(row.text):
        return True
    if row.text.strip()[-1] in "。；，：" and not _LEADERS.search(row.text):
        return False
    if later[_title(row.text)] > 1 or _NUMBER_AT_END.match(row.text.strip()):
        return True
    # An entry too long for one line: its page number stands on the next.
    below = rows[position + 1].text if position + 1 < len(rows) else ""
    return bool(_LEADERS.search(below)) and parse_label(row.text) is not None

"""Web pages: the published text without the navigation around it.

Trafilatura says where the main text is; the text itself is read here, element by element, so that tables, headings and
line breaks survive. A guard compares what was chosen with the whole visible page: numbered clauses must never be lost, so
the choice widens until it holds all of them.
"""

import logging
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from assistant.corpus.importers.characters import tidy
from assistant.corpus.importers.encodings import decode
from assistant.corpus.importers.job import Job
from assistant.corpus.importers.lines import Doubt, Extracted, Line
from assistant.corpus.importers.tables import table_lines
from assistant.corpus.importers.visibility import hiding_rules, is_hidden
from assistant.structure.numbering import parse_label

if TYPE_CHECKING:
    from lxml.html import HtmlElement

_META = re.compile(
    rb"""<meta[^>]+charset\s*=\s*["']?\s*([\w-]+)|<\?xml[^>]+encoding\s*=\s*["']([\w-]+)""", re.IGNORECASE
)
# fmt: off
_BLOCKS = frozenset(
    {
        "address", "article", "aside", "blockquote", "body", "caption", "center", "dd", "details", "div", "dl", "dt",
        "fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr",
        "html", "li", "main", "nav", "ol", "p", "pre", "section", "summary", "table", "tbody", "td", "tfoot", "th",
        "thead", "tr", "ul",
    }
)
# fmt: on
_AROUND = frozenset(("nav", "footer", "aside", "form"))
_AROUND_ROLES = frozenset(("navigation", "banner", "contentinfo", "search", "complementary"))
_AROUND_NAMES = re.compile(
    r"(?:^|[\s_-])(?:nav(?:bar|igation)?|menu|breadcrumbs?|crumbs?|foot(?:er)?|copyright|sidebar|share|sharing|related|recommend"
    r"|pagination|pager|toolbar|advert\w*|ads?|banner|comments?|login|search(?:box)?|qrcode|friendlink)(?:$|[\s_-])",
    re.IGNORECASE,
)
_NUMBERED = ("编", "章", "节", "条", "附录", "decimal", "list")
_HEADING_LEVELS = {f"h{level}": level for level in range(1, 7)}
_LEAST_SHARE = 0.5


def read_web_page(job: Job) -> Extracted:
    """Return the main text of a page; nothing is fetched.

    The text of a page that is built by a script alone is empty; the caller refuses it.
    """
    from lxml import html

    job.step(0, 1)
    match = _META.search(job.content[:4096])
    declared = (match[1] or match[2]).decode("ascii", "ignore") if match else None
    text, doubts = decode(job.content, declared)
    # lxml refuses text that still declares an encoding, and control characters.
    text = re.sub(r"\A\s*<\?xml[^>]*\?>", "", text).replace("\0", "")
    if not text.strip():
        return Extracted((), doubts=doubts)
    root = html.document_fromstring(text, parser=html.HTMLParser(no_network=True, huge_tree=True))
    rules = hiding_rules(root)
    hidden = _remove_hidden(root, rules)
    body = root.find("body")
    lines = _main_lines(body if body is not None else root, text)
    if hidden:
        doubts += (Doubt(f"网页里有 {hidden} 处隐藏的文字没有导入"),)
    title = root.findtext(".//title")
    job.step(1, 1)
    return Extracted(tuple(lines), doubts=doubts, title=tidy(title or "") or None)


def _remove_hidden(root: "HtmlElement", rules: frozenset[str]) -> int:
    """Take elements out that nobody sees; return how many held running text."""
    count = 0
    for element in list(root.iter()):
        if element is not root and is_hidden(element, rules) and element.tag not in ("head", "title"):
            speaking = isinstance(element.tag, str) and element.tag not in ("script", "style", "noscript", "template")
            if speaking and element.getparent() is not None and element.tag not in ("option", "select", "button"):
                count += bool(tidy("".join(element.itertext())))
            _drop(element)
    return count


def _drop(element: "HtmlElement") -> None:
    if element.getparent() is not None:
        element.drop_tree()


def _main_lines(body: "HtmlElement", page: str) -> list[Line]:
    """Return the lines of the smallest part of the page that holds the main text and every numbered clause."""
    everything = list(_lines(body, None))
    wanted = _labels(everything)
    main = _container(body, page)
    chosen: list[Line] = []
    while True:
        chosen = list(_lines(main, _is_around))
        parent = main.getparent()
        if _labels(chosen) >= wanted or main is body or parent is None:
            break
        main = parent
    if _labels(chosen) >= wanted and _size(chosen) >= _LEAST_SHARE * _size(list(_lines(body, _is_link_list))):
        return chosen
    widened = list(_lines(body, _is_around))
    return widened if _labels(widened) >= wanted and widened else everything


def _container(body: "HtmlElement", page: str) -> "HtmlElement":
    """Return the smallest element that holds (nearly) all paragraphs trafilatura takes for the main text."""
    pieces = {tidy(piece) for piece in _main_text(page).splitlines()}
    pieces = {piece for piece in pieces if len(piece) >= 8}  # noqa: PLR2004
    holders = [node for node in body.iter() if isinstance(node.tag, str) and _own_text(node) in pieces]
    if not holders:
        return _densest(body)
    needed = 0.9 * len(holders)
    counts: dict[HtmlElement, int] = {}
    for holder in holders:
        for node in (holder, *holder.iterancestors()):
            counts[node] = counts.get(node, 0) + 1
    fitting = [node for node in body.iter() if counts.get(node, 0) >= needed]
    return fitting[-1] if fitting else body


def _own_text(node: "HtmlElement") -> str:
    return tidy("".join(node.itertext())) if len(node) < 20 and node.tag in _BLOCKS else ""  # noqa: PLR2004


def _main_text(page: str) -> str:
    from trafilatura import extract

    logging.getLogger("trafilatura").setLevel(logging.CRITICAL + 1)
    logging.getLogger("htmldate").setLevel(logging.CRITICAL + 1)
    return extract(page, favor_recall=True, include_comments=False, include_tables=True, deduplicate=False) or ""


def _densest(body: "HtmlElement") -> "HtmlElement":
    """Return the element with most text outside links, counting only half of what lies deeper than its own children."""
    best, best_score = body, 0.0
    for node in body.iter("div", "article", "main", "section", "td", "body"):
        texts = [_unlinked(child) for child in node if isinstance(child.tag, str)]
        score = sum(texts) + len(tidy(node.text or ""))
        deep = max(texts, default=0)
        if score - 0.5 * deep > best_score:
            best, best_score = node, score - 0.5 * deep
    return best


def _unlinked(node: "HtmlElement") -> int:
    linked = sum(len(tidy("".join(link.itertext()))) for link in node.iter("a"))
    return max(0, len(tidy("".join(node.itertext()))) - linked)


def _labels(lines: list[Line]) -> set[str]:
    """Return the numbers that clauses begin with, headings with their scheme, so that none gets lost."""
    found = set()
    for line in lines:
        label = parse_label(line.text)
        if label and label.scheme in _NUMBERED and len(line.text) > label.length:
            found.add(f"{label.scheme} {label.canonical}")
    return found


def _size(lines: list[Line]) -> int:
    return sum(len(line.text) for line in lines)


def _is_around(node: "HtmlElement") -> bool:
    """Return whether the element is navigation, footer or the like: by its tag, role or name, or a list of links."""
    if node.tag in _AROUND or node.get("role") in _AROUND_ROLES:
        return True
    if node.tag == "header" and node.find(".//h1") is None:
        return True
    named = f"{node.get('class') or ''} {node.get('id') or ''}"
    if node.tag in ("div", "ul", "section", "p", "span", "table", "td") and _AROUND_NAMES.search(named):
        return _size_of(node) < 400 or _unlinked(node) < 0.5 * _size_of(node)  # noqa: PLR2004
    return _is_link_list(node)


def _is_link_list(node: "HtmlElement") -> bool:
    if node.tag not in ("ul", "ol", "div", "table", "p", "td", "tr", "section", "dl"):
        return False
    links = node.findall(".//a")
    size = _size_of(node)
    return len(links) >= 3 and _unlinked(node) < 0.3 * size and size < 100 * len(links)  # noqa: PLR2004


def _size_of(node: "HtmlElement") -> int:
    return len(tidy("".join(node.itertext())))


def _lines(node: "HtmlElement", left_out: "object") -> Iterator[Line]:
    """Yield the visible blocks below ``node`` in order; ``left_out`` tells which elements to pass over."""
    buffer: list[str] = []
    yield from _walk(node, left_out, buffer, None, top=True)
    yield from _flush(buffer, None)


def _walk(
    node: "HtmlElement", left_out: "object", buffer: list[str], level: int | None, *, top: bool = False
) -> Iterator[Line]:
    if not isinstance(node.tag, str):
        return
    if not top and callable(left_out) and left_out(node):
        yield from _flush(buffer, level)
        return
    if node.tag == "table" and (rows := _table(node)) is not None:
        yield from _flush(buffer, level)
        yield from rows
        return
    inner = _HEADING_LEVELS.get(node.tag, level)
    block = node.tag in _BLOCKS
    if block:
        yield from _flush(buffer, level)
    if node.tag == "br":
        yield from _flush(buffer, level)
    buffer.append(_folded(node.text, node))
    for child in node:
        yield from _walk(child, left_out, buffer, inner)
        buffer.append(_folded(child.tail, node))
    if block:
        yield from _flush(buffer, inner)


def _folded(text: str | None, node: "HtmlElement") -> str:
    return text or "" if node.tag == "pre" else re.sub(r"[ \t\r\n\f]+", " ", text or "")


def _flush(buffer: list[str], level: int | None) -> Iterator[Line]:
    for piece in "".join(buffer).split("\n"):
        if text := tidy(piece):
            yield Line(text, level=level)
    buffer.clear()


def _table(node: "HtmlElement") -> list[Line] | None:
    """Return the rows of a table of facts, None for one that only lays out the page."""
    if node.find(".//table") is not None or node.find(".//td//p/..//h1") is not None:
        return None
    grid, heads = _grid(node)
    if not grid or max(len(row) for row in grid) < 2 or _lays_out(node):  # noqa: PLR2004
        return None
    return table_lines(grid, heads or None)


def _lays_out(node: "HtmlElement") -> bool:
    cells = [*node.iter("td"), *node.iter("th")]
    sizes = [_size_of(cell) for cell in cells]
    longest = max(sizes, default=0)
    return longest > 600 and longest > 0.6 * sum(sizes)  # noqa: PLR2004


def _grid(node: "HtmlElement") -> tuple[list[list[str]], int]:
    """Return the cells with merged texts in every place they cover, and the number of rows that are marked as names."""
    grid: list[list[str]] = []
    hanging: dict[tuple[int, int], str] = {}
    heads = 0
    for number, row in enumerate(node.iter("tr")):
        cells: list[str] = []
        row_cells = [cell for cell in row if cell.tag in ("td", "th")]
        for cell in row_cells:
            _take_hanging(hanging, number, cells)
            text = "\n".join(line.text for line in _lines(cell, None))
            down, across = _span(cell, "rowspan"), _span(cell, "colspan")
            for column in range(len(cells), len(cells) + across):
                hanging.update({(below, column): text for below in range(number + 1, number + down)})
            cells += [text] * across
        _take_hanging(hanging, number, cells)
        grid.append(cells)
        parent = row.getparent()
        marked = (parent is not None and parent.tag == "thead") or (row_cells and all(c.tag == "th" for c in row_cells))
        heads += bool(marked) and heads == number
    return grid, heads


def _take_hanging(hanging: dict[tuple[int, int], str], number: int, cells: list[str]) -> None:
    while (number, len(cells)) in hanging:
        cells.append(hanging.pop((number, len(cells))))


def _span(cell: "HtmlElement", name: str) -> int:
    text = cell.get(name) or "1"
    return min(int(text), 200) if text.isdecimal() and int(text) else 1

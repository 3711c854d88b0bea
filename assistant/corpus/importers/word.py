"""Word documents (.docx, .docm): the text as Word shows it with all changes accepted.

The parts are read with lxml from the checked package, by local names, so that the transitional and the strict edition of
the format (ECMA-376) read the same. Macros are never looked at.
"""

import posixpath
from collections.abc import Iterator
from typing import TYPE_CHECKING

from assistant.corpus.importers.archives import Package
from assistant.corpus.importers.characters import tidy
from assistant.corpus.importers.job import Job
from assistant.corpus.importers.lines import Doubt, Extracted, Line
from assistant.corpus.importers.paragraphs import tight
from assistant.corpus.importers.tables import table_lines
from assistant.corpus.importers.word_numbering import Numbering, attribute
from assistant.corpus.importers.word_styles import Style, is_on, read_styles
from assistant.errors import ImportFailed

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

_LEFT_OUT = {"del", "moveFrom", "pPr", "rPr", "delText", "instrText", "fldData", "commentReference", "annotationRef"}
_AROUND_BLOCKS = {"sdt", "sdtContent", "customXml", "ins", "moveTo", "smartTag"}
_BREAKS = {"br": "\n", "cr": "\n", "tab": "\t", "noBreakHyphen": "-", "ptab": "\t"}
_NOTE_MARKS = {"footnoteReference": "footnotes", "endnoteReference": "endnotes"}
_FIELD = {"begin": 1, "end": -1}


def local(element: "Element") -> str:
    """Return the local name of an element, empty for comments and processing instructions."""
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def read_word(job: Job) -> Extracted:
    """Return the paragraphs and table rows of a Word document, footnotes last.

    Raises:
        ImportFailed: the package is damaged.

    """
    job.step(0, 1)
    package = Package(job.name, job.content)
    reader = _Reader(package, job.name)
    lines = tuple(reader.read())
    job.step(1, 1)
    return Extracted(lines, doubts=tuple(reader.doubts()), title=reader.title())


class _Reader:
    """Walks the body of one document; counts lists and collects footnotes on the way."""

    def __init__(self, package: Package, name: str) -> None:
        self._package = package
        self._related = _relations(package, "")
        self._main = self._related.get("officeDocument", "word/document.xml")
        if self._main not in package.names:
            raise ImportFailed(
                f"「{name}」不是完整的 Word 文档：没有正文", "请用 Word 或 WPS 打开后另存为 .docx，再导入"
            )
        self._parts = _relations(package, self._main)
        self._styles, self._default = read_styles(self._part("styles"))
        links = {key: style.number_id for key, style in self._styles.items() if style.number_id}
        self._numbering = Numbering(self._part("numbering"), links)
        self._notes: list[tuple[str, str]] = []
        self._field_depth = 0
        self._contents_depth = 0
        self._hidden = 0
        self._deleted = 0
        self._pictures = 0

    def read(self) -> Iterator[Line]:
        body = self._package.read_xml(self._main).find("{*}body")
        if body is not None:
            yield from self._blocks(body)
        for part, number in self._notes:
            if text := self._note(part, number):
                yield Line(text)

    def doubts(self) -> Iterator[Doubt]:
        if any(name.endswith("vbaProject.bin") for name in self._package.names):
            yield Doubt("文件含有宏；宏没有运行，只读取了文字")
        if self._deleted:
            yield Doubt("文件带有修订痕迹：已按接受全部修订读取，删除的文字没有导入")
        if self._hidden:
            yield Doubt(f"有 {self._hidden} 处隐藏文字没有导入")
        if self._pictures:
            yield Doubt(f"文件里有 {self._pictures} 张图片，图片中的文字没有读取")

    def title(self) -> str | None:
        part = self._related.get("core-properties")
        node = self._package.read_xml(part).find("{*}title") if part in self._package.names else None
        return tidy(node.text or "") or None if node is not None else None

    def _part(self, relation: str) -> "Element | None":
        part = self._parts.get(relation)
        return self._package.read_xml(part) if part in self._package.names else None

    def _blocks(self, parent: "Element") -> Iterator[Line]:
        for child in parent:
            name = local(child)
            if name == "p":
                yield from self._paragraph(child)
            elif name == "tbl":
                yield from self._table(child)
            elif name in _AROUND_BLOCKS and not _is_contents(child):
                yield from self._blocks(child)

    def _paragraph(self, node: "Element") -> Iterator[Line]:
        style = self._styles.get(self._style_of(node), Style())
        boxes: list[Element] = []
        text = "".join(self._runs(node, style.hidden, boxes))
        label = self._label(node, style) if text.strip() else ""
        outline = attribute(node.find("{*}pPr/{*}outlineLvl"), "val")
        level = int(outline) + 1 if outline in tuple("012345") else style.level
        if not style.is_contents:
            # A break inside a paragraph is a new line on paper; the label belongs to the first.
            for number, piece in enumerate(text.split("\n")):
                shown = tight(tidy(label + piece if number == 0 else piece))
                if shown:
                    yield Line(shown, level=level or (1 if style.is_title else None))
        for box in boxes:
            yield from self._blocks(box)

    def _style_of(self, node: "Element") -> str:
        return attribute(node.find("{*}pPr/{*}pStyle"), "val") or self._default

    def _label(self, node: "Element", style: Style) -> str:
        own = node.find("{*}pPr/{*}numPr")
        number_id = attribute(own.find("{*}numId"), "val") if own is not None else None
        level = attribute(own.find("{*}ilvl"), "val") if own is not None else None
        if number_id is None:
            number_id = style.number_id
            if number_id and level is None:
                tied = self._numbering.level_of_style(number_id, style.lineage)
                level = str(style.number_level or 0 if tied is None else tied)
        if not number_id or number_id == "0":
            return ""
        return self._numbering.next_label(number_id, int(level or 0))

    def _runs(self, parent: "Element", hidden: bool, boxes: "list[Element]") -> Iterator[str]:
        for child in parent:
            name = local(child)
            if name in ("del", "moveFrom"):
                self._deleted += 1
            elif name == "r":
                yield from self._run(child, hidden, boxes)
            elif name == "sdt" and _is_contents(child):
                continue
            elif name and name not in _LEFT_OUT:
                yield from self._runs(child, hidden, boxes)

    def _run(self, node: "Element", hidden: bool, boxes: "list[Element]") -> Iterator[str]:
        vanish = is_on(node.find("{*}rPr/{*}vanish"))
        style = self._styles.get(attribute(node.find("{*}rPr/{*}rStyle"), "val") or "")
        hidden = vanish if vanish is not None else hidden or bool(style and style.hidden)
        for child in node:
            name = local(child)
            if name == "fldChar":
                self._follow_field(child)
            elif name == "instrText":
                self._recognise_contents(child.text or "")
            elif hidden:
                self._hidden += name == "t" and bool((child.text or "").strip())
            elif not self._contents_depth:
                yield from self._shown(child, name, boxes)

    def _shown(self, child: "Element", name: str, boxes: "list[Element]") -> Iterator[str]:
        if name == "t":
            yield child.text or ""
        elif name == "br" and attribute(child, "type") in ("page", "column"):
            return
        elif name in _BREAKS:
            yield _BREAKS[name]
        elif name == "sym":
            yield _symbol(child)
        elif name in _NOTE_MARKS:
            self._notes.append((_NOTE_MARKS[name], attribute(child, "id") or ""))
        elif name in ("drawing", "pict", "object", "AlternateContent"):
            self._collect_boxes(child, boxes)

    def _collect_boxes(self, node: "Element", boxes: "list[Element]") -> None:
        """Gather text boxes; of alternatives for old and new programs only the first is read."""
        if local(node) == "AlternateContent":
            choice = node.find("{*}Choice")
            node = choice if choice is not None else node
        if local(node) == "txbxContent":
            boxes.append(node)
            return
        self._pictures += local(node) in ("blip", "imagedata")
        for child in node:
            if local(child) != "Fallback":
                self._collect_boxes(child, boxes)

    def _follow_field(self, node: "Element") -> None:
        self._field_depth += _FIELD.get(attribute(node, "fldCharType") or "", 0)
        if self._field_depth < self._contents_depth:
            self._contents_depth = 0

    def _recognise_contents(self, instruction: str) -> None:
        if not self._contents_depth and instruction.strip().upper().startswith("TOC"):
            self._contents_depth = self._field_depth

    def _table(self, node: "Element") -> Iterator[Line]:
        grid, heads = [], 0
        above: list[str] = []
        for row in _children(node, "tr"):
            if row.find("{*}trPr/{*}del") is not None:
                continue
            cells = self._row(row, above)
            grid.append(cells)
            above = cells
            marked = is_on(row.find("{*}trPr/{*}tblHeader"))
            heads += bool(marked) and heads == len(grid) - 1
        if len({len(row) for row in grid}) == 1 and len(grid[0]) == 1:
            # A frame around text is no table: what is in it stays paragraphs.
            yield from (Line(tidy(piece)) for row in grid for piece in row[0].split("\n") if tidy(piece))
            return
        yield from table_lines(grid, heads or None)

    def _row(self, row: "Element", above: list[str]) -> list[str]:
        cells = [""] * _whole(attribute(row.find("{*}trPr/{*}gridBefore"), "val"), 0)
        for cell in _children(row, "tc"):
            merge = cell.find("{*}tcPr/{*}vMerge")
            span = max(1, _whole(attribute(cell.find("{*}tcPr/{*}gridSpan"), "val"), 1))
            text = "\n".join(line.text for line in self._blocks(cell))
            if merge is not None and attribute(merge, "val") != "restart":
                text = above[len(cells)] if len(cells) < len(above) else text
            cells += [text] * min(span, 64)
        return cells

    def _note(self, part: str, number: str) -> str:
        root = self._part(part)
        notes = root if root is not None else ()
        node = next((note for note in notes if attribute(note, "id") == number), None)
        text = " ".join(line.text for line in self._blocks(node)) if node is not None else ""
        return f"脚注：{text}" if text else ""


def _children(parent: "Element", name: str) -> "Iterator[Element]":
    """Yield the rows or cells of ``parent``, also those inside content controls and insertions."""
    for child in parent:
        if local(child) == name:
            yield child
        elif local(child) in ("sdt", "sdtContent", "customXml", "ins"):
            yield from _children(child, name)


def _is_contents(node: "Element") -> bool:
    return attribute(node.find("{*}sdtPr/{*}docPartObj/{*}docPartGallery"), "val") == "Table of Contents"


def _symbol(node: "Element") -> str:
    """Return a character of a symbol font; private-use codes mean nothing without the font and are left out."""
    code = int(attribute(node, "char") or "20", 16)
    return "" if 0xE000 <= code <= 0xF8FF else chr(code)  # noqa: PLR2004


def _relations(package: Package, part: str) -> dict[str, str]:
    """Return the parts that ``part`` names, by the last word of the relation's type."""
    folder, name = posixpath.split(part)
    listing = posixpath.join(folder, "_rels", f"{name}.rels")
    if listing not in package.names:
        return {}
    found = {}
    for node in package.read_xml(listing):
        if attribute(node, "TargetMode") != "External":
            target = attribute(node, "Target") or ""
            path = target.lstrip("/") if target.startswith("/") else posixpath.normpath(posixpath.join(folder, target))
            found[(attribute(node, "Type") or "").rpartition("/")[2]] = path
    return found


def _whole(text: str | None, default: int) -> int:
    return int(text) if text and text.isdecimal() else default

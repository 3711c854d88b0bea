"""From a document's text to its clauses, by numbering and Markdown headings, never by length.

A heading opens a clause; its own content ends where the next heading begins. In statutes a line that begins with 第…条
opens a clause as well. Each line of content is one block; what a block holds is kept verbatim, its confidence mark
``〔双源 S1；见 …〕`` is parsed off.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from assistant.structure.numbering import STATUTE_RANKS, Label, parse_label
from assistant.structure.table import is_separator, parse_header, row_span
from assistant.types import Block, BlockKind, Clause, Confidence, Document, Form, Kind

PREFIXES = {"误传：": BlockKind.CLAIM, "问法：": BlockKind.PHRASINGS}
_HEADING = re.compile(r"(#{1,6})\s+(.*\S)")
_MARK = re.compile(r"\s*〔([^〔〕]*)〕\s*\|?\s*$")
_BULLET = re.compile(r"\s*(?:[-*+]\s+|\d{1,3}[.)]\s+|>\s*)")
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_STATUTES = (Kind.LAW, Kind.REGULATION, Kind.RULE)
_CONTENT_LEVEL = 10
# In an official text a line that begins with 1. or 一、 is an item too; digests number their headings so.
_ITEMS = {True: ("bracketed", "letter", "list", "decimal"), False: ("bracketed", "letter")}
_CAPTION = re.compile(r"表[ 　]*((?:[A-Z][.．]?)?\d+(?:[-.．]\d+)?)(?![\d.])")
_CONFIDENCE_WORDS = frozenset(Confidence)


_Heading = tuple[int, Label | None, str, int | None]


@dataclass(slots=True)
class Mark:
    """A parsed confidence mark. ``unknown_words`` could not be understood; the validator reports them."""

    confidence: Confidence | None
    source_keys: tuple[str, ...]
    see: tuple[str, ...]
    unknown_words: tuple[str, ...] = ()


@dataclass(slots=True)
class _Open:
    """A heading whose content is still being collected."""

    level: int
    number: str
    heading: str
    headings: tuple[str, ...]
    start: int
    end: int
    scheme: str = ""
    blocks: list[Block] = field(default_factory=list)


def parse_mark(content: str) -> Mark:
    """Return the parts of a confidence mark: ``双源 S1 S4；见 认证认可条例 第十九条、…``."""
    head, _, see = content.partition("见 ")
    confidence: Confidence | None = None
    keys, unknown = [], []
    for word in re.split(r"[\s；;，,、]+", head.strip()):
        if not word:
            continue
        if word in _CONFIDENCE_WORDS:
            confidence = confidence or Confidence(word)
        elif re.fullmatch(r"[A-Za-z]+\d+[a-z]?†?", word):
            keys.append(word.rstrip("†"))
        else:
            unknown.append(word)
    references = tuple(part.strip() for part in re.split(r"[、；;]", see) if part.strip())
    return Mark(confidence, tuple(keys), references, tuple(unknown))


def parse_clauses(document: Document) -> list[Clause]:
    """Return the clauses of ``document`` in reading order; addresses are unique within it.

    A document without any heading becomes clauses by paragraph: ``第1段``, ``第2段`` …
    """
    opened = list(_collect(document))
    clauses, seen = [], set[str]()
    dates = {number: (begin, end) for number, begin, end in document.clause_dates}
    pages, page = dict(document.pages), None
    for node in opened:
        if not node.blocks:
            continue
        number = _unique(node.number, seen)
        begins, ends = dates.get(number, (None, None))
        page = pages.get(number, page)
        clauses.append(
            Clause(
                address=f"{document.cited_as or address_name(document)} {number}",
                document_id=document.id,
                number=number,
                heading=node.heading,
                headings=node.headings,
                text=document.text[node.start : node.end],
                start=node.start,
                end=node.end,
                blocks=_with_suffixes(node.blocks, document.form, node.number),
                effective_on=begins,
                expires_on=ends,
                page=page,
            )
        )
    return clauses


def address_name(document: Document) -> str:
    """Return what a clause address begins with: the number of a standard or notice, else the title, as people cite."""
    by_number = document.kind in (Kind.STANDARD, Kind.POLICY)
    return document.number if by_number and document.number else short_title(document.title)


def short_title(title: str) -> str:
    """Return the title as people cite it: 中华人民共和国产品质量法 → 产品质量法."""
    return title.removeprefix("中华人民共和国") or title


def _unique(number: str, seen: set[str]) -> str:
    candidate, count = number, 1
    while candidate in seen:
        count += 1
        candidate = f"{number}（{count}）"
    seen.add(candidate)
    return candidate


def _collect(document: Document) -> Iterator[_Open]:
    path: list[_Open] = []
    current: _Open | None = None
    header: tuple[str, ...] = ()
    paragraph = 0
    for start, line in _lines(document):
        heading = _parse_heading(line, document)
        if heading is not None:
            current, content_at = _open(heading, path, document, start, len(line)), heading[3]
            header = ()
            yield current
            if content_at is not None and (block := _parse_block(line[content_at:], start + content_at, (), document)):
                current.blocks.append(block)
            continue
        header = _table_header(line, header)
        block = _parse_block(line, start, header, document)
        if block is None:
            continue
        if current is None or current.level == 1:
            paragraph += 1
            current = _Open(_CONTENT_LEVEL + 1, f"第{paragraph}段", "", (), start, start)
            yield current
        current.blocks.append(block)
        current.end = start + len(line.rstrip())
        if current.level > _CONTENT_LEVEL:
            current = None


def _open(heading: _Heading, path: list[_Open], document: Document, start: int, length: int) -> _Open:
    """Return the node that a heading opens and make it the end of ``path``."""
    level, label, title, _ = heading
    while path and path[-1].level >= level:
        path.pop()
    above = tuple(_full_heading(node) for node in path if node.level > 1)
    number, scheme = (label.canonical, label.scheme) if label else (title, "")
    if document.form is Form.OFFICIAL and path:
        number = _below(path[-1], scheme) + number
    path.append(_Open(level, number, title, above, start, start + length, scheme))
    return path[-1]


def _below(parent: _Open, scheme: str) -> str:
    """Return what stands before a list number, so that it is unambiguous: （一） under 一 is 一（一）, 1 under that 一（一）1."""
    listed = ("list", "bracketed", "letter")
    inside = parent.scheme in listed or (parent.scheme == "decimal" and scheme in listed)
    return parent.number if inside and scheme in (*listed, "decimal") else ""


def _lines(document: Document) -> Iterator[tuple[int, str]]:
    """Yield (offset, line); comments of the keeper are blanked out, in an official text every sign is the text's own."""
    text = document.text
    official = document.form is Form.OFFICIAL
    blanked = text if official else _COMMENT.sub(lambda match: re.sub(r"[^\n]", " ", match.group()), text)
    position = 0
    for line in blanked.splitlines(keepends=True):
        yield position, line.rstrip("\r\n")
        position += len(line)


def _parse_heading(line: str, document: Document) -> _Heading | None:
    """Return (level, label, title, offset of content on the same line) if the line is a heading."""
    if match := _HEADING.fullmatch(line.rstrip()):
        title = match[2]
        label = parse_label(title)
        return len(match[1]), label, title[label.length :].strip(" 　.、．") if label else title, None
    if document.kind not in _STATUTES and document.form is not Form.OFFICIAL:
        return None
    stripped = line.lstrip(" 　")
    label = parse_label(stripped)
    if label is None or label.scheme not in STATUTE_RANKS:
        return None
    after = len(line) - len(stripped) + label.length
    if line[after : after + 1] not in ("", " ", "　", "\t"):
        return None
    content = len(line) - len(line[after:].lstrip(" 　\t"))
    if label.scheme == "条":
        return _CONTENT_LEVEL, label, "", content
    return 1 + STATUTE_RANKS[label.scheme], label, line[after:].strip(" 　"), None


def _full_heading(node: _Open) -> str:
    return node.heading if node.heading == node.number else f"{node.number} {node.heading}".strip()


def _table_header(line: str, header: tuple[str, ...]) -> tuple[str, ...]:
    """Return the column names in force after ``line``: set by the first row of a table, cleared after the table."""
    if not line.lstrip().startswith("|"):
        return ()
    return header or parse_header(line)


def _parse_block(line: str, start: int, header: tuple[str, ...], document: Document) -> Block | None:
    official = document.form is Form.OFFICIAL
    mark_match = None if official else _MARK.search(line)
    mark = parse_mark(mark_match[1]) if mark_match else Mark(None, (), ())
    end = mark_match.start() if mark_match else len(line)
    kind = BlockKind.PARAGRAPH
    begin = len(line) - len(line.lstrip(" 　\t"))
    if line.lstrip().startswith("|"):
        if is_separator(line) or parse_header(line) == header:
            return None
        kind = BlockKind.ROW
        begin, end = row_span(line, end)
    else:
        header = ()
        if not official and (bullet := _BULLET.match(line)):
            kind, begin = BlockKind.ITEM, bullet.end()
        elif (label := parse_label(line[begin:])) and label.scheme in _ITEMS[official]:
            kind = BlockKind.ITEM
        kind = kind if official else PREFIXES.get(line[begin : begin + 3], kind)
    text = line[begin:end].rstrip()
    if not text.strip(" 　-—*_\u200b\ufeff"):
        return None
    return Block(
        kind=kind,
        text=text,
        start=start + begin,
        end=start + begin + len(text),
        confidence=mark.confidence or document.confidence,
        header=header,
        source_keys=mark.source_keys,
        see=mark.see,
    )


def _with_suffixes(blocks: list[Block], form: Form, number: str) -> tuple[Block, ...]:
    """Give blocks their address within the clause: 第二款, （三） and a) of an official text; labelled items of any."""
    from dataclasses import replace

    articles = number.startswith("第") and number.endswith("条") and form is Form.OFFICIAL
    paragraphs = [block for block in blocks if block.kind is BlockKind.PARAGRAPH]
    out, count, table = [], 0, ""
    for block in blocks:
        suffix = ""
        if block.kind is not BlockKind.ROW:
            caption = _CAPTION.match(block.text) if form is Form.OFFICIAL else None
            table = f"表{caption[1]}" if caption else ""
        if block.kind is BlockKind.PARAGRAPH:
            count += 1
        if articles and len(paragraphs) > 1 and count:
            suffix = f"第{'一二三四五六七八九十'[count - 1]}款" if count <= 10 else f"第{count}款"  # noqa: PLR2004
        if block.kind is BlockKind.ROW:
            suffix = table
        if block.kind is BlockKind.ITEM and (label := parse_label(block.text)):
            suffix += label.canonical if label.scheme in _ITEMS[form is Form.OFFICIAL] else ""
        out.append(replace(block, suffix=suffix))
    return tuple(out)

"""A whole document, its facts and the table of the library as HTML, built from escaped parts only."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence

from assistant.corpus.editions import Editions, begins_on
from assistant.types import NUMBERED_BY_US, Clause, Document, Form, Status
from assistant.ui.answer_html import badge_html, document_href, sources_rows
from assistant.ui.escape import escape_html
from assistant.ui.quotes import Line, inline_html, lines_of, row_html
from assistant.ui.words import confidence_words

_HEADING = re.compile(r"(#{1,6})\s+(.*\S)")
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_CLAIM = "误传："
_OUTLINE_MIN = 4
_OUTLINE_LEVELS = 3


def find_clause(clauses: Sequence[Clause], address: str) -> Clause | None:
    """Return the clause with ``address``, which may be refined (``…第一款``): the one with the longest address."""
    fitting = [clause for clause in clauses if address.startswith(clause.address)]
    return max(fitting, key=lambda clause: len(clause.address), default=None)


def facts_html(document: Document, status: Status, note: str, documents: Mapping[str, Document]) -> str:
    """Return the head of a document: name, status, and what is known about this edition."""
    form = f"{document.form.label} · {confidence_words(document.confidence)}"
    facts = [
        ("效力", note),
        ("类别", f"{document.kind.label}（{document.region}）"),
        ("发布", "　".join(part for part in (document.issuer or "", str(document.issued_on or "")) if part)),
        ("施行", str(document.effective_on or "")),
        ("失效", str(document.expires_on or "")),
        ("核对", f"{document.checked_on}"),
    ]
    rows = [(name, escape_html(value)) for name, value in facts if value]
    rows += [
        ("代替", _editions_html(document.replaces, documents)),
        ("被代替", _editions_html(document.replaced_by, documents)),
        ("其他版本", _others_html(document, documents)),
    ]
    table = "".join(f"<dt>{name}</dt><dd>{value}</dd>" for name, value in rows if value)
    digest = (
        ""
        if document.form.value == "official"
        else f'<p class="digest">本文是归纳，不是原文；以正式发布的文本为准。{_numbering(document)}</p>'
    )
    number = f'<p class="doc-number">{escape_html(document.number)}</p>' if document.number else ""
    return (
        f'<header class="doc-head">{number}<h1>{escape_html(document.title)}</h1>'
        f'<p class="doc-state">{badge_html(status)}<span class="attested">{form}</span></p>{digest}'
        f"<dl>{table}</dl>{_all_sources_html(document)}</header>"
    )


def _numbering(document: Document) -> str:
    """Return which numbers of a digest are not those of the text itself."""
    if not document.is_renumbered:
        return ""
    kept = "、".join(document.original_numbers)
    return f"第 {escape_html(kept)} 章沿用原文的编号，其余数字{NUMBERED_BY_US}。" if kept else f"数字{NUMBERED_BY_US}。"


def _editions_html(keys: Iterable[str], documents: Mapping[str, Document]) -> str:
    return "、".join(_link(documents[key]) if key in documents else escape_html(key) for key in keys)


def _others_html(document: Document, documents: Mapping[str, Document]) -> str:
    """Return the other editions and forms of the same text that are not told already, oldest first."""
    told = {document.id, *document.replaces, *document.replaced_by}
    others = [item for item in Editions(documents.values()).of_work(document) if item.id not in told]
    others.sort(key=lambda item: str(begins_on(item) or ""))
    return "、".join(f"{_link(item)}（{item.form.label}，{begins_on(item) or '日期不明'}）" for item in others)


def _link(document: Document) -> str:
    href = escape_html(document_href(document.id))
    return f'<a href="{href}" target="_self" data-open="{escape_html(document.id)}">{escape_html(document.name)}</a>'


def _all_sources_html(document: Document) -> str:
    if not document.sources:
        return ""
    rows = "".join(f"<li>{row}</li>" for row in sources_rows(document.sources))
    return f'<details class="sources"><summary>来源 {len(document.sources)} 处</summary><ul>{rows}</ul></details>'


def document_html(document: Document, clauses: Sequence[Clause], target: Clause | None) -> str:
    """Return the whole text; clause ``n`` (from 0) is the section ``clause-n``, that of ``target`` stands out."""
    writer = _Writer(document, clauses, target)
    body = writer.write()
    outline = ""
    if len(writer.outline) >= _OUTLINE_MIN:
        entries = "".join(writer.outline)
        outline = f'<details class="outline"><summary>目录</summary><ul>{entries}</ul></details>'
    return f'{outline}<article class="document">{body}</article>'


class _Writer:
    """Walks through the lines of a document and opens a section at each clause."""

    def __init__(self, document: Document, clauses: Sequence[Clause], target: Clause | None) -> None:
        official = document.form is Form.OFFICIAL  # there every sign is the text's own
        self._text = (
            document.text
            if official
            else _COMMENT.sub(lambda match: re.sub(r"[^\n]", " ", match.group()), document.text)
        )
        self._title = document.title
        self._clauses = {clause.start: (i, clause) for i, clause in enumerate(clauses)}
        self._target = target
        self._section = self._table = False
        self._page: int | None = None
        self._parts: list[str] = []
        self.outline: list[str] = []

    def write(self) -> str:
        """Return the HTML of all lines."""
        for line in lines_of(self._text):
            if not line.row and self._table:
                self._end_table()
            opened = self._open_section(line)
            self._write_line(line, opened)
        self._end_section()
        return "".join(self._parts)

    def _open_section(self, line: Line) -> Clause | None:
        """Begin the section of the clause that starts on this line, if one does."""
        begin = self._text.rfind("\n", 0, line.start) + 1
        found = self._clauses.get(begin) or self._clauses.get(line.start)
        if found is None:
            return None
        self._end_section()
        position, clause = found
        here = clause is self._target
        extra = ' class="here" tabindex="-1" aria-label="引用的条款"' if here else ""
        self._parts.append(f'<section id="clause-{position}"{extra}>')
        if clause.page not in (None, self._page):
            self._parts.append(f'<p class="page">原件第 {clause.page} 页</p>')
        self._page = clause.page
        self._section = True
        return clause

    def _write_line(self, line: Line, clause: Clause | None) -> None:
        text = self._text[line.start : line.end]
        if heading := _HEADING.fullmatch(text):
            self._write_heading(len(heading[1]), heading[2], clause)
        elif line.row:
            if not self._table:
                self._parts.append('<div class="wide"><table>')
            tag = "td" if self._table or not self._header_follows(line) else "th"
            self._parts.append(row_html(self._text, line, marks=True, tag=tag))
            self._table = True
        else:
            self._write_paragraph(line, text, clause)

    def _write_heading(self, level: int, text: str, clause: Clause | None) -> None:
        if clause is None:
            self._end_section()
        if level == 1 and text.endswith(self._title):
            return
        anchor = "" if clause is None else f' data-goto="clause-{self._clauses[clause.start][0]}"'
        if level <= _OUTLINE_LEVELS and clause is not None:
            name = anchor.split('"')[1]
            self.outline.append(f'<li class="level-{level}"><a href="#{name}"{anchor}>{escape_html(text)}</a></li>')
        elif level <= _OUTLINE_LEVELS:
            self.outline.append(f'<li class="level-{level}">{escape_html(text)}</li>')
        self._parts.append(f"<h{min(level + 1, 6)}>{escape_html(text)}</h{min(level + 1, 6)}>")

    def _write_paragraph(self, line: Line, text: str, clause: Clause | None) -> None:
        classes = [name for name, on in (("entry", line.item), ("claim", text.startswith(_CLAIM))) if on]
        kind = f' class="{" ".join(classes)}"' if classes else ""
        label, start = "", line.start
        if clause is not None and text.startswith(clause.number):
            label, start = f"<b>{escape_html(clause.number)}</b>", line.start + len(clause.number)
        self._parts.append(f"<p{kind}>{label}{inline_html(self._text, start, line.end, marks=True)}</p>")

    def _header_follows(self, line: Line) -> bool:
        following = self._text[line.end :].lstrip("\r\n \t").split("\n", 1)[0]
        return bool(following) and not set(following.strip()) - set("|-: ")

    def _end_table(self) -> None:
        self._parts.append("</table></div>")
        self._table = False

    def _end_section(self) -> None:
        if self._table:
            self._end_table()
        if self._section:
            self._parts.append("</section>")
        self._section = False


def library_html(documents: Sequence[Document], status: Callable[[Document], tuple[Status, str]]) -> str:
    """Return the table of documents; names lead to the whole text."""
    head = "".join(f"<th>{name}</th>" for name in ("名称", "状态", "类别", "形式", "发布", "施行"))
    rows = "".join(_row_html(document, *status(document)) for document in documents)
    return f'<div class="library"><table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>'


def _row_html(document: Document, status: Status, note: str) -> str:
    cells = [
        ("名称", _link(document)),
        ("状态", f'<span title="{escape_html(note)}">{badge_html(status)}</span>'),
        ("类别", document.kind.label),
        ("形式", document.form.label),
        ("发布", str(document.issued_on or "—")),
        ("施行", str(document.effective_on or "—")),
    ]
    return "<tr>" + "".join(f'<td data-name="{name}">{value}</td>' for name, value in cells) + "</tr>"

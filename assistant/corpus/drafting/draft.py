"""A draft edition: what the keeper sees in the preview and confirms."""

import hashlib
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import PurePath
from statistics import mean

from assistant.corpus.drafting.contents import without_contents
from assistant.corpus.drafting.metadata import Metadata, read_metadata
from assistant.corpus.drafting.notice import count_numbers, write_notice, write_with_headings
from assistant.corpus.drafting.standard import count_clauses, write_standard
from assistant.corpus.drafting.statute import find_start, write_statute
from assistant.corpus.drafting.writer import BodyWriter
from assistant.corpus.importers.lines import Doubt, Extracted, Line, ReadBy
from assistant.structure.numbering import parse_label
from assistant.structure.outline import parse_clauses, short_title
from assistant.types import CalendarDate, Clause, Confidence, Document, Form, Kind

LONG_CLAUSE = 3000
_FEW = 3
_CODE = re.compile(r"[A-Z/]+|\d+")
_SIGNATURE_LINES = 6


@dataclass(frozen=True, slots=True)
class Proposal:
    """The metadata proposed from the text itself; None or empty where the text does not say.

    ``replaces`` holds document numbers or titles as the text names them. ``clause_dates`` maps a clause number to the day
    it takes effect where that is not the document's. ``id`` is proposed from number or title and is valid as a document id.
    """

    id: str
    title: str
    kind: Kind
    number: str | None = None
    issuer: str | None = None
    issued_on: CalendarDate | None = None
    effective_on: CalendarDate | None = None
    expires_on: CalendarDate | None = None
    replaces: tuple[str, ...] = ()
    clause_dates: tuple[tuple[str, CalendarDate], ...] = ()


@dataclass(frozen=True, slots=True)
class Draft:
    """An edition before it is confirmed.

    ``body`` is the Markdown of the edition without front matter; ``clauses`` are what the corpus will make of it under the
    proposed metadata. ``pages`` holds (clause number, page) of the first clause that begins on each page.
    ``ocr_confidence`` is the mean over recognised lines, 0–1, None without recognition.
    """

    proposal: Proposal
    body: str
    clauses: tuple[Clause, ...]
    doubts: tuple[Doubt, ...] = ()
    pages: tuple[tuple[str, int], ...] = ()
    page_count: int | None = None
    read_by: ReadBy = ReadBy.TEXT
    ocr_confidence: float | None = None


Write = Callable[[Sequence[Line], BodyWriter], list[Doubt]]


def draft(extracted: Extracted, file_name: str) -> Draft:
    """Return the draft edition of ``extracted``; ``file_name`` helps where the text names no title."""
    lines = without_contents(extracted.lines)
    family, start = _family(lines)
    metadata = read_metadata(lines, start, family, extracted.title or PurePath(file_name).stem)
    proposal = _proposal(metadata, lines)
    writer = BodyWriter()
    writer.heading(1, proposal.title, lines[0].page if lines else None)
    doubts = _write(family, lines, start, proposal.title, writer)
    clauses = tuple(parse_clauses(_document(proposal, writer.body)))
    sure = [line.confidence for line in lines if line.confidence is not None]
    return Draft(
        proposal=proposal,
        body=writer.body,
        clauses=clauses,
        doubts=(*extracted.doubts, *metadata.doubts, *doubts, *_doubts_about(clauses, family)),
        pages=_pages(clauses, writer),
        page_count=extracted.pages,
        read_by=extracted.read_by,
        ocr_confidence=mean(sure) if sure else None,
    )


def _family(lines: Sequence[Line]) -> tuple[str, int]:
    """Return the sort of structure and the index of the first line of the body."""
    articles = sum(bool((label := parse_label(line.text)) and label.scheme == "条") for line in lines)
    start = find_start(lines)
    if articles >= _FEW and start < len(lines):
        return "statute", start
    if count_clauses(lines) >= _FEW:
        return "standard", next(
            (i for i, line in enumerate(lines) if re.match(r"(?:前\s*言|1[ 　]+\S|范围)", line.text)), 0
        )
    numbers = count_numbers(lines)
    headings = sum(line.level is not None for line in lines)
    if numbers >= max(2, headings):
        return "notice", _first_number(lines)
    if headings >= 2:  # noqa: PLR2004 — one heading is the title
        return "headings", 1 if lines[0].level == 1 else 0
    return ("notice", _first_number(lines)) if numbers >= 2 else ("plain", 0)  # noqa: PLR2004


def _first_number(lines: Sequence[Line]) -> int:
    return next((i for i, line in enumerate(lines) if count_numbers([line])), 0)


def _write(family: str, lines: Sequence[Line], start: int, title: str, writer: BodyWriter) -> list[Doubt]:
    if family == "standard":
        writer.heading(2, "封面", lines[0].page)
        return write_standard(_without_title(lines, "") if start else lines, writer)
    if family in ("statute", "notice"):
        body, signature = _without_signature(lines[start:])
        _write_head(_without_title(lines[:start], title), writer, "题注" if family == "statute" else "文头")
        write: Write = write_statute if family == "statute" else write_notice
        doubts = write(body, writer)
        if signature:
            writer.heading(2, "落款", signature[0].page)
            for line in signature:
                writer.paragraph(line.text, line.page)
        return doubts
    rest = _without_title(lines, title)
    if family == "headings":
        return write_with_headings(rest, writer)
    return write_with_headings([replace(line, level=None) for line in rest], writer)


def _write_head(lines: Sequence[Line], writer: BodyWriter, name: str) -> None:
    if not lines:
        return
    writer.heading(2, name, lines[0].page)
    rows: list[Line] = []
    for line in [*lines, Line("")]:
        if line.cells:
            rows.append(line)
            continue
        if rows:
            writer.table(rows)
            rows = []
        if line.text:
            writer.paragraph(line.text, line.page)


def _without_title(lines: Sequence[Line], title: str) -> list[Line]:
    """Return the lines without those that make up the title, which the heading of the body repeats."""
    wanted, i = "".join(title.split()), 0
    out: list[Line] = []
    while i < len(lines):
        joined, used = "", 0
        while (
            wanted and i + used < len(lines) and wanted.startswith(joined + _bare(lines[i + used].text)) and used < _FEW
        ):
            joined += _bare(lines[i + used].text)
            used += 1
        if wanted and joined == wanted:
            return [*out, *lines[i + used :]]
        out.append(lines[i])
        i += 1
    return out


def _bare(text: str) -> str:
    return "".join(text.split()).strip("《》#")


def _without_signature(lines: Sequence[Line]) -> tuple[list[Line], list[Line]]:
    """Return (body, signature): the short lines at the end with an organisation and a date."""
    for count in range(min(_SIGNATURE_LINES, len(lines) - 1), 0, -1):
        tail = lines[-count:]
        short = all(not line.cells and len(line.text) <= 40 and not line.text.endswith(("。", "；")) for line in tail)  # noqa: PLR2004
        dated = any(
            re.fullmatch(r"[（(]?.{0,4}(?:19|20|二[〇○零]|一九).{2,12}日[)）]?", line.text.strip()) for line in tail
        )
        labelled = any(parse_label(line.text) for line in tail[:-1]) or parse_label(tail[0].text)
        if short and dated and not labelled:
            return list(lines[:-count]), list(tail)
    return list(lines), []


def _proposal(metadata: Metadata, lines: Sequence[Line]) -> Proposal:
    proposal = Proposal(
        id="",
        title=metadata.title,
        kind=metadata.kind,
        number=metadata.number,
        issuer=metadata.issuer,
        issued_on=metadata.issued_on,
        effective_on=metadata.effective_on,
        expires_on=metadata.expires_on,
        replaces=metadata.replaces,
        clause_dates=metadata.clause_dates,
    )
    return replace(proposal, id=propose_id(proposal, "\n".join(line.text for line in lines)))


def propose_id(proposal: Proposal, text: str) -> str:
    """Return an id that can be read: the number of a standard, else the title in pinyin with the year.

    ``text`` is what the id is made of where neither gives one.
    """
    from pypinyin import lazy_pinyin

    if proposal.kind is Kind.STANDARD and proposal.number:
        name = "-".join(_CODE.findall(proposal.number.replace("/", ""))).lower()
    else:
        title = re.sub(r"[^0-9A-Za-z一-鿿]", "", short_title(proposal.title))
        name = re.sub(r"[^a-z0-9-]", "", "-".join(lazy_pinyin(title)).lower())[:60]
        begins = proposal.issued_on or proposal.effective_on
        name += f"-{begins.year}" if begins else ""
    name = re.sub(r"-+", "-", re.sub(r"[^a-z0-9-]", "", name)).strip("-")
    return name if len(name) > 1 else f"wenjian-{hashlib.sha256(text.encode()).hexdigest()[:8]}"


def _document(proposal: Proposal, body: str) -> Document:
    return Document(
        id=proposal.id, title=proposal.title, kind=proposal.kind, form=Form.OFFICIAL, checked_on=date.today(),
        confidence=Confidence.LAW_TEXT, text=body, sha256="", path="", number=proposal.number,
    )  # fmt: skip


def _pages(clauses: Sequence[Clause], writer: BodyWriter) -> tuple[tuple[str, int], ...]:
    found: dict[int, str] = {}
    for clause in clauses:
        page = writer.page_at(clause.start)
        if page is not None:
            found.setdefault(page, clause.number)
    return tuple((number, page) for page, number in found.items())


def _doubts_about(clauses: Sequence[Clause], family: str) -> list[Doubt]:
    found = [
        Doubt(f"这一条有 {len(clause.text)} 字，可能有条号没有认出来", None, clause.number)
        for clause in clauses
        if len(clause.text) > LONG_CLAUSE and not any(block.header for block in clause.blocks)
    ]
    if family == "plain":
        found.append(Doubt("没有认出条款结构，按自然段编号（第1段、第2段……）"))
    return found

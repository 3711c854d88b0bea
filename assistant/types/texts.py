"""What the corpus is made of: documents, blocks, clauses, chunks. Frozen and free of I/O.

Offsets are character offsets into ``Document.text``: ``document.text[clause.start:clause.end] == clause.text``.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Kind(StrEnum):
    """What sort of text a document is."""

    STANDARD = "standard"
    LAW = "law"
    REGULATION = "regulation"
    RULE = "rule"
    POLICY = "policy"
    GUIDE = "guide"
    FAQ = "faq"

    @property
    def is_ours(self) -> bool:
        """Whether such documents are our own explanations and not the text of an authority."""
        return self in (Kind.GUIDE, Kind.FAQ)

    @property
    def label(self) -> str:
        """The Chinese word shown to readers."""
        return _KIND_LABELS[self]


_KIND_LABELS = {
    Kind.STANDARD: "标准",
    Kind.LAW: "法律",
    Kind.REGULATION: "行政法规",
    Kind.RULE: "部门规章",
    Kind.POLICY: "政策文件",
    Kind.GUIDE: "指南",
    Kind.FAQ: "问答",
}


NUMBERED_BY_US = "编号是本库的，不是原文条号"


class Form(StrEnum):
    """Whether the text is the official wording or a digest in other words."""

    OFFICIAL = "official"
    DIGEST = "digest"

    @property
    def label(self) -> str:
        """The Chinese word shown to readers."""
        return "正式文本" if self is Form.OFFICIAL else "归纳"

    def described(self, *, numbered_by_us: bool) -> str:
        """Return the label, with a warning where the number of the clause cited is not one of the text itself."""
        return f"{self.label}，{NUMBERED_BY_US}" if numbered_by_us else self.label


class Status(StrEnum):
    """Validity of an edition on a given day, computed from its dates."""

    NOT_YET = "尚未生效"
    IN_FORCE = "现行"
    REPEALED = "已废止"
    SUPERSEDED = "被代替"
    UNVERIFIED = "待核"


class Confidence(StrEnum):
    """How well a statement is attested, strongest first."""

    LAW_TEXT = "法规文本"
    TWO_SOURCES = "双源"
    ONE_SOURCE = "单源"
    INFERRED = "推断"
    COMMON = "常识"
    CONFLICTING = "冲突"
    UNKNOWN = "未知"


@dataclass(frozen=True, slots=True)
class CalendarDate:
    """A date of which the day, or the day and the month, may be unknown (``2012-09``, ``2002``)."""

    year: int
    month: int | None = None
    day: int | None = None

    def __str__(self) -> str:
        """ISO 8601, as precise as what is known."""
        parts = [f"{self.year:04d}"]
        if self.month is not None:
            parts.append(f"{self.month:02d}")
        if self.day is not None:
            parts.append(f"{self.day:02d}")
        return "-".join(parts)

    @property
    def earliest(self) -> date:
        """The first day it can mean."""
        return date(self.year, self.month or 1, self.day or 1)


@dataclass(frozen=True, slots=True)
class Source:
    """Where a statement was found. ``doubtful`` marks addresses on suspicious domains: a lead, not a reference."""

    key: str
    address: str
    doubtful: bool = False


@dataclass(frozen=True, slots=True)
class Document:
    """One edition of one text. ``text`` is the Markdown body without front matter; ``sha256`` is of the whole file.

    ``subject`` marks the text that the corpus is about: a question that names no other standard means this one.
    ``first_line`` is the line of the file on which ``text`` begins, from 1. ``cited_as`` is what its clause addresses begin
    with, set when the corpus is loaded; ``clause_dates`` are (clause number, first day, day it ends) of clauses with dates of
    their own; ``original`` is the file it was imported from (``read_by`` text, ocr or mixed) and ``pages`` are (clause
    number, page) of the first clause that begins on a page of it. ``original_numbers`` are the chapters of a digest whose
    numbers are those of the text itself.
    """

    id: str
    title: str
    kind: Kind
    form: Form
    checked_on: date
    confidence: Confidence
    text: str
    sha256: str
    path: str
    number: str | None = None
    aliases: tuple[str, ...] = ()
    issuer: str | None = None
    issued_on: CalendarDate | None = None
    effective_on: CalendarDate | None = None
    expires_on: CalendarDate | None = None
    unverified: bool = False
    validity_note: str | None = None
    replaces: tuple[str, ...] = ()
    replaced_by: tuple[str, ...] = ()
    region: str = "全国"
    sources: tuple[Source, ...] = ()
    subject: bool = False
    first_line: int = 1
    cited_as: str = ""
    clause_dates: tuple[tuple[str, CalendarDate | None, CalendarDate | None], ...] = ()
    original: str | None = None
    original_sha256: str | None = None
    read_by: str | None = None
    pages: tuple[tuple[str, int], ...] = ()
    original_numbers: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """Number and title as a reader would cite them."""
        return f"{self.number}《{self.title}》" if self.number else f"《{self.title}》"

    @property
    def is_renumbered(self) -> bool:
        """Whether it is a digest whose parts have numbers of our own, unless ``original_numbers`` or 第…条 say otherwise."""
        return self.form is Form.DIGEST and not self.kind.is_ours

    def numbered_by_us(self, number: str) -> bool:
        """Return whether a clause's ``number`` is the digest's own, so that the text itself must not be cited by it.

        Articles (第…条) and annexes of a digest are always those of the text. What we wrote ourselves has no other numbers.
        """
        chapter = number.split(".", maxsplit=1)[0]
        return self.is_renumbered and number[:1].isdecimal() and chapter not in self.original_numbers


class BlockKind(StrEnum):
    """The shape of the smallest quotable unit."""

    PARAGRAPH = "paragraph"
    ITEM = "item"
    ROW = "row"
    CLAIM = "claim"
    PHRASINGS = "phrasings"


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph, list item or table row of a clause: the unit that carries a confidence and is quoted.

    ``text`` is verbatim and ends before the confidence mark. ``suffix`` refines the clause address (``第二款``,
    ``（三）``); it is empty where the clause has a single block. ``header`` holds the column names of a table row.
    ``see`` are addresses of the clauses that the block rests on. A ``CLAIM`` is a false claim in circulation and
    ``PHRASINGS`` are ways in which people ask for the clause: both help to recognise a question and are never shown.
    """

    kind: BlockKind
    text: str
    start: int
    end: int
    confidence: Confidence
    suffix: str = ""
    header: tuple[str, ...] = ()
    source_keys: tuple[str, ...] = ()
    see: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Clause:
    """The unit of citation, of relevance judgement and of difference.

    ``address`` is unique in the corpus and survives re-indexing. ``number`` is the address within the document
    (``5.1.2.2``, ``第二十四条``). ``headings`` is the path above, outermost first, without this clause's own heading.
    ``effective_on`` and ``expires_on`` are set where they are not the document's; ``page`` is that of the original file.
    """

    address: str
    document_id: str
    number: str
    heading: str
    headings: tuple[str, ...]
    text: str
    start: int
    end: int
    blocks: tuple[Block, ...]
    effective_on: CalendarDate | None = None
    expires_on: CalendarDate | None = None
    page: int | None = None


@dataclass(frozen=True, slots=True)
class Chunk:
    """What is embedded (``embedded``: title > headings > text) beside the clause it leads to.

    ``id`` is ``<clause position>`` or ``<clause position>.<sentence position>`` and means nothing outside a snapshot.
    """

    id: str
    clause_address: str
    document_id: str
    embedded: str
    sentence: int | None = None

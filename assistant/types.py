"""The nouns that flow through the assistant, one for each stage.

``Document`` → ``Clause`` (with its ``Block`` s) → ``Chunk`` → ``Hit`` → ``Answer``. Everything here is frozen and free of
I/O. Offsets are character offsets into ``Document.text``: ``document.text[clause.start:clause.end] == clause.text``.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
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


class Form(StrEnum):
    """Whether the text is the official wording or a digest in other words."""

    OFFICIAL = "official"
    DIGEST = "digest"

    @property
    def label(self) -> str:
        """The Chinese word shown to readers."""
        return "正式文本" if self is Form.OFFICIAL else "归纳"


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
    number, page) of the first clause that begins on a page of it.
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

    @property
    def name(self) -> str:
        """Number and title as a reader would cite them."""
        return f"{self.number}《{self.title}》" if self.number else f"《{self.title}》"


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


class Stage(StrEnum):
    """Which stage of the search found a hit."""

    ADDRESS = "address"
    DENSE = "dense"
    LEXICAL = "lexical"
    FUSED = "fused"
    NEIGHBOUR = "neighbour"


@dataclass(frozen=True, slots=True)
class Hit:
    """A clause found. ``score`` is in 0–1 (1 is best), ``rank`` counts from 1.

    ``dense`` is the best cosine of the clause's chunks, ``lexical`` the BM25 score divided by the best one of the query;
    ``None`` where that stage did not return the clause.
    """

    clause: Clause
    document: Document
    status: Status
    score: float
    rank: int
    stage: Stage
    dense: float | None = None
    lexical: float | None = None


@dataclass(frozen=True, slots=True)
class Citation:
    """A numbered source under an answer. ``quote`` occurs verbatim in the document at ``start:end``.

    ``supports`` are the parts of ``quote`` to highlight, as (start, end) offsets within ``quote``; ``page`` is the page of
    the original file on which the clause begins.
    """

    mark: int
    address: str
    document_id: str
    number: str | None
    title: str
    kind: Kind
    form: Form
    status: Status
    status_note: str
    confidence: Confidence
    sources: tuple[Source, ...]
    quote: str
    start: int
    end: int
    supports: tuple[tuple[int, int], ...] = ()
    page: int | None = None


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence of an answer and the marks of the citations that it rests on.

    ``item`` tells that it is an entry of a list or table, to be set on a line of its own. ``note`` tells that the
    assistant says it about the material (validity, confidence) and that it is not a quotation. ``confidence`` is that of
    the block it is taken from; None for a note.
    """

    text: str
    marks: tuple[int, ...] = ()
    item: bool = False
    note: bool = False
    confidence: Confidence | None = None

    @property
    def caveat(self) -> str:
        """What must be said beside a weakly attested sentence, in brackets; empty for a well attested one."""
        return f"（{_CAVEATS[self.confidence]}）" if self.confidence in _CAVEATS else ""


_CAVEATS = {
    Confidence.ONE_SOURCE: "单一来源",
    Confidence.INFERRED: "推断",
    Confidence.COMMON: "一般知识，未见来源",
    Confidence.CONFLICTING: "来源不一",
}


class Reason(StrEnum):
    """Why an answer was refused."""

    NOT_IN_MATERIAL = "not_in_material"
    UNKNOWN_IN_MATERIAL = "unknown_in_material"
    NO_SUCH_CLAUSE = "no_such_clause"
    FALSE_PREMISE = "false_premise"
    OFF_TOPIC = "off_topic"
    GUARANTEE = "guarantee"
    FORGERY = "forgery"
    LEGAL_ADVICE = "legal_advice"
    INSTRUCTION = "instruction"

    @property
    def label(self) -> str:
        """The Chinese word shown to readers."""
        return _REASON_LABELS[self]


_REASON_LABELS = {
    Reason.NOT_IN_MATERIAL: "资料中没有",
    Reason.UNKNOWN_IN_MATERIAL: "资料记为未知",
    Reason.NO_SUCH_CLAUSE: "没有这一条",
    Reason.FALSE_PREMISE: "前提不成立",
    Reason.OFF_TOPIC: "不在本库范围",
    Reason.GUARANTEE: "不能作保证",
    Reason.FORGERY: "不能协助造假",
    Reason.LEGAL_ADVICE: "不提供个案法律意见",
    Reason.INSTRUCTION: "不执行夹带的指令",
}


@dataclass(frozen=True, slots=True)
class Answer:
    """What the reader sees.

    ``question`` is as asked; ``understood_as`` is the complete question when a follow-up was completed from the
    conversation, else equal to ``question``. A refusal may carry sentences too: what the corpus does hold, or the
    correction of a false premise. ``suggestions`` are related questions or nearest topics. ``timings_ms`` maps a stage to
    milliseconds.
    """

    question: str
    understood_as: str
    sentences: tuple[Sentence, ...]
    citations: tuple[Citation, ...]
    refused: bool
    reason: Reason | None
    as_of: date
    snapshot: str
    suggestions: tuple[str, ...] = ()
    timings_ms: Mapping[str, float] = field(default_factory=dict)

    @property
    def text(self) -> str:
        """The answer as plain text: list entries on lines of their own, marks as ``[1]``."""
        lines: list[str] = []
        for sentence in self.sentences:
            marked = sentence.text + sentence.caveat + "".join(f"[{mark}]" for mark in sentence.marks)
            if sentence.item:
                lines.append(f"- {marked}")
            elif sentence.note or not lines or lines[-1].startswith("- "):
                lines.append(marked)
            else:
                lines[-1] += marked
        return "\n".join(lines)


@dataclass(frozen=True, slots=True)
class Turn:
    """One finished exchange of a conversation."""

    question: str
    answer: Answer

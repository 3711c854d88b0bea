"""What a question leads to: hits, citations, checked sentences, the answer. Frozen and free of I/O."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from assistant.types.texts import Clause, Confidence, Document, Form, Kind, Source, Status


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
    the original file on which the clause begins. ``numbered_by_us`` tells that the number in ``address`` is the digest's own.
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
    numbered_by_us: bool = False

    @property
    def form_label(self) -> str:
        """The form in Chinese, with a warning where the number in ``address`` is not one of the text itself."""
        return self.form.described(numbered_by_us=self.numbered_by_us)


class CheckName(StrEnum):
    """The deterministic checks that a sentence goes through (see ``assistant.answering.checks``)."""

    MARKS = "marks"
    QUOTATIONS = "quotations"
    NUMBERS = "numbers"
    MODALITY = "modality"
    SUPPORT = "support"
    VALIDITY = "validity"
    SAFETY = "safety"

    @property
    def label(self) -> str:
        """The Chinese word shown to readers."""
        return _CHECK_LABELS[self]


_CHECK_LABELS = {
    CheckName.MARKS: "出处",
    CheckName.QUOTATIONS: "引文",
    CheckName.NUMBERS: "数字和编号",
    CheckName.MODALITY: "语气和肯否",
    CheckName.SUPPORT: "内容",
    CheckName.VALIDITY: "效力",
    CheckName.SAFETY: "安全",
}


@dataclass(frozen=True, slots=True)
class Check:
    """What one check found. ``detail`` says in Chinese what was compared or is wrong; it may be empty where ``ok``."""

    name: CheckName
    ok: bool
    detail: str = ""


class SentenceStatus(StrEnum):
    """What the checks say of a sentence: it agrees with its sources, cannot be told, or contradicts them."""

    SUPPORTED = "supported"
    UNVERIFIED = "unverified"
    FAILED = "failed"

    @property
    def label(self) -> str:
        """The Chinese word shown to readers."""
        return _STATUS_LABELS[self]


_STATUS_LABELS = {
    SentenceStatus.SUPPORTED: "已核对",
    SentenceStatus.UNVERIFIED: "未核实",
    SentenceStatus.FAILED: "未通过核对",
}


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence of an answer and the marks of the citations that it rests on.

    ``item`` tells that it is an entry of a list or table, to be set on a line of its own. ``note`` tells that it states no
    fact of its own: the assistant speaks about the material (validity, confidence), or a model asks back or introduces a
    list. ``confidence`` is that of the block it is taken from; None for a note and for a model's words. ``status`` and
    ``checks`` are what the checks found; a sentence taken from a clause word for word is supported by its making.
    """

    text: str
    marks: tuple[int, ...] = ()
    item: bool = False
    note: bool = False
    confidence: Confidence | None = None
    status: SentenceStatus = SentenceStatus.SUPPORTED
    checks: tuple[Check, ...] = ()

    @property
    def caveat(self) -> str:
        """What must be said beside a sentence: how weakly it is attested, or that it is not checked; may be empty."""
        if self.status is not SentenceStatus.SUPPORTED:
            return f"（{self.status.label}）"
        return f"（{_CAVEATS[self.confidence]}）" if self.confidence in _CAVEATS else ""

    @property
    def aside(self) -> bool:
        """Whether it is the assistant's own note; a model's question or lead-in stands in the text of its answer."""
        return self.note and not self.checks

    @property
    def leads_in(self) -> bool:
        """Whether it is a note that leads in what follows, such as the question that the next sentences answer."""
        return self.aside and self.text.endswith("：")

    @property
    def faults(self) -> str:
        """What the checks object to, in Chinese; empty where they do not."""
        return "；".join(check.detail for check in self.checks if not check.ok)


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

    @property
    def headline(self) -> str:
        """What is said before the label: a point that was not found may stand beside much that was."""
        return "这一点没有查到" if self is Reason.UNKNOWN_IN_MATERIAL else "未作回答"


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
class ModelUse:
    """What a language model did for an answer.

    ``input_tokens`` and ``output_tokens`` are as the endpoint counts them, else None; ``cost`` is in the currency of the
    prices that were set, None without. ``drafts`` is 1, or 2 after a repair; ``removed_marks`` counts marks that were never
    given; ``dropped`` counts sentences left out of the answer; ``cached`` tells that an earlier reply was used;
    ``seconds`` is the time of the model, ``check_ms`` that of all checks. ``used`` is False where its text is not shown.
    """

    name: str
    used: bool
    input_tokens: int | None = None
    output_tokens: int | None = None
    cost: float | None = None
    drafts: int = 0
    removed_marks: int = 0
    dropped: int = 0
    cached: bool = False
    seconds: float = 0.0
    check_ms: float = 0.0


@dataclass(frozen=True, slots=True)
class Answer:
    """What the reader sees.

    ``question`` is as asked; ``understood_as`` is the complete question when a follow-up was completed from the
    conversation, else equal to ``question``. A refusal may carry sentences too: what the corpus does hold, or the
    correction of a false premise. ``suggestions`` are related questions or nearest topics. ``timings_ms`` maps a stage to
    milliseconds. ``model`` is None where no language model was asked; ``notice`` says why the answer is without a model
    although one is set, or was cut short, else it is empty.
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
    model: ModelUse | None = None
    notice: str = ""

    @property
    def text(self) -> str:
        """The answer as plain text: list entries on lines of their own, marks as ``[1]``."""
        lines: list[str] = []
        for sentence in self.sentences:
            marked = sentence.text + sentence.caveat + "".join(f"[{mark}]" for mark in sentence.marks)
            if sentence.item:
                lines.append(f"- {marked}")
            elif sentence.aside or not lines or lines[-1].startswith("- "):
                lines.append(marked)
            else:
                lines[-1] += marked
        return "\n".join(lines)


@dataclass(frozen=True, slots=True)
class Turn:
    """One finished exchange of a conversation."""

    question: str
    answer: Answer


@dataclass(frozen=True, slots=True)
class Understood:
    """The complete question, as soon as it is known. ``model`` tells that a language model is now being asked."""

    question: str
    model: str | None = None


@dataclass(frozen=True, slots=True)
class Delta:
    """The unfinished sentence that a model is writing, whole as far as it may be shown, without marks."""

    text: str


@dataclass(frozen=True, slots=True)
class SentenceClosed:
    """A sentence of a model that is complete and checked; ``citations`` are those of all sentences so far."""

    sentence: Sentence
    citations: tuple[Citation, ...]


@dataclass(frozen=True, slots=True)
class Redraft:
    """The sentences so far are withdrawn: ``failed`` of them did not pass, and the model writes the answer anew."""

    failed: int


@dataclass(frozen=True, slots=True)
class Finished:
    """The answer. Always the last event."""

    answer: Answer


Event = Understood | Delta | SentenceClosed | Redraft | Finished

"""From a published file to the edition that is to be written: what the keeper sees before confirming."""

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date
from pathlib import PurePath
from typing import Any

from assistant.corpus.difference import Difference, compare
from assistant.corpus.drafting.draft import Draft, Proposal, propose_id
from assistant.corpus.editions import Editions, begins_on, link_editions, same_edition
from assistant.corpus.files import Changes
from assistant.corpus.front_matter import ID_PATTERN, Fault, front_matter_text, parse_document
from assistant.corpus.importers.lines import Doubt
from assistant.errors import ImportFailed
from assistant.keeping.impact import Impact
from assistant.structure.outline import parse_clauses
from assistant.text import compact
from assistant.types import CalendarDate, Clause, Confidence, Document, Form, Kind

FOLDERS = {
    Kind.STANDARD: "standards",
    Kind.LAW: "laws",
    Kind.REGULATION: "laws",
    Kind.RULE: "laws",
    Kind.POLICY: "policies",
    Kind.GUIDE: "guides",
    Kind.FAQ: "faq",
}
_MARKDOWN = (".md", ".markdown")


@dataclass(frozen=True, slots=True)
class Overrides:
    """What the keeper says instead of what was proposed; None leaves the proposal, names in ``cleared`` take it away."""

    id: str | None = None
    number: str | None = None
    title: str | None = None
    kind: Kind | None = None
    issuer: str | None = None
    issued_on: CalendarDate | None = None
    effective_on: CalendarDate | None = None
    expires_on: CalendarDate | None = None
    replaces: tuple[str, ...] | None = None
    cleared: tuple[str, ...] = ()

    def applied_to(self, proposal: Proposal) -> Proposal:
        """Return the proposal with these values in place."""
        names = [item.name for item in fields(self) if item.name != "cleared"]
        values: dict[str, Any] = dict.fromkeys(self.cleared)
        values |= {name: getattr(self, name) for name in names if getattr(self, name) is not None}
        return replace(proposal, **values)


@dataclass(frozen=True, slots=True)
class Intake:
    """An edition ready to be written.

    ``name`` is that of the file it came from, ``original`` its content, kept at ``original_path``; ``text`` is the corpus
    file for ``path``. ``document`` and
    ``clauses`` are what the corpus will hold, ``replaced`` the editions that end when this one takes effect, ``differences``
    what changes against each of them that is comparable, and ``impact`` what those changes touch.
    """

    name: str
    draft: Draft
    proposal: Proposal
    document: Document
    clauses: tuple[Clause, ...]
    text: str
    path: str
    original: bytes
    original_path: str
    doubts: tuple[Doubt, ...]
    replaced: tuple[Document, ...]
    differences: tuple[Difference, ...] = ()
    impact: Impact | None = None

    @property
    def changes(self) -> Changes:
        """The files to be written."""
        return {self.path: self.text.encode(), self.original_path: self.original}


def take_in(draft: Draft, overrides: Overrides, name: str, original: bytes, held: Sequence[Document]) -> Intake:
    """Return the edition that ``draft`` makes, checked against the documents that the corpus holds.

    Raises:
        ImportFailed: it is there already, or a value given cannot be used.

    """
    proposal = overrides.applied_to(draft.proposal)
    _check(proposal, overrides, held)
    if overrides.id is None:
        proposal = replace(proposal, id=_free_id(propose_id(proposal, draft.body), {item.id for item in held}))
    if overrides.replaces is None:
        proposal = replace(proposal, replaces=_predecessors(proposal, held))
    folder = FOLDERS[proposal.kind]
    original_path = f"{folder}/{proposal.id}{_suffix(name)}"
    text = edition_text(draft, proposal, original_path, hashlib.sha256(original).hexdigest())
    faults: list[Fault] = []
    document = parse_document(text, f"{folder}/{proposal.id}.md", faults)
    if document is None:
        raise ImportFailed(
            f"不能写成资料文件：{faults[0].field}：{faults[0].message}", "用对应的选项改正，例如 --title"
        )
    _refuse_same(document, held)
    linked = {item.id: item for item in link_editions([*held, document])}
    replaced = [linked[item.id] for item in Editions(linked.values()).replaced_by(linked[document.id])]
    doubts = (*draft.doubts, *_doubts_about_time(linked[document.id], replaced))
    return Intake(
        name, draft, proposal, linked[document.id], tuple(parse_clauses(linked[document.id])), text, document.path,
        original, original_path, doubts, tuple(replaced),
    )  # fmt: skip


def with_differences(intake: Intake, clauses: Mapping[str, Sequence[Clause]]) -> Intake:
    """Return ``intake`` compared with the official editions it replaces; ``clauses`` are those of each by id.

    A digest is other wording of the same thing: comparing with it would call everything changed.
    """
    found = [
        compare(old, clauses[old.id], intake.document, intake.clauses)
        for old in intake.replaced
        if old.form is Form.OFFICIAL
    ]
    return replace(intake, differences=tuple(found))


def edition_text(draft: Draft, proposal: Proposal, original_path: str, original_sha256: str) -> str:
    """Return the corpus file of an edition: front matter and body."""
    confidence = Confidence.ONE_SOURCE if proposal.kind.is_ours else Confidence.LAW_TEXT
    front: dict[str, object] = {
        "id": proposal.id,
        "number": proposal.number,
        "title": proposal.title,
        "kind": proposal.kind.value,
        "form": Form.OFFICIAL.value,
        "issuer": proposal.issuer,
        "issued_on": _yaml_date(proposal.issued_on),
        "effective_on": _yaml_date(proposal.effective_on),
        "expires_on": _yaml_date(proposal.expires_on),
        "replaces": list(proposal.replaces),
        "confidence": confidence.value,
        "checked_on": date.today(),
        "clause_dates": {number: _yaml_date(day) for number, day in proposal.clause_dates},
        "original": PurePath(original_path).name,
        "original_sha256": original_sha256,
        "read_by": draft.read_by.value,
        "pages": dict(draft.pages),
    }
    return f"{front_matter_text(front)}\n{draft.body.strip()}\n"


def _yaml_date(value: CalendarDate | None) -> date | str | None:
    """Return a full date as a date, so that YAML writes it without quotes."""
    if value is None:
        return None
    return value.earliest if value.day is not None else str(value)


def _check(proposal: Proposal, overrides: Overrides, held: Sequence[Document]) -> None:
    if not re.fullmatch(ID_PATTERN, proposal.id):
        raise ImportFailed(f"id「{proposal.id}」不能用", "id 只用小写字母、数字和连字符，如 --id gbt-27922-2026")
    if overrides.id is not None and any(item.id == overrides.id for item in held):
        raise ImportFailed(f"id「{overrides.id}」已有别的文件在用", "换一个 --id，或不写，由程序起")
    begins, ends = proposal.effective_on or proposal.issued_on, proposal.expires_on
    if begins and ends and ends.earliest < begins.earliest:
        raise ImportFailed(f"失效日 {ends} 早于生效日 {begins}", "检查 --effective 和 --expires")


def _free_id(wanted: str, taken: set[str]) -> str:
    """Return ``wanted``, or with an ending that makes it free: a digest of the same standard mostly has the plain id."""
    candidates = (wanted, f"{wanted}-zhengwen", *(f"{wanted}-{count}" for count in range(2, 1000)))
    return next(candidate for candidate in candidates if candidate not in taken)


def _predecessors(proposal: Proposal, held: Sequence[Document]) -> tuple[str, ...]:
    """Return what the text says it replaces, by ids where held, and else the newest edition before this one."""
    probe = _as_document(proposal)
    editions = Editions([*held, probe])
    named: list[str] = []
    for key in proposal.replaces:
        meant = editions.meant_by(key, probe)
        named += [item.id for item in meant if not same_edition(item, probe)] or ([] if meant else [key])
    begins = begins_on(probe)
    earlier = [
        item
        for item in editions.of_work(probe)
        if begins and (day := begins_on(item)) and day.earliest < begins.earliest and not item.expires_on
    ]
    newest = max((item for item in earlier), key=lambda item: (begins_on(item) or begins).earliest, default=None)  # type: ignore[union-attr]
    return tuple(dict.fromkeys([*named, *([newest.id] if newest else [])]))


def _as_document(proposal: Proposal) -> Document:
    return Document(
        id=proposal.id, title=proposal.title, kind=proposal.kind, form=Form.OFFICIAL, checked_on=date.today(),
        confidence=Confidence.LAW_TEXT, text="", sha256="", path="", number=proposal.number,
        issued_on=proposal.issued_on, effective_on=proposal.effective_on, replaces=proposal.replaces,
    )  # fmt: skip


def _refuse_same(document: Document, held: Sequence[Document]) -> None:
    text = compact(document.text)
    for other in held:
        if other.form is not Form.OFFICIAL:
            continue
        if same_edition(document, other):
            raise ImportFailed(
                f"资料库里已有这一版：{other.name}（{other.path}）",
                "要换掉它，先运行 assistant corpus remove；其实是另一版时，用 --number、--issued 或 --effective 写明",
            )
        if compact(other.text) == text:
            raise ImportFailed(f"内容与 {other.name}（{other.path}）完全相同", "不用再入库；要改元数据，直接改那个文件")


def _doubts_about_time(document: Document, replaced: Sequence[Document]) -> list[Doubt]:
    found = []
    if begins_on(document) is None:
        found.append(Doubt("没有发布日，也没有生效日，状态会显示为待核；可用 --issued、--effective 写明"))
    for old in replaced:
        begins, own = begins_on(old), begins_on(document)
        if begins and own and begins.earliest >= own.earliest:
            found.append(Doubt(f"要代替的 {old.name} 生效日 {begins} 不早于本版 {own}"))
    return found


def _suffix(name: str) -> str:
    """Return a safe ending for the original; Markdown would be taken for a document."""
    ending = PurePath(name.replace("\\", "/")).suffix.lower()
    if ending in _MARKDOWN:
        return ".md.txt"
    return ending if re.fullmatch(r"\.[a-z0-9]{1,5}", ending) else ".bin"

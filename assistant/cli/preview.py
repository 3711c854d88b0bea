"""A draft edition, a document and the impact of a change as lines for the terminal and as JSON."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from assistant.corpus.difference import KIND_LABELS, summary_line
from assistant.corpus.documents import Corpus
from assistant.corpus.validity import status_note, status_on
from assistant.types import Clause, Document

if TYPE_CHECKING:  # they load the search, which a listing has no need of
    from assistant.keeping.impact import Impact
    from assistant.keeping.intake import Intake

_SHOWN_CHARS = 40
_SHOWN_CLAUSES = 60
_READ_BY = {"text": "文字", "ocr": "识别（扫描件）", "mixed": "文字和识别混合"}


def preview_text(intake: "Intake") -> str:
    """Return what the keeper has to see before confirming."""
    lines = list(edition_facts(intake.document, ()))
    lines.append(f"读法：{_READ_BY[intake.draft.read_by.value]}" + _pages(intake))
    lines.append(f"写入：{intake.path}，原件存为 {intake.original_path}")
    lines += [f"代替：{old.name}（{old.id}），自 {old.expires_on} 起" for old in intake.replaced]
    lines += ["", *clause_tree(intake.clauses)]
    if intake.doubts:
        lines += ["", f"请核对（{len(intake.doubts)} 处）："]
        lines += [
            f"  - {_place(item.page)}{item.message}{f'：{item.where}' if item.where else ''}" for item in intake.doubts
        ]
    for difference in intake.differences:
        lines += ["", f"与 {difference.old.name}（{difference.old.id}）相比：{summary_line(difference)}"]
    if intake.impact is not None:
        lines += ["", *impact_lines(intake.impact)]
    return "\n".join(lines)


def _pages(intake: "Intake") -> str:
    pages = f"，{intake.draft.page_count} 页" if intake.draft.page_count else ""
    sure = intake.draft.ocr_confidence
    return pages + (f"，识别把握 {sure:.0%}" if sure is not None else "")


def _place(page: int | None) -> str:
    return f"第 {page} 页：" if page else ""


def edition_facts(document: Document, documents: Sequence[Document]) -> Iterator[str]:
    """Yield the metadata of an edition, a line each; what is unknown is said to be."""
    today = date.today()
    note = status_note(document, today, {item.id: item for item in documents})
    yield f"名称：{document.title}"
    yield f"文号：{document.number or '没有'}"
    yield f"id：{document.id}"
    yield f"类别：{document.kind.label}（{document.form.label}）"
    yield f"发布：{document.issuer or '机关不明'}　{document.issued_on or '日期不明'}"
    yield f"生效：{document.effective_on or '日期不明'}" + (
        f"　失效：{document.expires_on}" if document.expires_on else ""
    )
    yield f"今天的状态：{status_on(document, today).value}" + (f"（{note}）" if note else "")


def clause_tree(clauses: Sequence[Clause]) -> Iterator[str]:
    """Yield the headings and clauses, indented, each with how it begins."""
    yield f"条款 {len(clauses)} 个："
    above: tuple[str, ...] = ()
    for clause in clauses[:_SHOWN_CLAUSES]:
        for depth, heading in enumerate(clause.headings):
            if above[: depth + 1] != clause.headings[: depth + 1]:
                yield f"{'  ' * (depth + 1)}{heading}"
        above = clause.headings
        first = clause.blocks[0].text if clause.blocks else ""
        own = f"{clause.heading}　" if clause.heading not in ("", clause.number) else ""
        begins = first if len(first) <= _SHOWN_CHARS else first[:_SHOWN_CHARS] + "…"
        yield f"{'  ' * (len(clause.headings) + 1)}{clause.number}　{own}{begins}"
    if len(clauses) > _SHOWN_CLAUSES:
        yield f"  ……还有 {len(clauses) - _SHOWN_CLAUSES} 个"


def impact_lines(impact: "Impact") -> Iterator[str]:
    """Yield what is touched."""
    if not (impact.questions or impact.references):
        yield "没有牵涉必答问题，也没有别的文件引用改过的条款"
    if impact.questions:
        yield f"牵涉必答问题 {len(impact.questions)} 处："
        yield from (
            f"  - {item.id} {item.what}　引用 {item.address}（{KIND_LABELS[item.kind]}）" for item in impact.questions
        )
    if impact.references:
        yield f"别的文件引用改过的条款 {len(impact.references)} 处："
        yield from (f"  - {item.id}　引用 {item.address}（{KIND_LABELS[item.kind]}）" for item in impact.references)


def document_to_json(document: Document, loaded: Corpus, day: date) -> dict[str, Any]:
    """Return the documented JSON form of a document's metadata."""
    documents = {item.id: item for item in loaded.documents}
    return {
        "id": document.id,
        "number": document.number,
        "title": document.title,
        "kind": document.kind.value,
        "form": document.form.value,
        "form_label": document.form.label,
        "status": status_on(document, day).value,
        "status_note": status_note(document, day, documents),
        "issuer": document.issuer,
        "issued_on": _text(document.issued_on),
        "effective_on": _text(document.effective_on),
        "expires_on": _text(document.expires_on),
        "replaces": list(document.replaces),
        "replaced_by": list(document.replaced_by),
        "path": document.path,
        "original": document.original,
        "clause_count": sum(clause.document_id == document.id for clause in loaded.clauses),
    }


def _text(value: object) -> str | None:
    return str(value) if value is not None else None

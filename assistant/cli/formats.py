"""Answers and hits as text for the terminal and as JSON."""

from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from assistant.answering.stream import describe_model
from assistant.text import without_controls
from assistant.types import Answer, Hit, Sentence, SentenceStatus


def answer_to_json(answer: Answer) -> dict[str, Any]:
    """Return the documented JSON form of an answer."""
    return {
        "question": answer.question,
        "understood_as": answer.understood_as,
        "answer": answer.text,
        "sentences": [_sentence_to_json(item) for item in answer.sentences],
        "refused": answer.refused,
        "reason": answer.reason.value if answer.reason else None,
        "as_of": answer.as_of.isoformat(),
        "citations": [
            {
                "mark": item.mark,
                "address": item.address,
                "document_id": item.document_id,
                "number": item.number,
                "title": item.title,
                "kind": item.kind.value,
                "form": item.form.value,
                "numbered_by_us": item.numbered_by_us,
                "status": item.status.value,
                "status_note": item.status_note,
                "confidence": item.confidence.value,
                "quote": item.quote,
                "page": item.page,
                "sources": [{"key": source.key, "address": source.address} for source in item.sources],
            }
            for item in answer.citations
        ],
        "suggestions": list(answer.suggestions),
        "snapshot": answer.snapshot,
        "timings_ms": dict(answer.timings_ms),
        "model": asdict(answer.model) if answer.model else None,
        "notice": answer.notice,
    }


def _sentence_to_json(sentence: Sentence) -> dict[str, Any]:
    return {
        "text": sentence.text,
        "marks": list(sentence.marks),
        "status": sentence.status.value,
        "note": sentence.note,
        "checks": [{"name": check.name.value, "ok": check.ok, "detail": check.detail} for check in sentence.checks],
    }


def hit_to_json(hit: Hit) -> dict[str, Any]:
    """Return the documented JSON form of a hit."""
    return {
        "rank": hit.rank,
        "address": hit.clause.address,
        "document_id": hit.document.id,
        "title": hit.document.title,
        "heading": hit.clause.heading,
        "status": hit.status.value,
        "score": round(hit.score, 4),
        "stage": hit.stage.value,
        "text": hit.clause.text,
    }


def format_answer(answer: Answer) -> str:
    """Return an answer for the terminal: the reason of a refusal, the text, the sources."""
    lines = []
    if answer.understood_as != answer.question:
        lines.append(f"（理解为：{answer.understood_as}）")
    if answer.reason:
        lines.append(f"【{answer.reason.headline}：{answer.reason.label}】")
    if answer.notice:
        lines.append(f"（{answer.notice}）")
    lines += [answer.text, ""]
    lines += _format_faults(answer)
    lines += _format_sources(answer)
    if answer.suggestions:
        lines += [f"{'资料中相近的有' if answer.refused else '还可以问'}：{'；'.join(answer.suggestions)}", ""]
    lines.append(f"以 {answer.as_of} 为准" + (f"；{describe_model(answer.model)}" if answer.model else ""))
    return without_controls("\n".join(lines))


def _format_faults(answer: Answer) -> Iterable[str]:
    """Yield what the checks object to, a line for each sentence that did not pass."""
    faulty = [item for item in answer.sentences if item.status is not SentenceStatus.SUPPORTED]
    yield from (f"（{item.status.label}）{item.text}：{item.faults}" for item in faulty)
    if faulty:
        yield ""


def _format_sources(answer: Answer) -> Iterable[str]:
    for item in answer.citations:
        note = f"，{item.status_note}" if item.status_note else ""
        note += f"，原件第 {item.page} 页" if item.page else ""
        standing = f"{item.form_label}，{item.status.value}{note}；{item.confidence.value}"
        yield f"[{item.mark}] {item.address}　{item.title}（{standing}）"
        yield from (f"    {line}" for line in item.quote.splitlines() if line.strip())
        yield ""

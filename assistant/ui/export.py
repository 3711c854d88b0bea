"""Answers and citations as text to take along: Markdown with every citation, and one citation as a line."""

import re

from assistant.answering.stream import describe_model
from assistant.types import Answer, Citation, Sentence, SentenceStatus
from assistant.ui.escape import escape_markdown
from assistant.ui.quotes import plain_quote
from assistant.ui.words import OFFICIAL_PLACES, WITHOUT_OFFICIAL_PLACE, confidence_words

# After a mark such as [1] these would make it a link.
_AFTER_MARK = re.compile(r"^([(:])")


def answer_to_markdown(answer: Answer) -> str:
    """Return question, answer and each citation (address, edition, status that day, confidence, quote) as Markdown."""
    parts = [f"# {_one_line(answer.question)}"]
    if answer.understood_as != answer.question:
        parts.append(f"理解为：{_one_line(answer.understood_as)}")
    parts.append(f"以 {answer.as_of} 有效的规定为准。")
    if answer.reason is not None:
        parts.append(f"**{answer.reason.headline}：{answer.reason.label}**")
    if answer.notice:
        parts.append(f"> 注：{_one_line(answer.notice)}")
    parts += _answer_parts(answer.sentences)
    if answer.model is not None and answer.model.used:
        parts.append(f"{_one_line(describe_model(answer.model))}。未标明的句子都已与所引条款核对。")
    if answer.refused and answer.reason not in WITHOUT_OFFICIAL_PLACE:
        parts.append("可以向这些地方核实：\n\n" + "\n".join(f"- {name}：{what}" for name, what in OFFICIAL_PLACES))
    if answer.citations:
        parts.append("## 依据")
        parts += [_citation_part(citation) for citation in answer.citations]
    return "\n\n".join(parts) + "\n"


def citation_to_text(citation: Citation) -> str:
    """Return a citation on one line, as one would paste it into a report."""
    place = citation.address if citation.title in citation.address else f"{citation.address}《{citation.title}》"
    quote = plain_quote(citation.quote).replace("\n", " ")
    page = f"，原件第 {citation.page} 页" if citation.page else ""
    return f"{place}（{_state(citation)}{page}）：“{quote}”"


def _one_line(text: str) -> str:
    return escape_markdown(" ".join(text.split()))


def _answer_parts(sentences: tuple[Sentence, ...]) -> list[str]:
    """Return paragraphs; list entries that follow one another form one list, leads are bold, notes quoted."""
    parts: list[str] = []
    previous: Sentence | None = None
    for sentence in sentences:
        text = _sentence_text(sentence)
        if sentence.item:
            joined = previous is not None and previous.item
            parts.append(f"{parts.pop()}\n- {text}" if joined else f"- {text}")
        elif sentence.leads_in:
            parts.append(f"**{text}**")
        elif sentence.aside:
            parts.append(f"> 注：{text}")
        elif previous is not None and not previous.item and not previous.aside:
            parts[-1] += text
        else:
            parts.append(text)
        previous = sentence
    return parts


def _sentence_text(sentence: Sentence) -> str:
    text = _AFTER_MARK.sub(r"\\\1", _one_line(sentence.text))
    if sentence.status is SentenceStatus.FAILED:
        text = f"~~{text}~~"
    why = f"（{sentence.status.label}：{_one_line(sentence.faults)}）" if sentence.faults else sentence.caveat
    return text + why + "".join(f"[{mark}]" for mark in sentence.marks)


def _citation_part(citation: Citation) -> str:
    name = f"{citation.number}《{citation.title}》" if citation.number else f"《{citation.title}》"
    head = f"**[{citation.mark}] {_one_line(citation.address)}**　{_one_line(name)}"
    lines = [
        f"- 版本状态：{citation.status.value}"
        + (f"（{_one_line(citation.status_note)}）" if citation.status_note else "")
    ]
    lines.append(f"- 文本形式：{citation.form_label}；可信程度：{confidence_words(citation.confidence)}")
    if citation.sources:
        lines.append(
            "- 来源：" + "；".join(_source_text(source.address, source.doubtful) for source in citation.sources)
        )
    quote = "\n".join(f"> {escape_markdown(line)}  " for line in plain_quote(citation.quote).splitlines())
    return "\n\n".join([head, "\n".join(lines), quote]).rstrip()


def _source_text(address: str, doubtful: bool) -> str:
    return _one_line(address) + ("（仅作线索）" if doubtful else "")


def _state(citation: Citation) -> str:
    return f"{citation.form_label}，{citation.status.value}，{confidence_words(citation.confidence)}"

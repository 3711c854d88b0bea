"""An answer, its source cards and a refusal as HTML, built from escaped parts only.

Ids: mark ``n`` of the answer ``uid`` stands at ``uid-m-n`` (its first use), the card at ``uid-c-n``. Behaviour hangs on
``data-`` attributes that ``bridge.js`` reads; without it the links still lead to the right place.
"""

from collections import Counter
from collections.abc import Iterator
from datetime import date
from itertools import groupby
from urllib.parse import urlencode

from assistant.answering.stream import describe_model
from assistant.types import Answer, Citation, Reason, Sentence, SentenceStatus, Source, Status
from assistant.ui.escape import escape_html, is_safe_address
from assistant.ui.export import citation_to_text
from assistant.ui.quotes import quote_html
from assistant.ui.words import OFFICIAL_PLACES, TONES, WITHOUT_OFFICIAL_PLACE, confidence_words

OPEN_CARDS_CHARS = 260


def badge_html(status: Status) -> str:
    """Return the status of an edition in colour and words."""
    return f'<span class="badge {TONES[status]}">{status.value}</span>'


def question_html(question: str, uid: str) -> str:
    """Return the reader's question."""
    return f'<div class="question" id="{uid}" tabindex="-1"><p>{escape_html(question)}</p></div>'


def answer_html(answer: Answer, uid: str) -> str:
    """Return the answer or refusal with its source cards."""
    body = (
        _refusal_html(answer, answer.reason, uid)
        if answer.reason
        else _sentences_html(answer.sentences, answer.citations, uid, checked=_is_written(answer))
    )
    day = f'<p class="as-of">{_as_of_words(answer.as_of)}</p>' if not answer.refused or answer.citations else ""
    kind = "refusal" if answer.refused else "answer"
    head = f"{_notice_html(answer.notice)}{_understood_html(answer)}"
    return f'<div class="{kind}" id="{uid}-a">{head}{body}{_model_html(answer)}{day}{_cards_html(answer.citations, uid)}</div>'


def writing_html(
    sentences: tuple[Sentence, ...], citations: tuple[Citation, ...], pending: str, words: str, uid: str
) -> str:
    """Return an answer that a model is still writing: checked sentences, the unfinished one, what is going on."""
    body = _sentences_html(sentences, citations, uid, checked=True)
    unfinished = f'<p class="pending">{escape_html(pending)}</p>' if pending else ""
    going = f'<p class="going" role="status">{escape_html(words)}</p>'
    return f'<div class="answer" id="{uid}-a">{body}{unfinished}{going}{_cards_html(citations, uid)}</div>'


def _is_written(answer: Answer) -> bool:
    return answer.model is not None and answer.model.used


def _notice_html(notice: str) -> str:
    return f'<div class="notes"><p>{escape_html(notice)}</p></div>' if notice else ""


def _model_html(answer: Answer) -> str:
    """Return who wrote the answer and how its sentences checked out; empty without a model."""
    use = answer.model
    if use is None or not use.used:
        return ""
    counts = Counter(sentence.status for sentence in answer.sentences if sentence.checks and not sentence.note)
    told = "、".join(f"{counts[status]} 句{status.label}" for status in SentenceStatus if counts[status])
    words = describe_model(use) + (f"：{told}" if told else "")
    return f'<p class="as-of">{escape_html(words)}</p>'


def _understood_html(answer: Answer) -> str:
    if answer.understood_as == answer.question:
        return ""
    return f'<p class="understood">理解为：{escape_html(answer.understood_as)}</p>'


def _as_of_words(day: date) -> str:
    if day == date.today():
        return f"以今天（{day}）有效的规定为准"
    return f"以 {day} 当时有效的规定为准"


def _sentences_html(
    sentences: tuple[Sentence, ...], citations: tuple[Citation, ...], uid: str, *, checked: bool = False
) -> str:
    """Return paragraphs, lists and notes; the first use of a mark carries the id to which its card leads back.

    ``checked`` shows of each sentence that it passed its checks, as a model's sentences do.
    """
    used: set[int] = set()
    titles = {item.mark: f"{item.address}（{item.status.value}）" for item in citations}
    parts = []
    for (item, note, lead), group in groupby(sentences, key=lambda one: (one.item, one.aside, one.leads_in)):
        texts = [_sentence_html(sentence, titles, uid, used, checked=checked) for sentence in group]
        if item:
            parts.append("<ul>" + "".join(f"<li>{text}</li>" for text in texts) + "</ul>")
        elif lead:
            parts += [f'<p class="lead">{text}</p>' for text in texts]
        elif note:
            parts.append('<div class="notes">' + "".join(f"<p>{text}</p>" for text in texts) + "</div>")
        else:
            parts.append(f"<p>{''.join(texts)}</p>")
    return "".join(parts)


def _sentence_html(
    sentence: Sentence, titles: dict[int, str], uid: str, used: set[int], *, checked: bool = False
) -> str:
    verdict = _verdict_html(sentence) if checked and _has_verdict(sentence) else ""
    told = sentence.caveat if sentence.status is SentenceStatus.SUPPORTED else ""
    caveat = f'<span class="caveat">{escape_html(told.strip("（）"))}</span>' if told else ""
    marks = []
    for mark in sentence.marks:
        anchor = "" if mark in used else f' id="{uid}-m-{mark}"'
        used.add(mark)
        title = escape_html(titles.get(mark, ""))
        marks.append(
            f'<a class="mark" href="#{uid}-c-{mark}"{anchor} data-goto="{uid}-c-{mark}" title="{title}"'
            f' aria-label="依据 {mark}：{title}"><i>[</i>{mark}<i>]</i></a>'
        )
    glued = 0 if caveat else 1  # the last character stays with the marks, so that no line begins with a mark
    head, last = sentence.text[: len(sentence.text) - glued], sentence.text[len(sentence.text) - glued :]
    tail = f'<span class="tail">{_struck(last, sentence)}{caveat}{"".join(marks)}</span>'
    return f"{_struck(head, sentence)}{tail}{verdict}"


def _has_verdict(sentence: Sentence) -> bool:
    """Return whether to tell what the checks found: of all that states a fact, and of whatever they object to."""
    return bool(sentence.checks) and (not sentence.note or sentence.status is not SentenceStatus.SUPPORTED)


def _struck(text: str, sentence: Sentence) -> str:
    escaped = escape_html(text)
    return f"<s>{escaped}</s>" if text and sentence.status is SentenceStatus.FAILED else escaped


def _verdict_html(sentence: Sentence) -> str:
    """Return what the checks found, in words; where they object, with the reason."""
    if sentence.status is SentenceStatus.SUPPORTED:
        names = "、".join(check.name.label for check in sentence.checks)
        return f'<span class="verdict supported" title="{escape_html(names)}都核对过">✓<i>已核对</i></span>'
    why = f"：{escape_html(sentence.faults)}" if sentence.faults else ""
    return f'<span class="verdict {sentence.status.value}">{sentence.status.label}{why}</span>'


def _refusal_html(answer: Answer, reason: Reason, uid: str) -> str:
    places = ""
    if reason not in WITHOUT_OFFICIAL_PLACE:
        rows = "".join(f"<li><b>{name}</b>{what}</li>" for name, what in OFFICIAL_PLACES)
        places = f'<div class="places"><p>可以向这些地方核实</p><ul>{rows}</ul></div>'
    sentences = _sentences_html(answer.sentences, answer.citations, uid, checked=_is_written(answer))
    return f'<p class="reason">{reason.headline}<b>{escape_html(reason.label)}</b></p>{sentences}{places}'


def _cards_html(citations: tuple[Citation, ...], uid: str) -> str:
    if not citations:
        return ""
    cards, shown = [], 0
    for citation in citations:
        cards.append(card_html(citation, uid, opened=shown < OPEN_CARDS_CHARS))
        shown += len(citation.quote)
    return f'<section class="cards" aria-label="依据"><h3>依据 {len(cards)} 条</h3>{"".join(cards)}</section>'


def card_html(citation: Citation, uid: str, *, opened: bool) -> str:
    """Return one source card: address, document, status, form, confidence; folded in: quote, sources, actions."""
    facts = [citation.status_note, f"原件第 {citation.page} 页" if citation.page else ""]
    told = "；".join(fact for fact in facts if fact)
    note = f'<p class="status-note">{escape_html(told)}</p>' if told else ""
    href = escape_html(document_href(citation.document_id, citation.address))
    return (
        f'<details class="card" id="{uid}-c-{citation.mark}"{" open" if opened else ""}>'
        f'<summary><span class="number">{citation.mark}</span>'
        f'<span class="address">{escape_html(citation.address)}</span>{badge_html(citation.status)}'
        f'<span class="title">{_title_html(citation)}</span>'
        f'<span class="attested">{citation.form_label} · {confidence_words(citation.confidence)}</span></summary>'
        f"<blockquote>{quote_html(citation.quote, citation.supports)}</blockquote>"
        f"{note}{_sources_html(citation.sources)}"
        f'<p class="acts"><a href="{href}" target="_self" data-open="{escape_html(citation.document_id)}"'
        f' data-clause="{escape_html(citation.address)}" data-back="{uid}-c-{citation.mark}">看原文</a>'
        f'<button type="button" data-copy="{escape_html(citation_to_text(citation))}">复制引用</button>'
        f'<a href="#{uid}-m-{citation.mark}" data-goto="{uid}-m-{citation.mark}">回到正文</a></p></details>'
    )


def _title_html(citation: Citation) -> str:
    """Return kind, number and title of the document, without what the address says already."""
    parts = [citation.kind.label]
    if citation.number and citation.number not in citation.address:
        parts.append(citation.number)
    if citation.title not in citation.address:
        parts.append(f"《{citation.title}》")
    return escape_html(" ".join(parts))


def document_href(document_id: str, clause: str = "") -> str:
    """Return the address of a document's view, relative to the page, so that it can be linked to."""
    return "document?" + urlencode({"doc": document_id} | ({"clause": clause} if clause else {}))


def _sources_html(sources: tuple[Source, ...]) -> str:
    if not sources:
        return ""
    doubtful = sum(source.doubtful for source in sources)
    warning = f"，其中 {doubtful} 处仅作线索" if doubtful else ""
    rows = "".join(f"<li>{row}</li>" for row in sources_rows(sources))
    return f'<details class="sources"><summary>来源 {len(sources)} 处{warning}</summary><ul>{rows}</ul></details>'


def sources_rows(sources: tuple[Source, ...]) -> Iterator[str]:
    """Yield each source as HTML; only a plain web address that is not doubtful becomes a link."""
    for source in sources:
        address = escape_html(source.address)
        if source.doubtful:
            text = f'{address} <span class="caveat">仅作线索</span>'
        elif is_safe_address(source.address):
            text = f'<a href="{address}" target="_blank" rel="noopener noreferrer nofollow">{address}</a>'
        else:
            text = address
        yield f'<span class="key">{escape_html(source.key)}</span>{text}'

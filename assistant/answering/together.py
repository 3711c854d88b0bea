"""Answering several questions that were asked as one: each part for itself, under its own words."""

import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace

from assistant.answering.answer import Composed
from assistant.answering.expectation import lacks_sort_in
from assistant.types import CheckName, Citation, Confidence, Reason, Sentence

_ADDED = 2
_GOES_ON = tuple("0123456789.")  # 5.1.1 is not 5.1.12; what refines an address (第二款, a)) may follow


def together(
    whole: Composed, parts: Sequence[str], answer: Callable[[str], Composed], near: Collection[str]
) -> Composed:
    """Return ``whole``, or the answers to its ``parts`` where it passes over one of them and the material answers any.

    A part that is refused is named with its reason. A refusal stands unless it rests on an estimate, or on one thing that is not
    known: the other parts may be.
    """
    unknown = whole.reason is Reason.UNKNOWN_IN_MATERIAL
    estimated = whole.reason is Reason.NOT_IN_MATERIAL and not whole.settled
    if whole.reason and not estimated and not unknown:
        return whole
    cited = {citation.address for citation in whole.citations}
    answers = [answer(part) for part in parts]
    passed_over = any(item.reason or item.citations[0].address not in cited for item in answers)
    answered = [item for item in answers if not item.reason and (not unknown or _rests_on(item, near))]
    if not passed_over or not answered:
        return whole
    sentences: list[Sentence] = []
    citations: list[Citation] = []
    for part, item in zip(parts, answers, strict=True):
        marks = {citation.mark: _add(citation, citations) for citation in item.citations}
        own = [replace(sentence, marks=tuple(marks[mark] for mark in sentence.marks)) for sentence in item.sentences]
        sentences += [Sentence(f"{part.rstrip('？?')}：", note=True), *own]
    return Composed(tuple(dict.fromkeys(sentences)), tuple(citations), None, whole.suggestions)


def widened(
    whole: Composed, parts: Sequence[str], answer: Callable[[str], Composed], near: Collection[str]
) -> Composed:
    """Return ``whole`` with what the first sentences of the answers to its ``parts`` add to it; a refusal stands.

    A part alone may mean anything (从哪天起算), so only what is taken from the clauses ``near`` the whole question is added,
    word for word. What has to be said of a source that comes in (not in force, to change) is said as well.
    """
    if whole.reason:
        return whole
    citations = list(whole.citations)
    told = {sentence.text for sentence in whole.sentences}
    added: list[Sentence] = []
    notes: list[Sentence] = []
    for item in (answer(part) for part in parts):
        quoted = [own for own in item.sentences if _is_quoted(own, item, near)] if not item.reason else []
        new = [own for own in quoted if own.text not in told][:_ADDED]
        marks = {mark: item.citations[mark - 1] for sentence in new for mark in sentence.marks}
        about = [own for own in item.sentences if own.aside and own.text not in told and set(own.marks) & set(marks)]
        for target, chosen in ((added, new), (notes, about)):
            for sentence in chosen:
                own = tuple(_add(marks[mark], citations) for mark in sentence.marks if mark in marks)
                target.append(replace(sentence, marks=own))
                told.add(sentence.text)
    # Behind what is told, before the notes that follow it.
    at = next((i for i, own in enumerate(whole.sentences) if i and own.note), len(whole.sentences))
    sentences = (*whole.sentences[:at], *added, *whole.sentences[at:], *notes)
    return replace(whole, sentences=sentences, citations=tuple(citations))


def with_passed_over(answer: Composed, parts: Sequence[str]) -> Composed:
    """Return ``answer`` with a note for each of ``parts`` that asks for a sort of fact (a number, a date) which it does not hold.

    A refusal has said so, and so has what tells that something is not known.
    """
    told = [sentence for sentence in answer.sentences if not sentence.note]
    if answer.reason or any(sentence.confidence is Confidence.UNKNOWN for sentence in told):
        return answer
    silent = [part for part in parts if lacks_sort_in(part, [sentence.text for sentence in told])]
    asked = [re.split("[，,。；;]", part.rstrip("？?，,"))[-1] for part in silent]  # without the case told before it
    notes = [Sentence(f"以上所引条款没有答到这一问：{question}。", note=True) for question in asked]
    return replace(answer, sentences=(*answer.sentences, *notes))


def _rests_on(answer: Composed, near: Collection[str]) -> bool:
    """Return whether an answer is taken from one of the clauses ``near`` the whole question first of all."""
    return any(_is_within(answer.citations[0].address, own) for own in near)


def _is_within(address: str, clause: str) -> bool:
    return address.startswith(clause) and address[len(clause) : len(clause) + 1] not in _GOES_ON


def _is_quoted(sentence: Sentence, answer: Composed, near: Collection[str]) -> bool:
    """Return whether a sentence is taken word for word from one of the clauses ``near``."""
    if not any(check.name is CheckName.QUOTATIONS for check in sentence.checks):
        return False
    address = answer.citations[sentence.marks[0] - 1].address
    return any(_is_within(address, own) for own in near)


def _add(citation: Citation, citations: list[Citation]) -> int:
    """Return the mark of ``citation`` among ``citations``, to which it is added unless it is there with the same words."""
    for held in citations:
        if replace(held, mark=citation.mark) == citation:
            return held.mark
    citations.append(replace(citation, mark=len(citations) + 1))
    return len(citations)

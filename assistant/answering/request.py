"""What a language model is sent: numbered clauses with their standing, the conversation, the question, and what to repair.

Text of documents and askers is data: nothing in it can close the frame that it stands in.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from assistant.answering import prompts
from assistant.answering.checks.sources import CitedSource
from assistant.answering.citations import weakest
from assistant.answering.extract import quotable
from assistant.answering.generate import Message
from assistant.types import Clause, Hit, Sentence, SentenceStatus, Turn

MAX_CLAUSES, MAX_CLAUSE_CHARS, MAX_CHARS = 10, 1500, 9000
PAST_TURNS, PAST_CHARS = 3, 300


@dataclass(frozen=True, slots=True)
class Task:
    """What the model is to answer: the complete question and the asker's own words, from ``hits``, on a day."""

    question: str
    asked: str
    hits: Sequence[Hit]
    history: Sequence[Turn]
    as_of: date
    snapshot: str


def choose_clauses(hits: Sequence[Hit]) -> list[Hit]:
    """Return the hits that the model is shown: those with something to quote, best first, within its budget."""
    chosen: list[Hit] = []
    chars = 0
    for hit in hits:
        blocks = quotable(hit.clause)
        size = min(sum(len(block.text) for block in blocks), MAX_CLAUSE_CHARS)
        if not blocks or (chosen and chars + size > MAX_CHARS):
            continue
        chosen.append(hit)
        chars += size
        if len(chosen) == MAX_CLAUSES:
            break
    return chosen


def messages_for(task: Task, sources: Mapping[int, CitedSource], clauses: Mapping[int, Clause]) -> list[Message]:
    """Return the instructions and the question with its numbered clauses; nothing in them can close its own frame."""
    listed = "\n\n".join(
        prompts.CLAUSE.format(
            mark=mark,
            address=inert(clauses[mark].address),
            document=inert(source.name),
            form=inert(source.form),
            status=inert(source.standing),
            confidence=weakest(quotable(clauses[mark])).value,
            text=inert(source.text[:MAX_CLAUSE_CHARS]),
        )
        for mark, source in sources.items()
    )
    human = prompts.QUESTION.format(
        clauses=listed, conversation=conversation(task.history), question=inert(task.question), as_of=task.as_of
    )
    return [("system", prompts.ANSWER), ("human", human)]


def conversation(history: Sequence[Turn]) -> str:
    """Return the last turns for a prompt; empty without any."""
    turns = "\n".join(
        prompts.TURN.format(
            question=inert(turn.answer.understood_as), answer=inert(checked_text(turn)[:PAST_CHARS]) or "（未作回答）"
        )
        for turn in history[-PAST_TURNS:]
    )
    return prompts.CONVERSATION.format(turns=turns) if turns else ""


def checked_text(turn: Turn) -> str:
    """Return what an earlier answer said with support; what was not checked is no ground for the next one."""
    return "".join(
        sentence.text
        for sentence in turn.answer.sentences
        if not sentence.note and sentence.status is SentenceStatus.SUPPORTED
    )


def repair_messages(draft: str, faulty: Sequence[Sentence]) -> list[Message]:
    """Return the model's own text and what is wrong with its ``faulty`` sentences."""
    faults = "\n".join(
        prompts.FAULT.format(sentence=inert(sentence.text), faults=inert(sentence.faults) or "没有通过核对")
        for sentence in faulty
    )
    return [("ai", inert(draft)), ("human", prompts.REPAIR.format(faults=faults))]


def inert(text: str) -> str:
    """Return text of a document or asker that cannot be taken for the frames of the prompt."""
    return text.replace("<", "＜").replace(">", "＞")

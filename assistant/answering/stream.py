"""What happens while an answer is made, and the answer as far as it got."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Self

from assistant.types import (
    Answer,
    Citation,
    Event,
    Finished,
    ModelUse,
    Redraft,
    Sentence,
    SentenceClosed,
    SentenceStatus,
    Understood,
)

WITHOUT_MODEL = "下面的回答直接摘自条款，没有用模型。"


@dataclass(slots=True)
class Making:
    """The answer without a model, as soon as it is there."""

    plain: Answer | None = None


class AnswerStream(Iterator[Event]):
    """The events of one answer, in order. ``answer`` is the answer once they have ended; ``stop`` ends them early."""

    def __init__(self, events: Iterator[Event], making: Making) -> None:
        self._events = events
        self._making = making
        self._model: str | None = None
        self._sentences: list[Sentence] = []
        self._citations: tuple[Citation, ...] = ()
        self._answer: Answer | None = None

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> Event:
        event = next(self._events)
        match event:
            case Understood(model=model):
                self._model = model
            case SentenceClosed(sentence=sentence, citations=citations):
                self._sentences.append(sentence)
                self._citations = citations
            case Redraft():
                self._sentences, self._citations = [], ()
            case Finished(answer=answer):
                self._answer = answer
        return event

    @property
    def begun(self) -> bool:
        """Whether there is an answer without a model by now, so that it can be stopped."""
        return self._making.plain is not None

    @property
    def answer(self) -> Answer:
        """The answer; only once the events have ended or were stopped."""
        if self._answer is None:
            raise RuntimeError("the answer is not finished")
        return self._answer

    def stop(self) -> Answer:
        """Hang up on the model and return the answer so far: its supported sentences, or the answer without it."""
        close = getattr(self._events, "close", None)
        if close:
            close()
        if self._answer is None:
            self._answer = self._stopped()
        return self._answer

    def _stopped(self) -> Answer:
        plain = self._making.plain
        if plain is None:
            raise RuntimeError("nothing is known yet")
        if self._model is None:
            return plain
        use = ModelUse(self._model, used=False)
        if not any(sentence.status is SentenceStatus.SUPPORTED and sentence.marks for sentence in self._sentences):
            return replace(plain, model=use, notice=f"已停止。{WITHOUT_MODEL}")
        return replace(
            plain,
            sentences=tuple(self._sentences),
            citations=self._citations,
            refused=False,
            reason=None,
            model=replace(use, used=True, drafts=1),
            notice="已停止，下面是停止前写完的部分。",
        )


def without_model(answer: Answer, name: str, why: str) -> Answer:
    """Return ``answer`` as the one given because the model ``name`` failed."""
    return replace(answer, model=ModelUse(name, used=False), notice=f"{why}。{WITHOUT_MODEL}")


def describe_model(use: ModelUse) -> str:
    """Return in one line what a language model did for the answer."""
    if not use.used:
        return f"模型 {use.name} 没有用上"
    parts = [f"由模型 {use.name} 写成，逐句核对过"]
    if use.cached:
        parts.append("取自以前的回答")
    if use.input_tokens is not None:
        parts.append(f"词元 {use.input_tokens} + {use.output_tokens}")
    if use.cost is not None:
        parts.append(f"费用 {use.cost:.4f}")
    if use.removed_marks:
        parts.append(f"去掉不存在的编号 {use.removed_marks} 个")
    if use.dropped:
        parts.append(f"略去 {use.dropped} 句")
    return "，".join(parts)

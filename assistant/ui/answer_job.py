"""An answer that a language model writes beside the page; the page looks in again and again."""

from collections.abc import Sequence
from datetime import date

from assistant.answering.stream import AnswerStream
from assistant.errors import AssistantError
from assistant.settings import ModelSettings
from assistant.types import (
    Answer,
    Citation,
    Delta,
    Kind,
    Redraft,
    Sentence,
    SentenceClosed,
    Turn,
    Understood,
)
from assistant.ui.job import Job
from assistant.ui.sharing import SharedAssistant


class AnswerJob(Job):
    """Asks one question. ``sentences``, ``citations`` and ``pending`` are what is written so far; ``answer`` the end of it."""

    def __init__(
        self,
        shared: SharedAssistant,
        question: str,
        history: Sequence[Turn],
        given: tuple[date | None, frozenset[Kind] | None],
        model: ModelSettings | None,
    ) -> None:
        """Start asking, by the day and among the kinds that are ``given``."""
        super().__init__(question)
        self.understood = question
        self.model = ""
        self.sentences: tuple[Sentence, ...] = ()
        self.citations: tuple[Citation, ...] = ()
        self.pending = ""
        self.redrafting = 0
        self.answer: Answer | None = None
        self._stopped = False
        self._shared, self._history, self._given, self._model = shared, history, given, model
        self.start(self._ask)

    def _ask(self) -> None:
        as_of, kinds = self._given
        with self._shared.lend() as assistant:
            stream = assistant.stream(self.name, history=self._history, as_of=as_of, kinds=kinds, model=self._model)
            self.answer = self._follow(stream)

    def _follow(self, stream: AnswerStream) -> Answer:
        for event in stream:
            match event:
                case Understood(question=question, model=model):
                    self.understood, self.model = question, model or ""
                case Delta(text=text):
                    self.pending = text
                case SentenceClosed(sentence=sentence, citations=citations):
                    self.citations, self.pending = citations, ""
                    self.sentences = (*self.sentences, sentence)
                case Redraft(failed=failed):
                    self.sentences, self.citations, self.pending, self.redrafting = (), (), "", failed
            if self._stopped:
                return stream.stop()
        return stream.answer

    def stop(self) -> None:
        """Hang up on the model at its next sign of life; what it wrote so far stays."""
        self._stopped = True

    @property
    def words(self) -> str:
        """What it is doing."""
        if self._stopped:
            return "正在停止……"
        if not self.model:
            return "正在查资料……"
        if self.redrafting:
            return f"有 {self.redrafting} 句没有通过核对，模型正在改写……"
        return f"{self.model} 正在写，写完一句核对一句……"

    def failure(self, error: Exception) -> AssistantError:
        """Return what the reader is told of an error that nobody foresaw."""
        return AssistantError(f"这个问题没有答成（{type(error).__name__}）", "再问一次")

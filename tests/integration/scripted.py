"""The real index and a scripted model, and sentences of that model that name clauses by address instead of by number."""

import re
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

from assistant.answering.stream import AnswerStream
from assistant.chat import Assistant
from assistant.settings import ModelSettings
from assistant.types import Answer, Turn
from tests.model_server import ModelServer, Reply

KEY = "sk-qzxv-7391-wkpt"
ASKS_BACK = "请问贵公司成立几年了？"
_CLAUSE = re.compile(r"<条款 编号=(\d+)>\n([^｜\n]+)｜")
_CITED = re.compile(r"\[([^\[\]\d][^\[\]]*)\]")


def own_index(built: Path, folder: Path) -> Path:
    """Return an index in ``folder`` that is the ``built`` one with a ledger of its own."""
    folder.mkdir()
    for entry in built.iterdir():
        if not entry.name.startswith("model.db"):
            (folder / entry.name).symlink_to(entry)
    return folder


def prompt(server: ModelServer, at: int = -1) -> str:
    """Return what the model was asked, without its instructions."""
    return str(server.requests()[at].body["messages"][1]["content"])


@dataclass
class Scene:
    """An assistant whose answers a scripted model writes. Each question is asked with the settings given, uncached."""

    assistant: Assistant
    server: ModelServer
    _numbers: dict[object, dict[str, int]] = field(default_factory=dict)

    def settings(self, **more: Any) -> ModelSettings:
        usual = {"name": "test-model", "base_url": self.server.base_url, "api_key": KEY, "cache": False, "retries": 0}
        return ModelSettings(**(usual | more))

    def script(self, *replies: Reply) -> None:
        self.server.clear()
        self.server.script(*replies)

    def stream(self, question: str, *replies: Reply, history: Sequence[Turn] = (), as_of: date | None = None, **more: Any) -> AnswerStream:  # fmt: skip
        """Return the answer in the making by a model that replies as told; in its text ``[address]`` is the number."""
        cited = [self._cited(reply, question, history, as_of) for reply in replies]
        self.script(*cited)
        return self.assistant.stream(question, history=history, as_of=as_of, model=self.settings(**more))

    def ask(self, question: str, *replies: Reply | str, **more: Any) -> Answer:
        stream = self.stream(question, *(Reply(it) if isinstance(it, str) else it for it in replies), **more)
        for _ in stream:
            pass
        return stream.answer

    def plain(self, question: str, as_of: date | None = None) -> Answer:
        """Return the answer without a model."""
        return self.assistant.ask(question, as_of=as_of, model=ModelSettings())

    def numbers(self, question: str, as_of: date | None = None) -> dict[str, int]:
        """Return the number under which the model is shown each clause, as it is told so."""
        if (question, as_of) not in self._numbers:
            self.script(Reply(ASKS_BACK))
            self.assistant.ask(question, as_of=as_of, model=self.settings(name="numbers"))
            listed = _CLAUSE.findall(prompt(self.server))
            self._numbers[question, as_of] = {address: int(number) for number, address in listed}
        return self._numbers[question, as_of]

    def _cited(self, reply: Reply, question: str, history: Sequence[Turn], as_of: date | None) -> Reply:
        def number(found: re.Match[str]) -> str:
            assert not history, "number the clauses of the complete question"
            return f"[{self.numbers(question, as_of)[found[1]]}]"

        texts = [_CITED.sub(number, text) for text in (reply.text, *reply.chunks)]
        return replace(reply, text=texts[0], chunks=texts[1:])


@contextmanager
def opened(built_index: Path, folder: Path) -> Iterator[Scene]:
    """Open an assistant on its own view of the index, and a scripted model."""
    with ModelServer() as server, Assistant.open(index=own_index(built_index, folder)) as assistant:
        yield Scene(assistant, server)
        for thread in threading.enumerate():  # the index must not be closed under those that still read its clauses
            if "prepare" in thread.name:
                thread.join()

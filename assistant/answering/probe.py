"""Trying a model out: what works, in one line."""

import time
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from assistant.answering import prompts
from assistant.answering.generate import ChatModel
from assistant.answering.usage import Ledger
from assistant.errors import GenerationError
from assistant.settings import ModelSettings

_STREAMED = 2


@dataclass(frozen=True, slots=True)
class Probe:
    """What was found. Times in seconds, None where it did not come to that; ``message`` and ``hint`` say what is wrong."""

    name: str
    base_url: str
    ok: bool
    streams: bool = False
    counts_tokens: bool = False
    first_s: float | None = None
    total_s: float | None = None
    message: str = ""
    hint: str = ""

    def as_dict(self) -> dict[str, Any]:
        """Return all of it for JSON."""
        return asdict(self)

    def __str__(self) -> str:
        place = f"{self.name}（{self.base_url}）"
        if not self.ok:
            return f"不能用：{place}，{self.message}。办法：{self.hint}"
        streaming = "支持流式" if self.streams else "不支持流式（回答会一次出来）"
        counting = "会报用量" if self.counts_tokens else "不报用量（每日上限不起作用）"
        taken = f"首字 {self.first_s:.1f} 秒，共 {self.total_s:.1f} 秒"
        return f"可用：{place}，连得上，密钥和模型名有效，{streaming}，{counting}，{taken}"


def probe(settings: ModelSettings) -> Probe:
    """Ask the model for two words and return what works; its day's limit and cache are left alone.

    Raises:
        SettingsError: the provider is not known.

    """
    with TemporaryDirectory() as folder:
        model = ChatModel(settings.model_copy(update={"daily_tokens": None}), Ledger(Path(folder)))
        place = (model.name, model.base_url or "OpenAI")
        start = time.perf_counter()
        first: float | None = None
        pieces = 0
        try:
            reply = model.stream([("human", prompts.PROBE)])
            for _ in reply:
                pieces += 1
                first = first or time.perf_counter() - start
        except GenerationError as error:
            return Probe(*place, ok=False, message=error.message, hint=error.hint)
    if first is None:
        return Probe(*place, ok=False, message="模型回了空白", hint="换一个模型")
    counted = reply.usage.input_tokens is not None
    total = time.perf_counter() - start
    return Probe(*place, True, pieces >= _STREAMED, counted, round(first, 3), round(total, 3))

"""The language model: any OpenAI-compatible endpoint, through langchain-openai. The only module that imports it."""

import hashlib
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from assistant.answering.providers import provider_of
from assistant.answering.usage import DayUse, Ledger
from assistant.errors import GenerationError, ModelBroken, ModelBusy, ModelRejected, ModelUnreachable
from assistant.settings import ModelSettings

Message = tuple[str, str]
"""Role (system, human, ai) and text."""

# After a failure to reach it, answers come at once without the model for so long.
REST_S = 30.0
_HINT = "检查 ASSISTANT_MODEL__NAME、BASE_URL、API_KEY，或运行 assistant models test"
_MAX_CHARS = 60_000
_KEY_REFUSED = (ModelRejected, "模型服务不认这个密钥", "检查 ASSISTANT_MODEL__API_KEY")
_BY_STATUS: dict[int, tuple[type[GenerationError], str, str]] = {
    401: _KEY_REFUSED,
    403: _KEY_REFUSED,
    402: (ModelRejected, "模型服务的账户余额不足", "充值，或换一个服务商"),
    404: (ModelRejected, "模型服务没有这个模型或地址", "检查 ASSISTANT_MODEL__NAME 和 ASSISTANT_MODEL__BASE_URL"),
    429: (ModelBusy, "模型服务忙或额度用完", "稍后再试"),
}


@dataclass(slots=True)
class Usage:
    """What a reply took; tokens are None where the endpoint does not count."""

    input_tokens: int | None = None
    output_tokens: int | None = None
    seconds: float = 0.0


class Reply:
    """A model's text as it arrives. Iterate over its pieces; ``close`` hangs up.

    At the end ``usage`` is complete, and ``truncated`` tells that the model reached the limit of its length.

    Raises:
        GenerationError: while iterating, in the words for the reader.

    """

    def __init__(self, chunks: Iterator[Any], total_s: float) -> None:
        self.usage = Usage()
        self.truncated = False
        self._finished = False
        self._chunks = chunks
        self._until = time.monotonic() + total_s

    def __iter__(self) -> Iterator[str]:
        start = time.monotonic()
        characters = 0
        try:
            for chunk in self._chunks:
                self._note(chunk)
                if time.monotonic() > self._until:
                    raise ModelUnreachable("模型写得太久，已停止", "调大 ASSISTANT_MODEL__TOTAL_S，或换一个快的模型")
                if piece := _text(chunk):
                    characters += len(piece)
                    if characters > _MAX_CHARS:
                        raise ModelBroken("模型写个不停，已停止", "换一个模型")
                    yield piece
            if not self._finished:  # a connection that simply ends raises nothing
                raise ModelBroken("模型的回答中断了", "稍后再试")
        except GenerationError:
            raise
        except Exception as error:
            raise _translated(error) from error
        finally:
            self.usage.seconds = time.monotonic() - start
            self.close()

    def close(self) -> None:
        """Hang up."""
        close = getattr(self._chunks, "close", None)
        if close:
            with suppress(Exception):  # a broken connection cannot be closed properly
                close()

    def _note(self, chunk: Any) -> None:  # noqa: ANN401 — langchain's message chunk
        reason = getattr(chunk, "response_metadata", {}).get("finish_reason")
        self._finished |= reason is not None
        self.truncated |= reason == "length"
        counted = getattr(chunk, "usage_metadata", None)
        if counted:
            self.usage.input_tokens = (self.usage.input_tokens or 0) + int(counted.get("input_tokens") or 0)
            self.usage.output_tokens = (self.usage.output_tokens or 0) + int(counted.get("output_tokens") or 0)


class ChatModel:
    """One model at one endpoint. Safe to share between threads; the connection is made at the first request.

    It is never closed: langchain shares it between all clients of an address in the process.
    """

    def __init__(self, settings: ModelSettings, ledger: Ledger) -> None:
        self.settings = settings
        self.ledger = ledger
        self._provider = provider_of(settings)
        self._lock = threading.Lock()
        self._client: Any = None
        self._resting_until = 0.0

    @property
    def name(self) -> str:
        """The model's name, as readers are told it."""
        return self.settings.name or ""

    @property
    def base_url(self) -> str | None:
        """The address of the endpoint; None is OpenAI's own."""
        return self.settings.base_url or self._provider.base_url

    @property
    def fingerprint(self) -> str:
        """Changes with endpoint, model and temperature; never holds the key."""
        parts = (self.base_url or "", self.name, str(self.settings.temperature), str(self.settings.max_tokens))
        return hashlib.sha256("\0".join(parts).encode()).hexdigest()

    @property
    def key(self) -> str:
        """The secret, for the guard only."""
        return self.settings.api_key.get_secret_value() if self.settings.api_key else ""

    def warm(self) -> None:
        """Import the client ahead of the first request: that takes a second or two. Fails silently."""
        with suppress(GenerationError, ImportError):
            self._connect()

    def stream(self, messages: Sequence[Message]) -> Reply:
        """Return the reply to ``messages`` as it is written.

        Raises:
            GenerationError: also while the reply is read.

        """
        self._admit()
        client = self._connect()
        return Reply(self._watched(client.stream(list(messages))), self.settings.total_s)

    def complete(self, messages: Sequence[Message]) -> str:
        """Return the whole reply to ``messages``, counted."""
        reply = self.stream(messages)
        try:
            return "".join(reply)
        finally:
            self.count(reply.usage)

    def count(self, usage: Usage) -> float | None:
        """Add the use of a finished reply to the day, and return its cost; None where prices or tokens are not known."""
        tokens = (usage.input_tokens or 0, usage.output_tokens or 0)
        prices = (self.settings.price_in, self.settings.price_out)
        cost = None
        if usage.input_tokens is not None and None not in prices:
            cost = sum(count * (price or 0.0) for count, price in zip(tokens, prices, strict=True)) / 1e6
        self.ledger.count(DayUse(1, *tokens, cost or 0.0))
        return cost

    def _admit(self) -> None:
        limit = self.settings.daily_tokens
        if limit is not None and self.ledger.used().tokens >= limit:
            raise ModelBusy(
                f"今天的模型用量已到上限（{limit} 个词元）", "明天再用，或调大 ASSISTANT_MODEL__DAILY_TOKENS"
            )
        if time.monotonic() < self._resting_until:
            raise ModelUnreachable("模型刚才连不上，暂不再试", _HINT)

    def _watched(self, chunks: Iterator[Any]) -> Iterator[Any]:
        """Yield ``chunks`` and remember if the endpoint could not be reached at all."""
        import openai

        begun = False
        try:
            for chunk in chunks:
                begun = True
                yield chunk
        except openai.APIConnectionError:
            if not begun:
                self._resting_until = time.monotonic() + REST_S
            raise

    def _connect(self) -> Any:  # noqa: ANN401 — imported lazily
        with self._lock:
            if self._client is None:
                self._client = self._make_client()
            return self._client

    def _make_client(self) -> Any:  # noqa: ANN401
        from langchain_openai import ChatOpenAI

        own = self.settings
        if not own.api_key and not self._provider.keyless and not own.base_url:
            raise ModelRejected("没有设置模型的密钥", "设置 ASSISTANT_MODEL__API_KEY，或在页面的“模型”里填写")
        return ChatOpenAI(
            model=self.name,
            base_url=self.base_url,
            api_key=lambda: self.key or "none",  # a callable, so that no representation of the client shows it
            temperature=own.temperature,
            max_completion_tokens=own.max_tokens,
            timeout=own.timeout_s,
            max_retries=own.retries,
            stream_usage=True,
            use_responses_api=False,
        )


def load_model(settings: ModelSettings, ledger: Ledger) -> ChatModel | None:
    """Return the model that ``settings`` name, None where they name none.

    Raises:
        SettingsError: the provider is not known.

    """
    return ChatModel(settings, ledger) if settings.name else None


def _text(chunk: Any) -> str:  # noqa: ANN401 — langchain's message chunk
    content = getattr(chunk, "content", "")
    if isinstance(content, str):
        return content
    return "".join(part.get("text", "") for part in content if isinstance(part, dict) and part.get("type") == "text")


def _translated(error: Exception) -> GenerationError:
    """Return the error for the reader; the message of the endpoint is not repeated, it may hold the key."""
    import openai

    status = getattr(error, "status_code", None)
    if isinstance(error, openai.APITimeoutError):
        return ModelUnreachable("模型在规定时间内没有回应", "调大 ASSISTANT_MODEL__TIMEOUT_S，或换一个快的模型")
    if isinstance(error, openai.APIConnectionError):
        return ModelUnreachable("连不上模型的地址", _HINT)
    if isinstance(status, int):
        kind, message, hint = _BY_STATUS.get(status, (ModelRejected, f"模型服务拒绝了请求（{status}）", _HINT))
        if status >= 500:  # noqa: PLR2004
            return ModelUnreachable(f"模型服务出错（{status}）", "稍后再试")
        return kind(message, hint)
    return ModelBroken(f"模型的回答中断或读不懂（{type(error).__name__}）", _HINT)

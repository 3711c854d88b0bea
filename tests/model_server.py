"""A scripted model behind a real socket: OpenAI's chat completions, with every fault that a test asks for.

``python -m tests.model_server [MODEL…]`` prints its port and serves on 127.0.0.1; `ModelServer` starts and drives it.
"""

import json
import re
import select
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, closing, suppress
from dataclasses import asdict, dataclass, replace
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Lock
from typing import Any, ClassVar

HOST = "127.0.0.1"
KINDS = {"{": "application/json", "[": "application/json", "d": "text/event-stream"}
CODES = {401: "invalid_api_key", 404: "model_not_found", 429: "rate_limit_exceeded"}
NOISE = [{"index": 0, "id": "call_0", "type": "function", "function": {"name": "noise", "arguments": '{"a": [1'}}]


@dataclass(frozen=True)
class Reply:
    """What the server does with one request. Chunks are counted among the pieces of text, from 0."""

    text: str = ""  # with another status than 200: the message of the error
    chunks: Sequence[str] = ()  # else the text in pieces of 3 characters
    status: int = 200
    retry_after: float | None = None
    delay_s: float = 0  # before the first byte
    chunk_delay_s: float = 0  # between chunks
    hang: bool = False  # never answer
    break_after: int | None = None  # close after so many chunks; without streaming: in the middle of the body
    chunked: bool = True  # False: the stream ends with the connection, so that a break looks like an end
    split_bytes: int = 0  # write the stream in pieces of so many bytes
    malformed_at: int | None = None  # this chunk is broken JSON; without streaming: the body
    reasoning: str = ""
    tool_noise: bool = False  # a meaningless tool call after each chunk
    usage: Sequence[int] | None = None  # tokens of the prompt and of the completion
    finish_reason: str = "stop"
    model: str = ""  # else the one asked for
    obey: bool = False  # fill in {SYSTEM}, {USER}, {KEY} and {SOURCES} (all messages) from the request
    raw: str = ""  # this body as it stands: JSON, events or HTML, as it begins with "{", "data:" or otherwise

    @property
    def pieces(self) -> Sequence[str]:
        return self.chunks or [self.text[at : at + 3] for at in range(0, len(self.text), 3)]


@dataclass(frozen=True)
class Request:
    """A request that the server got; names of headers in lower case."""

    path: str
    headers: dict[str, str]
    body: Any
    ended: bool  # nothing more will be sent
    hung_up: bool  # by the client, before all was sent


class ModelServer(AbstractContextManager["ModelServer"]):
    """The server as a process of its own; the last reply of its script repeats."""

    def __init__(self, *models: str) -> None:
        command = [sys.executable, "-m", "tests.model_server", *(models or ("test-model",))]
        self._process = subprocess.Popen(command, cwd=Path(__file__).parents[1], stdout=subprocess.PIPE)
        assert self._process.stdout
        self.port = int(self._process.stdout.readline())
        self.base_url = f"http://{HOST}:{self.port}/v1"

    def script(self, *replies: Reply) -> None:
        self._control("script", [asdict(reply) for reply in replies])

    def requests(self) -> list[Request]:
        return [Request(**record) for record in self._control("requests")]

    def settled(self, timeout: float = 60) -> list[Request]:
        """Wait until every request has ended, and give them."""
        until = time.monotonic() + timeout
        while not all(request.ended for request in self.requests()):
            assert time.monotonic() < until, "a request has not ended"
            time.sleep(0.01)
        return self.requests()

    def clear(self) -> None:
        self._control("clear")

    def stop(self) -> None:
        with self._process:
            self._process.kill()

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _control(self, command: str, body: Any = None) -> Any:
        with closing(HTTPConnection(HOST, self.port, timeout=10)) as connection:
            connection.request("POST", f"/control/{command}", json.dumps(body))
            return json.loads(connection.getresponse().read())


def error(status: int, message: str) -> str:
    kind = "server_error" if status >= 500 else "requests" if status == 429 else "invalid_request_error"
    inner = {"message": message or f"scripted {status}", "type": kind, "param": None, "code": CODES.get(status)}
    return json.dumps({"error": inner}, ensure_ascii=False)


class Handler(BaseHTTPRequestHandler):
    """Answers one connection; the class holds what all share."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    lock = Lock()
    models: ClassVar[list[str]] = []
    replies: ClassVar[list[Reply]] = []
    records: ClassVar[list[dict[str, Any]]] = []

    def handle(self) -> None:
        with suppress(ConnectionError):
            super().handle()

    def log_message(self, *_: Any) -> None:
        pass

    def do_POST(self) -> None:
        self.asked = json.loads(self.rfile.read(int(self.headers.get("Content-Length", 0))) or "null")
        if self.path.startswith("/control/"):
            return self._control(self.path.rpartition("/")[2])
        headers = {name.lower(): value for name, value in self.headers.items()}
        record = {"path": self.path, "headers": headers, "body": self.asked, "ended": False, "hung_up": False}
        self.records.append(record)
        try:
            self._answer()
        except ConnectionError:
            record["hung_up"] = self.close_connection = True
        finally:
            record["ended"] = True

    do_GET = do_POST  # noqa: N815

    def _control(self, command: str) -> None:
        with self.lock:
            if command != "requests":
                self.replies[:] = [Reply(**values) for values in self.asked or ()]
            if command == "clear":
                self.records.clear()
        self._send(200, json.dumps(self.records))

    def _answer(self) -> None:
        if (self.command, self.path) == ("GET", "/v1/models"):
            models = [{"id": name, "object": "model", "owned_by": "tests"} for name in self.models]
            return self._send(200, json.dumps({"object": "list", "data": models}))
        if (self.command, self.path) != ("POST", "/v1/chat/completions"):
            return self._send(404, error(404, f"Invalid URL ({self.command} {self.path})"))
        with self.lock:
            queue = self.replies or [Reply("nothing is scripted", status=500)]
            reply = queue.pop(0) if queue[1:] else queue[0]
        if reply.obey:
            reply = replace(reply, text=self._fill(reply.text), chunks=[*map(self._fill, reply.chunks)])
        self._pause(1e6 if reply.hang else reply.delay_s)
        if reply.raw or reply.status != 200:
            more = {} if reply.retry_after is None else {"Retry-After": f"{reply.retry_after:g}"}
            return self._send(reply.status, reply.raw or error(reply.status, reply.text), more)
        return self._stream(reply) if self.asked.get("stream") else self._whole(reply)

    def _fill(self, text: str) -> str:
        said = [(message["role"], str(message.get("content") or "")) for message in self.asked["messages"]]
        values = {
            "SYSTEM": "\n".join(content for role, content in said if role in ("system", "developer")),
            "USER": next((content for role, content in reversed(said) if role == "user"), ""),
            "KEY": self.headers.get("Authorization", "").removeprefix("Bearer "),
            "SOURCES": "\n".join(content for _, content in said),
        }
        return re.sub("{(SYSTEM|USER|KEY|SOURCES)}", lambda found: values[found[1]], text)

    def _send(self, status: int, text: str, more: dict[str, str] | None = None, cut: bool = False) -> None:
        data, kind = text.encode(), KINDS.get(text[:1], "text/html")
        self._head(status, {"Content-Type": kind, "Content-Length": str(len(data))} | (more or {}))
        self.wfile.write(data[: len(data) // 2] if cut else data)
        self.close_connection |= cut

    def _whole(self, reply: Reply) -> None:
        message: dict[str, Any] = {"role": "assistant", "content": "".join(reply.pieces)}
        message |= {"reasoning_content": reply.reasoning or None, "tool_calls": NOISE if reply.tool_noise else None}
        body = self._json(reply, message=message, finish_reason=reply.finish_reason, usage=reply.usage)
        self._send(200, body if reply.malformed_at is None else body[:-9], cut=reply.break_after is not None)

    def _stream(self, reply: Reply) -> None:
        framing = {"Transfer-Encoding": "chunked"} if reply.chunked else {"Connection": "close"}
        self._head(200, {"Content-Type": "text/event-stream; charset=utf-8"} | framing)
        for event in self._events(reply):
            data = f"data: {event}\n\n".encode()
            size = reply.split_bytes or len(data)
            for piece in (data[at : at + size] for at in range(0, len(data), size)):
                self._pause(0)
                self.wfile.write(b"%x\r\n%b\r\n" % (len(piece), piece) if reply.chunked else piece)
        if reply.break_after is not None:
            self.close_connection = True
        elif reply.chunked:
            with suppress(ConnectionError):  # the client may leave after [DONE]
                self.wfile.write(b"0\r\n\r\n")

    def _events(self, reply: Reply) -> Iterator[str]:
        yield self._json(reply, delta={"role": "assistant", "content": ""})
        for at in range(0, len(reply.reasoning), 3):
            yield self._json(reply, delta={"content": None, "reasoning_content": reply.reasoning[at : at + 3]})
        for index, piece in enumerate(reply.pieces[: reply.break_after]):
            self._pause(reply.chunk_delay_s if index else 0)
            yield self._json(reply, delta={"content": piece})[: -9 if index == reply.malformed_at else None]
            if reply.tool_noise:
                yield self._json(reply, delta={"content": None, "tool_calls": NOISE})
        if reply.break_after is not None:
            return
        yield self._json(reply, delta={}, finish_reason=reply.finish_reason)
        if reply.usage and (self.asked.get("stream_options") or {}).get("include_usage"):
            yield self._json(reply, usage=reply.usage)
        yield "[DONE]"

    def _json(self, reply: Reply, usage: Sequence[int] | None = None, **choice: Any) -> str:
        kind, model = "chat.completion" + ".chunk" * bool(self.asked.get("stream")), reply.model or self.asked["model"]
        head = {"id": "chatcmpl-0", "object": kind, "created": 1_700_000_000, "model": model}
        names = ("prompt_tokens", "completion_tokens", "total_tokens")
        tail = {"usage": dict(zip(names, (*usage, sum(usage)), strict=True))} if usage else {}
        choices = [{"index": 0, "finish_reason": None} | choice] if choice else []
        return json.dumps(head | {"choices": choices} | tail, ensure_ascii=False)

    def _head(self, status: int, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()

    def _pause(self, seconds: float) -> None:
        """Wait, and notice at once when the client hangs up."""
        if select.select([self.connection], [], [], seconds)[0] and not self.connection.recv(1, socket.MSG_PEEK):
            raise ConnectionAbortedError


if __name__ == "__main__":
    Handler.models += sys.argv[1:]
    ThreadingHTTPServer.request_queue_size = 128
    with ThreadingHTTPServer((HOST, 0), Handler) as server:
        print(server.server_address[1], flush=True)  # noqa: T201
        server.serve_forever()

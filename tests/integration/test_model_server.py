"""The scripted model does on the wire what its script says, as langchain-openai and a plain client see it."""

import http.client
import json
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Any

import httpx
import openai
import pytest
from langchain_core.messages import AIMessageChunk
from langchain_openai import ChatOpenAI

from tests.model_server import HOST, ModelServer, Reply

pytestmark = pytest.mark.integration

TEXT = "五星要 95 分，𠮷野家也一样[12]。"
MESSAGES = [("system", "只按资料回答。"), ("human", "五星要多少分？")]
HANG, STALL = Reply(hang=True), Reply(TEXT, chunk_delay_s=60)
PATH = "/v1/chat/completions"
ASKED = {"model": "m", "messages": [], "stream": True}
BODIES = {"<p>": "text/html", "{}": "application/json", "data:": "text/event-stream"}
ERRORS = {
    400: openai.BadRequestError,
    401: openai.AuthenticationError,
    404: openai.NotFoundError,
    429: openai.RateLimitError,
    500: openai.InternalServerError,
}

Model = Callable[..., ChatOpenAI]


@pytest.fixture(scope="module")
def running() -> Iterator[ModelServer]:
    with ModelServer("model-a", "model-b") as running:
        yield running


@pytest.fixture
def server(running: ModelServer) -> ModelServer:
    running.clear()
    return running


@pytest.fixture
def model(server: ModelServer) -> Iterator[Model]:
    with httpx.Client(trust_env=False) as client:

        def make(**settings: Any) -> ChatOpenAI:
            usual = {"model": "model-a", "api_key": "sk-one", "max_retries": 0, "timeout": 10, "http_client": client}
            return ChatOpenAI(**{"base_url": server.base_url, **usual, **settings})

        yield make


def streamed(model: ChatOpenAI) -> list[AIMessageChunk]:
    return list(model.stream(MESSAGES))


def text_of(chunks: list[AIMessageChunk]) -> str:
    return "".join(str(chunk.content) for chunk in chunks)


def ask(model: ChatOpenAI, stream: bool) -> str:
    return text_of(streamed(model)) if stream else str(model.invoke(MESSAGES).content)


both_ways = pytest.mark.parametrize("stream", [False, True])


def request(server: ModelServer, method: str, path: str, body: Any = None) -> tuple[int, Any, bytes]:
    with closing(http.client.HTTPConnection(HOST, server.port, timeout=10)) as connection:
        connection.request(method, path, body and json.dumps(body))
        response = connection.getresponse()
        return response.status, response.headers, response.read()


@pytest.mark.parametrize("size", [0, 1, 2, 5, 7])
def test_text_arrives_however_it_is_cut(server: ModelServer, model: Model, size: int):
    server.script(Reply(TEXT, split_bytes=size))
    assert ask(model(), stream=True) == TEXT
    assert ask(model(), stream=False) == TEXT


def test_a_write_holds_as_many_bytes_as_asked(server: ModelServer):
    server.script(Reply("分", split_bytes=1))
    with closing(http.client.HTTPConnection(HOST, server.port, timeout=10)) as connection:
        connection.request("POST", PATH, json.dumps(ASKED))
        with connection.getresponse() as response:
            pieces = list(iter(lambda: response.read1(100), b""))
    assert {len(piece) for piece in pieces} == {1}
    assert "分".encode() in b"".join(pieces)


def test_chunks_are_sent_one_by_one(server: ModelServer, model: Model):
    chunks = ("分[1", "2", "]。")
    server.script(Reply(chunks=chunks, delay_s=0.1, chunk_delay_s=0.1))
    began = time.monotonic()
    arrived = [(chunk.content, time.monotonic() - began) for chunk in model().stream(MESSAGES) if chunk.content]
    assert tuple(content for content, _ in arrived) == chunks
    assert [seconds >= 0.1 * (index + 1) for index, (_, seconds) in enumerate(arrived)] == [True] * 3


def test_replies_come_in_order_and_the_last_repeats(server: ModelServer, model: Model):
    server.script(Reply("一"), Reply("二"))
    assert [ask(model(), stream=False) for _ in range(3)] == ["一", "二", "二"]
    server.clear()
    with pytest.raises(openai.InternalServerError, match="nothing is scripted"):
        ask(model(), stream=False)


@both_ways
@pytest.mark.parametrize("status", ERRORS)
def test_errors_have_their_type(server: ModelServer, model: Model, stream: bool, status: int):
    server.script(Reply("不行 {KEY}", status=status, obey=True))
    with pytest.raises(ERRORS[status], match="不行 sk-one"):
        ask(model(), stream)


@both_ways
def test_after_429_the_client_waits_and_asks_again(server: ModelServer, model: Model, stream: bool):
    server.script(Reply(status=429, retry_after=1), Reply(TEXT))
    began = time.monotonic()
    assert ask(model(max_retries=1), stream) == TEXT
    assert 1 <= time.monotonic() - began < 5
    assert [request.headers["x-stainless-retry-count"] for request in server.settled()] == ["0", "1"]


@both_ways
def test_429_without_end_is_raised_after_the_retries(server: ModelServer, model: Model, stream: bool):
    server.script(Reply(status=429, retry_after=0.01))
    with pytest.raises(openai.RateLimitError):
        ask(model(max_retries=2), stream)
    assert len(server.settled()) == 3


@pytest.mark.parametrize(("stream", "reply"), [(False, HANG), (True, HANG), (True, STALL)])
def test_a_server_that_hangs_leads_to_a_timeout(server: ModelServer, model: Model, stream: bool, reply: Reply):
    server.script(reply)
    with pytest.raises(openai.APITimeoutError):
        ask(model(timeout=0.3), stream)
    assert [request.hung_up for request in server.settled()] == [True]


@both_ways
def test_a_broken_answer_is_raised(server: ModelServer, model: Model, stream: bool):
    server.script(Reply(TEXT, break_after=2))
    with pytest.raises(openai.APIConnectionError):
        ask(model(), stream)
    assert [request.hung_up for request in server.settled()] == [False]


def test_a_stream_that_ends_with_the_connection_breaks_silently(server: ModelServer, model: Model):
    server.script(Reply(TEXT, break_after=2, chunked=False), Reply(TEXT, chunked=False))
    broken, whole = streamed(model()), streamed(model())
    assert text_of(broken) == TEXT[:6]
    assert not any(chunk.response_metadata.get("finish_reason") for chunk in broken)
    assert text_of(whole) == TEXT


@both_ways
def test_malformed_json_is_raised(server: ModelServer, model: Model, stream: bool):
    server.script(Reply(TEXT, malformed_at=1))
    with pytest.raises(json.JSONDecodeError):
        ask(model(), stream)


@both_ways
def test_reasoning_and_tool_noise_stay_out_of_the_content(server: ModelServer, model: Model, stream: bool):
    server.script(Reply(TEXT, reasoning="先想一想[9]", tool_noise=True))
    assert ask(model(), stream) == TEXT


def test_reasoning_and_tool_noise_are_on_the_wire(server: ModelServer):
    server.script(Reply(TEXT, reasoning="想", tool_noise=True))
    _, headers, body = request(server, "POST", PATH, ASKED)
    lines = body.decode().removesuffix("data: [DONE]\n\n").split("\n\n")[:-1]
    deltas = [json.loads(line.removeprefix("data: "))["choices"][0]["delta"] for line in lines]
    assert headers["Content-Type"] == "text/event-stream; charset=utf-8"
    assert deltas[1] == {"content": None, "reasoning_content": "想"}
    assert deltas[3]["tool_calls"][0]["function"]["name"] == "noise"
    assert deltas[-1] == {}


@both_ways
def test_usage_finish_reason_and_model_are_as_scripted(server: ModelServer, model: Model, stream: bool):
    server.script(Reply(TEXT, usage=(7, 5), finish_reason="length", model="other"))
    answers = streamed(model(stream_usage=True)) if stream else [model().invoke(MESSAGES)]
    usages = [answer.usage_metadata for answer in answers if answer.usage_metadata]
    assert [(usage["input_tokens"], usage["output_tokens"], usage["total_tokens"]) for usage in usages] == [(7, 5, 12)]
    metadata = [answer.response_metadata for answer in answers if "finish_reason" in answer.response_metadata]
    assert [(entry["finish_reason"], entry["model_name"]) for entry in metadata] == [("length", "other")]
    assert not any(chunk.usage_metadata for chunk in streamed(model()))


@both_ways
def test_an_obedient_model_gives_away_what_it_was_sent(server: ModelServer, model: Model, stream: bool):
    server.script(Reply("{KEY}|{SYSTEM}|{USER}|{SOURCES}|{ELSE}", obey=True))
    (_, system), (_, user) = MESSAGES
    assert ask(model(), stream) == f"sk-one|{system}|{user}|{system}\n{user}|{{ELSE}}"


def test_requests_are_recorded(server: ModelServer, model: Model):
    server.script(Reply(TEXT))
    ask(model(temperature=0), stream=False)
    (got,) = server.settled()
    assert (got.path, got.headers["authorization"], got.body["temperature"]) == (PATH, "Bearer sk-one", 0)
    assert [message["content"] for message in got.body["messages"]] == [text for _, text in MESSAGES]
    assert (got.ended, got.hung_up) == (True, False)
    server.clear()
    assert server.requests() == []


def test_a_client_that_hangs_up_is_recorded(server: ModelServer, model: Model):
    server.script(STALL, Reply(TEXT))
    stream = model().stream(MESSAGES)
    assert text_of([next(stream), next(stream)]) == TEXT[:3]
    assert [request.ended for request in server.requests()] == [False]
    stream.close()
    streamed(model())
    assert [request.hung_up for request in server.settled()] == [True, False]


@pytest.mark.parametrize(("text", "kind"), BODIES.items())
def test_any_body_can_be_sent(server: ModelServer, text: str, kind: str):
    server.script(Reply(raw=text, status=502, retry_after=3))
    status, headers, body = request(server, "POST", PATH, ASKED)
    assert (status, body.decode(), headers["Content-Type"], headers["Retry-After"]) == (502, text, kind, "3")


def test_models_are_listed_and_other_paths_are_unknown(server: ModelServer):
    status, _, body = request(server, "GET", "/v1/models")
    assert (status, [entry["id"] for entry in json.loads(body)["data"]]) == (200, ["model-a", "model-b"])
    for method, path in (("GET", "/v1/chat/completions"), ("POST", "/chat/completions"), ("GET", "/")):
        status, _, body = request(server, method, path)
        assert status == 404
        assert json.loads(body)["error"]["type"] == "invalid_request_error"


@both_ways
def test_a_stopped_server_refuses_connections(model: Model, stream: bool):
    with ModelServer() as gone:
        gone.script(HANG)
    with pytest.raises(openai.APIConnectionError):
        ask(model(base_url=gone.base_url), stream)

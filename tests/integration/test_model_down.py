"""A language model that fails in any way: the answer without it, why in one sentence, no exception and no key."""

import json
import logging
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from assistant.cli.formats import answer_to_json, format_answer
from assistant.types import Answer, Delta, Finished, SentenceClosed, SentenceStatus, Turn, Understood
from tests.integration.scripted import ASKS_BACK, KEY, Scene, opened
from tests.integration.test_ask import assert_well_formed
from tests.model_server import ModelServer, Reply

pytestmark = pytest.mark.integration

QUESTION = "证书有效期几年？"
RIGHT = "售后服务认证证书有效期 3 年[常见问答·证书 1]。"
YEARLY = "有效期内每年至少做一次监督审核[常见问答·证书 1]。"
WITHOUT = "下面的回答直接摘自条款，没有用模型。"
HTML = "<!doctype html><title>502</title><h1>Bad gateway</h1>"
EVENT = 'data: {"id":"0","object":"chat.completion.chunk","created":1,"model":"m","choices":[{"index":0,"delta":{"content":"三"}}]}\n\n'
DOWN = {
    "401": (Reply("no such key: {KEY}", status=401, obey=True), "不认这个密钥"),
    "403": (Reply("{KEY} may not", status=403, obey=True), "不认这个密钥"),
    "402": (Reply("pay", status=402), "余额不足"),
    "404": (Reply("no such model", status=404), "没有这个模型或地址"),
    "400": (Reply("{KEY} {SYSTEM}", status=400, obey=True), "拒绝了请求（400）"),
    "429": (Reply(status=429, retry_after=0.01), "忙或额度用完"),
    "500": (Reply("{KEY}", status=500, obey=True), "模型服务出错（500）"),
    "503 as HTML": (Reply(raw=HTML, status=503), "模型服务出错（503）"),
    "breaks off": (Reply(RIGHT, break_after=2), "。"),
    "breaks off at once": (Reply(RIGHT, break_after=0), "。"),
    "ends silently": (Reply(RIGHT, break_after=2, chunked=False), "回答中断"),
    "ends after an event": (Reply(raw=EVENT), "回答中断"),
    "malformed": (Reply(RIGHT, malformed_at=1), "读不懂"),
    "HTML": (Reply(raw=HTML), "模型的回答"),
    "JSON instead of a stream": (Reply(raw='{"error": {"message": "busy"}}'), "模型的回答"),
    "an error in the stream": (Reply(raw='data: {"error": {"message": "overloaded"}}\n\n'), "模型的回答"),
    "no content": (Reply(raw="data: [DONE]\n\n"), "模型的回答"),
}


@pytest.fixture(scope="module")
def scene(built_index: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    with opened(built_index, tmp_path_factory.mktemp("scene") / "index") as scene:
        yield scene


@pytest.fixture(scope="module")
def plain(scene: Scene) -> Answer:
    return scene.plain(QUESTION)


@pytest.fixture(autouse=True)
def _log(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """Nothing that is logged at any level holds the key."""
    caplog.set_level(logging.DEBUG)
    yield
    logged = "\n".join(f"{record.getMessage()} {record.exc_text or ''}" for record in caplog.records)
    assert KEY not in logged


def assert_without_model(answer: Answer, plain: Answer, why: str) -> None:
    """The answer is the one without a model and says why; nothing that is shown holds the key."""
    assert (answer.sentences, answer.citations) == (plain.sentences, plain.citations)
    assert (answer.refused, answer.reason) == (plain.refused, plain.reason)
    assert answer.model
    assert not answer.model.used
    assert why in answer.notice
    assert answer.notice.endswith("下面的回答直接摘自条款。") or answer.notice.endswith(WITHOUT)
    for shown in (answer.notice, answer.text, format_answer(answer), json.dumps(answer_to_json(answer)), repr(answer)):
        assert KEY not in shown
        assert "Traceback" not in shown


@pytest.mark.parametrize("fault", DOWN)
def test_a_model_that_fails_is_told_and_done_without(scene: Scene, plain: Answer, fault: str):
    reply, why = DOWN[fault]
    assert_without_model(scene.ask(QUESTION, reply, name=f"down-{fault}"), plain, why)
    assert len(scene.server.settled()) == 1


def test_events_of_a_failure_end_with_the_answer(scene: Scene, plain: Answer):
    stream = scene.stream(QUESTION, Reply(RIGHT + YEARLY, break_after=14), name="down-events")
    events = list(stream)
    assert events[0] == Understood(QUESTION, "down-events")
    assert any(isinstance(event, Delta) for event in events)
    assert events[-1] == Finished(stream.answer)
    assert_without_model(stream.answer, plain, "。")


def test_a_busy_model_is_asked_again(scene: Scene):
    began = time.monotonic()
    answer = scene.ask(QUESTION, Reply(status=429, retry_after=1), Reply(RIGHT), name="busy", retries=1)
    assert (answer.text, answer.notice) == ("售后服务认证证书有效期 3 年。[1]", "")
    assert time.monotonic() - began >= 1
    assert len(scene.server.settled()) == 2


@pytest.mark.parametrize("status", [429, 500])
def test_a_request_is_sent_again_as_often_as_set(scene: Scene, plain: Answer, status: int):
    answer = scene.ask(QUESTION, Reply(status=status, retry_after=0.01), name=f"again-{status}", retries=2)
    assert_without_model(answer, plain, "。")
    assert len(scene.server.settled()) == 3


def test_after_a_refused_connection_the_next_question_does_not_wait(scene: Scene, plain: Answer):
    with ModelServer() as gone:
        pass
    where = {"name": "gone", "base_url": gone.base_url, "retries": 1}
    assert_without_model(scene.ask(QUESTION, Reply(), **where), plain, "连不上模型的地址")
    again = scene.ask(QUESTION, Reply(), **where)
    assert_without_model(again, plain, "模型刚才连不上，暂不再试")
    assert again.model
    assert again.model.seconds == 0


def test_after_a_silent_endpoint_the_next_question_does_not_wait(scene: Scene, plain: Answer):
    began = time.monotonic()
    answer = scene.ask(QUESTION, Reply(hang=True), name="hangs", timeout_s=0.5)
    assert_without_model(answer, plain, "没有回应")
    assert 0.5 <= time.monotonic() - began < 20
    assert [request.hung_up for request in scene.server.settled()] == [True]
    again = scene.ask(QUESTION, Reply(RIGHT), name="hangs", timeout_s=0.5)
    assert_without_model(again, plain, "暂不再试")
    assert scene.server.requests() == []


@pytest.mark.parametrize("status", [401, 404, 429])
def test_an_endpoint_that_answers_is_asked_again_by_the_next_question(scene: Scene, status: int):
    scene.ask(QUESTION, Reply(status=status), name=f"answers-{status}")
    assert scene.ask(QUESTION, Reply(RIGHT), name=f"answers-{status}").notice == ""


def test_other_models_are_asked_while_one_rests(scene: Scene):
    scene.ask(QUESTION, Reply(hang=True), name="rests", timeout_s=0.5)
    assert scene.ask(QUESTION, Reply(RIGHT), name="awake").notice == ""


def test_a_pause_in_the_middle_of_the_text_is_a_failure(scene: Scene, plain: Answer):
    stalls = Reply(RIGHT + YEARLY, chunk_delay_s=60)
    assert_without_model(scene.ask(QUESTION, stalls, name="stalls", timeout_s=0.5), plain, "。")
    assert [request.hung_up for request in scene.server.settled()] == [True]


def test_text_that_drips_is_cut_off(scene: Scene, plain: Answer):
    began = time.monotonic()
    drips = Reply("售" * 3000, chunk_delay_s=0.05)
    assert_without_model(scene.ask(QUESTION, drips, name="drips", total_s=1), plain, "写得太久")
    assert 1 <= time.monotonic() - began < 20
    assert [request.hung_up for request in scene.server.settled()] == [True]


def test_text_without_end_is_cut_off(scene: Scene, plain: Answer):
    endless = Reply(chunks=["a" * 300_000] * 7)
    assert_without_model(scene.ask(QUESTION, endless, name="endless"), plain, "写个不停")
    scene.server.settled()


@pytest.mark.parametrize("text", ["", "\n\n", "<think>想来想去"])
def test_an_empty_reply_is_not_used(scene: Scene, plain: Answer, text: str):
    assert_without_model(scene.ask(QUESTION, text, name=f"empty-{len(text)}"), plain, "模型没有写出回答")


def test_at_the_limit_of_length_the_unfinished_sentence_is_left_out(scene: Scene):
    answer = scene.ask(QUESTION, Reply(RIGHT + YEARLY[:9], finish_reason="length"))
    assert answer.text == "售后服务认证证书有效期 3 年。[1]"
    assert answer.notice == "模型的回答写到长度上限，没写完的一句略去了。"
    assert answer.model
    assert answer.model.used
    assert_well_formed(scene.assistant, answer)


def test_a_follow_up_whose_model_fails_is_completed_without_it(scene: Scene):
    first = scene.plain("三星要几分？")
    history = [Turn(first.question, first)]
    answer = scene.ask("那五星呢", Reply(status=401), name="down-follow-up", history=history)
    assert answer.understood_as == scene.assistant.ask("那五星呢", history=history).understood_as
    assert "不认这个密钥" in answer.notice
    assert len(scene.server.settled()) == 1
    assert "95 分" in answer.text


def test_stopped_in_the_middle_what_is_checked_is_kept(scene: Scene):
    stream = scene.stream(QUESTION, Reply(chunks=(RIGHT + YEARLY[:6], YEARLY[6:]), chunk_delay_s=60))
    next(event for event in stream if isinstance(event, SentenceClosed))
    began = time.monotonic()
    answer = stream.stop()
    assert time.monotonic() - began < 10
    assert answer.text == "售后服务认证证书有效期 3 年。[1]"
    assert [sentence.status for sentence in answer.sentences] == [SentenceStatus.SUPPORTED]
    assert answer.notice == "已停止，下面是停止前写完的部分。"
    assert answer.model
    assert answer.model.used
    assert_well_formed(scene.assistant, answer)
    assert scene.server.settled()[-1].hung_up
    assert list(stream) == []
    assert stream.stop() == stream.answer == answer


def test_stopped_before_the_first_sentence_the_model_is_not_used(scene: Scene, plain: Answer):
    stream = scene.stream(QUESTION, Reply(chunks=("售后服务", "认证"), chunk_delay_s=60))
    next(event for event in stream if isinstance(event, Delta) and event.text)
    answer = stream.stop()
    assert_without_model(answer, plain, "已停止。")
    assert scene.server.settled()[-1].hung_up


def test_stopped_before_the_model_is_asked_nothing_is_sent(scene: Scene, plain: Answer):
    stream = scene.stream(QUESTION, Reply(ASKS_BACK))
    next(stream)
    assert_without_model(stream.stop(), plain, "已停止。")
    assert scene.server.requests() == []


def test_stopped_at_the_end_the_answer_stands(scene: Scene):
    stream = scene.stream(QUESTION, Reply(RIGHT))
    list(stream)
    assert stream.stop() == stream.answer
    assert stream.answer.notice == ""


def test_an_answer_is_not_there_before_its_end(scene: Scene):
    stream = scene.stream(QUESTION, Reply(RIGHT))
    next(stream)
    with pytest.raises(RuntimeError):
        _ = stream.answer
    stream.stop()

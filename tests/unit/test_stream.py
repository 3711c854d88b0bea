from collections.abc import Iterator
from dataclasses import replace

import pytest

from assistant.answering.stream import WITHOUT_MODEL, AnswerStream, Making, describe_model, without_model
from assistant.types import (
    Answer,
    Check,
    CheckName,
    Delta,
    Event,
    Finished,
    ModelUse,
    Reason,
    Redraft,
    Sentence,
    SentenceClosed,
    SentenceStatus,
    Understood,
)
from tests.unit.test_export import ANSWER, CITATION

GOOD = Sentence("可以指定现有部门。", (1,), checks=(Check(CheckName.NUMBERS, True),))
BAD = Sentence(
    "证书有效期为5年。",
    (1,),
    status=SentenceStatus.FAILED,
    checks=(Check(CheckName.NUMBERS, False, "“5年”不在所引条款中"),),
)
UNSURE = Sentence("一般要三个月。", status=SentenceStatus.UNVERIFIED)
ASKING = Sentence("您有多少名售后人员？", note=True)
ASKED = Understood("没有售后部门能申请吗？", "deepseek-chat")
REFUSAL = replace(ANSWER, sentences=(), citations=(), refused=True, reason=Reason.NOT_IN_MATERIAL)


def closed(sentence: Sentence) -> SentenceClosed:
    return SentenceClosed(sentence, (CITATION,))


def stopped(*events: Event, plain: Answer | None = ANSWER) -> Answer:
    """Return the answer when the stream is stopped after ``events``, with more to come."""
    stream = AnswerStream(iter([*events, closed(replace(GOOD, text="没有读到的句子。"))]), Making(plain))
    for event in events:
        assert next(stream) is event
    return stream.stop()


def test_events_pass_unchanged_and_the_last_one_gives_the_answer() -> None:
    events = [ASKED, Delta("可以"), closed(GOOD), Finished(ANSWER)]
    stream = AnswerStream(iter(events), Making())
    assert list(stream) == events
    assert stream.answer is ANSWER
    assert stream.stop() is ANSWER


def test_before_the_end_there_is_no_answer() -> None:
    stream = AnswerStream(iter([ASKED, Finished(ANSWER)]), Making(ANSWER))
    next(stream)
    with pytest.raises(RuntimeError, match="not finished"):
        _ = stream.answer


def test_stopping_before_anything_is_known_is_an_error() -> None:
    with pytest.raises(RuntimeError, match="nothing is known"):
        AnswerStream(iter([]), Making()).stop()


def test_stopped_without_a_model_it_is_the_answer_without_one() -> None:
    assert stopped(Understood("没有售后部门能申请吗？")) is ANSWER


@pytest.mark.parametrize(
    "events",
    [
        (ASKED,),
        (ASKED, Delta("可以指定")),
        (ASKED, closed(BAD), closed(UNSURE)),
        (ASKED, closed(ASKING)),
        (ASKED, closed(GOOD), Redraft(1)),
        (ASKED, closed(GOOD), Redraft(1), closed(UNSURE)),
    ],
)
def test_stopped_without_a_supported_sentence_it_is_the_answer_without_the_model(events: tuple[Event, ...]) -> None:
    expected = replace(ANSWER, model=ModelUse("deepseek-chat", used=False), notice=f"已停止。{WITHOUT_MODEL}")
    assert stopped(*events) == expected


@pytest.mark.parametrize("plain", [ANSWER, REFUSAL])
def test_stopped_after_a_supported_sentence_it_is_what_was_written(plain: Answer) -> None:
    answer = stopped(ASKED, closed(GOOD), closed(BAD), Delta("又一句"), plain=plain)
    assert answer.sentences == (GOOD, BAD)
    assert answer.citations == (CITATION,)
    assert (answer.refused, answer.reason) == (False, None)
    assert answer.notice == "已停止，下面是停止前写完的部分。"
    assert answer.model == ModelUse("deepseek-chat", used=True, drafts=1)


def test_stopped_in_the_second_draft_the_first_is_withdrawn() -> None:
    second = replace(GOOD, text="可以指定一个现有部门。")
    assert stopped(ASKED, closed(GOOD), closed(BAD), Redraft(1), closed(second)).sentences == (second,)


def test_stopping_hangs_up_and_stopping_again_changes_nothing() -> None:
    hung_up = []

    def events() -> Iterator[Event]:
        try:
            yield ASKED
            yield closed(GOOD)
            yield Finished(ANSWER)
        finally:
            hung_up.append(True)

    stream = AnswerStream(events(), Making(ANSWER))
    next(stream)
    assert hung_up == []
    answer = stream.stop()
    assert hung_up == [True]
    assert stream.stop() is answer
    assert stream.answer is answer
    assert list(stream) == []


def test_why_a_model_was_not_used_is_told() -> None:
    answer = without_model(ANSWER, "qwen-plus", "连不上模型")
    assert answer == replace(ANSWER, model=ModelUse("qwen-plus", used=False), notice=f"连不上模型。{WITHOUT_MODEL}")


@pytest.mark.parametrize(
    ("use", "expected"),
    [
        (ModelUse("m", used=False, input_tokens=5, output_tokens=1, dropped=2), "模型 m 没有用上"),
        (ModelUse("m", used=True), "由模型 m 写成，逐句核对过"),
        (ModelUse("m", used=True, cached=True), "由模型 m 写成，逐句核对过，取自以前的回答"),
        (
            ModelUse("m", used=True, input_tokens=1200, output_tokens=80),
            "由模型 m 写成，逐句核对过，词元 1200 + 80",
        ),
        (
            ModelUse("m", used=True, input_tokens=0, output_tokens=0, cost=0.0),
            "由模型 m 写成，逐句核对过，词元 0 + 0，费用 0.0000",
        ),
        (
            ModelUse("m", used=True, input_tokens=9, output_tokens=1, cost=0.01236, removed_marks=2, dropped=1),
            "由模型 m 写成，逐句核对过，词元 9 + 1，费用 0.0124，去掉不存在的编号 2 个，略去 1 句",
        ),
    ],
)
def test_what_the_model_did_is_told_in_one_line(use: ModelUse, expected: str) -> None:
    assert describe_model(use) == expected

"""Answers that a language model writes: checked, cited, put right once, or not used."""

import itertools
from collections.abc import Iterator
from pathlib import Path

import pytest

from assistant.types import CheckName, Delta, Finished, Reason, Redraft, SentenceClosed, SentenceStatus, Understood
from tests.integration.scripted import ASKS_BACK, KEY, Scene, opened
from tests.integration.test_ask import assert_well_formed
from tests.model_server import Reply

pytestmark = pytest.mark.integration

DEPARTMENT = "没有专门售后部门能申请吗"
FAITHFUL = (
    "没有单独设立售后部门的企业也可以申请[GB/T 27922-2011 5.1.1.1][申请条件指南 1.6]。"
    "归口部门可以新设，也可以指定现有部门[GB/T 27922-2011 5.1.1.1]。"
    "企业可以用任命文件、组织图和岗位职责说明归口部门是谁[常见问答·申请 2]。"
    "“售后服务的岗位划分和职责划分要合理”[GB/T 27922-2011 5.1.1.1]。"
)
CERTIFICATE = "证书有效期几年？"
RIGHT = "售后服务认证证书有效期 3 年[常见问答·证书 1]。"
WRONG = "售后服务认证证书有效期 5 年[常见问答·证书 1]。"
YEARLY = "有效期内每年至少做一次监督审核[常见问答·证书 1]。"
RENEWAL_WRONG = "企业应在证书 5 年到期前申请再认证[周期与费用指南 1.3]。"
SCOPE = "三星升五星可以借再认证申请升星[常见问答·证书 4]。"
FOUR = RIGHT + YEARLY + RENEWAL_WRONG + SCOPE
OWN = "我们公司成立两年，能申请售后服务认证吗"
OWN_RIGHT = "各机构的说法互相冲突，以所选认证机构的备案规则为准[常见问答·申请 3]。"
LACKING = "资料中没有说明证书有效期能不能延长。"


@pytest.fixture(scope="module")
def scene(built_index: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    with opened(built_index, tmp_path_factory.mktemp("scene") / "index") as scene:
        yield scene


def test_a_faithful_answer_is_supported_and_cited_in_order_of_use(scene: Scene):
    answer = scene.ask(DEPARTMENT, FAITHFUL)
    assert [sentence.status for sentence in answer.sentences] == [SentenceStatus.SUPPORTED] * 4
    assert [sentence.marks for sentence in answer.sentences] == [(1, 2), (1,), (3,), (1,)]
    addresses = [citation.address for citation in answer.citations]
    assert addresses == ["GB/T 27922-2011 5.1.1.1", "申请条件指南 1.6", "常见问答·申请 2"]
    assert (answer.refused, answer.reason, answer.notice) == (False, None, "")
    assert_well_formed(scene.assistant, answer)
    for sentence in answer.sentences:
        assert {CheckName.MARKS, CheckName.NUMBERS, CheckName.SUPPORT} <= {check.name for check in sentence.checks}
        assert all(check.ok for check in sentence.checks)


def test_time_tokens_and_cost_are_told(scene: Scene):
    answer = scene.ask(CERTIFICATE, Reply(RIGHT, usage=(1000, 200)), price_in=2, price_out=8)
    use = answer.model
    assert use
    assert (use.name, use.used, use.drafts, use.cached) == ("test-model", True, 1, False)
    assert (use.input_tokens, use.output_tokens, use.cost) == (1000, 200, pytest.approx(0.0036))
    assert (use.removed_marks, use.dropped) == (0, 0)
    assert use.seconds > 0
    assert use.check_ms > 0
    assert set(answer.timings_ms) == {"understand", "search", "answer", "model", "total"}
    assert answer.timings_ms["total"] >= answer.timings_ms["model"] > 0


def test_what_is_not_counted_is_not_told(scene: Scene):
    use = scene.ask(CERTIFICATE, RIGHT, price_in=2, price_out=8).model
    assert use
    assert (use.input_tokens, use.output_tokens, use.cost) == (None, None, None)


def test_the_use_of_both_drafts_is_added_up(scene: Scene):
    drafts = Reply(WRONG, usage=(1000, 100)), Reply(RIGHT, usage=(1500, 50))
    use = scene.ask(CERTIFICATE, *drafts, price_in=2, price_out=8).model
    assert use
    assert (use.drafts, use.input_tokens, use.output_tokens) == (2, 2500, 150)
    assert use.cost == pytest.approx(0.0062)


def test_the_model_is_sent_what_it_needs_and_its_key(scene: Scene):
    scene.ask(CERTIFICATE, RIGHT, temperature=0.3, max_tokens=700)
    (request,) = scene.server.settled()
    assert (request.path, request.headers["authorization"]) == ("/v1/chat/completions", f"Bearer {KEY}")
    assert (request.body["model"], request.body["stream"]) == ("test-model", True)
    assert (request.body["temperature"], request.body["max_completion_tokens"]) == (0.3, 700)
    system, human = request.body["messages"]
    assert (system["role"], human["role"]) == ("system", "user")
    assert f"<问题>\n{CERTIFICATE}\n</问题>" in human["content"]
    assert KEY not in system["content"] + human["content"]


def test_the_events_come_in_order(scene: Scene):
    stream = scene.stream(DEPARTMENT, Reply(FAITHFUL))
    events = list(stream)
    assert events[0] == Understood(DEPARTMENT, "test-model")
    assert {type(event) for event in events[1:-1]} == {Delta, SentenceClosed}
    closed = [event for event in events if isinstance(event, SentenceClosed)]
    assert tuple(event.sentence for event in closed) == stream.answer.sentences
    assert [len(event.citations) for event in closed] == [2, 2, 3, 3]
    assert events[-1] == Finished(stream.answer)


def test_a_sentence_grows_until_it_is_closed(scene: Scene):
    shown = [""]
    for event in scene.stream(CERTIFICATE, Reply(RIGHT + YEARLY)):
        if isinstance(event, Delta):
            assert "[" not in event.text
            shown[-1] = event.text
        elif isinstance(event, SentenceClosed):
            assert event.sentence.text.startswith(shown[-1])
            shown.append("")
    assert len(shown) == 3


def test_nothing_of_the_answer_waits_for_its_end(scene: Scene):
    stream = scene.stream(CERTIFICATE, Reply(chunks=(RIGHT + YEARLY[:4], YEARLY[4:]), chunk_delay_s=60))
    seen = next(event for event in stream if isinstance(event, SentenceClosed))
    assert seen.sentence.status is SentenceStatus.SUPPORTED
    stream.stop()


@pytest.mark.parametrize("size", range(1, 8))
def test_text_cut_anywhere_gives_the_same_answer(scene: Scene, size: int):
    numbers = scene.numbers(DEPARTMENT)
    text = FAITHFUL
    for address, number in numbers.items():
        text = text.replace(f"[{address}]", f"[{number}]")
    chunks = [text[at : at + size] for at in range(0, len(text), size)]
    whole = scene.ask(DEPARTMENT, Reply(chunks=[text]))
    cut = scene.ask(DEPARTMENT, Reply(chunks=chunks, split_bytes=size))
    assert (cut.sentences, cut.citations) == (whole.sentences, whole.citations)


def test_a_wrong_number_is_told_to_the_model_and_its_second_draft_is_used(scene: Scene):
    stream = scene.stream(CERTIFICATE, Reply(WRONG + YEARLY), Reply(RIGHT + YEARLY))
    events = list(stream)
    assert [event.failed for event in events if isinstance(event, Redraft)] == [1]
    first, second = scene.server.settled()
    messages = second.body["messages"]
    assert messages[:2] == first.body["messages"]
    assert [message["role"] for message in messages[2:]] == ["assistant", "user"]
    assert "有效期 5 年" in messages[2]["content"]
    assert "- “售后服务认证证书有效期 5 年。”：" in messages[3]["content"]
    assert "5年”不在所引条款中" in messages[3]["content"]
    assert "监督审核" not in messages[3]["content"]
    answer = stream.answer
    assert [sentence.text for sentence in answer.sentences] == [
        "售后服务认证证书有效期 3 年。",
        "有效期内每年至少做一次监督审核。",
    ]
    assert answer.model
    assert (answer.model.used, answer.model.drafts) == (True, 2)
    assert_well_formed(scene.assistant, answer)


def test_a_better_first_draft_is_kept(scene: Scene):
    answer = scene.ask(CERTIFICATE, RIGHT + YEARLY + RENEWAL_WRONG, WRONG)
    assert len(answer.sentences) == 3
    assert answer.sentences[2].status is SentenceStatus.FAILED
    failing = scene.ask(CERTIFICATE, Reply(RIGHT + YEARLY + RENEWAL_WRONG), Reply(status=500), name="fails-once")
    assert failing.sentences == answer.sentences
    assert failing.model
    assert failing.model.drafts == 1


def test_two_wrong_drafts_are_not_used(scene: Scene):
    answer = scene.ask(CERTIFICATE, WRONG)
    plain = scene.plain(CERTIFICATE)
    assert (answer.sentences, answer.citations) == (plain.sentences, plain.citations)
    assert answer.notice == "模型的回答有 1 句没有通过核对，没有采用；下面的回答直接摘自条款。"
    assert answer.model
    assert (answer.model.used, answer.model.drafts) == (False, 2)


def test_a_sentence_that_stays_wrong_is_shown_as_failed(scene: Scene):
    answer = scene.ask(CERTIFICATE, FOUR)
    statuses = [sentence.status.value for sentence in answer.sentences]
    assert statuses == ["supported", "supported", "failed", "supported"]
    assert "5年" in answer.sentences[2].faults
    assert "企业应在证书 5 年到期前申请再认证。（未通过核对）" in answer.text
    assert_well_formed(scene.assistant, answer)


def test_a_sentence_that_stays_wrong_can_be_left_out(scene: Scene):
    answer = scene.ask(CERTIFICATE, FOUR.replace("[周期与费用指南 1.3]", "[常见问答·证书 1]"), failed="drop")
    assert len(answer.sentences) == 3
    assert "5 年" not in answer.text
    assert answer.model
    assert answer.model.dropped == 1
    assert_well_formed(scene.assistant, answer)


def test_an_invented_mark_is_removed_and_counted(scene: Scene):
    answer = scene.ask(CERTIFICATE, RIGHT + YEARLY.replace("]。", "][99]。"))
    assert [sentence.marks for sentence in answer.sentences] == [(1,), (1,)]
    assert answer.sentences[1].status is SentenceStatus.UNVERIFIED
    assert "[99]" not in answer.text
    assert "[99]" in answer.sentences[1].faults
    assert answer.model
    assert answer.model.removed_marks == 1


@pytest.mark.parametrize(
    "reply",
    [
        Reply(RIGHT, reasoning="先想一想[9]：大概是 5 年。", tool_noise=True),
        Reply(f"<think>大概是 5 年[9]。\n\n再看看。</think>\n\n{RIGHT}"),
        Reply(RIGHT.replace("]。", "]。\n\n\n")),
        Reply(f"**{RIGHT}**"),
    ],
)
def test_thoughts_tools_and_markup_are_left_out(scene: Scene, reply: Reply):
    answer = scene.ask(CERTIFICATE, reply)
    assert answer.text == "售后服务认证证书有效期 3 年。[1]"


def test_what_the_model_does_not_find_is_refused(scene: Scene):
    answer = scene.ask(CERTIFICATE, LACKING)
    assert (answer.refused, answer.reason, answer.citations) == (True, Reason.NOT_IN_MATERIAL, ())
    assert answer.text == LACKING
    assert answer.suggestions
    assert answer.model
    assert answer.model.used


def test_what_the_model_does_not_find_besides_is_kept(scene: Scene):
    answer = scene.ask(CERTIFICATE, RIGHT + LACKING)
    assert not answer.refused
    assert [sentence.note for sentence in answer.sentences] == [False, True]
    assert_well_formed(scene.assistant, answer)


@pytest.mark.parametrize("before", ["", RIGHT])
def test_a_question_to_the_asker_is_kept(scene: Scene, before: str):
    answer = scene.ask(CERTIFICATE, before + ASKS_BACK)
    assert (answer.refused, answer.notice) == (False, "")
    assert answer.sentences[-1].text == ASKS_BACK
    assert (answer.sentences[-1].note, answer.sentences[-1].marks) == (True, ())


def test_the_askers_own_figures_may_be_told(scene: Scene):
    answer = scene.ask(OWN, f"您成立两年，{OWN_RIGHT}")
    assert [sentence.status for sentence in answer.sentences] == [SentenceStatus.SUPPORTED]
    assert "您成立两年" in answer.text
    other = scene.ask(OWN, f"{OWN_RIGHT}您成立九年，{OWN_RIGHT}")
    assert [sentence.status.value for sentence in other.sentences] == ["supported", "failed"]


def test_answers_in_the_making_do_not_mix(scene: Scene):
    scene.ask(DEPARTMENT, FAITHFUL)
    streams = [scene.assistant.stream(DEPARTMENT, model=scene.settings()) for _ in range(4)]
    merged = list(itertools.chain.from_iterable(itertools.zip_longest(*streams)))
    assert sum(isinstance(event, Finished) for event in merged) == 4
    assert len({stream.answer.text for stream in streams}) == 1

"""How the verdict on each sentence is shown: on the page, in an export, on the terminal and as JSON."""

import json
from dataclasses import replace

import pytest

from assistant.cli.formats import answer_to_json, format_answer
from assistant.types import Answer, Check, CheckName, ModelUse, Reason, Sentence, SentenceStatus
from assistant.ui.answer_html import answer_html, writing_html
from assistant.ui.export import answer_to_markdown
from tests.unit.test_export import ANSWER
from tests.unit.test_page_html import HOSTILE, assert_inert

FINE = (Check(CheckName.MARKS, True), Check(CheckName.NUMBERS, True))
GOOD = Sentence("可以指定现有部门。", (1,), checks=FINE)
BAD = Sentence(
    "证书有效期为5年。",
    (1,),
    status=SentenceStatus.FAILED,
    checks=(FINE[0], Check(CheckName.NUMBERS, False, "“5年”不在所引条款中")),
)
UNSURE = Sentence(
    "一般要三个月。", status=SentenceStatus.UNVERIFIED, checks=(Check(CheckName.MARKS, False, "没有注明出处"), FINE[1])
)
ASKING = Sentence("您有多少名售后人员？", note=True, checks=(Check(CheckName.MARKS, True, "不含事实陈述"),))
OWN_NOTE = Sentence("某标准尚未生效。", (2,), note=True)
USE = ModelUse("deepseek-chat", used=True, input_tokens=900, output_tokens=60, drafts=2, removed_marks=1)
WRITTEN = replace(ANSWER, sentences=(GOOD, BAD, UNSURE, ASKING, OWN_NOTE), model=USE, notice="写到长度上限。")


def html_of(*sentences: Sentence) -> str:
    return answer_html(replace(WRITTEN, sentences=sentences), "u")


def test_a_failed_sentence_is_struck_and_its_reason_told() -> None:
    html = html_of(BAD)
    assert "<s>证书有效期为5年</s>" in html
    assert "<s>。</s>" in html
    assert '<span class="verdict failed">未通过核对：“5年”不在所引条款中</span>' in html
    assert "✓" not in html


def test_an_unverified_sentence_is_told_in_words_and_not_struck() -> None:
    html = html_of(UNSURE)
    assert '<span class="verdict unverified">未核实：没有注明出处</span>' in html
    assert "<s>" not in html
    assert "✓" not in html


def test_a_supported_sentence_has_a_check_mark_that_names_the_checks() -> None:
    html = html_of(GOOD)
    assert '<span class="verdict supported" title="出处、数字和编号都核对过">✓<i>已核对</i></span>' in html
    assert "<s>" not in html


def test_each_verdict_stands_behind_its_own_sentence() -> None:
    html = html_of(GOOD, BAD, UNSURE)
    places = [
        html.index(part)
        for part in ("可以指定现有部门", "✓", "证书有效期为5年", "未通过核对：", "一般要三个月", "未核实：")
    ]
    assert places == sorted(places)


def test_what_states_nothing_has_no_verdict_unless_something_is_wrong_with_it() -> None:
    html = html_of(ASKING, OWN_NOTE)
    assert "verdict" not in html
    assert '<div class="notes"><p>某标准尚未生效' in html
    assert html.index("<p>您有多少名售后人员") < html.index("某标准尚未生效")
    assert "<s>" in html_of(replace(ASKING, status=SentenceStatus.FAILED, checks=BAD.checks))
    assert "未通过核对：" in html_of(replace(ASKING, status=SentenceStatus.FAILED, checks=BAD.checks))


@pytest.mark.parametrize("model", [None, ModelUse("deepseek-chat", used=False)])
def test_an_answer_taken_from_clauses_has_no_check_marks(model: ModelUse | None) -> None:
    html = answer_html(replace(ANSWER, model=model), "u")
    assert "verdict" not in html
    assert "由模型" not in html


def test_the_notice_is_shown_before_the_answer_and_only_where_there_is_one() -> None:
    html = answer_html(WRITTEN, "u")
    assert '<div class="notes"><p>写到长度上限。</p></div>' in html
    assert html.index("写到长度上限。") < html.index("可以指定现有部")
    refusal = replace(ANSWER, refused=True, reason=Reason.NOT_IN_MATERIAL, sentences=(), notice="连不上模型。")
    assert "<p>连不上模型。</p>" in answer_html(refusal, "u")
    assert "<p></p>" not in answer_html(replace(WRITTEN, notice=""), "u")


def test_the_model_and_the_counts_of_verdicts_are_told() -> None:
    assert (
        '<p class="as-of">由模型 deepseek-chat 写成，逐句核对过，词元 900 + 60，去掉不存在的编号 1 个：'
        "1 句已核对、1 句未核实、1 句未通过核对</p>"
    ) in answer_html(WRITTEN, "u")


def test_all_that_comes_from_a_model_or_asker_is_inert() -> None:
    hostile = replace(BAD, text=HOSTILE, checks=(Check(CheckName.NUMBERS, False, f"“{HOSTILE}”不在所引条款中"),))
    good, item = replace(GOOD, text=HOSTILE), replace(UNSURE, text=HOSTILE, item=True)
    answer = replace(WRITTEN, sentences=(hostile, good, item), notice=HOSTILE, model=replace(USE, name=HOSTILE))
    assert_inert(answer_html(answer, "u"))
    assert_inert(writing_html(answer.sentences, (), HOSTILE, HOSTILE, "u"))
    assert "&lt;script&gt;" in answer_html(answer, "u")


def test_while_it_is_written_verdicts_and_the_unfinished_sentence_are_shown() -> None:
    html = writing_html((GOOD, BAD), ANSWER.citations, "又一句<", "正在写", "u")
    assert "✓<i>已核对</i>" in html
    assert "<s>证书有效期为5年</s>" in html
    assert '<p class="pending">又一句&lt;</p>' in html
    assert '<p class="going" role="status">正在写</p>' in html
    assert "pending" not in writing_html((GOOD,), (), "", "正在写", "u")


def test_the_export_carries_each_sentences_status_and_reason() -> None:
    text = answer_to_markdown(WRITTEN)
    assert "可以指定现有部门。[1]" in text
    assert "~~证书有效期为5年。~~（未通过核对：“5年”不在所引条款中）[1]" in text
    assert "一般要三个月。（未核实：没有注明出处）" in text
    assert text.count("~~") == 2
    assert "> 注：写到长度上限。" in text
    assert "由模型 deepseek-chat 写成" in text
    assert "未标明的句子都已与所引条款核对。" in text


def test_the_export_of_an_answer_without_a_model_tells_of_no_checks() -> None:
    for model in (None, ModelUse("deepseek-chat", used=False)):
        assert "核对" not in answer_to_markdown(replace(ANSWER, model=model))


def test_a_sentence_whose_checks_have_no_words_is_still_told_in_the_export() -> None:
    silent = replace(UNSURE, checks=(Check(CheckName.SUPPORT, False),))
    assert "一般要三个月。（未核实）" in answer_to_markdown(replace(WRITTEN, sentences=(silent,)))


def test_json_has_each_sentence_with_status_and_checks() -> None:
    found = json.loads(json.dumps(answer_to_json(WRITTEN)))
    assert [item["status"] for item in found["sentences"]] == [
        "supported",
        "failed",
        "unverified",
        "supported",
        "supported",
    ]
    assert found["sentences"][1] == {
        "text": "证书有效期为5年。",
        "marks": [1],
        "status": "failed",
        "note": False,
        "checks": [
            {"name": "marks", "ok": True, "detail": ""},
            {"name": "numbers", "ok": False, "detail": "“5年”不在所引条款中"},
        ],
    }
    assert [item["note"] for item in found["sentences"]] == [False, False, False, True, True]


def test_json_tells_of_the_model_and_the_notice() -> None:
    found = answer_to_json(WRITTEN)
    assert found["notice"] == "写到长度上限。"
    assert (found["model"]["name"], found["model"]["used"], found["model"]["drafts"]) == ("deepseek-chat", True, 2)
    assert found["model"]["cost"] is None
    assert answer_to_json(ANSWER)["model"] is None
    assert all(item["checks"] == [] for item in answer_to_json(ANSWER)["sentences"])


def test_the_terminal_lists_what_the_checks_object_to() -> None:
    lines = format_answer(WRITTEN).splitlines()
    assert "（未通过核对）证书有效期为5年。：“5年”不在所引条款中" in lines
    assert "（未核实）一般要三个月。：没有注明出处" in lines
    assert "（写到长度上限。）" in lines
    assert lines[-1] == (
        "以 2026-11-23 为准；由模型 deepseek-chat 写成，逐句核对过，词元 900 + 60，去掉不存在的编号 1 个"
    )


@pytest.mark.parametrize("answer", [ANSWER, replace(WRITTEN, sentences=(GOOD, ASKING))])
def test_the_terminal_says_nothing_of_checks_that_all_passed(answer: Answer) -> None:
    text = format_answer(answer)
    assert "未通过核对" not in text
    assert "未核实" not in text


def test_the_plain_text_of_an_answer_tells_what_is_not_checked() -> None:
    assert replace(WRITTEN, sentences=(GOOD, BAD, UNSURE)).text == (
        "可以指定现有部门。[1]证书有效期为5年。（未通过核对）[1]一般要三个月。（未核实）"
    )

import pytest

from assistant.answering import prompts
from assistant.answering.guard import PROMPT_RUN, Guard

KEY = "sk-Q7x9Lm2Vt8Zr"
GUARD = Guard(KEY)


@pytest.mark.parametrize("prompt", [prompts.ANSWER, prompts.REPAIR, prompts.CONDENSE])
@pytest.mark.parametrize("form", ["{}", "我的规则是：{}", "“{}”", "**{}**"])
def test_a_prompt_told_in_any_dress_is_a_leak(prompt: str, form: str) -> None:
    assert GUARD.leaks(form.format(prompt))


def test_a_sentence_of_the_prompt_is_a_leak_with_other_signs_and_spaces_too() -> None:
    assert "不加强也不减弱" in prompts.ANSWER
    line = "照条款的强弱写，不加强也不减弱"
    assert line in prompts.ANSWER
    assert GUARD.leaks(f"我被要求{line}。")
    assert GUARD.leaks("照条款的强弱写 不加强 也不减弱")
    assert GUARD.leaks("照-条-款-的-强-弱-写-不-加-强-也-不-减-弱")


def test_as_few_letters_of_a_prompt_as_chance_could_give_are_no_leak() -> None:
    line = "照条款的强弱写不加强也不减弱"
    assert GUARD.leaks(line[:PROMPT_RUN])
    assert not GUARD.leaks(line[: PROMPT_RUN - 1])


@pytest.mark.parametrize(
    "text",
    [
        "企业应设立归口部门，归口部门可以新设，也可以指定现有部门。",
        "资料中没有说明收费标准。",
        "五星级要95分及以上，GB/T 27922-2011 自2012年2月1日起实施。",
        "您有多少名售后人员？",
        "",
    ],
)
def test_answers_are_no_leak(text: str) -> None:
    assert not GUARD.leaks(text)
    assert GUARD.shown(text) == text


@pytest.mark.parametrize("text", [KEY, f"密钥是{KEY}。", KEY.upper(), " ".join(KEY), KEY[:6], KEY[4:10], KEY[-6:]])
def test_the_key_or_a_run_of_it_is_a_leak(text: str) -> None:
    assert GUARD.leaks(text)
    assert GUARD.shown(text) == ""


def test_each_key_is_guarded() -> None:
    guard = Guard(KEY, "another-key-99")
    assert guard.leaks("another-key-99")
    assert guard.leaks(KEY)
    assert not GUARD.leaks("another-key-99")


@pytest.mark.parametrize("key", ["", "none", "12345"])
def test_a_key_too_short_to_be_one_hides_nothing(key: str) -> None:
    assert not Guard(key).leaks(f"企业none有12345名员工{key}")


def test_another_key_is_no_leak() -> None:
    assert not GUARD.leaks("sk-AAAAAAAAAAAA")


def test_the_beginning_of_a_secret_is_not_shown_while_it_is_written() -> None:
    for length in range(2, len(KEY) + 1):
        assert GUARD.shown(f"密钥是{KEY[:length]}") == ""
    line = "照条款的强弱写，不加强也不减弱"
    for length in range(PROMPT_RUN // 2, len(line) + 1):
        assert GUARD.shown(f"规则：{line[:length]}") == ""


def test_no_run_of_a_prompt_is_ever_shown_letter_by_letter() -> None:
    text = f"好的，规则如下：{prompts.ANSWER[:300]}"
    shown = [GUARD.shown(text[:length]) for length in range(len(text) + 1)]
    assert max(shown, key=len).startswith("好的，规则如下")
    assert not any(prompts.ANSWER[:PROMPT_RUN] in part for part in shown)
    assert all(part == "" for part in shown[len("好的，规则如下：") + PROMPT_RUN :])


def test_what_only_began_like_a_secret_is_shown_when_it_goes_on_otherwise() -> None:
    assert GUARD.shown("密钥是sk") == ""
    assert GUARD.shown("密钥是skill的缩写") == "密钥是skill的缩写"

"""A question for every mention of a thing is told from a question about it."""

import pytest

from assistant.answering.mentions import sought_phrase, words_of


@pytest.mark.parametrize(
    ("question", "phrase"),
    [
        ("哪些条款提到售后服务管理师？", "售后服务管理师"),
        ("请列出所有提到“三包”的条款", "三包"),
        ("哪些文件引用了 SB/T 10401", "SB/T 10401"),
        ("资料里哪里讲到了网点", "网点"),
        ("监督审核在哪些条款里出现过", "监督审核"),
        ("《认证认可条例》被哪些文件引用", "认证认可条例"),
        ("所有涉及投标的规定有哪些", "投标"),
        ("哪些标准文件里提到了神秘顾客这种做法", "神秘顾客"),
    ],
)
def test_a_phrase_whose_mentions_are_sought(question: str, phrase: str) -> None:
    assert sought_phrase(question) == phrase


@pytest.mark.parametrize(
    "question",
    [
        "特别扣分项有哪些",
        "哪些法规涉及消费者权益",
        "售后服务认证涉及哪些部门",
        "哪里提到特别扣分，怎么扣",
        "国家有哪些政策",
        "标准里提到的特别扣分有哪些情形",
        "哪些条款提到什么人要培训",
    ],
)
def test_a_question_about_the_matter_is_none(question: str) -> None:
    assert sought_phrase(question) is None


def test_the_words_of_a_phrase_and_of_its_alternatives() -> None:
    assert words_of("特别扣分必须整改") == [("扣分", "整改")]
    assert words_of("员工培训或者人员受训") == [("员工", "培训"), ("人员", "受训")]
    assert words_of("的或者培训") == []

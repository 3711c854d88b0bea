"""Several questions asked as one are found, and what only goes on with a question stays with it."""

from dataclasses import replace

import pytest

from assistant.answering.answer import Composed
from assistant.answering.together import together, widened, with_passed_over
from assistant.retrieval.parts import asked_parts, completed
from assistant.structure.address import NameIndex
from assistant.types import Check, CheckName, Citation, Confidence, Form, Kind, Reason, Sentence, Status

NAMES = NameIndex([])


@pytest.mark.parametrize(
    ("question", "parts"),
    [
        ("管理师要配几个，证书有效期几年", ["管理师要配几个", "证书有效期几年"]),
        ("五星要多少分；证书过期了怎么办？监督审核几次", ["五星要多少分", "证书过期了怎么办？", "监督审核几次"]),
        ("我们是贸易公司，三星要多少分？另外现场评审来几天", ["我们是贸易公司，三星要多少分？", "另外现场评审来几天"]),
        ("网点覆盖在哪一条、占几分", ["网点覆盖在哪一条", "占几分"]),
        ("人员、设备有什么要求", []),
        ("三包期内修了三次，证书会被撤销吗", []),
        ("证书有效期几年，过期了还能用多久", ["证书有效期几年", "过期了还能用多久"]),
        ("投诉24小时内必须处理完是标准写死的，是这样吗", []),
        ("三星要多少分，为什么？四星呢", []),
        ("监督审核每年几次？请引用条款", []),
        ("证书几年？证书几年？证书几年？证书几年？证书几年？", []),
        ("证书有效期几年", []),
    ],
)
def test_parts_that_ask_something(question: str, parts: list[str]) -> None:
    assert asked_parts(question) == parts


def test_a_part_takes_the_subject_of_the_one_before() -> None:
    assert completed(["证书有效期几年", "到期了怎么换"], NAMES) == ["证书有效期几年", "证书到期了怎么换"]
    assert completed(["证书有效期几年", "监督审核几次"], NAMES) == ["证书有效期几年", "监督审核几次"]


CITED = Citation(
    1, "甲 1", "a", None, "甲", Kind.FAQ, Form.DIGEST, Status.IN_FORCE, "", Confidence.TWO_SOURCES, (), "三年。", 0, 3
)


QUOTED = (Check(CheckName.QUOTATIONS, True),)


def answered(address: str) -> Composed:
    return Composed((Sentence(f"{address}说的。", (1,), checks=QUOTED),), (replace(CITED, address=address),), None)


REFUSED = Composed((Sentence("资料中没有。", note=True),), (), Reason.NOT_IN_MATERIAL)
ANSWERS = {"甲？": answered("甲 1"), "乙？": answered("乙 1"), "丙": REFUSED}


def test_a_refused_whole_is_answered_by_its_parts() -> None:
    found = together(replace(REFUSED, suggestions=("丁",)), ["甲？", "乙？"], ANSWERS.__getitem__, ())
    assert found.reason is None
    assert [sentence.text for sentence in found.sentences] == ["甲：", "甲 1说的。", "乙：", "乙 1说的。"]
    assert [sentence.marks for sentence in found.sentences] == [(), (1,), (), (2,)]
    assert [(item.mark, item.address) for item in found.citations] == [(1, "甲 1"), (2, "乙 1")]
    assert found.suggestions == ("丁",)


def test_a_part_that_is_refused_is_named() -> None:
    found = together(answered("甲 1"), ["甲？", "丙"], ANSWERS.__getitem__, ())
    assert [sentence.text for sentence in found.sentences][-2:] == ["丙：", "资料中没有。"]


def test_the_same_citation_keeps_one_mark() -> None:
    found = together(REFUSED, ["甲？", "甲？", "丙"], ANSWERS.__getitem__, ())
    assert [item.mark for item in found.citations] == [1]


@pytest.mark.parametrize(
    ("whole", "parts"),
    [
        (answered("甲 1"), ["甲？", "甲？"]),
        (REFUSED, ["丙", "丙"]),
        (replace(REFUSED, settled=True), ["甲？", "乙？"]),
        (replace(REFUSED, reason=Reason.FORGERY), ["甲？", "乙？"]),
    ],
    ids=["all told", "nothing held", "settled", "forgery"],
)
def test_a_whole_that_is_right_stands(whole: Composed, parts: list[str]) -> None:
    assert together(whole, parts, ANSWERS.__getitem__, ()) is whole


def test_an_unknown_point_refuses_only_its_part() -> None:
    unknown = replace(REFUSED, reason=Reason.UNKNOWN_IN_MATERIAL, settled=True)
    assert together(unknown, ["甲？", "丙"], ANSWERS.__getitem__, {"甲 1"}).reason is None
    assert together(unknown, ["甲？", "丙"], ANSWERS.__getitem__, {"甲 12"}) is unknown


def test_an_answer_is_widened_by_what_its_parts_add() -> None:
    whole = replace(
        answered("甲 1"), sentences=(Sentence("甲 1说的。", (1,)), Sentence("以上依据：甲 1。", (1,), note=True))
    )
    found = widened(whole, ["甲？", "乙？", "丙"], ANSWERS.__getitem__, {"甲 1", "乙 1"})
    assert [sentence.text for sentence in found.sentences] == ["甲 1说的。", "乙 1说的。", "以上依据：甲 1。"]
    assert found.sentences[1].marks == (2,)
    assert [item.address for item in found.citations] == ["甲 1", "乙 1"]
    old = answered("丁 1")
    note = Sentence("丁已被代替。", (1,), note=True)
    found = widened(whole, ["丁？"], lambda _: replace(old, sentences=(*old.sentences, note)), {"丁 1"})
    assert [(sentence.text, sentence.marks) for sentence in found.sentences[-1:]] == [("丁已被代替。", (2,))]
    assert widened(REFUSED, ["甲？", "乙？"], ANSWERS.__getitem__, {"甲 1"}) is REFUSED


def test_only_what_is_quoted_from_a_clause_near_the_whole_question_is_added() -> None:
    whole = answered("甲 1")
    assert widened(whole, ["乙？"], ANSWERS.__getitem__, {"甲 1", "乙 12"}).sentences == whole.sentences
    worked_out = replace(ANSWERS["乙？"], sentences=(Sentence("按所引条款计算：90 分。", (1,)),))
    assert widened(whole, ["乙？"], lambda _: worked_out, {"乙 1"}).sentences == whole.sentences
    refined = replace(ANSWERS["乙？"], citations=(replace(CITED, address="乙 1第二款"),))
    assert len(widened(whole, ["乙？"], lambda _: refined, {"乙 1"}).sentences) == 2


def test_a_part_whose_sort_of_fact_is_not_told_is_named() -> None:
    whole = replace(answered("甲 1"), sentences=(Sentence("见第 5.3.1 条，在哪一条未见原文。", (1,)),))
    asked = ["会不会打电话", "要调查多少个顾客？"]
    found = with_passed_over(whole, asked)
    assert [sentence.text for sentence in found.sentences[1:]] == ["以上所引条款没有答到这一问：要调查多少个顾客。"]
    told = replace(whole, sentences=(Sentence("调查 30 个顾客。", (1,)),))
    unknown = Sentence("样本量未查到。", (1,), confidence=Confidence.UNKNOWN)
    assert with_passed_over(told, asked) == told
    assert with_passed_over(replace(whole, sentences=(*whole.sentences, unknown)), asked).sentences[-1] == unknown
    fees = replace(whole, sentences=(Sentence("年金 2000 元，依据第四十六条。", (1,)),))
    assert with_passed_over(fees, ["每年还要交多少年费", "几几年开始"]) == fees
    assert with_passed_over(REFUSED, asked) is REFUSED

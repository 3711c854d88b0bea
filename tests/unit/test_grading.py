"""A score and its grade are worked out by the rules that the clauses state, and by no others."""

from fractions import Fraction

import pytest

from assistant.answering.grading import Figures, Rules, figures_of
from assistant.corpus.documents import Corpus
from assistant.types import Clause


@pytest.fixture(scope="module")
def clauses(real_corpus: Corpus) -> list[Clause]:
    subject = next(document for document in real_corpus.documents if document.subject)
    return [clause for clause in real_corpus.clauses if clause.document_id == subject.id]


@pytest.fixture(scope="module")
def rules(clauses: list[Clause]) -> Rules:
    return Rules(clauses)


@pytest.mark.parametrize(
    ("question", "figures"),
    [
        ("涉及项总分 90，实际得了 81，折算下来多少分、对应几星？", Figures(Fraction(81), Fraction(90))),
        ("得分91，另外记了2个特别扣分项，最后算多少分", Figures(Fraction(91), None, 2)),
        ("我们自评九十三分能评几星", Figures(Fraction(93))),
        ("自评94.5分，一项特别加分，几星", Figures(Fraction("94.5"), None, 0, 1)),
        ("适用项加起来88，实得66，什么级别", Figures(Fraction(66), Fraction(88))),
        ("特别扣分项有三个，总分96，能评五星吗", Figures(Fraction(96), None, 3)),
        ("裸分96，又审出来两个特别扣分项，还剩什么", Figures(Fraction(96), None, 2)),
        ("砍掉几项以后满分剩92，实际拿了85，是啥等级", Figures(Fraction(85), Fraction(92))),
        ("去掉几项以后总共剩 85 分，实际拿了 76.5，是什么等级", Figures(Fraction("76.5"), Fraction(85))),
        ("划掉几项，满分变成90，得了81，几星", Figures(Fraction(81), Fraction(90))),
        ("老师打出来88.6，能挂几颗星", Figures(Fraction("88.6"))),
        ("满分是100分吗，得了95算几星", Figures(Fraction(95))),
        ("总分100，我们得87.5分是几星", Figures(Fraction("87.5"))),
        ("审核结果下来87.5分，到底算什么级别", Figures(Fraction("87.5"))),
        ("老师报完分79.8，老板说算80，这个分叫什么级", Figures(Fraction("79.8"))),
        ("得分91，没有扣分，几星", Figures(Fraction(91))),
        ("得分88分，不涉及特别扣分项，能评几星", Figures(Fraction(88))),
        ("得分88分，没有任何特别扣分，能评几星", Figures(Fraction(88))),
        ("我们评分是89.95分能评几星", Figures(Fraction("89.95"))),
        ("评了个九十四分半，能评几星", Figures(Fraction("94.5"))),
    ],
)
def test_figures_of_a_question(question: str, figures: Figures) -> None:
    assert figures_of(question) == figures


@pytest.mark.parametrize(
    "question",
    [
        "五星要多少分",
        "管理师占5分，没有会掉几星吗",
        "我们成立两年，20个售后，能评几星",
        "得分95分以上才是五星吗",
        "得了3个特别扣分项会怎样",
        "实得120分，能评几星",
        "涉及项总分80，实得85，几星",
        "得了五星能加几分",
        "90分以上是几星",
        "原始分95.4，老师按违法给记了一项另外扣的，现在落到几颗星",
        "裸分96，扣两次，几星",
        "100分制里投诉处理占几分",
        "客户满意度90分能评几星",
        "五星要95分吗，几级才算最高",
        "管理师那条5分丢了，会掉到几星",
    ],
)
def test_other_questions_give_no_figures(question: str) -> None:
    assert figures_of(question) is None


@pytest.mark.parametrize(
    ("figures", "told", "numbers"),
    [
        (Figures(Fraction(66), Fraction(88)), "66 ÷ 88 × 100 = 75 分，在达标级", {"7.7", "7.1", "7.5"}),
        (Figures(Fraction(91), None, 2), "91 − 2 × 1 = 89 分，在三星级", {"7.5", "7.1"}),
        (Figures(Fraction(95)), "95 分，在五星级", {"7.1", "7.5"}),
        (Figures(Fraction("94.999")), "94.99 分，在四星级", {"7.1", "7.5"}),
        (Figures(Fraction(69)), "69 分，不足 70 分，评价不合格", {"7.1", "7.5"}),
        (Figures(Fraction(99), None, 5), "评价不合格，不再看得分", set()),
        (Figures(Fraction(94), None, 0, 3), "94 + 1 × 1 = 95 分，在五星级", {"7.6", "7.1", "7.5"}),
    ],
)
def test_a_score_is_worked_out_and_cites_its_rules(
    rules: Rules, figures: Figures, told: str, numbers: set[str]
) -> None:
    reckoned = rules.reckon(figures)
    assert reckoned is not None
    assert told in reckoned.text
    assert {clause.number for clause, _ in reckoned.grounds} == numbers | {"7.5"}


def test_an_open_order_is_worked_out_both_ways(rules: Rules) -> None:
    reckoned = rules.reckon(Figures(Fraction(86), Fraction(95), 1))
    assert reckoned is not None
    assert "条款没有写明" in reckoned.text
    assert "先折算，86 ÷ 95 × 100 − 1 × 1 ≈ 89.52 分，在三星级" in reckoned.text
    assert "先扣、加分，（86 − 1 × 1）÷ 95 × 100 ≈ 89.47 分，在三星级" in reckoned.text


def test_without_few_deductions_said_the_grade_is_conditional(rules: Rules) -> None:
    reckoned = rules.reckon(Figures(Fraction(96)))
    assert reckoned is not None
    assert "前提是特别扣分项不到 5 个" in reckoned.text


@pytest.mark.parametrize(
    ("left_out", "figures"), [("7.1", Figures(Fraction(90))), ("7.7", Figures(Fraction(80), Fraction(90)))]
)
def test_what_no_clause_states_is_not_worked_out(clauses: list[Clause], left_out: str, figures: Figures) -> None:
    assert Rules(clause for clause in clauses if clause.number != left_out).reckon(figures) is None

from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from assistant.evaluation.answers import Golden, judge, load_questions
from assistant.evaluation.calibrate import area_under_curve, cross_validate, fit
from assistant.types import Answer, Citation, Confidence, Form, Kind, Reason, Sentence, Status

CITATION = Citation(
    mark=1,
    address="认证认可条例 第二十四条第一款",
    document_id="tiaoli",
    number="国务院令第390号",
    title="认证认可条例",
    kind=Kind.REGULATION,
    form=Form.DIGEST,
    status=Status.IN_FORCE,
    status_note="",
    confidence=Confidence.LAW_TEXT,
    sources=(),
    quote="证书",
    start=0,
    end=2,
)
ANSWER = Answer(
    question="问",
    understood_as="问",
    sentences=(Sentence("证书有效期 3 年，自颁发之日起算。", (1,)),),
    citations=(CITATION,),
    refused=False,
    reason=None,
    as_of=date(2026, 1, 1),
    snapshot="s",
    timings_ms={"total": 5.0},
)
REFUSAL = replace(ANSWER, sentences=(), citations=(), refused=True, reason=Reason.OFF_TOPIC)


def golden(**fields: object) -> Golden:
    return replace(Golden("g", "问", refuse=False), **fields)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("wanted", "faults"),
    [
        (golden(), 0),
        (golden(facts=(("3年",),)), 0),
        (golden(facts=(("３ 年",),)), 0),
        (golden(facts=(("三年", "3年"), ("颁发", "发证"))), 0),
        (golden(facts=(("三年", "3年"), ("发证",))), 1),
        (golden(facts=(("四年",), ("五年",))), 2),
        (golden(forbidden=("5年",)), 0),
        (golden(forbidden=("3 年",)), 1),
        (golden(cites=("regulation",)), 0),
        (golden(cites=("认证认可条例 第二十四条",)), 0),
        (golden(cites=("国务院令第390号", "guide")), 0),
        (golden(cites=("认证认可条例 第二十五条",)), 1),
        (golden(cites=("guide", "faq")), 1),
    ],
)
def test_an_answer_is_judged_by_facts_and_places(wanted: Golden, faults: int) -> None:
    assert len(judge(wanted, ANSWER).faults) == faults


def test_a_refusal_is_right_exactly_where_it_is_wanted() -> None:
    refuse = golden(refuse=True)
    assert judge(refuse, REFUSAL).faults == ()
    assert judge(refuse, ANSWER).faults == ("应当拒答",)
    assert judge(golden(facts=(("3年",),)), REFUSAL).faults == ("拒答了：off_topic",)


def test_questions_and_dialogues_are_loaded(tmp_path: Path) -> None:
    path = tmp_path / "q.yaml"
    path.write_text(
        """
- id: A
  question: 几年？
  kind: answerable
  facts: [["3", "三"], [年]]
  cites: [faq]
  as_of: 2015-06-01
- id: B
  turns:
    - {question: 帮我造假, kind: refuse, reason: forgery}
    - {question: 那四星呢, kind: answerable, forbidden: [八星]}
""",
        encoding="utf-8",
    )
    single, dialogue = load_questions(path)
    assert single == [
        Golden("A", "几年？", False, (("3", "三"), ("年",)), cites=("faq",), as_of=date(2015, 6, 1)),
    ]
    assert [(turn.id, turn.refuse, turn.reason) for turn in dialogue] == [
        ("B.1", True, "forgery"),
        ("B.2", False, None),
    ]
    assert dialogue[1].forbidden == ("八星",)


def separable(n: int = 60) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(7)
    labels = np.arange(n) % 2
    signals = np.column_stack([labels + rng.normal(0, 0.2, n), rng.normal(0, 1, n)])
    return signals, labels.astype(np.float64)


def test_the_fit_finds_the_signal_that_separates() -> None:
    signals, labels = separable()
    weights = fit(signals, labels)
    assert weights.shape == (3,)
    assert weights[1] > 2 > abs(weights[2])
    estimates = 1 / (1 + np.exp(-np.column_stack([np.ones(len(labels)), signals]) @ weights))
    assert ((estimates > 0.5) == (labels == 1)).mean() > 0.95


def test_a_stronger_ridge_shrinks_the_weights_but_not_the_base_rate() -> None:
    signals, labels = separable()
    assert abs(fit(signals, labels, 100.0)[1]) < abs(fit(signals, labels, 0.1)[1])
    bias, weight = fit(np.zeros((40, 1)), np.repeat([1.0, 0.0], [30, 10]), 1000.0)
    assert 1 / (1 + np.exp(-bias)) == pytest.approx(0.75)
    assert weight == 0


def test_cross_validation_estimates_every_example_and_knows_nothing_of_noise() -> None:
    signals, labels = separable()
    assert area_under_curve(cross_validate(signals, labels), labels) > 0.95
    noise = np.random.default_rng(3).normal(size=(200, 2))
    coin = np.random.default_rng(4).integers(0, 2, 200).astype(np.float64)
    assert 0.3 < area_under_curve(cross_validate(noise, coin), coin) < 0.7


@pytest.mark.parametrize(
    ("estimates", "area"),
    [([0.9, 0.8, 0.2, 0.1], 1.0), ([0.1, 0.2, 0.8, 0.9], 0.0), ([0.5] * 4, 0.5), ([0.9, 0.2, 0.5, 0.1], 0.75)],
)
def test_the_area_is_the_share_of_pairs_in_the_right_order(estimates: list[float], area: float) -> None:
    assert area_under_curve(np.array(estimates), np.array([1.0, 1.0, 0.0, 0.0])) == pytest.approx(area)

"""Rankings are measured as trec_eval does; shares and changes carry their uncertainty."""

import random
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import ir_measures
import pytest
from ir_measures import RR, R, nDCG

from assistant.errors import EvaluationError, QuestionFileError
from assistant.evaluation.answers import Verdict, judge, load_questions
from assistant.evaluation.metrics import bootstrap, ndcg, recall, reciprocal_rank, sign_test, smallest_loss, wilson
from assistant.evaluation.report_html import report
from assistant.evaluation.retrieval import measure, write_run
from assistant.evaluation.scores import Share, compare, load_baseline, save_baseline, score
from assistant.types import Document
from tests.unit.test_evaluation import ANSWER, CITATION, REFUSAL, golden


def a_run(seed: int) -> tuple[dict[str, list[tuple[str, float]]], dict[str, dict[str, int]]]:
    random.seed(seed)
    passages = [f"p{i}" for i in range(60)]
    run, grades = {}, {}
    for query in (f"q{i}" for i in range(25)):
        found = random.sample(passages, 40)
        run[query] = [(key, 1.0 - rank / 100) for rank, key in enumerate(found)]
        grades[query] = {key: random.choice([0, 1, 1, 2, 3]) for key in random.sample(passages, 6)} | {found[7]: 1}
    return run, grades


@pytest.mark.parametrize("seed", range(5))
def test_measures_agree_with_trec_eval(seed: int, tmp_path: Path) -> None:
    run, grades = a_run(seed)
    write_run(tmp_path / "run.txt", run, "t")
    theirs = ir_measures.calc_aggregate(
        [nDCG @ 10, RR @ 10, R @ 5, R @ 10],
        [ir_measures.Qrel(query, key, grade) for query, own in grades.items() for key, grade in own.items()],
        ir_measures.read_trec_run(str(tmp_path / "run.txt")),
    )
    ours = measure(run, grades, (5, 10))
    for name, key in (("nDCG@10", nDCG @ 10), ("MRR@10", RR @ 10), ("Recall@5", R @ 5), ("Recall@10", R @ 10)):
        assert ours[name].value == pytest.approx(theirs[key], abs=1e-9)
        assert ours[name].low <= ours[name].value <= ours[name].high


def test_measures_by_hand() -> None:
    assert recall(["a", "b", "c"], {"a": 1, "z": 1, "c": 0}, 3) == 0.5
    assert reciprocal_rank(["x", "a"], {"a": 2}, 10) == 0.5
    assert reciprocal_rank(["x", "a"], {"a": 2}, 1) == 0.0
    assert ndcg(["x", "a"], {"a": 1}, 10) == pytest.approx(0.6309, abs=1e-4)
    assert ndcg(["a", "b"], {"a": 1, "b": 2}, 10) == pytest.approx((1 + 2 / 1.58496) / (2 + 1 / 1.58496), abs=1e-4)
    assert measure({}, {}, (1,)) == {}


def test_intervals() -> None:
    assert bootstrap([1.0] * 9) == (1.0, 1.0)
    low, high = bootstrap([0.0, 1.0] * 50)
    assert low == pytest.approx(0.40, abs=0.03)
    assert high == pytest.approx(0.60, abs=0.03)
    assert bootstrap([0.0, 1.0] * 50) == (low, high)
    assert wilson(76, 80) == pytest.approx((0.878, 0.980), abs=0.002)
    assert wilson(0, 0) == (0.0, 1.0)
    assert wilson(80, 80)[1] == pytest.approx(1.0)


def test_only_more_losses_than_chance_count_as_worse() -> None:
    assert sign_test(4, 0) == pytest.approx(0.0625)
    assert sign_test(5, 0) == pytest.approx(0.03125)
    assert sign_test(5, 5) > 0.5
    assert smallest_loss() == 5


class _Library:
    def document(self, document_id: str) -> Document | None:
        from types import SimpleNamespace

        return SimpleNamespace(text="证书有效期") if document_id == "tiaoli" else None  # type: ignore[return-value]


def some_verdicts() -> list[Verdict]:
    stray = replace(CITATION, mark=2, address="其他 第一条", document_id="none", number=None, title="其他")
    return [
        judge(golden(id="a", cites=("认证认可条例",)), replace(ANSWER, citations=(CITATION, stray))),
        judge(golden(id="b", facts=(("4年",),)), ANSWER),
        judge(golden(id="c"), REFUSAL),
        judge(golden(id="d", refuse=True, reason="off_topic"), REFUSAL),
        judge(golden(id="e", refuse=True, reason="forgery"), REFUSAL),
        judge(golden(id="f", refuse=True), ANSWER),
    ]


def test_figures_of_answers() -> None:
    scores = score(some_verdicts(), _Library())  # type: ignore[arg-type]
    assert scores.answered == Share(1, 3)
    assert scores.citation_recall == Share(1, 1)
    assert scores.citation_precision == Share(1, 2)
    assert scores.refusal_recall == Share(2, 3)
    assert scores.refusal_precision == Share(2, 3)
    assert scores.refusal_f1 == pytest.approx(2 / 3)
    assert scores.expected_reason == Share(1, 2)
    assert scores.verbatim == Share(3, 4)  # the stray citation's document is not held
    assert str(Share(0, 0)) == "无"


def test_a_baseline_is_compared_question_by_question(tmp_path: Path) -> None:
    verdicts = some_verdicts()
    save_baseline(tmp_path / "b.json", {"q.yaml": verdicts})
    before = load_baseline(tmp_path / "b.json")["q.yaml"]
    assert before == {"a": True, "b": False, "c": False, "d": True, "e": True, "f": False}
    assert not compare(before, verdicts).worse
    all_right = dict.fromkeys([*before, "gone"], True)
    found = compare(all_right, verdicts)
    assert found.answerable.lost == ("b", "c")
    assert found.refuse.lost == ("f",)
    assert found.only_before == ("gone",)
    assert not found.worse  # three of six are within chance
    many = [judge(golden(id=f"n{i}", facts=(("4年",),)), ANSWER) for i in range(5)]
    assert compare({f"n{i}": True for i in range(4)}, many[:4]).worse is False
    assert compare({f"n{i}": True for i in range(5)}, many).worse is True


def test_a_damaged_baseline_is_a_clear_error(tmp_path: Path) -> None:
    (tmp_path / "b.json").write_text("[1", encoding="utf-8")
    with pytest.raises(EvaluationError, match="基线"):
        load_baseline(tmp_path / "b.json")


def test_the_report_shows_what_was_wrong_and_no_markup_of_others() -> None:
    hostile = "<script>alert(1)</script><img src=http://evil/x>"
    verdicts = [
        judge(golden(id="x", question=hostile, facts=(("四年",),)), replace(ANSWER, understood_as=hostile)),
        judge(golden(id="y"), ANSWER),
    ]
    page = report({hostile: (score(verdicts, _Library()), verdicts)}, "2026-01-01")  # type: ignore[arg-type]
    tags: list[tuple[str, list[tuple[str, str | None]]]] = []

    class Parser(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            tags.append((tag, attrs))

    Parser().feed(page)
    names = [tag for tag, _ in tags]
    assert "script" not in names
    assert "img" not in names
    assert "link" not in names
    assert page.index("不对的 1 个") < page.index("对的 1 个")
    assert "缺 四年" in page
    assert ("details", [("class", "wrong"), ("open", None)]) in tags


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("a: [", "读不了"),
        ("a: 1", "不是问题的列表"),
        ("- question: 几年\n  kind: refuse", "没有 id"),
        ("- {id: A, question: 几年, kind: refuse}\n- {id: A, question: 几月, kind: refuse}", "重复"),
        ("- {id: A, kind: refuse}", "A 写得不对"),
        ("- {id: A, question: 几年, kind: maybe}", "maybe"),
        ("- {id: A, question: 几年, kind: refuse, as_of: soon}", "A 写得不对"),
    ],
)
def test_a_wrong_question_file_names_the_entry(content: str, told: str, tmp_path: Path) -> None:
    path = tmp_path / "q.yaml"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(QuestionFileError, match=told) as error:
        load_questions(path)
    assert error.value.hint

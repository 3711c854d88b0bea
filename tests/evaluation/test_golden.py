"""The held-out questions: at least nine in ten right, at least nine in ten refused as they should."""

from pathlib import Path

import pytest

from assistant.chat import Assistant
from assistant.evaluation.answers import load_questions, run
from assistant.evaluation.scores import describe, score

pytestmark = pytest.mark.integration

GOLDEN = Path(__file__).with_name("golden.yaml")
SHARE = 0.90


def test_nine_in_ten_held_out_questions_are_answered_or_refused_as_they_should(
    built_index: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with Assistant.open(index=built_index) as assistant:
        verdicts = run(assistant, load_questions(GOLDEN))
        figures = describe(score(verdicts, assistant))
    with capsys.disabled():
        print(f"\n{GOLDEN.name}", *(f"{name}：{figure}" for name, figure in figures), sep="\n")  # noqa: T201
    for refuse in (False, True):
        judged = [verdict for verdict in verdicts if verdict.golden.refuse is refuse]
        wrong = [f"{verdict.golden.id} {'; '.join(verdict.faults)}" for verdict in judged if verdict.faults]
        assert judged
        assert len(judged) - len(wrong) >= SHARE * len(judged), "\n".join(wrong)

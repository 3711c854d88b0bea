"""How well the checks find planted faults, and how often they object to a faithful sentence.

A file of sentences is YAML: ``id``, ``cites`` (clause addresses, marked 1, 2, … in this order), ``sentence`` as a model
would write it, and ``fault``: the kind of the one fault planted in it, or null for a faithful paraphrase.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from threading import Event

import numpy as np
import yaml

from assistant.answering.checks.checker import Checker, Verdict
from assistant.answering.sentences import written
from assistant.chat import Assistant
from assistant.errors import EvaluationError
from assistant.evaluation.scores import Share
from assistant.types import SentenceStatus

ANSWER_SENTENCES = 5


@dataclass(frozen=True, slots=True)
class Planted:
    """A sentence with the clauses it cites; ``fault`` is None for a faithful one."""

    id: str
    cites: tuple[str, ...]
    sentence: str
    fault: str | None


@dataclass(frozen=True, slots=True)
class Judged:
    """A sentence with the verdict on it and the time the checks took once its clauses were read, as in an answer."""

    planted: Planted
    verdict: Verdict
    ms: float

    @property
    def flagged(self) -> bool:
        """Whether a reader would be warned."""
        return self.verdict.status is not SentenceStatus.SUPPORTED


def load_sentences(path: Path) -> list[Planted]:
    """Return the sentences of a file.

    Raises:
        EvaluationError: the file cannot be read or has another form.

    """
    try:
        entries = yaml.safe_load(path.read_text(encoding="utf-8"))
        found = [
            Planted(str(entry["id"]), tuple(entry["cites"]), str(entry["sentence"]), entry.get("fault"))
            for entry in entries
        ]
    except (OSError, UnicodeDecodeError, yaml.YAMLError, KeyError, TypeError, AttributeError) as error:
        raise EvaluationError(f"读不了句子文件 {path}", "每条写 id、cites、sentence、fault") from error
    if not found:
        raise EvaluationError(f"句子文件 {path} 是空的", "每条写 id、cites、sentence、fault")
    return found


def judge_sentences(assistant: Assistant, planted: Sequence[Planted], as_of: date) -> list[Judged]:
    """Return the verdict on each sentence by what is in force on ``as_of``.

    Raises:
        EvaluationError: a sentence cites a clause that the corpus does not hold.

    """
    return [_judge(assistant, item, as_of) for item in planted]


def _judge(assistant: Assistant, planted: Planted, as_of: date) -> Judged:
    sources = {}
    for mark, address in enumerate(planted.cites, 1):
        source = assistant.cited(address, mark, as_of)
        if source is None:
            raise EvaluationError(f"{planted.id} 引用的 {address} 不在资料中", "改成资料库里的条款地址")
        sources[mark] = source
    checker = Checker(sources, assistant.support_meter)
    checker.prepare(Event())
    start = time.perf_counter()
    verdict = checker.check(written(planted.sentence))
    return Judged(planted, verdict, (time.perf_counter() - start) * 1000)


def detection(judged: Sequence[Judged]) -> dict[str, Share]:
    """Return fault kind → share of its sentences that are flagged; ``faithful`` → share that are flagged wrongly."""
    kinds = dict.fromkeys(item.planted.fault or "faithful" for item in judged)
    found = {}
    for kind in sorted(kinds, key=lambda kind: (kind == "faithful", kind)):
        own = [item for item in judged if (item.planted.fault or "faithful") == kind]
        found[kind] = Share(sum(item.flagged for item in own), len(own))
    return found


@dataclass(frozen=True, slots=True)
class CheckTimes:
    """Milliseconds that the checks of a sentence, and of an answer of :data:`ANSWER_SENTENCES`, take."""

    sentence_p50: float
    sentence_p95: float
    answer_p50: float
    answer_p95: float


def check_times(judged: Sequence[Judged]) -> CheckTimes:
    """Return the times of ``judged``, an answer being so many sentences that follow one another; at least one answer."""
    each = np.array([item.ms for item in judged])
    answers = np.add.reduceat(each, np.arange(0, len(each), ANSWER_SENTENCES))
    return CheckTimes(*(round(float(ms), 2) for times in (each, answers) for ms in np.percentile(times, (50, 95))))

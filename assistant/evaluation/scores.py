"""Figures of judged answers, and their comparison with an earlier run."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import quantiles

from assistant.chat import Assistant
from assistant.corpus.files import write_atomically
from assistant.errors import EvaluationError
from assistant.evaluation.answers import Verdict, is_accepted, tells_first
from assistant.evaluation.metrics import sign_test, smallest_loss, wilson
from assistant.types import Citation

LEVEL = 0.05


@dataclass(frozen=True, slots=True)
class Share:
    """``right`` of ``n``, with the 95 % Wilson interval of the share."""

    right: int
    n: int

    @property
    def value(self) -> float | None:
        """The share in 0–1; None without any case."""
        return self.right / self.n if self.n else None

    @property
    def interval(self) -> tuple[float, float]:
        """The 95 % interval."""
        return wilson(self.right, self.n)

    def __str__(self) -> str:
        if not self.n:
            return "无"
        low, high = self.interval
        return f"{self.right}/{self.n}（{self.right / self.n:.1%}，95% 区间 {low:.1%}–{high:.1%}）"


@dataclass(frozen=True, slots=True)
class Scores:
    """Figures of one file of questions.

    ``answered`` are answerable questions with a right answer, facts and citation. ``told_first`` is
    the share of those with expected facts whose first sentence holds one of them. ``citation_recall`` is the share of
    answered questions with accepted places of which at least one is cited, ``citation_precision`` the share of their
    citations that are accepted places (a note's citations count, so precision is a lower bound). ``refusal_precision``
    and ``refusal_recall`` take a refusal as the positive case. ``verbatim`` are citations whose quote stands in the
    document at the offsets given. Times in milliseconds.
    """

    answered: Share
    told_first: Share
    citation_recall: Share
    citation_precision: Share
    refusal_precision: Share
    refusal_recall: Share
    expected_reason: Share
    verbatim: Share
    p50_ms: float
    p95_ms: float

    @property
    def refusal_f1(self) -> float:
        """Harmonic mean of refusal precision and recall."""
        precision, recall = self.refusal_precision.value or 0.0, self.refusal_recall.value or 0.0
        return 2 * precision * recall / (precision + recall) if precision + recall else 0.0


def score(verdicts: Sequence[Verdict], assistant: Assistant) -> Scores:
    """Return the figures of ``verdicts``, at least one, given by ``assistant``."""
    answerable = [verdict for verdict in verdicts if not verdict.golden.refuse]
    refuse = [verdict for verdict in verdicts if verdict.golden.refuse]
    refused = [verdict for verdict in verdicts if verdict.answer.refused]
    told = [verdict for verdict in answerable if verdict.golden.facts and not verdict.faults]
    placed = [verdict for verdict in answerable if verdict.golden.cites and not verdict.answer.refused]
    cited = [(verdict.golden, citation) for verdict in placed for citation in verdict.answer.citations]
    reasons = [verdict for verdict in refuse if verdict.answer.refused and verdict.golden.reason]
    quoted = [citation for verdict in verdicts for citation in verdict.answer.citations]
    times = [verdict.answer.timings_ms["total"] for verdict in verdicts]
    cuts = quantiles(times, n=20) if len(times) > 1 else times * 20
    return Scores(
        answered=Share(sum(not verdict.faults for verdict in answerable), len(answerable)),
        told_first=Share(sum(tells_first(item.golden, item.answer) for item in told), len(told)),
        citation_recall=Share(
            sum(any(is_accepted(item.golden, own) for own in item.answer.citations) for item in placed), len(placed)
        ),
        citation_precision=Share(sum(is_accepted(golden, citation) for golden, citation in cited), len(cited)),
        refusal_precision=Share(sum(verdict.golden.refuse for verdict in refused), len(refused)),
        refusal_recall=Share(sum(verdict.answer.refused for verdict in refuse), len(refuse)),
        expected_reason=Share(sum(item.answer.reason == item.golden.reason for item in reasons), len(reasons)),
        verbatim=Share(sum(_is_verbatim(citation, assistant) for citation in quoted), len(quoted)),
        p50_ms=cuts[9],
        p95_ms=cuts[18],
    )


def _is_verbatim(citation: Citation, assistant: Assistant) -> bool:
    document = assistant.document(citation.document_id)
    return document is not None and document.text[citation.start : citation.end] == citation.quote


def describe(scores: Scores) -> list[tuple[str, str]]:
    """Return (name, figure) of every figure, in words for the reader."""
    return [
        ("答对（事实和引用都对）", str(scores.answered)),
        ("答对的题里，第一句就说到要点", str(scores.told_first)),
        ("作了回答的题里，引到该引的条款（召回）", str(scores.citation_recall)),
        ("引用中属于该引的条款（精确，下限）", str(scores.citation_precision)),
        ("拒答中确该拒答（精确）", str(scores.refusal_precision)),
        ("该拒答的拒答了（召回）", str(scores.refusal_recall)),
        ("拒答 F1", f"{scores.refusal_f1:.3f}"),
        ("拒答理由与预期相同", str(scores.expected_reason)),
        ("引文与原文逐字一致", str(scores.verbatim)),
        ("用时", f"p50 {scores.p50_ms:.0f} ms，p95 {scores.p95_ms:.0f} ms"),
    ]


@dataclass(frozen=True, slots=True)
class Change:
    """Which questions got worse and better since an earlier run, answerable ones or those to refuse."""

    lost: tuple[str, ...]
    won: tuple[str, ...]

    @property
    def probability(self) -> float:
        """The one-sided probability of so many losses by chance."""
        return sign_test(len(self.lost), len(self.won)) if self.lost else 1.0

    @property
    def worse(self) -> bool:
        """Whether it is worse beyond chance."""
        return self.probability < LEVEL


@dataclass(frozen=True, slots=True)
class Comparison:
    """Both changes, and the ids that only one of the runs has, which are not compared."""

    answerable: Change
    refuse: Change
    only_before: tuple[str, ...]
    only_now: tuple[str, ...]

    @property
    def worse(self) -> bool:
        """Whether either is worse beyond chance."""
        return self.answerable.worse or self.refuse.worse

    def describe(self) -> list[str]:
        """Return the comparison in words."""
        lines = []
        for name, change in (("应答的", self.answerable), ("应拒答的", self.refuse)):
            lines.append(
                f"{name}：变差 {len(change.lost)}（{'、'.join(change.lost) or '无'}），"
                f"变好 {len(change.won)}（{'、'.join(change.won) or '无'}），p = {change.probability:.3f}"
            )
        lines.append(f"只有变差而无变好时，至少差 {smallest_loss(LEVEL)} 个问题才超出偶然")
        if self.only_before or self.only_now:
            lines.append(f"没有比较：只在基线里的 {len(self.only_before)} 个，只在这次的 {len(self.only_now)} 个")
        return lines


def compare(before: Mapping[str, bool], verdicts: Sequence[Verdict]) -> Comparison:
    """Compare with an earlier run, given as id → whether it was right."""
    now = {verdict.golden.id: verdict for verdict in verdicts}
    both = [verdict for key, verdict in now.items() if key in before]

    def change(*, refuse: bool) -> Change:
        own = [verdict for verdict in both if verdict.golden.refuse is refuse]
        return Change(
            tuple(item.golden.id for item in own if item.faults and before[item.golden.id]),
            tuple(item.golden.id for item in own if not item.faults and not before[item.golden.id]),
        )

    return Comparison(
        change(refuse=False),
        change(refuse=True),
        tuple(key for key in before if key not in now),
        tuple(key for key in now if key not in before),
    )


def load_baseline(path: Path) -> dict[str, dict[str, bool]]:
    """Return file name → question id → whether it was right.

    Raises:
        EvaluationError: the file cannot be read or is no baseline.

    """
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        return {str(name): {str(key): bool(right) for key, right in own.items()} for name, own in content.items()}
    except (OSError, ValueError, AttributeError) as error:
        raise EvaluationError(f"读不了基线 {path}", "用 --save-baseline 重新写一份") from error


def save_baseline(path: Path, judged: Mapping[str, Sequence[Verdict]]) -> None:
    """Write which questions of each file are right; the text does not depend on anything else."""
    content = {name: {item.golden.id: not item.faults for item in own} for name, own in judged.items()}
    write_atomically(path, json.dumps(content, ensure_ascii=False, indent=1) + "\n")

"""How many answers are right: ``python -m assistant.evaluation.answers FILE… [--wrong]``.

A question file is YAML: a list of ``id``, ``question``, ``kind`` (answerable or refuse), ``facts`` (groups of alternative
strings; each group must occur in the answer), ``forbidden``, ``cites`` (acceptable places, one suffices), ``reason``,
``as_of``. A dialogue file has ``turns`` of such entries. Strings are compared without white space, width and case.
"""

import argparse
import re
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from statistics import quantiles
from typing import Any

import yaml

from assistant.chat import Assistant
from assistant.corpus.editions import plain_address
from assistant.text import compact
from assistant.types import Answer, Citation, Kind, Turn

_KINDS = frozenset(Kind)


@dataclass(frozen=True, slots=True)
class Golden:
    """One question with what a right answer must have."""

    id: str
    question: str
    refuse: bool
    facts: tuple[tuple[str, ...], ...] = ()
    forbidden: tuple[str, ...] = ()
    cites: tuple[str, ...] = ()
    reason: str | None = None
    as_of: date | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was wrong with an answer; ``faults`` empty means right."""

    golden: Golden
    answer: Answer
    faults: tuple[str, ...]


def load_questions(path: Path) -> list[list[Golden]]:
    """Return the dialogues of a file; a single question is a dialogue of one turn."""
    entries = yaml.safe_load(path.read_text(encoding="utf-8"))
    return [list(_goldens(entry)) for entry in entries]


def _goldens(entry: Mapping[str, Any]) -> Iterator[Golden]:
    turns: Sequence[Mapping[str, Any]] = entry.get("turns") or [entry]
    for count, turn in enumerate(turns, 1):
        day = turn.get("as_of")
        yield Golden(
            id=entry["id"] if turn is entry else f"{entry['id']}.{count}",
            question=turn["question"],
            refuse=turn["kind"] == "refuse",
            facts=tuple(tuple(str(word) for word in group) for group in turn.get("facts", [])),
            forbidden=tuple(str(word) for word in turn.get("forbidden", [])),
            cites=tuple(str(place) for place in turn.get("cites", [])),
            reason=turn.get("reason"),
            as_of=date.fromisoformat(str(day)) if day else None,
        )


def judge(golden: Golden, answer: Answer) -> Verdict:
    """Return what is wrong with ``answer``."""
    if golden.refuse:
        return Verdict(golden, answer, () if answer.refused else ("should be refused",))
    if answer.refused:
        return Verdict(golden, answer, (f"refused: {answer.reason}",))
    text = compact(answer.text)
    faults = [f"lacks {group[0]}" for group in golden.facts if not any(_holds(text, word) for word in group)]
    faults += [f"says {word}" for word in golden.forbidden if _holds(text, word)]
    if golden.cites and not any(_cites(place, citation) for place in golden.cites for citation in answer.citations):
        faults.append(f"cites none of {', '.join(golden.cites)}")
    return Verdict(golden, answer, tuple(faults))


def _holds(text: str, word: str) -> bool:
    """Return whether ``word`` stands in the compact ``text``; a number in it has to be the whole number (2003年 is no 3年)."""
    plain = compact(word)
    before = r"(?<![\d.])" if plain[:1].isdigit() else ""
    after = r"(?![\d])(?!\.\d)" if plain[-1:].isdigit() else ""
    return re.search(before + re.escape(plain) + after, text) is not None


def _cites(place: str, citation: Citation) -> bool:
    if place in _KINDS:
        return citation.kind.value == place
    wanted = compact(place)
    names = (
        citation.address,
        plain_address(citation.address),
        f"{citation.title}{citation.address.rpartition(' ')[2]}",
        citation.number or "",
    )
    return any(compact(name).startswith(wanted) for name in names)


def run(assistant: Assistant, dialogues: Iterable[Sequence[Golden]]) -> list[Verdict]:
    """Ask all questions, the turns of a dialogue with their history, and judge the answers."""
    verdicts = []
    for turns in dialogues:
        history: list[Turn] = []
        for golden in turns:
            answer = assistant.ask(golden.question, history=history, as_of=golden.as_of)
            history.append(Turn(golden.question, answer))
            verdicts.append(judge(golden, answer))
    return verdicts


def summarise(verdicts: Sequence[Verdict]) -> str:
    """Return a few lines: right answers, refusals kept, latency."""
    answerable = [verdict for verdict in verdicts if not verdict.golden.refuse]
    refuse = [verdict for verdict in verdicts if verdict.golden.refuse]
    lines = [_share("right answers", answerable), _share("refused as they should", refuse)]
    wrongly = sum(verdict.answer.refused for verdict in answerable)
    lines.append(f"answerable but refused: {wrongly} of {len(answerable)}")
    reasons = [verdict for verdict in refuse if verdict.answer.refused and verdict.golden.reason]
    same = sum(
        verdict.answer.reason is not None and verdict.answer.reason.value == verdict.golden.reason
        for verdict in reasons
    )
    lines.append(f"refused for the expected reason: {same} of {len(reasons)}")
    times = [verdict.answer.timings_ms["total"] for verdict in verdicts]
    if len(times) > 1:
        cuts = quantiles(times, n=20)
        lines.append(f"latency ms: p50 {cuts[9]:.0f}, p95 {cuts[18]:.0f} (n = {len(times)})")
    return "\n".join(lines)


def _share(label: str, verdicts: Sequence[Verdict]) -> str:
    right = sum(not verdict.faults for verdict in verdicts)
    return f"{label}: {right} of {len(verdicts)}" + (f" ({right / len(verdicts):.1%})" if verdicts else "")


def main() -> None:
    """Print the summary of each file, and with ``--wrong`` every answer that is not right."""
    parser = argparse.ArgumentParser(description="Judge the answers to files of questions.")
    parser.add_argument("files", nargs="+", type=Path)
    parser.add_argument("--wrong", action="store_true", help="show every answer that is not right")
    parser.add_argument("--index", type=Path)
    options = parser.parse_args()
    with Assistant.open(index=options.index, build_if_missing=True) as assistant:
        for path in options.files:
            verdicts = run(assistant, load_questions(path))
            wrong = [verdict for verdict in verdicts if verdict.faults] if options.wrong else []
            for verdict in wrong:
                sys.stdout.write(f"{verdict.golden.id} {verdict.golden.question}\n    {'; '.join(verdict.faults)}\n")
                sys.stdout.write(
                    f"    {verdict.answer.text[:300]}\n    {[item.address for item in verdict.answer.citations]}\n"
                )
            sys.stdout.write(f"{path}\n{summarise(verdicts)}\n")


if __name__ == "__main__":
    main()

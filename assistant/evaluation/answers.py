"""Whether answers are right.

A question file is YAML: a list of ``id``, ``question``, ``kind`` (answerable or refuse), ``facts`` (groups of alternative
strings; each group must occur in the answer), ``forbidden``, ``cites`` (acceptable places, one suffices), ``reason``,
``as_of``. A dialogue file has ``turns`` of such entries. Strings are compared without white space, width and case.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from assistant.chat import Assistant
from assistant.corpus.editions import plain_address
from assistant.errors import QuestionFileError
from assistant.settings import WITHOUT_MODEL, ModelSettings
from assistant.text import compact, normalise
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
    """Return the dialogues of a file; a single question is a dialogue of one turn.

    Raises:
        QuestionFileError: the file cannot be read, an entry lacks what it needs, an id occurs twice.

    """
    try:
        entries = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise QuestionFileError(f"读不了问题文件 {path}", "给出 UTF-8 的 YAML 文件") from error
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise QuestionFileError(f"{path} 不是问题的列表", "每个问题一项：id、question、kind、facts、cites")
    seen: set[str] = set()
    dialogues = []
    for place, entry in enumerate(entries, 1):
        key = str(entry.get("id", ""))
        if not key or key in seen:
            raise QuestionFileError(f"{path} 第 {place} 项没有 id，或 id {key} 重复", "给每个问题一个自己的 id")
        seen.add(key)
        try:
            dialogues.append(list(_goldens(entry)))
        except (KeyError, TypeError, ValueError) as error:
            hint = "每个问题要有 question，kind 是 answerable 或 refuse，as_of 是日期"
            raise QuestionFileError(f"{path} 的 {key} 写得不对：{error}", hint) from error
    return dialogues


def _goldens(entry: Mapping[str, Any]) -> Iterator[Golden]:
    turns: Sequence[Mapping[str, Any]] = entry.get("turns") or [entry]
    for count, turn in enumerate(turns, 1):
        day = turn.get("as_of")
        if turn["kind"] not in ("answerable", "refuse"):
            raise ValueError(f"kind {turn['kind']}")
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
        return Verdict(golden, answer, () if answer.refused else ("应当拒答",))
    if answer.refused:
        return Verdict(golden, answer, (f"拒答了：{answer.reason}",))
    text = _comparable(answer.text)
    faults = [f"缺 {group[0]}" for group in golden.facts if not any(_holds(text, word) for word in group)]
    faults += [f"不该说 {word}" for word in golden.forbidden if _holds(text, word)]
    if golden.cites and not any(is_accepted(golden, citation) for citation in answer.citations):
        faults.append(f"没有引用 {'、'.join(golden.cites)}")
    return Verdict(golden, answer, tuple(faults))


def tells_first(golden: Golden, answer: Answer) -> bool:
    """Return whether the first sentence of ``answer`` holds one of the expected facts."""
    first = _comparable(next((sentence.text for sentence in answer.sentences), ""))
    return any(_holds(first, word) for group in golden.facts for word in group)


def _holds(text: str, word: str) -> bool:
    """Return whether ``word`` stands in ``text``; a number in it has to be the whole number (2003年 is no 3年)."""
    plain = _comparable(word)
    before = r"(?<![\d.])" if plain[:1].isdigit() else ""
    after = r"(?![\d])(?!\.\d)" if plain[-1:].isdigit() else ""
    return re.search(before + re.escape(plain) + after, text) is not None


def _comparable(text: str) -> str:
    """Return ``text`` compact but for the space between two numbers (GB/T 27922-2011 5.1.7.2)."""
    return re.sub(r"(?<!\d)\s|\s(?!\d)", "", normalise(text))


def is_accepted(golden: Golden, citation: Citation) -> bool:
    """Return whether a citation is one of the places at which the answer may be found."""
    return any(_cites(place, citation) for place in golden.cites)


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


def run(
    assistant: Assistant,
    dialogues: Iterable[Sequence[Golden]],
    told: Callable[[int], object] = lambda count: None,
    model: ModelSettings = WITHOUT_MODEL,
) -> list[Verdict]:
    """Ask all questions, the turns of a dialogue with their history, and judge the answers; ``told`` is given their count.

    No language model is asked unless ``model`` names one, whatever the settings say.
    """
    verdicts = []
    for turns in dialogues:
        history: list[Turn] = []
        for golden in turns:
            answer = assistant.ask(golden.question, history=history, as_of=golden.as_of, model=model)
            history.append(Turn(golden.question, answer))
            verdicts.append(judge(golden, answer))
            told(len(verdicts))
    return verdicts

"""What a difference between two editions touches: golden questions and clauses of other texts that rest on it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from assistant.chat import Assistant
from assistant.corpus.difference import Change, ChangeKind, Difference
from assistant.evaluation.answers import Golden
from assistant.settings import WITHOUT_MODEL
from assistant.types import Answer, Turn

SAME = frozenset((ChangeKind.UNCHANGED,))


@dataclass(frozen=True, slots=True)
class Touched:
    """A golden question (``what`` is its text) or a line of another document that rests on a changed clause.

    ``id`` is the question's id or ``path:line``; ``address`` is the clause as it is cited now.
    """

    id: str
    what: str
    address: str
    kind: ChangeKind
    flags: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Impact:
    """All that is touched, in the order of the questions and of the documents."""

    questions: tuple[Touched, ...]
    references: tuple[Touched, ...]


def impact_of(difference: Difference, assistant: Assistant, dialogues: Iterable[Sequence[Golden]]) -> Impact:
    """Return what ``difference`` touches in the corpus that ``assistant`` has open."""
    changed = _changed_numbers(difference)
    names = assistant.names_of(difference.old)
    questions = []
    for golden, answer in _answers(assistant, dialogues):
        cited = (*(citation.address for citation in answer.citations), *golden.cites)
        questions += [Touched(golden.id, golden.question, *hit) for hit in _hits(cited, names, changed)]
    references = []
    for path, line, address in assistant.references():
        references += [Touched(f"{path}:{line}", path, *hit) for hit in _hits([address], names, changed)]
    return Impact(tuple(dict.fromkeys(questions)), tuple(dict.fromkeys(references)))


def _answers(assistant: Assistant, dialogues: Iterable[Sequence[Golden]]) -> Iterable[tuple[Golden, Answer]]:
    for turns in dialogues:
        history: list[Turn] = []
        for golden in turns:
            answer = assistant.ask(golden.question, history=history, as_of=golden.as_of, model=WITHOUT_MODEL)
            history.append(Turn(golden.question, answer))
            yield golden, answer


def _changed_numbers(difference: Difference) -> dict[str, Change]:
    """Return clause number in the old edition → what happened to it, unchanged ones left out."""
    return {
        clause.number: change
        for change in difference.changes
        if change.old is not None and change.kind not in SAME
        for clause in change.old.clauses
    }


def _hits(
    addresses: Iterable[str], names: Sequence[str], changed: dict[str, Change]
) -> Iterable[tuple[str, ChangeKind, tuple[str, ...]]]:
    for address in dict.fromkeys(addresses):
        for name in names:
            number = address[len(name) + 1 :] if address.startswith(f"{name} ") else ""
            found = next((key for key in sorted(changed, key=len, reverse=True) if _begins(number, key)), None)
            if found is not None:
                yield address, changed[found].kind, changed[found].flags
                break


def _begins(number: str, clause_number: str) -> bool:
    """Return whether an address within a document is that clause or a part of it: 第十二条第二款 is part of 第十二条."""
    rest = number[len(clause_number) :]
    return number.startswith(clause_number) and not (rest[:1] in ("之", ".") or rest[:1].isdigit())

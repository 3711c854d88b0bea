"""Making the new edition from the old one and their difference: the proof that the difference tells everything."""

from collections.abc import Iterator, Mapping, Sequence

from assistant.corpus.difference.inline import inline_difference
from assistant.corpus.difference.nouns import DELETE, EQUAL, Difference
from assistant.errors import CorpusError
from assistant.types import Clause

Step = tuple[int, int] | str


def apply(difference: Difference, old_text: str) -> str:
    """Return the whole text of the new edition, made from that of the old one.

    Raises:
        CorpusError: ``old_text`` is not the text of the old edition.

    """
    if old_text != difference.old.text:
        raise CorpusError(
            f"这不是「{difference.old.name}」的原文，无法据此还原新版", "请用比较时的旧版文件，或重新比较两个版本"
        )
    return "".join(step if isinstance(step, str) else old_text[step[0] : step[1]] for step in difference.script)


def script_for(
    old_text: str, new_text: str, new_clauses: Sequence[Clause], sources: Mapping[int, Clause]
) -> tuple[Step, ...]:
    """Return the steps that rebuild ``new_text``: spans of ``old_text`` where they stand there, else the new words.

    ``sources`` maps the position of a new clause to the old clause it comes from.
    """
    return tuple(_joined(_steps(old_text, new_text, new_clauses, sources)))


def _steps(
    old_text: str, new_text: str, new_clauses: Sequence[Clause], sources: Mapping[int, Clause]
) -> Iterator[Step]:
    position, searched = 0, 0
    for j, clause in enumerate(new_clauses):
        yield _found(new_text[position : clause.start], old_text, searched)
        source = sources.get(j)
        if source is None:
            yield clause.text
        else:
            yield from _from_clause(source, clause)
            searched = source.end
        position = clause.end
    yield _found(new_text[position:], old_text, searched)


def _found(words: str, old_text: str, start: int) -> Step:
    """Return where ``words`` stand in the old text from ``start`` on, else the words."""
    place = old_text.find(words, start) if words else -1
    return (place, place + len(words)) if place >= 0 else words


def _from_clause(source: Clause, clause: Clause) -> Iterator[Step]:
    place = source.start
    for op, text in inline_difference(source.text, clause.text):
        if op == EQUAL:
            yield (place, place + len(text))
        elif op != DELETE:
            yield text
        if op in (EQUAL, DELETE):
            place += len(text)


def _joined(steps: Iterator[Step]) -> Iterator[Step]:
    """Yield the steps with neighbours joined and empty ones left out."""
    last: Step = ""
    for step in steps:
        if isinstance(last, str) and isinstance(step, str):
            last += step
        elif not isinstance(last, str) and not isinstance(step, str) and last[1] == step[0]:
            last = (last[0], step[1])
        elif step not in ("", (0, 0)):
            if last:
                yield last
            last = step
    if last:
        yield last

"""Several questions in one: 管理师要配几个，证书有效期几年."""

import re
from collections.abc import Callable, Iterable, Sequence

from assistant.retrieval.followup import complete_part, names_subject
from assistant.retrieval.understand import ASKS, content_runs
from assistant.structure.address import NameIndex
from assistant.text import compact
from assistant.types import Hit

MAX_PARTS = 4
PART_HITS = 3
_WHOLE_HITS, _PART_CHARS = 5, 3
_ENDS = re.compile(r"(?<=[，,、。；;？?！!\n])|(?<![，,、。；;？?！!\n])(?=另外|还有就是|顺便问)")


def asked_parts(question: str) -> list[str]:
    """Return the questions that ``question`` holds if there are two to four, else nothing.

    What is told before a question belongs to it, what only asks back (是这样吗, 为什么) to the one before.
    """
    parts: list[str] = []
    told = ""
    for piece in _ENDS.split(question):
        if not ASKS.search(compact(piece).rstrip("，,、。；;？?！!")):
            told += piece
        elif parts and len("".join(content_runs(piece))) < _PART_CHARS:
            parts[-1] += told + piece
            told = ""
        else:
            parts.append(told + piece)
            told = ""
    parts = [part.strip(" ，,、；;。\n") for part in parts]
    return parts if 1 < len(parts) <= MAX_PARTS and not told.strip() else []


def completed(parts: Sequence[str], names: NameIndex) -> list[str]:
    """Return the parts of a question, each with the subject of the one before where it names none itself."""
    complete = list(parts[:1])
    for part in parts[1:]:
        complete.append(part if names_subject(part, names) else complete_part(part, complete[-1], names))
    return complete


def with_parts(question: str, hits: Sequence[Hit], search: Callable[[str], Iterable[Hit]]) -> list[Hit]:
    """Return the best hits of the whole question, then those that ``search`` finds for each part of it, then the rest.

    A question that tells a situation (成立两年，20 个售后，能评几星) needs clauses on each of its points.
    """
    parts = [part for part in re.split(r"[，,。；;？?！!]", question) if len(compact(part)) >= _PART_CHARS]
    found = list(hits[:_WHOLE_HITS])
    for part in parts if len(parts) > 1 else []:
        found += search(part)
    found += hits[_WHOLE_HITS:]
    return list({hit.clause.address: hit for hit in reversed(found)}.values())[::-1]

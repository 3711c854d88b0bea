"""What a sentence is checked against: the clauses that its marks name, as plain values."""

import re
from dataclasses import dataclass
from functools import cached_property, lru_cache

from assistant.answering.checks.figures import Figures, figures
from assistant.types import Status


@dataclass(frozen=True)
class CitedSource:
    """One numbered clause.

    ``blocks`` are its readable blocks in order. ``context`` is what else is known of it and may be told: address, number
    and title of the document, its dates, headings, the addresses that it refers to. ``name`` is the document's.
    """

    mark: int
    blocks: tuple[str, ...]
    context: str
    name: str
    status: Status
    form: str = ""
    standing: str = ""

    @cached_property
    def text(self) -> str:
        """All blocks, a line each."""
        return "\n".join(self.blocks)

    @cached_property
    def figures(self) -> Figures:
        """Quantities, dates and references of text and context."""
        return _figures(f"{self.text}\n{self.context}")

    @cached_property
    def segments(self) -> tuple[Figures, ...]:
        """The figures of each part of a statement: blocks cut at 。，；, but a table's row whole."""
        return self._cut(r"[。；;，,](?![^：。]{0,12}：)")

    @cached_property
    def levels(self) -> tuple[Figures, ...]:
        """The figures that stand with one star level: statements that name a single one, and entries cut at 、 too."""
        statements = [
            item
            for item in self._cut(r"[。；;](?![^：。]{0,12}：)")
            if len({q.value for q in item.quantities if q.unit == "星"}) == 1
        ]
        return (*statements, *self._cut(r"[。；;，,、](?![^：。]{0,12}：)"))

    def _cut(self, signs: str) -> tuple[Figures, ...]:
        return tuple(_figures(part) for block in self.blocks for part in re.split(signs, block) if part)


@lru_cache(512)
def _figures(text: str) -> Figures:
    return figures(text)

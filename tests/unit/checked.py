"""Clauses to check sentences against, built by hand."""

from assistant.answering.checks.sources import CitedSource
from assistant.types import Status


def source(
    *blocks: str, context: str = "", mark: int = 1, status: Status = Status.IN_FORCE, name: str = "本标准"
) -> CitedSource:
    """Return a clause of ``blocks``."""
    return CitedSource(mark=mark, blocks=blocks, context=context, name=name, status=status)

"""What a new edition changes, clause by clause, aligned by content."""

from assistant.corpus.difference.compare import compare
from assistant.corpus.difference.nouns import FLAG_LABELS, KIND_LABELS, Change, ChangeKind, Difference, Side
from assistant.corpus.difference.rebuild import apply
from assistant.corpus.difference.report import summary_line, to_json, to_text

__all__ = [
    "FLAG_LABELS",
    "KIND_LABELS",
    "Change",
    "ChangeKind",
    "Difference",
    "Side",
    "apply",
    "compare",
    "summary_line",
    "to_json",
    "to_text",
]

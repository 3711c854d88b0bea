"""The nouns that flow through the assistant, one for each stage.

``Document`` → ``Clause`` (with its ``Block`` s) → ``Chunk`` (``texts``), then → ``Hit`` → ``Citation`` and ``Sentence`` →
``Answer`` (``answers``). Everything here is frozen and free of I/O.
"""

from assistant.types.answers import (
    Answer,
    Check,
    CheckName,
    Citation,
    Delta,
    Event,
    Finished,
    Hit,
    ModelUse,
    Reason,
    Redraft,
    Sentence,
    SentenceClosed,
    SentenceStatus,
    Stage,
    Turn,
    Understood,
)
from assistant.types.texts import (
    Block,
    BlockKind,
    CalendarDate,
    Chunk,
    Clause,
    Confidence,
    Document,
    Form,
    Kind,
    Source,
    Status,
)

__all__ = [
    "Answer",
    "Block",
    "BlockKind",
    "CalendarDate",
    "Check",
    "CheckName",
    "Chunk",
    "Citation",
    "Clause",
    "Confidence",
    "Delta",
    "Document",
    "Event",
    "Finished",
    "Form",
    "Hit",
    "Kind",
    "ModelUse",
    "Reason",
    "Redraft",
    "Sentence",
    "SentenceClosed",
    "SentenceStatus",
    "Source",
    "Stage",
    "Status",
    "Turn",
    "Understood",
]

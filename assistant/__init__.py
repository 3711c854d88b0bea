"""Cited answers on after-sales service certification (GB/T 27922-2011), offline.

The public surface is :class:`Assistant` and the types of what it returns.
"""

from typing import TYPE_CHECKING, Any

from assistant.types import Answer, Citation, Hit, Kind, Reason, Sentence, Status, Turn

if TYPE_CHECKING:
    from assistant.chat import Assistant

__all__ = ["Answer", "Assistant", "Citation", "Hit", "Kind", "Reason", "Sentence", "Status", "Turn"]


def __getattr__(name: str) -> Any:  # noqa: ANN401 — whatever the name stands for
    """Import the facade at first use, so that importing a part of the package costs no more than that part."""
    if name == "Assistant":
        from assistant.chat import Assistant

        return Assistant
    raise AttributeError(f"module 'assistant' has no attribute {name!r}")

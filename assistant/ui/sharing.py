"""One assistant for all sessions of the process, opened anew when a newer index has been built."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Lock

import streamlit as st

from assistant.chat import Assistant
from assistant.errors import AssistantError
from assistant.indexing.build import Progress


@dataclass(slots=True, eq=False)
class _Opened:
    """An open assistant and how many runs use it right now; a retired one is closed by its last user."""

    assistant: Assistant
    users: int = 0
    retired: bool = False


class SharedAssistant:
    """Lends the assistant to runs of the page; opens it, and builds a missing index, once for all of them."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._opened: _Opened | None = None

    @property
    def ready(self) -> bool:
        """Whether an assistant is open, so that lending it will not take long."""
        return self._opened is not None

    def prepare(self, progress: Progress) -> None:
        """Open the assistant; where there is no index, build one first and tell ``progress``.

        Raises:
            AssistantError: none can be built or opened.

        """
        with self._lock:
            self._newest(progress)

    @contextmanager
    def lend(self) -> Iterator[Assistant]:
        """Yield the assistant on the newest index.

        Raises:
            AssistantError: there is none and none can be built or opened.

        """
        with self._lock:
            opened = self._newest(None)
            opened.users += 1
        try:
            yield opened.assistant
        finally:
            with self._lock:
                opened.users -= 1
                self._close_if_unused(opened)

    def _newest(self, progress: Progress | None) -> _Opened:
        old = self._opened
        if old is not None and old.assistant.is_current():
            return old
        try:
            self._opened = _Opened(Assistant.open(build_if_missing=True, progress=progress))
        except AssistantError:
            if old is None:
                raise
            return old
        if old is not None:
            old.retired = True
            self._close_if_unused(old)
        return self._opened

    @staticmethod
    def _close_if_unused(opened: _Opened) -> None:
        if opened.retired and opened.users == 0:
            opened.assistant.close()


@st.cache_resource(show_spinner=False)
def shared_assistant() -> SharedAssistant:
    """Return the one of this process."""
    return SharedAssistant()

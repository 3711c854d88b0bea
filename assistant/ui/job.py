"""Long work in a thread beside the page, so that the page stays alive."""

import logging
from collections.abc import Callable
from threading import Thread

from assistant.errors import AssistantError

_log = logging.getLogger(__name__)


class Job:
    """Runs in a thread of its own. ``done`` and ``total`` count pages or texts, 0 before the first."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.done, self.total = 0, 0
        self.error: AssistantError | None = None
        self._thread: Thread | None = None

    def start(self, work: Callable[[], None]) -> None:
        """Begin; ``error`` is set if it fails."""
        self._thread = Thread(target=self._run, args=(work,), daemon=True)
        self._thread.start()

    def _run(self, work: Callable[[], None]) -> None:
        try:
            work()
        except AssistantError as error:
            self.error = error
        except Exception as error:  # a thread has nobody to raise to
            _log.exception("%s failed", type(self).__name__)
            self.error = self.failure(error)

    def _count(self, done: int, total: int) -> None:
        self.done, self.total = done, total

    def failure(self, error: Exception) -> AssistantError:
        """Return what the reader is told of an error that nobody foresaw."""
        return AssistantError(f"「{self.name}」没有做成（{type(error).__name__}）", "再试一次")

    @property
    def running(self) -> bool:
        """Whether it is still at work."""
        return self._thread is not None and self._thread.is_alive()

    @property
    def share(self) -> float:
        """How much is done, 0–1."""
        return min(self.done / self.total, 1.0) if self.total else 0.0

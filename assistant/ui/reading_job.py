"""Reading an uploaded file beside the page, so that the page stays alive and the keeper can stop it."""

from threading import Event, Thread

from assistant.corpus.drafting.draft import Draft
from assistant.errors import AssistantError
from assistant.keeping.keeper import Keeper
from assistant.settings import Settings


class ReadingJob:
    """Reads one file in a thread of its own. ``done`` and ``total`` count pages."""

    def __init__(self, settings: Settings, name: str, content: bytes) -> None:
        """Start reading."""
        self.name = name
        self.content = content
        self.done, self.total = 0, 0
        self.draft: Draft | None = None
        self.error: AssistantError | None = None
        self._cancelled = Event()
        keeper = Keeper(settings).listening(pages=self._count, cancelled=self._cancelled.is_set)
        self._thread = Thread(target=self._read, args=(keeper,), daemon=True)
        self._thread.start()

    def _count(self, done: int, total: int) -> None:
        self.done, self.total = done, total

    def _read(self, keeper: Keeper) -> None:
        try:
            self.draft = keeper.read(self.name, self.content)
        except AssistantError as error:
            self.error = error
        except Exception as error:  # a thread has nobody to raise to
            self.error = AssistantError(
                f"「{self.name}」读不了（{type(error).__name__}）", "换一种格式再试，例如另存为 PDF"
            )

    @property
    def running(self) -> bool:
        """Whether it is still reading."""
        return self._thread.is_alive()

    def cancel(self) -> None:
        """Stop after the page that is being read."""
        self._cancelled.set()

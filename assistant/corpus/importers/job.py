"""One import: the bytes of a file, whom to tell how far it is, and whether to stop."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from pathlib import Path

from assistant.errors import ImportCancelled


@dataclass(frozen=True)
class Job:
    """A file to be read. ``name`` serves messages and the extension only; ``content`` decides what it is.

    ``progress`` is called with (pages done, pages in all). ``ocr_cache`` is the file in which recognised pages are kept.
    """

    name: str
    content: bytes
    progress: Callable[[int, int], None] | None = None
    cancelled: Callable[[], bool] | None = None
    ocr_cache: Path | None = None

    @cached_property
    def sha256(self) -> str:
        """The hash of the content, in hexadecimal digits."""
        return sha256(self.content).hexdigest()

    @property
    def extension(self) -> str:
        """The extension of the name in lower case, without the dot."""
        return Path(self.name).suffix.lower().lstrip(".")

    def step(self, done: int, total: int) -> None:
        """Tell that ``done`` of ``total`` pages are read.

        Raises:
            ImportCancelled: the keeper asked to stop.

        """
        if self.progress:
            self.progress(done, total)
        if self.cancelled and self.cancelled():
            raise ImportCancelled(f"「{self.name}」的导入已取消", "资料库没有变化；再次导入时，已识别的页不必重新识别")

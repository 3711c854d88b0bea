"""The files of the corpus folder, also as they will be after changes that are not made yet.

A change maps a path (POSIX, relative to the folder) to the new content, or to None where the file goes.
"""

import hashlib
import os
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from assistant.errors import CorpusError

MAX_BYTES = 20_000_000
GOLDEN = "golden.yaml"

Changes = Mapping[str, bytes | None]


class CorpusFiles:
    """The corpus folder seen through ``changes``."""

    def __init__(self, folder: Path, changes: Changes | None = None) -> None:
        """Look at ``folder``.

        Raises:
            CorpusError: the folder does not exist.

        """
        if not folder.is_dir():
            raise CorpusError(f"没有资料文件夹 {folder}", "用 --corpus 指出资料文件夹，或在项目目录里运行")
        self.folder = folder
        self._changes = dict(changes or {})

    def documents(self) -> list[str]:
        """Return the paths of the files that are documents, sorted: Markdown, neither README.md nor hidden."""
        held = {path.relative_to(self.folder).as_posix() for path in self.folder.rglob("*.md")}
        held = (held | {path for path, content in self._changes.items() if content is not None}) - {
            path for path, content in self._changes.items() if content is None
        }
        return sorted((path for path in held if is_document(path)), key=lambda path: Path(path).parts)

    def read(self, path: str) -> bytes:
        """Return the content of a file.

        Raises:
            OSError: it cannot be read.
            ValueError: it is larger than 20 MB.

        """
        changed = self._changes.get(path)
        if changed is None:
            file = self.folder / path
            if file.stat().st_size > MAX_BYTES:
                raise ValueError(f"文件超过 {MAX_BYTES // 1_000_000} MB")
            changed = file.read_bytes()
        return changed

    def exists(self, path: str) -> bool:
        """Return whether there is a file of any kind at ``path``."""
        if path in self._changes:
            return self._changes[path] is not None
        return (self.folder / path).exists()

    def digest(self) -> str:
        """Return a SHA-256 over the names and contents of the documents: equal exactly when nothing changed."""
        digest = hashlib.sha256()
        for path in self.documents():
            digest.update(path.encode())
            with suppress(OSError, ValueError):  # what cannot be read is reported when it is loaded
                digest.update(hashlib.sha256(self.read(path)).digest())
        return digest.hexdigest()


def write_atomically(path: Path, content: str | bytes) -> None:
    """Replace ``path`` by ``content`` so that a reader sees the old or the new content, also after a power cut."""
    temporary = path.with_name(f".{path.name[-80:]}.{os.getpid()}.tmp")
    try:
        with temporary.open("wb") as file:
            file.write(content.encode() if isinstance(content, str) else content)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except BaseException:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)
        raise


def is_document(path: str) -> bool:
    """Return whether the file at this path of the corpus folder is a document."""
    parts = Path(path).parts
    return path.endswith(".md") and parts[-1].lower() != "readme.md" and not any(part.startswith(".") for part in parts)

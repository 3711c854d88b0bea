"""A snapshot: one folder that holds everything a reader needs, written once and never changed.

``index/current.json`` names the snapshot in use and is replaced atomically, so readers see the old one or the new one.
"""

import json
import os
import time
import weakref
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from assistant.corpus.files import write_atomically
from assistant.errors import IndexMissingError, IndexStaleError
from assistant.indexing.dense import DenseIndex
from assistant.indexing.embedding import Embedder, TokenEmbedder
from assistant.indexing.lexical import LexicalIndex
from assistant.indexing.records import Records
from assistant.indexing.tokens import TokenIndex
from assistant.indexing.vocabulary import read_vocabulary

try:
    import fcntl
except ImportError:  # not on Windows
    fcntl = None  # type: ignore[assignment]

SCHEMA = 4
CURRENT = "current.json"
MANIFEST = "manifest.json"
_KEPT_S = 3600


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a snapshot was built from.

    ``corpus`` is the digest of the corpus files, ``built_at`` is local ISO time. ``dropped`` counts the chunks that were
    taken out again since the parts were last written from nothing.
    """

    schema: int
    snapshot: str
    built_at: str
    corpus: str
    embedding: str
    documents: int
    clauses: int
    chunks: int
    dropped: int = 0

    @classmethod
    def load(cls, folder: Path) -> "Manifest":
        """Return the manifest of the snapshot in ``folder``.

        Raises:
            IndexStaleError: there is none, or another version wrote it.

        """
        hint = "运行 assistant build --rebuild"
        try:
            values: dict[str, Any] = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
            manifest = cls(**values)
        except (OSError, ValueError, TypeError) as error:
            raise IndexStaleError(f"索引 {folder.name} 不完整", hint) from error
        if manifest.schema != SCHEMA:
            raise IndexStaleError(f"索引是另一版程序建的（格式 {manifest.schema}，现在是 {SCHEMA}）", hint)
        return manifest

    def save(self, folder: Path) -> None:
        """Write the manifest into ``folder``."""
        write_atomically(folder / MANIFEST, json.dumps(asdict(self), ensure_ascii=False, indent=1) + "\n")


def current_folder(index: Path) -> Path:
    """Return the folder of the snapshot in use.

    Raises:
        IndexMissingError: nothing has been built.
        IndexStaleError: the pointer is damaged or names a missing folder.

    """
    pointer = index / CURRENT
    if not pointer.is_file():
        raise IndexMissingError(f"还没有建索引（{index}）", "运行 assistant build")
    try:
        name = json.loads(pointer.read_text(encoding="utf-8"))["snapshot"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise IndexStaleError("索引指针 current.json 已损坏", "运行 assistant build --rebuild") from error
    folder = index / Path(str(name)).name
    if not folder.is_dir():
        raise IndexStaleError(f"索引 {name} 不见了", "运行 assistant build --rebuild")
    return folder


def switch_to(index: Path, name: str, journal: str | None = None) -> None:
    """Make the snapshot called ``name`` the one in use; ``journal`` is the hash of the entry that asked for it."""
    write_atomically(index / CURRENT, json.dumps({"snapshot": name, "journal": journal or journal_mark(index)}) + "\n")


def journal_mark(index: Path) -> str | None:
    """Return the hash of the last journal entry that put a snapshot into use; None if there was none."""
    try:
        mark = json.loads((index / CURRENT).read_text(encoding="utf-8")).get("journal")
    except (OSError, ValueError, AttributeError):
        return None
    return mark if isinstance(mark, str) else None


class Lease:
    """Held while a snapshot is open, so that nobody removes it: a shared lock on its manifest, where the system has such.

    A reader that is forgotten without being closed lets go when it is collected.
    """

    def __init__(self, folder: Path) -> None:
        handle = os.open(folder / MANIFEST, os.O_RDONLY)
        self.release = weakref.finalize(self, os.close, handle)
        if fcntl is not None:
            fcntl.flock(handle, fcntl.LOCK_SH)


def in_use(folder: Path) -> bool:
    """Return whether any process has the snapshot open; without shared locks, whether it is less than an hour old."""
    try:
        with (folder / MANIFEST).open("rb") as file:
            if fcntl is None:
                return time.time() - os.fstat(file.fileno()).st_mtime < _KEPT_S
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return True
    return False


class Snapshot:
    """An opened snapshot. The parts are opened side by side, since each waits for its own files and imports."""

    def __init__(self, folder: Path, embedder: Embedder) -> None:
        self.manifest = Manifest.load(folder)
        self._lease = Lease(folder)
        try:
            self._open(folder, embedder)
        except BaseException:
            self._lease.release()
            raise

    def _open(self, folder: Path, embedder: Embedder) -> None:
        if self.manifest.embedding != embedder.fingerprint:
            raise IndexStaleError("索引是用另一个向量模型建的", "运行 assistant build")
        self.embedder = embedder
        with ThreadPoolExecutor(3) as pool:
            dense = pool.submit(DenseIndex, folder / "dense")
            warm = pool.submit(embedder.embed_query, "预热")
            vocabulary = pool.submit(read_vocabulary, folder)
            self.records = Records(folder / "records.db")
            self.lexical = LexicalIndex(folder / "lexical")
            # None where the embedding model gives no token vectors
            self.tokens: TokenIndex | None = None
            if isinstance(embedder, TokenEmbedder):
                self.tokens = TokenIndex(folder / "tokens.db", embedder.token_dimension)
            self.dense = dense.result()
            self.vocabulary = vocabulary.result()
            warm.result()

    def close(self) -> None:
        """Release all files."""
        self.dense.close()
        self.records.close()
        if self.tokens is not None:
            self.tokens.close()
        self._lease.release()

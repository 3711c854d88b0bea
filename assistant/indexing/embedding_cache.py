"""Vectors already computed, by model and text, so that a build embeds only what changed."""

import hashlib
import sqlite3
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from assistant.indexing.embedding import Embedder, TokenEmbedder, Tokens, Vectors

_STEP = 256
_TABLES = """
CREATE TABLE IF NOT EXISTS vectors (model TEXT, text BLOB, vector BLOB, PRIMARY KEY (model, text));
CREATE TABLE IF NOT EXISTS tokens (model TEXT, text BLOB, tokens BLOB, PRIMARY KEY (model, text));
"""


@dataclass(frozen=True, slots=True)
class Embedded:
    """Vectors in the order of the texts, token vectors by place (only those asked for), how many texts were computed."""

    vectors: Vectors
    tokens: Mapping[int, Tokens]
    computed: int


def embed_cached(
    embedder: Embedder,
    texts: Sequence[str],
    path: Path,
    progress: Callable[[int], None] | None = None,
    late: Collection[int] = (),
) -> Embedded:
    """Return the vectors of ``texts``, and the token vectors of those at the places ``late`` if the embedder has them.

    New vectors are committed every 256 texts, so an interrupted build resumes where it stopped. A damaged cache file is
    replaced: it holds nothing that cannot be computed again.
    """
    wanted = frozenset(late) if isinstance(embedder, TokenEmbedder) else frozenset()
    try:
        return _Run(embedder, texts, wanted, path, progress).embed()
    except sqlite3.DatabaseError as error:
        if isinstance(error, sqlite3.OperationalError):
            raise  # a full disk or a lock is no damage
        path.unlink(missing_ok=True)
        return _Run(embedder, texts, wanted, path, progress).embed()


def forget_vectors(path: Path, kept: Sequence[str]) -> None:
    """Remove every vector but those of the texts ``kept``, leaving no trace of the others in the file."""
    keys = [(_key(text),) for text in kept]
    with closing(sqlite3.connect(path, timeout=60)) as db:
        db.executescript(_TABLES)
        db.execute("PRAGMA secure_delete = ON")
        db.execute("CREATE TEMP TABLE kept (text BLOB PRIMARY KEY)")
        db.executemany("INSERT OR IGNORE INTO kept VALUES (?)", keys)
        for table in ("vectors", "tokens"):
            db.execute(f"DELETE FROM {table} WHERE text NOT IN (SELECT text FROM kept)")  # noqa: S608 — constants
        db.commit()
        db.execute("VACUUM")


class _Run:
    """One pass over the texts of a build; texts that occur several times are embedded once."""

    def __init__(
        self,
        embedder: Embedder,
        texts: Sequence[str],
        late: frozenset[int],
        path: Path,
        progress: Callable[[int], None] | None,
    ) -> None:
        self._embedder = embedder
        self._texts = texts
        self._path = path
        self._progress = progress
        self._places: dict[bytes, list[int]] = defaultdict(list)
        for place, text in enumerate(texts):
            self._places[_key(text)].append(place)
        self._late = {_key(texts[place]) for place in late}
        self._vectors: Vectors | None = None  # made when the dimension is known
        self._tokens: dict[int, Tokens] = {}

    def embed(self) -> Embedded:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with closing(sqlite3.connect(self._path, timeout=60)) as db:
            db.executescript(_TABLES)
            missing = self._recall(db)
            if self._progress:
                self._progress(len(self._texts) - len(missing))  # known already, or the same text as another
            todo = sorted(missing, key=lambda key: (key in self._late, len(self._text(key))))
            for late in (False, True):
                keys = [key for key in todo if (key in self._late) is late]
                for start in range(0, len(keys), _STEP):
                    self._compute(db, keys[start : start + _STEP], late=late)
        vectors = np.empty((0, 0), "<f4") if self._vectors is None else self._vectors
        return Embedded(vectors, self._tokens, len(missing))

    def _text(self, key: bytes) -> str:
        return self._texts[self._places[key][0]]

    def _recall(self, db: sqlite3.Connection) -> list[bytes]:
        """Take what the cache holds; return the keys of what it lacks."""
        known = set()
        tokens = dict(_select(db, "tokens", self._embedder.fingerprint, list(self._late)))
        for key, vector in _select(db, "vectors", self._embedder.fingerprint, list(self._places)):
            if key in self._late and key not in tokens:
                continue
            own = np.frombuffer(tokens[key], np.int8) if key in self._late else None
            self._put(key, np.frombuffer(vector, "<f4"), own)
            known.add(key)
        return [key for key in self._places if key not in known]

    def _compute(self, db: sqlite3.Connection, keys: Sequence[bytes], *, late: bool) -> None:
        texts = [self._text(key) for key in keys]
        tokens: Sequence[Tokens | None] = [None] * len(keys)
        if late and isinstance(self._embedder, TokenEmbedder):
            vectors, tokens = self._embedder.encode_documents(texts, self._progress)
        else:
            vectors = self._embedder.embed_documents(texts, self._progress)
        rows = [(key, vector.astype("<f4")) for key, vector in zip(keys, vectors, strict=True)]
        for table, blobs in (
            ("vectors", [(key, vector.tobytes()) for key, vector in rows]),
            ("tokens", [(key, own.tobytes()) for key, own in zip(keys, tokens, strict=True) if own is not None]),
        ):
            db.executemany(
                f"INSERT OR REPLACE INTO {table} VALUES (?, ?, ?)",  # noqa: S608 — constants
                [(self._embedder.fingerprint, *pair) for pair in blobs],
            )
        db.commit()
        for (key, vector), own in zip(rows, tokens, strict=True):
            self._put(key, vector, own)

    def _put(self, key: bytes, vector: Vectors, tokens: Tokens | None) -> None:
        if self._vectors is None:
            self._vectors = np.empty((len(self._texts), len(vector)), "<f4")
        self._vectors[self._places[key]] = vector
        if tokens is not None and isinstance(self._embedder, TokenEmbedder):
            shaped = tokens.reshape(-1, self._embedder.token_dimension)
            self._tokens |= dict.fromkeys(self._places[key], shaped)


def _key(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()


def _select(
    db: sqlite3.Connection, table: str, fingerprint: str, keys: Sequence[bytes]
) -> Iterator[tuple[bytes, bytes]]:
    for start in range(0, len(keys), _STEP):
        part = keys[start : start + _STEP]
        holes = ",".join("?" * len(part))
        query = f"SELECT * FROM {table} WHERE model = ? AND text IN ({holes})"  # noqa: S608 — constants and placeholders
        yield from (row[1:] for row in db.execute(query, (fingerprint, *part)).fetchall())

"""Vectors already computed, by model and text, so that a build embeds only what changed."""

import hashlib
import sqlite3
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from pathlib import Path

import numpy as np

from assistant.indexing.embedding import Embedder, Vectors

_STEP = 256


def embed_cached(
    embedder: Embedder, texts: Sequence[str], path: Path, progress: Callable[[int], None] | None = None
) -> tuple[Vectors, int]:
    """Return (vectors in the order of ``texts``, how many were computed).

    New vectors are committed every 256 texts, so an interrupted build resumes where it stopped. A damaged cache file is
    replaced: it holds nothing that cannot be computed again.
    """
    keys = [hashlib.sha256(text.encode()).digest() for text in texts]
    try:
        return _embed(embedder, texts, keys, path, progress)
    except sqlite3.DatabaseError as error:
        if isinstance(error, sqlite3.OperationalError):
            raise  # a full disk or a lock is no damage
        path.unlink(missing_ok=True)
        return _embed(embedder, texts, keys, path, progress)


def forget_vectors(path: Path, kept: Sequence[str]) -> None:
    """Remove every vector but those of the texts ``kept``, leaving no trace of the others in the file."""
    keys = [(hashlib.sha256(text.encode()).digest(),) for text in kept]
    with closing(sqlite3.connect(path, timeout=60)) as db:
        db.execute("PRAGMA secure_delete = ON")
        db.execute("CREATE TEMP TABLE kept (text BLOB PRIMARY KEY)")
        db.executemany("INSERT OR IGNORE INTO kept VALUES (?)", keys)
        db.execute("DELETE FROM vectors WHERE text NOT IN (SELECT text FROM kept)")
        db.commit()
        db.execute("VACUUM")


def _embed(
    embedder: Embedder, texts: Sequence[str], keys: list[bytes], path: Path, progress: Callable[[int], None] | None
) -> tuple[Vectors, int]:
    path.parent.mkdir(parents=True, exist_ok=True)
    places: dict[bytes, list[int]] = defaultdict(list)
    for place, key in enumerate(keys):
        places[key].append(place)
    out: list[Vectors] = []  # one matrix, made when the dimension is known

    def put(key: bytes, vector: Vectors) -> None:
        if not out:
            out.append(np.empty((len(keys), len(vector)), "<f4"))
        out[0][places[key]] = vector

    with closing(sqlite3.connect(path, timeout=60)) as db:
        db.execute("CREATE TABLE IF NOT EXISTS vectors (model TEXT, text BLOB, vector BLOB, PRIMARY KEY (model, text))")
        missing = {key: texts[found[0]] for key, found in places.items()}
        for key, vector in _known(db, embedder.fingerprint, list(places)):
            put(key, np.frombuffer(vector, "<f4"))
            del missing[key]
        if progress:
            progress(len(keys) - len(missing))  # known already, or the same text as another
        todo = sorted(missing.items(), key=lambda pair: len(pair[1]))
        for start in range(0, len(todo), _STEP):
            part = todo[start : start + _STEP]
            vectors = embedder.embed_documents([text for _, text in part], progress)
            rows = [(key, vector.astype("<f4")) for (key, _), vector in zip(part, vectors, strict=True)]
            db.executemany(
                "INSERT OR REPLACE INTO vectors VALUES (?, ?, ?)",
                [(embedder.fingerprint, key, vector.tobytes()) for key, vector in rows],
            )
            db.commit()
            for key, vector in rows:
                put(key, vector)
    return out[0] if out else np.empty((0, 0), "<f4"), len(missing)


def _known(db: sqlite3.Connection, fingerprint: str, keys: Sequence[bytes]) -> Iterator[tuple[bytes, bytes]]:
    for start in range(0, len(keys), _STEP):
        part = keys[start : start + _STEP]
        holes = ",".join("?" * len(part))
        query = f"SELECT text, vector FROM vectors WHERE model = ? AND text IN ({holes})"  # noqa: S608 — only placeholders
        yield from db.execute(query, (fingerprint, *part)).fetchall()

"""Vectors already computed, by model and text, so that a build embeds only what changed."""

import hashlib
import sqlite3
from collections.abc import Callable, Sequence
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
    except sqlite3.DatabaseError:
        path.unlink(missing_ok=True)
        return _embed(embedder, texts, keys, path, progress)


def _embed(
    embedder: Embedder, texts: Sequence[str], keys: list[bytes], path: Path, progress: Callable[[int], None] | None
) -> tuple[Vectors, int]:
    path.parent.mkdir(parents=True, exist_ok=True)
    with closing(sqlite3.connect(path, timeout=60)) as db:
        db.execute("CREATE TABLE IF NOT EXISTS vectors (model TEXT, text BLOB, vector BLOB, PRIMARY KEY (model, text))")
        known = dict(db.execute("SELECT text, vector FROM vectors WHERE model = ?", (embedder.fingerprint,)))
        missing = sorted(
            {key: text for key, text in zip(keys, texts, strict=True) if key not in known}.items(),
            key=lambda pair: len(pair[1]),
        )
        if progress:
            progress(len(keys) - len(missing))  # known already, or the same text as another
        for start in range(0, len(missing), _STEP):
            part = missing[start : start + _STEP]
            vectors = embedder.embed_documents([text for _, text in part], progress)
            rows = [(key, vector.astype("<f4").tobytes()) for (key, _), vector in zip(part, vectors, strict=True)]
            db.executemany(
                "INSERT OR REPLACE INTO vectors VALUES (?, ?, ?)", [(embedder.fingerprint, *row) for row in rows]
            )
            db.commit()
            known |= dict(rows)
    return np.stack([np.frombuffer(known[key], "<f4") for key in keys]), len(missing)

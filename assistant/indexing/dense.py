"""Dense search in Chroma. The only module that imports chromadb.

Vectors and chunk ids only: the text lives in the records, so Chroma never holds a word of it.
"""

import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from assistant.errors import IndexStaleError
from assistant.indexing.embedding import Vectors

COLLECTION = "chunks"
_ADD = 2000
_SAME, _EQUAL = 20, 1e-5
# Chroma keeps its clients in one table for the process, which is not safe to change from several threads.
_REGISTRY = threading.Lock()


def _client(folder: Path) -> Any:  # noqa: ANN401 — chromadb's factory is untyped
    import chromadb
    from chromadb.config import Settings

    return chromadb.PersistentClient(str(folder), settings=Settings(anonymized_telemetry=False))


def write_dense(folder: Path, ids: Sequence[str], vectors: Vectors, dropped: Sequence[str] = ()) -> int:
    """Write a collection, or bring a copy of an older one up to date; return how many vectors it holds.

    Args:
        folder: empty, or holds a copy of a collection.
        ids: of the new vectors.
        vectors: (n, dimension); L2 norm 1.
        dropped: ids that go.

    """
    with _REGISTRY:
        client = _client(folder)
    try:
        collection = client.get_or_create_collection(
            COLLECTION, embedding_function=None, metadata={"hnsw:space": "cosine"}
        )
        for start in range(0, len(dropped), _ADD):
            collection.delete(ids=list(dropped[start : start + _ADD]))
        for start in range(0, len(ids), _ADD):
            collection.upsert(ids=list(ids[start : start + _ADD]), embeddings=vectors[start : start + _ADD])
        return int(collection.count())
    finally:
        with _REGISTRY:
            client.close()


class DenseIndex:
    """An existing collection, opened for reading."""

    def __init__(self, folder: Path) -> None:
        try:
            with _REGISTRY:
                self._client_ = _client(folder)
                self._collection = self._client_.get_collection(COLLECTION, embedding_function=None)
                self._collection.count()
        except Exception as error:  # Chroma raises many kinds, also its Rust core's
            raise IndexStaleError("向量索引打不开，可能没有写完或已损坏", "运行 assistant build --rebuild") from error

    def search(self, vector: Vectors, limit: int) -> list[tuple[str, float]]:
        """Return at most ``limit`` (chunk id, cosine) pairs, best first."""
        found = self._collection.query(query_embeddings=[vector.tolist()], n_results=limit, include=["distances"])
        return [(key, 1.0 - distance) for key, distance in zip(found["ids"][0], found["distances"][0], strict=True)]

    def ids(self) -> set[str]:
        """Return all chunk ids held."""
        return set(self._collection.get(include=[])["ids"])

    def unreachable(self, ids: Sequence[str]) -> list[str]:
        """Return those of ``ids`` that a search for their own vector does not find: list and vectors disagree there."""
        rows = self._collection.get(ids=list(ids), include=["embeddings"])
        vectors = [vector.tolist() for vector in rows["embeddings"]]
        if not vectors:
            return list(ids)
        found = self._collection.query(query_embeddings=vectors, n_results=_SAME, include=["distances"])
        reached = {
            key
            for key, nearest, distances in zip(rows["ids"], found["ids"], found["distances"], strict=True)
            if key in nearest or distances[-1] < _EQUAL  # as many others have the very same vector
        }
        return [key for key in ids if key not in reached]

    def close(self) -> None:
        """Release the files."""
        with _REGISTRY:
            self._client_.close()

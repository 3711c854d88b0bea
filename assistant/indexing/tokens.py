"""Token vectors of clauses in one SQLite file, for late interaction; read only after it was written.

A clause has the token vectors of its whole text and of each way of asking for it.
"""

import sqlite3
from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import closing
from pathlib import Path

import numpy as np

from assistant.errors import IndexStaleError
from assistant.indexing.embedding import TOKEN_SCALE, Tokens
from assistant.types import Chunk

_TABLE = """
CREATE TABLE IF NOT EXISTS tokens (position INTEGER, vectors BLOB);
CREATE INDEX IF NOT EXISTS by_position ON tokens (position);
"""


def is_late(chunk: Chunk) -> bool:
    """Return whether token vectors are kept of a chunk: of whole clauses and ways of asking, not of headings and blocks."""
    part = chunk.id.partition(".")[2]
    return not part or part.startswith("q")


def write_tokens(path: Path, tokens: Iterable[tuple[int, Tokens]], dropped: Collection[int] = ()) -> None:
    """Write a new file of (clause position, token vectors), or bring a copy up to date without the ``dropped`` positions."""
    with closing(sqlite3.connect(path)) as db, db:
        db.execute("PRAGMA secure_delete = ON")
        db.executescript(_TABLE)
        db.executemany("DELETE FROM tokens WHERE position = ?", [(position,) for position in dropped])
        db.executemany("INSERT INTO tokens VALUES (?, ?)", ((position, own.tobytes()) for position, own in tokens))


class TokenIndex:
    """The token vectors of a snapshot."""

    def __init__(self, path: Path, dimension: int) -> None:
        self._dimension = dimension
        try:
            self._db = sqlite3.connect(f"{path.resolve().as_uri()}?immutable=1", uri=True, check_same_thread=False)
            self._db.execute("SELECT count(*) FROM tokens WHERE position = 0").fetchone()
        except sqlite3.DatabaseError as error:
            raise IndexStaleError("词元向量打不开，可能没有写完或已损坏", "运行 assistant build --rebuild") from error

    def similarities(self, question: Tokens, positions: Sequence[int]) -> Mapping[int, float]:
        """Return position → MaxSim, the mean over the question's tokens of the best cosine with a token of the clause.

        Khattab and Zaharia, 2020, arXiv:2004.12832, there with the sum; the best text of a clause counts. In −1–1.
        """
        if not len(question) or not positions:
            return {}
        holes = ",".join("?" * len(positions))
        query = f"SELECT position, vectors FROM tokens WHERE position IN ({holes})"  # noqa: S608 — only placeholders
        rows = [row for row in self._db.execute(query, list(positions)).fetchall() if row[1]]
        if not rows:
            return {}
        flat = np.frombuffer(b"".join(blob for _, blob in rows), np.int8).reshape(-1, self._dimension)
        starts = np.cumsum([0, *(len(blob) // self._dimension for _, blob in rows[:-1])])
        cosines = question.astype(np.float32) @ flat.astype(np.float32).T / TOKEN_SCALE**2
        best = np.maximum.reduceat(cosines, starts, axis=1).mean(axis=0)
        found: dict[int, float] = {}
        for (position, _), similarity in zip(rows, best.tolist(), strict=True):
            found[position] = max(similarity, found.get(position, -1.0))
        return found

    def close(self) -> None:
        """Release the file."""
        self._db.close()

"""Documents and clauses of a snapshot in one SQLite file, read only after it was written.

Clauses are known by their position, counted from 0 in corpus order, and fetched when needed.
"""

import sqlite3
from collections.abc import Iterable, Sequence
from functools import lru_cache
from pathlib import Path

from pydantic import TypeAdapter

from assistant.errors import IndexStaleError
from assistant.types import Clause, Document

_DOCUMENT = TypeAdapter(Document)
_CLAUSE = TypeAdapter(Clause)
_CACHE = 20_000


def write_records(path: Path, documents: Iterable[Document], clauses: Iterable[Clause]) -> None:
    """Write a new file; positions follow the order of ``clauses``."""
    db = sqlite3.connect(path)
    try:
        db.execute("CREATE TABLE documents (id TEXT PRIMARY KEY, json BLOB)")
        db.execute(
            "CREATE TABLE clauses (position INTEGER PRIMARY KEY, address TEXT, document_id TEXT, number TEXT, json BLOB)"
        )
        db.executemany(
            "INSERT INTO documents VALUES (?, ?)", ((item.id, _DOCUMENT.dump_json(item)) for item in documents)
        )
        db.executemany(
            "INSERT INTO clauses VALUES (?, ?, ?, ?, ?)",
            (
                (i, item.address, item.document_id, item.number, _CLAUSE.dump_json(item))
                for i, item in enumerate(clauses)
            ),
        )
        db.execute("CREATE INDEX by_address ON clauses (address)")
        db.execute("CREATE INDEX by_document ON clauses (document_id, position)")
        db.commit()
    finally:
        db.close()


class Records:
    """The documents (in memory) and clauses (fetched when needed) of a snapshot."""

    def __init__(self, path: Path) -> None:
        try:
            # immutable: no locks and no journal, since nobody writes to a finished snapshot
            self._db = sqlite3.connect(f"{path.resolve().as_uri()}?immutable=1", uri=True, check_same_thread=False)
            rows = self._db.execute("SELECT json FROM documents ORDER BY rowid").fetchall()
            self.count: int = self._db.execute("SELECT count(*) FROM clauses").fetchone()[0]
        except sqlite3.DatabaseError as error:
            raise IndexStaleError("条款记录打不开，可能没有写完或已损坏", "运行 assistant build --rebuild") from error
        self.documents: dict[str, Document] = {}
        for (content,) in rows:
            document = _DOCUMENT.validate_json(content)
            self.documents[document.id] = document
        self.clause = lru_cache(_CACHE)(self._clause)
        self.clauses_of = lru_cache(512)(self._clauses_of)

    def _clause(self, position: int) -> Clause:
        row = self._db.execute("SELECT json FROM clauses WHERE position = ?", (position,)).fetchone()
        return _CLAUSE.validate_json(row[0])

    def _clauses_of(self, document_id: str) -> tuple[tuple[int, Clause], ...]:
        query = "SELECT position FROM clauses WHERE document_id = ? ORDER BY position"
        return tuple(
            (position, self.clause(position)) for (position,) in self._db.execute(query, (document_id,)).fetchall()
        )

    def position_of(self, address: str) -> int | None:
        """Return the position of the clause with exactly this address, or None."""
        row = self._db.execute("SELECT position FROM clauses WHERE address = ?", (address,)).fetchone()
        return row[0] if row else None

    def find_number(self, document_id: str, numbers: Sequence[str]) -> list[int]:
        """Return the positions in a document of the clauses with one of ``numbers``, in reading order."""
        holes = ",".join("?" * len(numbers))
        query = f"SELECT position FROM clauses WHERE document_id = ? AND number IN ({holes}) ORDER BY position"  # noqa: S608 — only placeholders
        return [row[0] for row in self._db.execute(query, (document_id, *numbers))]

    def documents_with_number(self, number: str) -> list[str]:
        """Return the ids of the documents that have a clause of this number."""
        query = "SELECT DISTINCT document_id FROM clauses WHERE number = ?"
        return [row[0] for row in self._db.execute(query, (number,))]

    def close(self) -> None:
        """Release the file."""
        self._db.close()

"""What language models wrote and what it cost: one SQLite file in the index folder, ``model.db``.

Replies are kept under a hash of all that went into them and belong to one snapshot; those of other snapshots are deleted,
so that what was removed from the corpus does not live on here. The file can be deleted at any time: then the day's count
begins anew.
"""

import json
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

FILE = "model.db"
_BUSY_S = 5.0
_TABLES = """
CREATE TABLE IF NOT EXISTS replies (key TEXT PRIMARY KEY, snapshot TEXT NOT NULL, drafts TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS days (day TEXT PRIMARY KEY, requests INTEGER, input INTEGER, output INTEGER, cost REAL);
"""


@dataclass(frozen=True, slots=True)
class DayUse:
    """Requests, tokens in and out, and cost (in the currency of the prices set) of one day."""

    requests: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    cost: float = 0.0

    @property
    def tokens(self) -> int:
        """Tokens in and out together."""
        return self.input_tokens + self.output_tokens


class Ledger:
    """Kept replies and the use of each day. Where the file cannot be written, nothing is kept and nothing fails."""

    def __init__(self, index: Path) -> None:
        self._path = index / FILE

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        with closing(sqlite3.connect(self._path, timeout=_BUSY_S)) as db, db:
            db.execute("PRAGMA secure_delete = ON")
            db.executescript(_TABLES)
            yield db

    def reply(self, key: str, snapshot: str) -> tuple[str, ...] | None:
        """Return the drafts kept under ``key``, None without; replies of other snapshots are deleted."""
        try:
            with self._open() as db:
                db.execute("DELETE FROM replies WHERE snapshot <> ?", (snapshot,))
                row = db.execute("SELECT drafts FROM replies WHERE key = ?", (key,)).fetchone()
        except (sqlite3.Error, OSError):
            return None
        return tuple(json.loads(row[0])) if row else None

    def keep(self, key: str, snapshot: str, drafts: Sequence[str]) -> None:
        """Keep the drafts of a finished reply."""
        try:
            with self._open() as db:
                db.execute("INSERT OR REPLACE INTO replies VALUES (?, ?, ?)", (key, snapshot, json.dumps(list(drafts))))
        except (sqlite3.Error, OSError):
            return

    def count(self, use: DayUse, day: date | None = None) -> None:
        """Add ``use`` to a day, today by default."""
        values = (use.requests, use.input_tokens, use.output_tokens, use.cost)
        try:
            with self._open() as db:
                db.execute("INSERT OR IGNORE INTO days VALUES (?, 0, 0, 0, 0)", (str(day or date.today()),))
                db.execute(
                    "UPDATE days SET requests = requests + ?, input = input + ?, output = output + ?, cost = cost + ? "
                    "WHERE day = ?",
                    (*values, str(day or date.today())),
                )
        except (sqlite3.Error, OSError):
            return

    def used(self, day: date | None = None) -> DayUse:
        """Return the use of a day, today by default."""
        try:
            with self._open() as db:
                row = db.execute(
                    "SELECT requests, input, output, cost FROM days WHERE day = ?", (str(day or date.today()),)
                ).fetchone()
        except (sqlite3.Error, OSError):
            row = None
        return DayUse(*row) if row else DayUse()

    def forget(self) -> None:
        """Delete all kept replies, also from the free pages of the file."""
        if not self._path.exists():
            return
        try:
            with self._open() as db:
                db.execute("DELETE FROM replies")
            with closing(sqlite3.connect(self._path, timeout=_BUSY_S)) as db:
                db.execute("VACUUM")
        except sqlite3.DatabaseError:
            self._path.unlink(missing_ok=True)

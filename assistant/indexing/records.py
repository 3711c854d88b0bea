"""Documents and clauses of a snapshot in one SQLite file, read only after it was written.

Documents are kept as their files say and linked to one another when they are read. A clause is known by its position, which
it keeps in all later snapshots as long as its document does not change.
"""

import sqlite3
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import closing
from datetime import date
from functools import lru_cache
from pathlib import Path

from pydantic import TypeAdapter

from assistant.corpus.documents import body_line, plain_addresses, references
from assistant.corpus.editions import Editions, begins_on, link_editions
from assistant.corpus.front_matter import Fault
from assistant.corpus.validity import status_on
from assistant.errors import IndexStaleError
from assistant.structure.outline import address_name
from assistant.types import Clause, Document, Form, Status

_DOCUMENT = TypeAdapter(Document)
_CLAUSE = TypeAdapter(Clause)
_CACHE = 20_000
_TABLES = """
CREATE TABLE IF NOT EXISTS documents (id TEXT PRIMARY KEY, path TEXT, sha256 TEXT, json BLOB);
CREATE TABLE IF NOT EXISTS clauses (position INTEGER PRIMARY KEY, address TEXT, document_id TEXT, number TEXT, json BLOB);
CREATE TABLE IF NOT EXISTS "references" (document_id TEXT, line INTEGER, address TEXT);
CREATE TABLE IF NOT EXISTS faults (path TEXT, line INTEGER, field TEXT, message TEXT, fatal INTEGER);
CREATE INDEX IF NOT EXISTS by_address ON clauses (address);
CREATE INDEX IF NOT EXISTS by_document ON clauses (document_id, position);
CREATE INDEX IF NOT EXISTS by_number ON clauses (number);
CREATE INDEX IF NOT EXISTS by_referrer ON "references" (document_id);
"""


def write_records(
    path: Path,
    documents: Sequence[Document],
    clauses: Mapping[int, Clause],
    faults: Iterable[Fault],
    dropped: Collection[str] = (),
) -> None:
    """Write a new file, or bring a copy of an older one up to date.

    Args:
        path: the file.
        documents: all documents as they are written, not linked.
        clauses: new clauses by position.
        faults: faults of documents that were read anew.
        dropped: ids of documents whose clauses go.

    """
    with closing(sqlite3.connect(path)) as db, db:
        db.execute("PRAGMA secure_delete = ON")
        db.executescript(_TABLES)
        for table, column in (("clauses", "document_id"), ('"references"', "document_id")):
            db.executemany(f"DELETE FROM {table} WHERE {column} = ?", [(key,) for key in dropped])  # noqa: S608 — constants
        _write_documents(db, documents)
        db.executemany(
            "INSERT INTO clauses VALUES (?, ?, ?, ?, ?)",
            (
                (position, item.address, item.document_id, item.number, _CLAUSE.dump_json(item))
                for position, item in clauses.items()
            ),
        )
        db.executemany(
            'INSERT INTO "references" VALUES (?, ?, ?)',
            (
                (document.id, body_line(document, offset), address)
                for document, offset, address in references(documents, clauses.values())
            ),
        )
        db.executemany(
            "INSERT INTO faults VALUES (?, ?, ?, ?, ?)",
            [(fault.path, fault.line, fault.field, fault.message, fault.fatal) for fault in faults],
        )


def _write_documents(db: sqlite3.Connection, documents: Sequence[Document]) -> None:
    """Bring the table of documents up to date; faults of files that changed are forgotten."""
    held = {(path, sha256): key for key, path, sha256 in db.execute("SELECT id, path, sha256 FROM documents")}
    wanted = {(item.path, item.sha256): item for item in documents}
    gone = [key for file, key in held.items() if file not in wanted]
    db.executemany("DELETE FROM documents WHERE id = ?", [(key,) for key in gone])
    unchanged = {path for path, sha256 in held if (path, sha256) in wanted}
    stale = [path for (path,) in db.execute("SELECT DISTINCT path FROM faults") if path not in unchanged]
    db.executemany("DELETE FROM faults WHERE path = ?", [(path,) for path in stale])
    db.executemany(
        "INSERT INTO documents VALUES (?, ?, ?, ?)",
        ((item.id, *key, _DOCUMENT.dump_json(item)) for key, item in wanted.items() if key not in held),
    )


class Records:
    """The documents (in memory, by path) and clauses (fetched when needed) of a snapshot."""

    def __init__(self, path: Path) -> None:
        try:
            # immutable: no locks and no journal, since nobody writes to a finished snapshot
            self._db = sqlite3.connect(f"{path.resolve().as_uri()}?immutable=1", uri=True, check_same_thread=False)
            rows = self._db.execute("SELECT json FROM documents").fetchall()
            self.count: int = self._db.execute("SELECT count(*) FROM clauses").fetchone()[0]
            self.next_position: int = self._db.execute("SELECT ifnull(max(position), -1) + 1 FROM clauses").fetchone()[
                0
            ]
        except sqlite3.DatabaseError as error:
            raise IndexStaleError("条款记录打不开，可能没有写完或已损坏", "运行 assistant build --rebuild") from error
        written = [_DOCUMENT.validate_json(content) for (content,) in rows]
        self.written = sorted(written, key=lambda document: Path(document.path).parts)
        linked = link_editions(self.written)
        self.documents: dict[str, Document] = {document.id: document for document in linked}
        self.editions = Editions(linked)
        self._namesakes: dict[str, list[Document]] = defaultdict(list)
        for document in linked:
            if document.cited_as != address_name(document):
                self._namesakes[address_name(document)].append(document)
        self.clause = lru_cache(_CACHE)(self._clause)
        self.clauses_of = lru_cache(512)(self._clauses_of)

    def _clause(self, position: int) -> Clause:
        clause = self.find_clause(position)
        if clause is None:
            raise IndexStaleError("索引各部分对不上", "运行 assistant build --rebuild")
        return clause

    def find_clause(self, position: int) -> Clause | None:
        """Return the clause at ``position``, or None where there is none (any more)."""
        row = self._db.execute("SELECT json FROM clauses WHERE position = ?", (position,)).fetchone()
        return _CLAUSE.validate_json(row[0]) if row else None

    def _clauses_of(self, document_id: str) -> tuple[tuple[int, Clause], ...]:
        query = "SELECT position FROM clauses WHERE document_id = ? ORDER BY position"
        return tuple(
            (position, self.clause(position)) for (position,) in self._db.execute(query, (document_id,)).fetchall()
        )

    def position_of(self, address: str, as_of: date | None = None) -> int | None:
        """Return the position of the clause that ``address`` means, or None.

        An address without edition, of a text held in several editions or forms, means the one in force on ``as_of`` (today
        by default), the official wording first.
        """
        row = self._db.execute("SELECT position FROM clauses WHERE address = ?", (address,)).fetchone()
        if row:
            return int(row[0])
        for name, documents in self._namesakes.items():
            if not address.startswith(f"{name} "):
                continue
            for document in sorted(documents, key=lambda item: _preference(item, as_of or date.today()), reverse=True):
                if found := self.find_number(document.id, [address[len(name) + 1 :]]):
                    return found[0]
        return None

    def twin_clause(self, clause: Clause) -> tuple[int, Clause] | None:
        """Return (position, clause) of the same number in the other form of the same edition, or None."""
        twin = self.editions.twin(self.documents[clause.document_id])
        found = self.find_number(twin.id, [clause.number]) if twin else []
        return (found[0], self.clause(found[0])) if found else None

    def find_number(self, document_id: str, numbers: Sequence[str]) -> list[int]:
        """Return the positions in a document of the clauses with one of ``numbers``, in reading order."""
        holes = ",".join("?" * len(numbers))
        query = f"SELECT position FROM clauses WHERE document_id = ? AND number IN ({holes}) ORDER BY position"  # noqa: S608 — only placeholders
        return [row[0] for row in self._db.execute(query, (document_id, *numbers))]

    def documents_with_number(self, number: str) -> list[str]:
        """Return the ids of the documents that have a clause of this number."""
        query = "SELECT DISTINCT document_id FROM clauses WHERE number = ?"
        return [row[0] for row in self._db.execute(query, (number,))]

    def addresses(self) -> list[str]:
        """Return all clause addresses by position."""
        return [row[0] for row in self._db.execute("SELECT address FROM clauses ORDER BY position")]

    def faults(self) -> list[Fault]:
        """Return what is to be mended in the files of this snapshot, references to clauses that are not held included."""
        paths = {document.id: document.path for document in self.written}
        found = [
            Fault(path, line, field, message, bool(fatal))
            for path, line, field, message, fatal in self._db.execute("SELECT * FROM faults")
        ]
        known = plain_addresses(self.documents.values(), self.addresses())
        rows = self._db.execute('SELECT document_id, line, address FROM "references" ORDER BY rowid').fetchall()
        found += [
            Fault(paths[key], line, "见", f"没有条款「{address}」", fatal=False)
            for key, line, address in rows
            if address not in known
        ]
        return sorted(found, key=lambda fault: (Path(fault.path).parts, fault.line))

    def referrers(self) -> list[tuple[str, int, str]]:
        """Return (document id, line, address) of every reference from one clause to another."""
        return list(self._db.execute('SELECT document_id, line, address FROM "references" ORDER BY rowid'))

    def close(self) -> None:
        """Release the file."""
        self._db.close()


def _preference(document: Document, as_of: date) -> tuple[bool, bool, date]:
    begins = begins_on(document)
    in_force = status_on(document, as_of) in (Status.IN_FORCE, Status.UNVERIFIED)
    return in_force, document.form is Form.OFFICIAL, begins.earliest if begins else date.min

"""The journal of the corpus: who changed what, when and why. Append-only, each entry chained to the one before by hash.

It lies in ``corpus/.history`` beside a store of every version of every file, so that any earlier state can be restored.
"""

import hashlib
import json
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from assistant.corpus.files import write_atomically
from assistant.errors import CorpusError

FOLDER = ".history"
_JOURNAL = "journal.jsonl"
_START = "0" * 64


class Action(StrEnum):
    """What was done."""

    BEGIN = "begin"
    EDIT = "edit"
    ADD = "add"
    RETIRE = "retire"
    REMOVE = "remove"
    PURGE = "purge"
    ROLLBACK = "rollback"

    @property
    def label(self) -> str:
        """The Chinese word shown to readers."""
        return _LABELS[self]


_LABELS = {
    Action.BEGIN: "建账",
    Action.EDIT: "手工修改",
    Action.ADD: "入库",
    Action.RETIRE: "废止",
    Action.REMOVE: "移除",
    Action.PURGE: "彻底删除",
    Action.ROLLBACK: "回退",
}


@dataclass(frozen=True, slots=True)
class FileChange:
    """A file (path within the corpus folder) with the SHA-256 of its content before and after; None: no such file."""

    path: str
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the journal. ``number`` counts from 1; ``at`` is local ISO time; ``hash`` covers all other fields.

    ``forced`` tells that the check by golden questions had refused the change; ``undoes`` are the numbers of the entries
    that a rollback took back.
    """

    number: int
    at: str
    who: str
    action: Action
    why: str
    documents: tuple[str, ...]
    files: tuple[FileChange, ...]
    snapshot: str | None
    forced: bool
    undoes: tuple[int, ...]
    previous: str
    hash: str = ""

    def sealed(self) -> "Entry":
        """Return the entry with its hash."""
        return replace(self, hash=self.computed_hash())

    def computed_hash(self) -> str:
        """Return the SHA-256 over all fields but ``hash``."""
        content = asdict(self)
        del content["hash"]
        return hashlib.sha256(json.dumps(content, ensure_ascii=False, sort_keys=True).encode()).hexdigest()

    def to_json(self) -> str:
        """Return one line without its end."""
        return json.dumps(asdict(self), ensure_ascii=False)

    @classmethod
    def from_json(cls, line: str) -> "Entry":
        """Return the entry of a line.

        Raises:
            ValueError, KeyError, TypeError: it is none.

        """
        values = json.loads(line)
        values["action"] = Action(values["action"])
        values["files"] = tuple(FileChange(**change) for change in values["files"])
        for key in ("documents", "undoes"):
            values[key] = tuple(values[key])
        return cls(**values)


@dataclass(frozen=True, slots=True)
class Deed:
    """What an entry tells beside the files: who did what to which documents and why."""

    action: Action
    who: str
    why: str = ""
    documents: tuple[str, ...] = ()
    forced: bool = False
    undoes: tuple[int, ...] = ()


class Journal:
    """The journal of one corpus folder."""

    def __init__(self, corpus: Path) -> None:
        self.folder = corpus / FOLDER
        self._path = self.folder / _JOURNAL

    def entries(self) -> list[Entry]:
        """Return all entries, oldest first; a last line that was cut off while it was written does not count.

        Raises:
            CorpusError: another line cannot be read.

        """
        found = []
        for count, line in enumerate(self._lines(), 1):
            try:
                found.append(Entry.from_json(line))
            except (ValueError, KeyError, TypeError) as error:
                raise CorpusError(
                    f"变更记录第 {count} 行读不了", f"检查 {self._path}；运行 assistant corpus verify 看其余是否完好"
                ) from error
        return found

    def _lines(self) -> list[str]:
        if not self._path.is_file():
            return []
        whole, _, _ = self._path.read_bytes().rpartition(b"\n")
        return whole.decode("utf-8", errors="replace").splitlines() if whole else []

    def next_entry(self, deed: Deed, files: Iterable[FileChange], snapshot: str | None) -> Entry:
        """Return the entry that comes next, sealed but not written."""
        entries = self.entries()
        return Entry(
            number=len(entries) + 1,
            at=datetime.now().astimezone().isoformat(timespec="seconds"),
            who=deed.who,
            action=deed.action,
            why=deed.why,
            documents=deed.documents,
            files=tuple(files),
            snapshot=snapshot,
            forced=deed.forced,
            undoes=deed.undoes,
            previous=entries[-1].hash if entries else _START,
        ).sealed()

    def append(self, entry: Entry) -> None:
        """Write ``entry`` at the end, unless it is there already."""
        entries = self.entries()
        if entries and entries[-1].hash == entry.hash:
            return
        self.folder.mkdir(exist_ok=True)
        with self._path.open("ab") as file:
            content = self._path.read_bytes()
            if content and not content.endswith(b"\n"):  # cut off while it was written
                file.truncate(content.rfind(b"\n") + 1)
            file.write(entry.to_json().encode() + b"\n")
            file.flush()
            os.fsync(file.fileno())

    def problems(self) -> list[str]:
        """Return what is wrong with the chain; empty if it is whole."""
        found = []
        previous = _START
        for count, line in enumerate(self._lines(), 1):
            try:
                entry = Entry.from_json(line)
            except (ValueError, KeyError, TypeError):
                found.append(f"变更记录第 {count} 行读不了")
                continue
            if entry.number != count or entry.previous != previous:
                found.append(f"变更记录第 {count} 条与前一条接不上，有记录被删、被加或被换过")
            if entry.computed_hash() != entry.hash:
                found.append(f"变更记录第 {count} 条被改动过")
            previous = entry.hash
        return found


def state_after(entries: Sequence[Entry]) -> dict[str, str]:
    """Return path → SHA-256 of every journaled file after the last of ``entries``."""
    state: dict[str, str] = {}
    for change in (change for entry in entries for change in entry.files):
        if change.after is None:
            state.pop(change.path, None)
        else:
            state[change.path] = change.after
    return state


def changes_between(before: Mapping[str, str], after: Mapping[str, str]) -> list[FileChange]:
    """Return the changes that lead from one state to the other, by path."""
    paths = sorted(path for path in before.keys() | after.keys() if before.get(path) != after.get(path))
    return [FileChange(path, before.get(path), after.get(path)) for path in paths]


class Store:
    """Every version of every file, by the SHA-256 of its content."""

    def __init__(self, corpus: Path) -> None:
        self._folder = corpus / FOLDER / "objects"

    def put(self, content: bytes) -> str:
        """Keep ``content`` and return its SHA-256."""
        key = hashlib.sha256(content).hexdigest()
        path = self._path(key)
        if not path.is_file():
            path.parent.mkdir(parents=True, exist_ok=True)
            write_atomically(path, content)
        return key

    def get(self, key: str) -> bytes:
        """Return the content.

        Raises:
            CorpusError: it is not there or was damaged.

        """
        try:
            content = self._path(key).read_bytes()
        except OSError as error:
            raise CorpusError(f"历史版本 {key[:12]} 不在了", "它可能已被彻底删除") from error
        if hashlib.sha256(content).hexdigest() != key:
            raise CorpusError(f"历史版本 {key[:12]} 已损坏", "运行 assistant corpus verify 看还有哪些损坏")
        return content

    def holds(self, key: str) -> bool:
        """Return whether the content is kept, whole."""
        try:
            self.get(key)
        except CorpusError:
            return False
        return True

    def forget(self, keys: Iterable[str]) -> None:
        """Remove contents for good."""
        for key in keys:
            self._path(key).unlink(missing_ok=True)

    def _path(self, key: str) -> Path:
        return self._folder / key[:2] / key

"""Changing several files of the corpus as one: all of them or none, whenever the process is killed.

New contents go into the store first; then one file, the plan, is written. From that moment the change is made: whoever comes
next carries it out to the end. Before that moment nothing has happened.
"""

import hashlib
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path, PurePosixPath

from assistant.corpus.files import GOLDEN, Changes, CorpusFiles, write_atomically
from assistant.corpus.journal import (
    Action,
    Deed,
    Entry,
    FileChange,
    Journal,
    Store,
    changes_between,
    state_after,
)
from assistant.errors import CorpusError

_PLAN = "plan.json"
Switch = Callable[[Entry], None]


class Transaction:
    """Changes to one corpus folder. The caller keeps other writers out."""

    def __init__(self, corpus: Path) -> None:
        self._corpus = corpus
        self._journal = Journal(corpus)
        self._store = Store(corpus)
        self._plan = self._journal.folder / _PLAN

    def record_edits(self, who: str) -> Entry | None:
        """Write down what was changed by hand since the last entry, with the contents; None if nothing was.

        The first entry takes stock of all files.
        """
        entries = self._journal.entries()
        before = state_after(entries)
        now = self._present(before)
        changes = changes_between(before, now)
        if not changes:
            return None
        for change in changes:
            if change.after is not None:
                self._store.put((self._corpus / change.path).read_bytes())
        action = Action.EDIT if entries else Action.BEGIN
        entry = self._journal.next_entry(Deed(action, who), changes, None)
        self._journal.append(entry)
        return entry

    def _present(self, journaled: Mapping[str, str]) -> dict[str, str]:
        """Return path → hash of the documents and golden questions, and of the journaled originals that are still there.

        Originals are large and nobody edits them: ``corpus verify`` reads them, this does not.
        """
        found = {path: key for path, key in journaled.items() if (self._corpus / path).is_file()}
        for path in (*CorpusFiles(self._corpus).documents(), GOLDEN):
            with suppress(OSError), (self._corpus / path).open("rb") as file:
                found[path] = hashlib.file_digest(file, "sha256").hexdigest()
        return found

    def commit(self, changes: Changes, deed: Deed, snapshot: str | None, switch: Switch) -> Entry:
        """Make ``changes``, let ``switch`` put the entry's ``snapshot`` into use, and write the entry: all or nothing.

        Raises:
            CorpusError: the folder cannot be written; nothing was changed.

        """
        for path in changes:
            _check_path(path)
        try:
            files = [self._stage(path, content) for path, content in changes.items()]
            entry = self._journal.next_entry(deed, files, snapshot)
            write_atomically(self._plan, entry.to_json())
        except OSError as error:
            raise CorpusError(
                f"资料文件夹写不进去：{error.strerror or error}", f"检查 {self._corpus} 的权限和剩余空间；什么都没有改"
            ) from error
        self._carry_out(entry, switch)
        return entry

    def _stage(self, path: str, content: bytes | None) -> FileChange:
        target = self._corpus / path
        before = self._store.put(target.read_bytes()) if target.is_file() else None
        return FileChange(path, before, None if content is None else self._store.put(content))

    @property
    def pending(self) -> bool:
        """Whether a killed process left a change that is decided on but not carried out."""
        return self._plan.exists()

    def recover(self, switch: Switch) -> Entry | None:
        """Carry out a change that a killed process had decided on; return its entry, or None if there is none.

        A file that was edited by hand meanwhile is kept in the store before it is overwritten.

        Raises:
            CorpusError: the plan cannot be read or carried out.

        """
        try:
            content = self._plan.read_text(encoding="utf-8")
        except FileNotFoundError:
            return None
        try:
            entry = Entry.from_json(content)
            for change in entry.files:
                _check_path(change.path)
        except (ValueError, KeyError, TypeError) as error:
            raise CorpusError("上次没做完的变更读不了", f"检查 {self._plan}；移走它就当没有发生") from error
        self._carry_out(entry, switch)
        return entry

    def _carry_out(self, entry: Entry, switch: Switch) -> None:
        try:
            for change in entry.files:
                self._apply(change)
            switch(entry)
            self._journal.append(entry)
            self._plan.unlink()
        except OSError as error:
            raise CorpusError(
                f"变更做到一半停下了：{error.strerror or error}",
                f"检查 {self._corpus} 的权限和剩余空间，再运行一次 assistant build，会接着做完",
            ) from error

    def _apply(self, change: FileChange) -> None:
        target = self._corpus / change.path
        if target.is_file():
            self._store.put(target.read_bytes())
        if change.after is None:
            target.unlink(missing_ok=True)
            return
        target.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(target, self._store.get(change.after))


def _check_path(path: str) -> None:
    parts = PurePosixPath(path).parts
    if not parts or path.startswith("/") or "\\" in path or any(part == ".." or part.startswith(".") for part in parts):
        raise CorpusError(f"文件名 {path} 不能用", "名称里不能有 .. 或以 . 开头的部分")

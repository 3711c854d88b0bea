"""The one facade through which the corpus is changed: by the command line, the page and other programs."""

import getpass
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, fields, replace
from datetime import date
from pathlib import Path
from typing import Any, Self

from filelock import FileLock, Timeout

from assistant.answering.usage import Ledger
from assistant.chat import Assistant
from assistant.corpus.difference import Difference, compare
from assistant.corpus.documents import Corpus, load_corpus
from assistant.corpus.drafting.draft import Draft, draft
from assistant.corpus.files import GOLDEN, Changes, CorpusFiles
from assistant.corpus.front_matter import Fault, set_field
from assistant.corpus.importers.reading import read_bytes
from assistant.corpus.journal import FOLDER, Action, Deed, Entry, Journal, Store, changes_between, state_after
from assistant.corpus.transaction import Transaction
from assistant.errors import CorpusError, SearchIndexError
from assistant.evaluation.answers import load_questions
from assistant.indexing.build import (
    OCR_CACHE,
    BuildReport,
    Progress,
    adopt,
    build,
    examine_or_discard,
    leave_only,
    locked,
    prepare,
)
from assistant.indexing.embedding import load_embedder
from assistant.keeping.gate import Gate
from assistant.keeping.impact import Impact, impact_of
from assistant.keeping.intake import Intake, Overrides, take_in, with_differences
from assistant.settings import Settings
from assistant.structure.address import NameIndex
from assistant.types import Clause, Document

_LOCK_TIMEOUT_S = 60


@dataclass(frozen=True, slots=True)
class Done:
    """A change that was made: its journal entry, the new index, and the golden questions that got worse if forced."""

    entry: Entry
    snapshot: str
    embedded: int
    faults: tuple[Fault, ...]
    worse: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Listener:
    """Where news of long work goes; each part may be left out.

    ``pages`` and ``texts`` are told (done, in all), ``notice`` a line in Chinese, and ``cancelled`` is asked whether to stop.
    """

    pages: Progress | None = None
    texts: Progress | None = None
    notice: Callable[[str], None] | None = None
    cancelled: Callable[[], bool] | None = None


class Keeper:
    """Changes one corpus and its index, one change at a time, each complete or not made at all."""

    def __init__(self, settings: Settings, who: str | None = None, listener: Listener | None = None) -> None:
        self._settings = settings
        self._corpus = settings.corpus
        self._who = who or _user()
        self._listener = listener or Listener()
        self._transaction = Transaction(settings.corpus)

    def listening(self, **parts: Any) -> Self:  # noqa: ANN401 — the fields of Listener
        """Return this keeper with other listeners."""
        return type(self)(self._settings, self._who, Listener(**parts))

    def preview(self, name: str, content: bytes, overrides: Overrides | None = None) -> Intake:
        """Return what importing a file would bring and change: :meth:`read` and :meth:`take_in` in one."""
        return self.take_in(self.read(name, content), name, content, overrides)

    def read(self, name: str, content: bytes) -> Draft:
        """Return the draft that a file makes. Nothing is written but recognised pages in the index folder.

        Args:
            name: of the file; tells the format only where the content does not.
            content: of the file.

        Raises:
            ImportFailed: it cannot be read; ImportCancelled: the keeper stopped it.

        """
        self._settings.index.mkdir(parents=True, exist_ok=True)
        extracted = read_bytes(
            name,
            content,
            progress=self._listener.pages,
            cancelled=self._listener.cancelled,
            ocr_cache=self._settings.index / OCR_CACHE,
        )
        return draft(extracted, name)

    def take_in(self, drafted: Draft, name: str, content: bytes, overrides: Overrides | None = None) -> Intake:
        """Return the edition that a draft makes in this corpus, with what it changes and touches.

        Args:
            drafted: from :meth:`read`.
            name: of the file.
            content: of the file, kept as the original.
            overrides: what the keeper knows better than the text.

        Raises:
            ImportFailed: it is held already, or a value given cannot be used.

        """
        loaded = load_corpus(self._corpus)
        intake = take_in(drafted, overrides or Overrides(), name, content, loaded.documents)
        intake = with_differences(intake, {old.id: _clauses_of(loaded, old.id) for old in intake.replaced})
        return replace(intake, impact=self._impact(intake.differences))

    def add(self, intake: Intake, why: str = "", *, force: bool = False) -> Done:
        """Write a previewed edition into the corpus and answer from it.

        Raises:
            ImportFailed: meanwhile somebody brought in the same edition.
            GateRefused: golden questions got worse.
            CorpusError, SearchIndexError: it cannot be written. In every case all stays as it was.

        """
        with self._changing():
            held = load_corpus(self._corpus).documents
            take_in(intake.draft, _as_overrides(intake), intake.name, intake.original, held)
            return self._change(intake.changes, Deed(Action.ADD, self._who, why, (intake.document.id,)), force=force)

    def retire(self, document_id: str, on: date, why: str = "", *, force: bool = False) -> Done:
        """Let a document end on the day ``on``, the first on which it is no longer valid."""
        with self._changing():
            document = self.document(document_id)
            text = (self._corpus / document.path).read_text(encoding="utf-8")
            changes = {document.path: set_field(text, "expires_on", on.isoformat()).encode()}
            return self._change(changes, Deed(Action.RETIRE, self._who, why, (document.id,)), force=force)

    def remove(self, document_id: str, why: str = "", *, purge: bool = False, force: bool = False) -> Done:
        """Take a document and its original out; with ``purge`` also out of the history and every file of the index."""
        with self._changing():
            document = self.document(document_id)
            changes: dict[str, bytes | None] = {document.path: None}
            if document.original:
                changes[(Path(document.path).parent / document.original).as_posix()] = None
            deed = Deed(Action.PURGE if purge else Action.REMOVE, self._who, why, (document.id,))
            return self._change(changes, deed, force=force)

    def rollback(self, to: int | None = None, why: str = "", *, force: bool = False) -> Done:
        """Restore the corpus as it was after entry ``to``; by default as before the last change not yet taken back.

        Raises:
            CorpusError: there is no such entry, nothing to take back, or the old content was purged.

        """
        with self._changing():
            entries = Journal(self._corpus).entries()
            target = self.rollback_target(entries) if to is None else to
            if not 1 <= target < len(entries):
                raise CorpusError(f"没有第 {target} 条变更可以回到", "运行 assistant corpus history 看有哪些")
            files = changes_between(state_after(entries), state_after(entries[:target]))
            store = Store(self._corpus)
            changes = {change.path: None if change.after is None else store.get(change.after) for change in files}
            undone = tuple(entry.number for entry in entries[target:] if entry.action is not Action.ROLLBACK)
            return self._change(changes, Deed(Action.ROLLBACK, self._who, why, undoes=undone), force=force)

    @staticmethod
    def rollback_target(entries: Sequence[Entry]) -> int:
        """Return the number of the entry before the last one that was neither taken back nor is itself a rollback."""
        undone = {number for entry in entries for number in entry.undoes}
        last = max(
            (item.number for item in entries if item.action is not Action.ROLLBACK and item.number not in undone),
            default=0,
        )
        if last <= 1:
            raise CorpusError("没有可以回退的变更", "运行 assistant corpus history 看做过什么")
        return last - 1

    def build(self, *, rebuild: bool = False, force: bool = False) -> BuildReport:
        """Bring the index up to date with the folder, finishing or recording what others left.

        Raises:
            GateRefused: golden questions got worse; the index in use stays.

        """
        if not os.access(self._corpus, os.W_OK):
            return self._build(rebuild=rebuild, force=force)
        with self._changing():
            return self._build(rebuild=rebuild, force=force)

    def _build(self, *, rebuild: bool, force: bool) -> BuildReport:
        gate = Gate(self._settings, force=force, notice=self._listener.notice)
        embedder, texts = load_embedder(self._settings.embedding), self._listener.texts
        return build(
            self._corpus, self._settings.index, embedder, rebuild=rebuild, examine=gate.examine, progress=texts
        )

    def history(self) -> list[Entry]:
        """Return the journal, oldest first."""
        return Journal(self._corpus).entries()

    def document(self, key: str) -> Document:
        """Return the document with this id, number, title or alias.

        Raises:
            CorpusError: there is none, or several.

        """
        return self._find(load_corpus(self._corpus), key)

    def compare(self, old: str, new: str) -> Difference:
        """Return the difference between two documents, each named as for :meth:`document`."""
        loaded = load_corpus(self._corpus)
        one, other = self._find(loaded, old), self._find(loaded, new)
        return compare(one, _clauses_of(loaded, one.id), other, _clauses_of(loaded, other.id))

    def impact(self, difference: Difference) -> Impact:
        """Return what a difference touches, by the index in use."""
        return self._impact((difference,)) or Impact((), ())

    def _impact(self, differences: Sequence[Difference]) -> Impact | None:
        if not differences:
            return None
        golden = self._corpus / GOLDEN
        dialogues = load_questions(golden) if golden.is_file() else []
        try:
            with Assistant(self._settings) as assistant:
                found = [impact_of(difference, assistant, dialogues) for difference in differences]
        except SearchIndexError:
            return None
        return Impact(
            tuple(item for impact in found for item in impact.questions),
            tuple(item for impact in found for item in impact.references),
        )

    @staticmethod
    def _find(loaded: Corpus, key: str) -> Document:
        by_id = {document.id: document for document in loaded.documents}
        if key in by_id:
            return by_id[key]
        ids = {one for mention in NameIndex(loaded.documents).find(key).documents for one in mention.document_ids}
        if len(ids) == 1:
            return by_id[ids.pop()]
        if not ids:
            raise CorpusError(f"资料库里没有「{key}」", "运行 assistant corpus list 看有哪些")
        raise CorpusError(f"「{key}」有 {len(ids)} 份：{'、'.join(sorted(ids))}", "用其中一个 id 指明")

    @contextmanager
    def _changing(self) -> Iterator[None]:
        """Keep other keepers out, finish what a killed one left, and write down what was edited by hand.

        Raises:
            CorpusError: another keeper is at work for more than a minute, or the folder cannot be written.

        """
        if not self._corpus.is_dir():
            raise CorpusError(f"没有资料文件夹 {self._corpus}", "用 --corpus 指出资料文件夹，或在项目目录里运行")
        try:
            (self._corpus / FOLDER).mkdir(exist_ok=True)
            lock = FileLock(self._corpus / FOLDER / "lock", timeout=_LOCK_TIMEOUT_S)
            lock.acquire()
        except Timeout as error:
            raise CorpusError("另一个人或程序正在改资料库", "等它做完再试") from error
        except OSError as error:
            raise CorpusError(
                f"资料文件夹写不进去：{error.strerror or error}", f"检查 {self._corpus} 的权限和剩余空间"
            ) from error
        try:
            self._take_over()
            yield
        finally:
            lock.release()

    def _take_over(self) -> None:
        try:
            self._transaction.recover(self._switch)
            self._transaction.record_edits(self._who)
        except OSError as error:
            raise CorpusError(
                f"变更记录写不进去：{error.strerror or error}", f"检查 {self._corpus} 的权限和剩余空间；什么都没有改"
            ) from error

    def _change(self, changes: Changes, deed: Deed, *, force: bool) -> Done:
        """Prepare the snapshot of the corpus as it will be, examine it, then make the change and use the snapshot."""
        index, files = self._settings.index, CorpusFiles(self._corpus, changes)
        gate = Gate(self._settings, force=force, notice=self._listener.notice)
        with locked(index):
            embedder, texts = load_embedder(self._settings.embedding), self._listener.texts
            report = prepare(files, index, embedder, rebuild=deed.action is Action.PURGE, progress=texts)
            examine_or_discard(index, report.manifest.snapshot, gate.examine)
            deed = replace(deed, forced=gate.forced)
            entry = self._transaction.commit(changes, deed, report.manifest.snapshot, self._switch)
        worse = tuple(f"{item.id} {item.question}" for item in gate.worse)
        return Done(entry, report.manifest.snapshot, report.embedded, report.faults, worse)

    def _switch(self, entry: Entry) -> None:
        """Put the snapshot of an entry into use if it is still there; a build makes it anew otherwise."""
        if entry.snapshot and (self._settings.index / entry.snapshot).is_dir():
            adopt(self._settings.index, entry.snapshot, entry.hash)
        if entry.action is Action.PURGE:
            self._forget(entry)

    def _forget(self, entry: Entry) -> None:
        """Remove what was purged from the history and the index."""
        paths = {change.path for change in entry.files}
        entries = [*self.history(), entry]
        keys = {
            key
            for item in entries
            for change in item.files
            if change.path in paths
            for key in (change.before, change.after)
        }
        Store(self._corpus).forget(key for key in keys - set(state_after(entries).values()) if key)
        Ledger(self._settings.index).forget()
        if entry.snapshot:
            leave_only(self._settings.index, entry.snapshot, CorpusFiles(self._corpus))


def _clauses_of(loaded: Corpus, document_id: str) -> list[Clause]:
    return [clause for clause in loaded.clauses if clause.document_id == document_id]


def _as_overrides(intake: Intake) -> Overrides:
    """Return the values the keeper confirmed, so that they are checked again as they are."""
    proposal = intake.proposal
    names = [item.name for item in fields(Overrides) if item.name != "cleared"]
    given = {name: getattr(proposal, name) for name in names}
    return Overrides(**given, cleared=tuple(name for name in names if given[name] is None))


def _user() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return "未知"

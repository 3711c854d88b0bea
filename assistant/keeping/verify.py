"""Whether everything still fits together: the journal, the files, their history, and the index."""

import hashlib
from collections.abc import Iterator
from pathlib import Path

from assistant.corpus.documents import Corpus, corpus_digest, load_corpus
from assistant.corpus.files import is_document
from assistant.corpus.journal import Action, Journal, Store, state_after
from assistant.corpus.transaction import Transaction
from assistant.errors import CorpusError, SearchIndexError
from assistant.indexing.embedding import load_embedder
from assistant.indexing.plan import chunks_of
from assistant.indexing.snapshot import Snapshot, current_folder, journal_mark
from assistant.settings import Settings
from assistant.types import Document

_SAMPLE = 100


def verify(settings: Settings) -> list[str]:
    """Return what is wrong, in Chinese, each with what helps; empty if all is well.

    Raises:
        CorpusError: the corpus cannot be loaded at all.

    """
    loaded = load_corpus(settings.corpus)
    return [
        *_journal_problems(settings),
        *_file_problems(settings.corpus, loaded),
        *(f"资料：{fault}" for fault in loaded.faults),
        *_index_problems(settings, loaded),
    ]


def _journal_problems(settings: Settings) -> Iterator[str]:
    journal, store = Journal(settings.corpus), Store(settings.corpus)
    if Transaction(settings.corpus).pending:
        yield "有一次变更没有做完：运行 assistant build 会接着做"
    yield from journal.problems()
    try:
        entries = journal.entries()
    except CorpusError:
        return
    mark = journal_mark(settings.index)
    if mark is not None and mark not in {entry.hash for entry in entries}:
        yield "变更记录的末尾被截掉了：索引是按一条已不在记录里的变更建的"
    purged = {change.path for entry in entries if entry.action is Action.PURGE for change in entry.files}
    wanted = {
        (change.path, key)
        for entry in entries
        for change in entry.files
        for key in (change.before, change.after)
        if key and change.path not in purged
    }
    for path, key in sorted(wanted):
        if not store.holds(key):
            yield f"历史版本缺失或损坏：{path}（{key[:12]}），不能再回退到那一版"


def _file_problems(corpus: Path, loaded: Corpus) -> Iterator[str]:
    try:
        state = state_after(Journal(corpus).entries())
    except CorpusError:
        state = {}
    for path, key in sorted(state.items()):
        found = _sha256(corpus / path)
        if found is None:
            yield f"{path} 不见了，变更记录里有：运行 assistant build 记下删除，或 assistant corpus rollback 找回"
        elif found != key and is_document(path):
            yield f"{path} 在记录之外被改过：运行 assistant build 记下修改"
    unrecorded = [document.path for document in loaded.documents if state and document.path not in state]
    yield from (f"{path} 还没有记入变更记录：运行 assistant build" for path in unrecorded)
    for document in loaded.documents:
        yield from _original_problems(corpus, document)


def _original_problems(corpus: Path, document: Document) -> Iterator[str]:
    if not document.original:
        return
    found = _sha256(corpus / Path(document.path).parent / document.original)
    if found is None:
        yield f"{document.path} 的原件 {document.original} 不见了"
    elif found != document.original_sha256:
        yield f"{document.path} 的原件 {document.original} 与入库时不同"


def _sha256(path: Path) -> str | None:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return None


def _index_problems(settings: Settings, loaded: Corpus) -> Iterator[str]:
    try:
        folder = current_folder(settings.index)
        snapshot = Snapshot(folder, load_embedder(settings.embedding))
    except SearchIndexError as error:
        yield f"索引：{error.message}。{error.hint}"
        return
    try:
        if snapshot.manifest.corpus != corpus_digest(settings.corpus):
            yield "索引不是按现在的资料建的：运行 assistant build"
        else:
            yield from _disagreements(snapshot, loaded)
    finally:
        snapshot.close()


def _disagreements(snapshot: Snapshot, loaded: Corpus) -> Iterator[str]:
    """Yield where the parts of the index disagree with the corpus or with one another."""
    hint = "运行 assistant build --rebuild"
    records = snapshot.records
    held = {position: clause for key in records.documents for position, clause in records.clauses_of(key)}
    if sorted(held.values(), key=lambda clause: clause.address) != sorted(
        loaded.clauses, key=lambda clause: clause.address
    ):
        yield f"索引里的条款与资料不一致：{hint}"
    if snapshot.lexical.positions() != set(held):
        yield f"词索引与条款对不上：{hint}"
    expected = {chunk.id for chunk in chunks_of(held, records.documents)}
    if snapshot.dense.ids() != expected or snapshot.dense.unreachable(
        sorted(expected)[:: max(len(expected) // _SAMPLE, 1)]
    ):
        yield f"向量索引与条款对不上：{hint}"

"""Building a snapshot from the corpus folder: complete before it is used, nothing to do when nothing changed."""

import hashlib
import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from filelock import FileLock, Timeout

from assistant.corpus.documents import Corpus, Fault, corpus_digest, load_corpus
from assistant.errors import SearchIndexError
from assistant.indexing.chunking import block_text, chunk_clause, heading_path
from assistant.indexing.dense import write_dense
from assistant.indexing.embedding import Embedder
from assistant.indexing.embedding_cache import embed_cached
from assistant.indexing.lexical import write_lexical
from assistant.indexing.records import write_records
from assistant.indexing.snapshot import CURRENT, MANIFEST, SCHEMA, Manifest, current_folder, write_atomically
from assistant.types import Clause, Document

KEPT_SNAPSHOTS = 3
KEPT_S = 3600
_LOCK_TIMEOUT_S = 600
_UNFINISHED = ".building-"


@dataclass(frozen=True, slots=True)
class BuildReport:
    """What a build did. ``embedded`` counts the texts for which the model ran; 0 with ``changed`` False: nothing to do."""

    manifest: Manifest
    changed: bool
    embedded: int
    faults: tuple[Fault, ...]


Progress = Callable[[int, int], None]


def build(
    corpus_folder: Path, index: Path, embedder: Embedder, *, rebuild: bool = False, progress: Progress | None = None
) -> BuildReport:
    """Bring the index up to date with the corpus folder; ``progress`` is told (texts done, texts in all).

    Raises:
        CorpusError: no document loads; the index stays as it was.
        SearchIndexError: the index folder cannot be written.

    """
    if not rebuild and (manifest := _unchanged(corpus_folder, index, embedder)):
        return BuildReport(manifest, False, 0, ())
    digest = corpus_digest(corpus_folder)  # before reading, so that a change meanwhile is seen by the next build
    corpus = load_corpus(corpus_folder)
    try:
        index.mkdir(parents=True, exist_ok=True)
        with FileLock(index / ".lock", timeout=_LOCK_TIMEOUT_S):
            return _build(corpus, digest, index, embedder, progress)
    except Timeout as error:
        raise SearchIndexError("另一个进程正在建索引", "等它建完再试") from error
    except OSError as error:
        raise SearchIndexError(f"索引写不进去：{error.strerror or error}", f"检查 {index} 的权限和剩余空间") from error


def _build(corpus: Corpus, digest: str, index: Path, embedder: Embedder, progress: Progress | None) -> BuildReport:
    now = datetime.now().astimezone()
    name = f"{now:%Y%m%d-%H%M%S-%f}-{digest[:8]}"
    folder = index / f"{_UNFINISHED}{name}"
    try:
        folder.mkdir()
        embedded, chunks = _write(corpus, folder, index, embedder, progress)
        manifest = Manifest(
            SCHEMA, name, now.isoformat(timespec="seconds"), digest, embedder.fingerprint,
            len(corpus.documents), len(corpus.clauses), chunks,
        )  # fmt: skip
        manifest.save(folder)
        folder.rename(index / name)
        write_atomically(index / CURRENT, f'{{"snapshot": "{name}"}}\n')
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    _drop_old(index, name)
    return BuildReport(manifest, True, embedded, corpus.faults)


def _unchanged(corpus_folder: Path, index: Path, embedder: Embedder) -> Manifest | None:
    try:
        manifest = Manifest.load(current_folder(index))
    except SearchIndexError:
        return None
    same = manifest.embedding == embedder.fingerprint and corpus_folder.is_dir()
    return manifest if same and manifest.corpus == corpus_digest(corpus_folder) else None


def _write(corpus: Corpus, folder: Path, index: Path, embedder: Embedder, progress: Progress | None) -> tuple[int, int]:
    """Write all parts into ``folder``; return (texts embedded, chunks)."""
    documents = {document.id: document for document in corpus.documents}
    chunks = [
        chunk
        for position, clause in enumerate(corpus.clauses)
        for chunk in chunk_clause(clause, documents[clause.document_id], position)
    ]
    done = 0

    def count(finished: int) -> None:
        nonlocal done
        done += finished
        if progress:
            progress(done, len(chunks))

    cache = index / f"embeddings-{hashlib.sha256(embedder.fingerprint.encode()).hexdigest()[:12]}.db"
    vectors, embedded = embed_cached(embedder, [chunk.embedded for chunk in chunks], cache, count)
    write_dense(folder / "dense", [chunk.id for chunk in chunks], vectors)
    write_lexical(
        folder / "lexical", (_lexical_text(clause, documents[clause.document_id]) for clause in corpus.clauses)
    )
    write_records(folder / "records.db", corpus.documents, corpus.clauses)
    return embedded, len(chunks)


def _lexical_text(clause: Clause, document: Document) -> str:
    """Return what BM25 sees of a clause: headings and text, false claims included, since questions repeat them."""
    body = "\n".join(block_text(block) for block in clause.blocks)
    aliases = "" if document.subject else " ".join(document.aliases)
    return f"{heading_path(clause, document)}\n{aliases}\n{body}"


def _drop_old(index: Path, current: str) -> None:
    """Remove unfinished builds and all but the newest snapshots; young ones stay, since a reader may have them open."""
    for folder in index.glob(f"{_UNFINISHED}*"):
        shutil.rmtree(folder, ignore_errors=True)
    snapshots = sorted(folder.parent for folder in index.glob("*/manifest.json"))
    for folder in snapshots[:-KEPT_SNAPSHOTS]:
        age_s = time.time() - (folder / MANIFEST).stat().st_mtime
        if folder.name != current and age_s > KEPT_S:
            shutil.rmtree(folder, ignore_errors=True)

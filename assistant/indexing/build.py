"""Building snapshots from the corpus folder: complete before they are used, nothing to do when nothing changed.

``prepare`` writes a snapshot that nobody uses yet, ``adopt`` puts it into use; between the two it can be examined. A small
change copies the snapshot in use and writes only what changed, since writing a large one from nothing takes minutes.
"""

import errno
import hashlib
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from filelock import FileLock, Timeout

from assistant.corpus.files import CorpusFiles
from assistant.corpus.front_matter import Fault
from assistant.errors import AssistantError, SearchIndexError
from assistant.indexing.chunking import block_text, chunk_position, heading_path
from assistant.indexing.dense import write_dense
from assistant.indexing.embedding import Embedder
from assistant.indexing.embedding_cache import embed_cached, forget_vectors
from assistant.indexing.lexical import write_lexical
from assistant.indexing.plan import Plan, open_base, plan_change, plan_whole
from assistant.indexing.records import Records, write_records
from assistant.indexing.snapshot import MANIFEST, SCHEMA, Manifest, current_folder, in_use, switch_to
from assistant.indexing.tokens import is_late, write_tokens
from assistant.indexing.vocabulary import write_vocabulary
from assistant.types import Clause, Document

KEPT_SNAPSHOTS = 3
_LOCK_TIMEOUT_S = 600
_UNFINISHED = ".building-"
OCR_CACHE = "recognised-pages.db"

Progress = Callable[[int, int], None]
Examine = Callable[[Path], None]


@dataclass(frozen=True, slots=True)
class BuildReport:
    """What a build did. ``embedded`` counts the texts for which the model ran; 0 with ``changed`` False: nothing to do."""

    manifest: Manifest
    changed: bool
    embedded: int
    faults: tuple[Fault, ...]


def build(
    corpus_folder: Path,
    index: Path,
    embedder: Embedder,
    *,
    rebuild: bool = False,
    examine: Examine | None = None,
    progress: Progress | None = None,
) -> BuildReport:
    """Bring the index up to date with the corpus folder.

    Args:
        corpus_folder: the documents.
        index: where the snapshots are.
        embedder: makes the vectors.
        rebuild: write a new snapshot from nothing even if nothing changed.
        examine: is given the folder of the new snapshot before it is used; what it raises leaves the old one in use.
        progress: told (texts done, texts in all).

    Raises:
        CorpusError: no document loads; the index stays as it was.
        SearchIndexError: the index folder cannot be written.

    """
    files = CorpusFiles(corpus_folder)
    if not rebuild and (manifest := _unchanged(files, index, embedder)):
        return BuildReport(manifest, False, 0, faults_of(current_folder(index)))
    with locked(index):
        report = prepare(files, index, embedder, rebuild=rebuild, progress=progress)
        if examine is not None:
            examine_or_discard(index, report.manifest.snapshot, examine)
        adopt(index, report.manifest.snapshot)
    return report


@contextmanager
def locked(index: Path) -> Iterator[None]:
    """Keep other builders out.

    Raises:
        SearchIndexError: the folder cannot be written, or another process builds for more than ten minutes.

    """
    try:
        index.mkdir(parents=True, exist_ok=True)
        lock = FileLock(index / ".lock", timeout=_LOCK_TIMEOUT_S)
        lock.acquire()
    except Timeout as error:
        raise SearchIndexError("另一个进程正在建索引", "等它建完再试") from error
    except OSError as error:
        raise _cannot_write(index, error) from error
    try:
        yield
    finally:
        lock.release()


def prepare(
    files: CorpusFiles, index: Path, embedder: Embedder, *, rebuild: bool = False, progress: Progress | None = None
) -> BuildReport:
    """Return the report of a complete snapshot of ``files`` that is not in use yet; one that is there already is taken.

    The caller holds the lock.
    """
    digest = files.digest()  # before reading, so that a change meanwhile is seen by the next build
    if not rebuild and (manifest := _find(index, digest, embedder)):
        return BuildReport(manifest, True, 0, faults_of(index / manifest.snapshot))
    _drop_unfinished(index)
    now = datetime.now().astimezone()
    name = f"{now:%Y%m%d-%H%M%S-%f}-{digest[:8]}"
    folder = index / f"{_UNFINISHED}{name}"
    try:
        plan, embedded = _plan_and_write(files, folder, index, embedder, rebuild=rebuild, progress=progress)
        manifest = Manifest(
            SCHEMA, name, now.isoformat(timespec="seconds"), digest, embedder.fingerprint,
            len(plan.written), plan.kept_clauses + len(plan.clauses), plan.kept_chunks + len(plan.chunks), plan.dropped,
        )  # fmt: skip
        manifest.save(folder)
        folder.rename(index / name)
    except AssistantError:
        raise
    except Exception as error:  # each part has its own kinds
        raise _cannot_write(index, error) from error
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return BuildReport(manifest, True, embedded, faults_of(index / name))


def examine_or_discard(index: Path, name: str, examine: Examine) -> None:
    """Let ``examine`` look at a prepared snapshot; if it raises, the snapshot goes, unless it is the one in use."""
    try:
        examine(index / name)
    except BaseException:
        if name != _current_name(index):
            shutil.rmtree(index / name, ignore_errors=True)
        raise


def adopt(index: Path, name: str, journal: str | None = None) -> None:
    """Put the snapshot ``name`` into use and remove old ones that nobody has open."""
    try:
        switch_to(index, name, journal)
    except OSError as error:
        raise _cannot_write(index, error) from error
    _drop_old(index, name)


def leave_only(index: Path, name: str, files: CorpusFiles) -> None:
    """Leave nothing in the index but the snapshot ``name`` and the vectors of ``files``: no trace of any other text."""
    for other in index.glob(f"*/{MANIFEST}"):
        if other.parent.name != name:
            shutil.rmtree(other.parent, ignore_errors=True)
    texts = [chunk.embedded for chunk in plan_whole(files).chunks]
    for cache in index.glob("embeddings-*.db"):
        forget_vectors(cache, texts)
    for cache in index.glob(f"{OCR_CACHE}*"):
        cache.unlink()


def _unchanged(files: CorpusFiles, index: Path, embedder: Embedder) -> Manifest | None:
    try:
        manifest = Manifest.load(current_folder(index))
    except SearchIndexError:
        return None
    same = manifest.embedding == embedder.fingerprint
    return manifest if same and manifest.corpus == files.digest() else None


def _find(index: Path, digest: str, embedder: Embedder) -> Manifest | None:
    """Return the newest snapshot of exactly this corpus and model: after a change was undone it is still there."""
    for path in sorted(index.glob(f"*-{digest[:8]}/{MANIFEST}"), reverse=True):
        try:
            manifest = Manifest.load(path.parent)
            Records(path.parent / "records.db").close()
        except SearchIndexError:
            continue
        if (manifest.corpus, manifest.embedding) == (digest, embedder.fingerprint):
            return manifest
    return None


def faults_of(folder: Path) -> tuple[Fault, ...]:
    """Return what was wrong in the files that the snapshot in ``folder`` was built from."""
    records = Records(folder / "records.db")
    try:
        return tuple(records.faults())
    finally:
        records.close()


def _current_name(index: Path) -> str | None:
    try:
        return current_folder(index).name
    except SearchIndexError:
        return None


def _plan_and_write(
    files: CorpusFiles, folder: Path, index: Path, embedder: Embedder, *, rebuild: bool, progress: Progress | None
) -> tuple[Plan, int]:
    """Write from the snapshot in use, or from nothing where that is asked for or the one in use proves damaged."""
    with open_base(None if rebuild else index, embedder) as base:
        plan = plan_change(files, base)
        try:
            return plan, write_parts(plan, folder, index, embedder, progress)
        except Exception as error:
            if plan.base.folder is None or isinstance(error, AssistantError | OSError):
                raise
    shutil.rmtree(folder, ignore_errors=True)
    plan = plan_whole(files)
    return plan, write_parts(plan, folder, index, embedder, progress)


def write_parts(plan: Plan, folder: Path, index: Path, embedder: Embedder, progress: Progress | None) -> int:
    """Write all parts of a snapshot into ``folder``, with the cache of vectors in ``index``.

    Return how many texts were embedded.
    """
    done = 0

    def count(finished: int) -> None:
        nonlocal done
        done += finished
        if progress:
            progress(done, len(plan.chunks))

    if plan.base.folder is None:
        folder.mkdir()
    else:
        shutil.copytree(plan.base.folder, folder, ignore=shutil.ignore_patterns(MANIFEST, "gate.json"))
    cache = index / f"embeddings-{hashlib.sha256(embedder.fingerprint.encode()).hexdigest()[:12]}.db"
    late = [place for place, chunk in enumerate(plan.chunks) if is_late(chunk)]
    embedded = embed_cached(embedder, [chunk.embedded for chunk in plan.chunks], cache, count, late)
    held = write_dense(folder / "dense", [chunk.id for chunk in plan.chunks], embedded.vectors, plan.gone_chunks)
    if held != plan.kept_chunks + len(plan.chunks):
        raise ValueError(f"{held} vectors instead of {plan.kept_chunks + len(plan.chunks)}")
    owners = [chunk_position(chunk.id) for chunk in plan.chunks]
    tokens = ((owners[place], own) for place, own in embedded.tokens.items())
    write_tokens(folder / "tokens.db", tokens, plan.gone_positions)
    texts = {
        position: _lexical_text(clause, plan.documents[clause.document_id]) for position, clause in plan.clauses.items()
    }
    held = write_lexical(folder / "lexical", texts, plan.gone_positions)
    if held != plan.kept_clauses + len(plan.clauses):
        raise ValueError(f"{held} texts instead of {plan.kept_clauses + len(plan.clauses)}")
    spoken = ((plan.clauses[position].document_id, text) for position, text in texts.items())
    write_vocabulary(folder, spoken, plan.gone)
    write_records(folder / "records.db", plan.written, plan.clauses, plan.faults, plan.gone)
    return embedded.computed


def _lexical_text(clause: Clause, document: Document) -> str:
    """Return what BM25 sees of a clause: headings and text, false claims included, since questions repeat them."""
    body = "\n".join(block_text(block) for block in clause.blocks)
    aliases = "" if document.subject else " ".join(document.aliases)
    return f"{heading_path(clause, document)}\n{aliases}\n{body}"


def _cannot_write(index: Path, error: Exception) -> SearchIndexError:
    """Return what to tell the keeper; a full disk comes as different errors from each part."""
    full = getattr(error, "errno", None) in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG) or re.search(
        r"(?i)disk.{0,12}full|no space", str(error)
    )
    if full:
        return SearchIndexError("磁盘满了，索引没有写成，原来的索引照常可用", f"腾出 {index} 所在磁盘的空间再试")
    reason = getattr(error, "strerror", None) or error
    return SearchIndexError(f"索引写不进去：{reason}", f"检查 {index} 的权限和剩余空间")


def _drop_unfinished(index: Path) -> None:
    for folder in index.glob(f"{_UNFINISHED}*"):
        shutil.rmtree(folder, ignore_errors=True)


def _drop_old(index: Path, current: str) -> None:
    """Remove all but the newest snapshots, except those that somebody has open."""
    snapshots = sorted(path.parent for path in index.glob(f"*/{MANIFEST}"))
    for folder in snapshots[:-KEPT_SNAPSHOTS]:
        if folder.name != current and not in_use(folder):
            shutil.rmtree(folder, ignore_errors=True)

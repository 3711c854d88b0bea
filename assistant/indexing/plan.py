"""What a new snapshot needs: everything, or what changed since the one in use."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from assistant.corpus.documents import load_documents
from assistant.corpus.editions import link_editions
from assistant.corpus.files import CorpusFiles
from assistant.corpus.front_matter import Fault
from assistant.errors import SearchIndexError
from assistant.indexing.chunking import chunk_clause
from assistant.indexing.embedding import Embedder
from assistant.indexing.records import Records
from assistant.indexing.snapshot import Manifest, current_folder
from assistant.structure.outline import parse_clauses
from assistant.types import Chunk, Clause, Document

# Above this share of new, or of taken out, chunks a snapshot is written from nothing.
INCREMENTAL_SHARE = 0.3


@dataclass(frozen=True, slots=True)
class Base:
    """What a new snapshot starts from: the one in use, or nothing."""

    folder: Path | None = None
    manifest: Manifest | None = None
    records: Records | None = None


@contextmanager
def open_base(index: Path | None, embedder: Embedder) -> Iterator[Base]:
    """Yield the snapshot in use as a base, or nothing where there is none or it was made in another way."""
    base = Base()
    with suppress(SearchIndexError):
        if index is not None:
            folder = current_folder(index)
            manifest = Manifest.load(folder)
            if manifest.embedding == embedder.fingerprint:
                base = Base(folder, manifest, Records(folder / "records.db"))
    try:
        yield base
    finally:
        if base.records is not None:
            base.records.close()


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be written: the clauses and chunks that are new, by position, and what goes from the base.

    ``gone`` are the ids of documents whose clauses go, ``gone_positions`` and ``gone_chunks`` where those are; ``dropped``
    is the manifest's count after that.
    """

    base: Base
    written: Sequence[Document]
    documents: Mapping[str, Document]
    faults: Sequence[Fault]
    clauses: Mapping[int, Clause]
    chunks: Sequence[Chunk]
    gone: Sequence[str] = ()
    gone_positions: Sequence[int] = ()
    gone_chunks: Sequence[str] = ()
    kept_clauses: int = 0
    kept_chunks: int = 0
    dropped: int = 0


def plan_change(files: CorpusFiles, base: Base) -> Plan:
    """Compare the corpus with the base; where too much changed, plan to write everything."""
    if base.records is None or base.manifest is None:
        return plan_whole(files)
    records, manifest = base.records, base.manifest
    written, faults = load_documents(files, {document.path: document for document in records.written})
    documents = {document.id: document for document in link_editions(written)}
    same = {key for key, document in documents.items() if _is_indexed_alike(document, records.documents.get(key))}
    gone = [key for key in records.documents if key not in same]
    old = {position: clause for key in gone for position, clause in records.clauses_of(key)}
    gone_chunks = [chunk.id for chunk in chunks_of(old, records.documents)]
    new = [clause for key, document in documents.items() if key not in same for clause in parse_clauses(document)]
    clauses = dict(enumerate(new, records.next_position))
    chunks = list(chunks_of(clauses, documents))
    dropped = manifest.dropped + len(gone_chunks)
    if max(len(chunks), dropped) > INCREMENTAL_SHARE * manifest.chunks:
        return plan_whole(files)
    return Plan(
        base, written, documents, faults, clauses, chunks, gone, list(old), gone_chunks,
        records.count - len(old), manifest.chunks - len(gone_chunks), dropped,
    )  # fmt: skip


def plan_whole(files: CorpusFiles) -> Plan:
    """Plan to write everything."""
    written, faults = load_documents(files)
    documents = {document.id: document for document in link_editions(written)}
    clauses = dict(enumerate(clause for document in documents.values() for clause in parse_clauses(document)))
    return Plan(Base(), written, documents, faults, clauses, list(chunks_of(clauses, documents)))


def _is_indexed_alike(new: Document, old: Document | None) -> bool:
    """Return whether the clauses of both are indexed the same; validity is not part of it, since it is computed."""
    return old is not None and (new.sha256, new.path, new.cited_as) == (old.sha256, old.path, old.cited_as)


def chunks_of(clauses: Mapping[int, Clause], documents: Mapping[str, Document]) -> Iterator[Chunk]:
    """Yield the chunks of clauses by position."""
    for position, clause in clauses.items():
        yield from chunk_clause(clause, documents[clause.document_id], position)

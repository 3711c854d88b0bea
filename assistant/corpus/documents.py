"""Reading the corpus folder: Markdown with YAML front matter, one file an edition.

A file that fails is reported with file, line and field; the rest still loads.
"""

import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from assistant.corpus.editions import link_editions, same_edition, work_of
from assistant.corpus.files import Changes, CorpusFiles
from assistant.corpus.front_matter import Fault, parse_document
from assistant.errors import CorpusError
from assistant.structure.outline import address_name, parse_clauses
from assistant.types import Clause, Document


@dataclass(frozen=True, slots=True)
class Corpus:
    """The documents that loaded, by path, their clauses, and the faults found."""

    documents: tuple[Document, ...]
    clauses: tuple[Clause, ...]
    faults: tuple[Fault, ...]


def load_corpus(folder: Path, changes: Changes | None = None) -> Corpus:
    """Return all documents under ``folder`` in the order of their paths, as they are after ``changes``.

    Raises:
        CorpusError: the folder does not exist or holds no document that loads.

    """
    written, faults = load_documents(CorpusFiles(folder, changes))
    documents = link_editions(written)
    clauses = [clause for document in documents for clause in parse_clauses(document)]
    addresses = plain_addresses(documents, (clause.address for clause in clauses))
    faults += [
        Fault(document.path, body_line(document, offset), "见", f"没有条款「{reference}」", fatal=False)
        for document, offset, reference in references(documents, clauses)
        if reference not in addresses
    ]
    return Corpus(tuple(documents), tuple(clauses), tuple(faults))


def load_documents(
    files: CorpusFiles, known: Mapping[str, Document] | None = None
) -> tuple[list[Document], list[Fault]]:
    """Return the documents as they are written, not linked yet, and the faults of their files.

    Documents ``known`` by path are taken over if their file is unchanged; its faults are then not found again.

    Raises:
        CorpusError: no document loads.

    """
    faults: list[Fault] = []
    documents: list[Document] = []
    for path in files.documents():
        document = _load(files, path, faults, (known or {}).get(path))
        if document is not None:
            documents.append(document)
    documents = _without_duplicates(documents, faults)
    if not documents:
        first = f"；第一处错误：{faults[0]}" if faults else ""
        raise CorpusError(f"资料文件夹 {files.folder} 里没有可用的文件{first}", "写法见资料文件夹里的 README.md")
    return documents, faults


def corpus_digest(folder: Path) -> str:
    """Return a SHA-256 over the names and contents of the corpus files: equal exactly when nothing changed.

    Raises:
        CorpusError: the folder does not exist.

    """
    return CorpusFiles(folder).digest()


def _load(files: CorpusFiles, path: str, faults: list[Fault], known: Document | None) -> Document | None:
    try:
        raw = files.read(path)
        sha256 = hashlib.sha256(raw).hexdigest()
        if known is not None and known.sha256 == sha256:
            return known
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        faults.append(Fault(path, raw[: error.start].count(b"\n") + 1, "编码", "不是 UTF-8，请另存为 UTF-8"))
        return None
    except (OSError, ValueError) as error:
        faults.append(Fault(path, 1, "文件", f"读不了：{error}"))
        return None
    return parse_document(text, path, faults, sha256)


def _without_duplicates(documents: Sequence[Document], faults: list[Fault]) -> list[Document]:
    kept: dict[str, Document] = {}
    editions: dict[str, list[Document]] = {}
    for document in documents:
        work = editions.setdefault(work_of(document), [])
        same = next((other for other in work if other.form is document.form and same_edition(document, other)), None)
        if document.id in kept:
            faults.append(Fault(document.path, 1, "id", f"与 {kept[document.id].path} 重复，本文件没有载入"))
        elif same is not None:
            faults.append(Fault(document.path, 1, "number", f"与 {same.path} 是同一版本，本文件没有载入"))
        else:
            kept[document.id] = document
            work.append(document)
    return list(kept.values())


def plain_addresses(documents: Iterable[Document], addresses: Iterable[str]) -> Collection[str]:
    """Return ``addresses`` and their short forms without edition and form, which references may use as well."""
    short = {document.cited_as: address_name(document) for document in documents}
    found = set(addresses)
    for cited, name in short.items():
        if cited != name:
            found |= {name + address[len(cited) :] for address in tuple(found) if address.startswith(f"{cited} ")}
    return found


def references(documents: Sequence[Document], clauses: Iterable[Clause]) -> Iterable[tuple[Document, int, str]]:
    """Yield (document, offset, address) of every clause that a block says it rests on."""
    by_id = {document.id: document for document in documents}
    for clause in clauses:
        for block in clause.blocks:
            for reference in block.see:
                yield by_id[clause.document_id], block.start, reference


def body_line(document: Document, offset: int) -> int:
    """Return the line of the file at ``offset`` in the document's text."""
    return document.text.count("\n", 0, offset) + document.first_line

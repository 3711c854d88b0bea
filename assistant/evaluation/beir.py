"""Retrieval sets in BEIR form, and their indexing by the product's own pipeline."""

import hashlib
import json
import re
import shutil
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from assistant.errors import EvaluationError
from assistant.indexing.build import Progress, locked, write_parts
from assistant.indexing.embedding import Embedder
from assistant.indexing.plan import Base, Plan, chunks_of
from assistant.indexing.snapshot import MANIFEST, SCHEMA, Manifest
from assistant.types import Block, BlockKind, Clause, Confidence, Document, Form, Kind

_ARTICLE = re.compile(r"^(?P<law>.{2,}?)(?P<number>第[零〇一二三四五六七八九十百千]+条(?:之[一二三四五六七八九十]+)?)$")
_DAY = date(2000, 1, 1)


@dataclass(frozen=True, slots=True)
class Passage:
    """One entry of the corpus; ``title`` may be empty."""

    id: str
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class RetrievalSet:
    """Passages, queries as (id, text), and the grades of the relevant passages by query. Only judged queries are kept."""

    passages: Sequence[Passage]
    queries: Sequence[tuple[str, str]]
    grades: Mapping[str, Mapping[str, int]]
    digest: str


def load_set(corpus: Path, queries: Path, qrels: Path) -> RetrievalSet:
    """Return the set of three files: JSON lines with ``_id`` or ``id``, ``title``, ``text``; tab-separated judgements.

    Raises:
        EvaluationError: a file cannot be read, a line is not what it should be, an id occurs twice or is unknown.

    """
    passages = [Passage(key, str(row.get("title") or ""), text) for key, text, row in _rows(corpus)]
    asked = [(key, text) for key, text, _ in _rows(queries)]
    known = {passage.id for passage in passages}
    grades: dict[str, dict[str, int]] = defaultdict(dict)
    for number, line in enumerate(_lines(qrels), 1):
        parts = line.split("\t") if "\t" in line else line.split()
        if len(parts) == 4:  # noqa: PLR2004 — TREC form: query, iteration, passage, grade
            del parts[1]
        if len(parts) != 3 or not re.fullmatch(r"-?\d+", parts[2].strip()):  # noqa: PLR2004
            if number == 1:
                continue  # the header
            raise EvaluationError(f"{qrels} 第 {number} 行不是「问题编号、段落编号、等级」", "三列，用制表符分开")
        query, passage, grade = (part.strip() for part in parts)
        if passage not in known:
            raise EvaluationError(f"{qrels} 第 {number} 行的段落 {passage} 不在 {corpus} 里", "检查编号")
        grades[query][passage] = int(grade)
    judged = [pair for pair in asked if any(grade > 0 for grade in grades.get(pair[0], {}).values())]
    if not judged:
        raise EvaluationError(f"{queries} 里没有一个问题在 {qrels} 里有相关段落", "检查问题编号")
    return RetrievalSet(passages, judged, grades, hashlib.sha256(corpus.read_bytes()).hexdigest())


def _lines(path: Path) -> list[str]:
    try:
        return [line for line in path.read_text(encoding="utf-8-sig").splitlines() if line.strip()]
    except (OSError, UnicodeDecodeError) as error:
        raise EvaluationError(f"读不了 {path}", "给出 UTF-8 的文件") from error


def _rows(path: Path) -> Iterator[tuple[str, str, dict[str, Any]]]:
    seen = set()
    for number, line in enumerate(_lines(path), 1):
        try:
            row = json.loads(line)
            key, text = str(row["_id"] if "_id" in row else row["id"]), str(row["text"])
        except (ValueError, KeyError, TypeError) as error:
            raise EvaluationError(f"{path} 第 {number} 行不是含 _id 和 text 的 JSON", "每行一个 JSON 对象") from error
        if key in seen:
            raise EvaluationError(f"{path} 第 {number} 行的编号 {key} 重复", "每个编号只用一次")
        seen.add(key)
        yield key, text, row


def index_set(
    given: RetrievalSet, index: Path, embedder: Embedder, progress: Progress | None = None
) -> tuple[Path, list[str]]:
    """Return (snapshot folder, passage id by clause position); an index of the same passages and model is taken as it is.

    Raises:
        SearchIndexError: the folder cannot be written.

    """
    documents, clauses = as_clauses(given.passages)
    ids = [passage.id for passage in _in_order(given.passages)]
    name = f"beir-{given.digest[:12]}-{hashlib.sha256(embedder.fingerprint.encode()).hexdigest()[:8]}-{SCHEMA}"
    folder = index / name
    with locked(index):
        if not (folder / MANIFEST).is_file():
            positions = dict(enumerate(clauses))
            chunks = list(chunks_of(positions, documents))
            plan = Plan(Base(), list(documents.values()), documents, [], positions, chunks)
            unfinished = index / f".building-{name}"
            shutil.rmtree(unfinished, ignore_errors=True)
            write_parts(plan, unfinished, index, embedder, progress)
            Manifest(
                SCHEMA, name, "", given.digest, embedder.fingerprint, len(documents), len(clauses), len(chunks)
            ).save(unfinished)
            unfinished.rename(folder)
    return folder, ids


def _in_order(passages: Sequence[Passage]) -> list[Passage]:
    """Return the passages with those of one title together, as they would stand in a document."""
    by_title: dict[str, list[Passage]] = defaultdict(list)
    for passage in passages:
        by_title[_split(passage)[0]].append(passage)
    return [passage for group in by_title.values() for passage in group]


def _split(passage: Passage) -> tuple[str, str]:
    """Return (title of the document, number of the article or empty): 某某法第三条 is an article of 某某法."""
    match = _ARTICLE.match(passage.title.strip())
    return (match["law"], match["number"]) if match else (passage.title.strip(), "")


def as_clauses(passages: Sequence[Passage]) -> tuple[dict[str, Document], list[Clause]]:
    """Return the passages as clauses, one document for each title, one clause for each passage."""
    documents: dict[str, Document] = {}
    clauses: list[Clause] = []
    counts: dict[str, int] = defaultdict(int)
    for passage in _in_order(passages):
        title, article = _split(passage)
        counts[title] += 1
        key = f"d{hashlib.sha256(title.encode()).hexdigest()[:16]}"
        if key not in documents:
            documents[key] = Document(
                key, title or "无题", Kind.LAW if article else Kind.POLICY, Form.OFFICIAL, _DAY, Confidence.LAW_TEXT,
                text="", sha256=key, path=f"{key}.md", cited_as=title or "无题", unverified=True,
            )  # fmt: skip
        number = article or str(counts[title])
        block = Block(BlockKind.PARAGRAPH, passage.text, 0, len(passage.text), Confidence.LAW_TEXT)
        address = f"{title or '无题'} {number} #{len(clauses)}"
        clauses.append(Clause(address, key, number, number, (), passage.text, 0, len(passage.text), (block,)))
    return documents, clauses

"""Reading and validating the corpus folder: Markdown with YAML front matter, one file an edition.

A file that fails is reported with file, line and field; the rest still loads.
"""

import hashlib
import re
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from assistant.errors import CorpusError
from assistant.structure.outline import parse_clauses, parse_mark
from assistant.types import CalendarDate, Clause, Confidence, Document, Form, Kind, Source

MAX_BYTES = 20_000_000
_FENCE = re.compile(r"\A﻿?---[ \t]*\r?\n(.*?\r?\n)---[ \t]*\r?\n", re.DOTALL)
_DATE = re.compile(r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?")
_INLINE_MARK = re.compile(r"〔([^〔〕]*)〕\s*\|?\s*$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Fault:
    """Something wrong in a corpus file. A ``fatal`` fault keeps the document out. ``line`` counts from 1."""

    path: str
    line: int
    field: str
    message: str
    fatal: bool = True

    def __str__(self) -> str:
        """One line: file:line field: message."""
        return f"{self.path}:{self.line} {self.field}：{self.message}"


@dataclass(frozen=True, slots=True)
class Corpus:
    """The documents that loaded, by path, their clauses, and the faults found."""

    documents: tuple[Document, ...]
    clauses: tuple[Clause, ...]
    faults: tuple[Fault, ...]


def parse_calendar_date(value: Any) -> CalendarDate:  # noqa: ANN401 — whatever YAML gives
    """Return a date of full or partial precision from YAML's date, int or string.

    Raises:
        ValueError: it is no date.

    """
    if isinstance(value, date):
        return CalendarDate(value.year, value.month, value.day)
    match = _DATE.fullmatch(str(value).strip())
    if not match:
        raise ValueError("日期写成 2012-02-01、2012-02 或 2012")
    year, month, day = (int(part) if part else None for part in match.groups())
    parsed = CalendarDate(year or 0, month, day)
    _ = parsed.earliest  # raises ValueError for the 31st of February
    return parsed


def _as_text(value: Any) -> Any:  # noqa: ANN401 — whatever YAML gives
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else value


Text = Annotated[str, BeforeValidator(_as_text), Field(min_length=1)]
PartialDate = Annotated[CalendarDate, BeforeValidator(parse_calendar_date)]


class _Loader(yaml.SafeLoader):
    """Reads dates as text, so that a wrong one is a fault of its field and not of the whole file."""


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


class _FrontMatter(BaseModel):
    model_config = ConfigDict(extra="forbid")

    id: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{1,79}$")]
    title: Text
    kind: Kind
    form: Form
    checked_on: date
    confidence: Confidence
    number: Text | None = None
    aliases: list[Text] = []
    issuer: Text | None = None
    issued_on: PartialDate | None = None
    effective_on: PartialDate | None = None
    expires_on: PartialDate | None = None
    validity: Annotated[str, Field(pattern="^(verified|unverified)$")] = "verified"
    validity_note: Text | None = None
    replaces: list[Text] = []
    replaced_by: list[Text] = []
    region: Text = "全国"
    sources: dict[str, Text] = {}
    subject: bool = False


def load_corpus(folder: Path) -> Corpus:
    """Return all documents under ``folder`` in the order of their paths; README.md files are no documents.

    Raises:
        CorpusError: the folder does not exist or holds no document that loads.

    """
    if not folder.is_dir():
        raise CorpusError(f"没有资料文件夹 {folder}", "用 --corpus 指出资料文件夹，或在项目目录里运行")
    faults: list[Fault] = []
    documents: list[Document] = []
    for path in _files(folder):
        document = _load(path, path.relative_to(folder).as_posix(), faults)
        if document is not None:
            documents.append(document)
    documents = _without_duplicates(documents, faults)
    if not documents:
        first = f"；第一处错误：{faults[0]}" if faults else ""
        raise CorpusError(f"资料文件夹 {folder} 里没有可用的文件{first}", "写法见资料文件夹里的 README.md")
    clauses = [clause for document in documents for clause in parse_clauses(document)]
    faults += _check_references(documents, clauses)
    return Corpus(tuple(documents), tuple(clauses), tuple(faults))


def corpus_digest(folder: Path) -> str:
    """Return a SHA-256 over the names and contents of the corpus files: equal exactly when nothing changed.

    Raises:
        CorpusError: the folder does not exist.

    """
    if not folder.is_dir():
        raise CorpusError(f"没有资料文件夹 {folder}", "用 --corpus 指出资料文件夹，或在项目目录里运行")
    digest = hashlib.sha256()
    for path in _files(folder):
        digest.update(path.relative_to(folder).as_posix().encode())
        with suppress(OSError):  # what cannot be read is reported when it is loaded
            digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def _files(folder: Path) -> list[Path]:
    """Return the files that are documents, by path: Markdown, neither README.md nor hidden."""
    found = sorted(path for path in folder.rglob("*.md") if path.name.lower() != "readme.md")
    return [path for path in found if not any(part.startswith(".") for part in path.relative_to(folder).parts)]


def _load(path: Path, name: str, faults: list[Fault]) -> Document | None:
    try:
        if path.stat().st_size > MAX_BYTES:
            raise ValueError(f"文件超过 {MAX_BYTES // 1_000_000} MB")
        raw = path.read_bytes()
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        faults.append(Fault(name, raw[: error.start].count(b"\n") + 1, "编码", "不是 UTF-8，请另存为 UTF-8"))
        return None
    except (OSError, ValueError) as error:
        faults.append(Fault(name, 1, "文件", f"读不了：{error}"))
        return None
    return parse_document(text, name, faults, hashlib.sha256(raw).hexdigest())


def parse_document(text: str, name: str, faults: list[Fault], sha256: str | None = None) -> Document | None:
    """Return the document that ``text`` holds, or None after adding the fatal faults to ``faults``."""
    sha256 = sha256 or hashlib.sha256(text.encode()).hexdigest()
    fence = _FENCE.match(text)
    if not fence:
        faults.append(Fault(name, 1, "元数据", "文件要以 --- 之间的一段 YAML 开头"))
        return None
    try:
        node = yaml.compose(fence[1], Loader=_Loader)
        values = yaml.load(fence[1], Loader=_Loader)  # noqa: S506 — a SafeLoader that leaves dates as text
    except (yaml.YAMLError, ValueError) as error:
        problem = getattr(error, "problem_mark", None)
        reason = getattr(error, "problem", None) or str(error)
        faults.append(Fault(name, problem.line + 2 if problem else 1, "元数据", f"YAML 有误：{reason}"))
        return None
    lines = {key.value: key.start_mark.line + 2 for key, _ in node.value} if isinstance(node, yaml.MappingNode) else {}
    try:
        front = _FrontMatter.model_validate(values)
    except ValidationError as error:
        for detail in error.errors():
            field = str(detail["loc"][0]) if detail["loc"] else "元数据"
            faults.append(Fault(name, lines.get(field, 1), field, _in_chinese(detail["type"], detail["msg"])))
        return None
    body = text[fence.end() :]
    document = replace(_document(front, body, sha256, name), first_line=text.count("\n", 0, fence.end()) + 1)
    faults += _check_dates(document, lines)
    faults += _check_marks(document, text, fence.end())
    return document


def _document(front: _FrontMatter, body: str, sha256: str, name: str) -> Document:
    sources = tuple(
        Source(key, address.removeprefix("†").strip(), address.startswith("†"))
        for key, address in front.sources.items()
    )
    values = front.model_dump(exclude={"sources", "validity"})
    values |= {key: tuple(values[key]) for key in ("aliases", "replaces", "replaced_by")}
    for key in ("issued_on", "effective_on", "expires_on"):
        values[key] = getattr(front, key)
    unverified = front.validity == "unverified"
    return Document(**values, sources=sources, unverified=unverified, text=body, sha256=sha256, path=name)


_CHINESE_ERRORS = {
    "missing": "必填，没有写",
    "extra_forbidden": "不认识的字段",
    "enum": "只能用 README.md 列出的词",
    "string_pattern_mismatch": "写法不对",
    "date_from_datetime_parsing": "日期写成 2012-02-01",
    "date_parsing": "日期写成 2012-02-01",
}


def _in_chinese(code: str, message: str) -> str:
    return _CHINESE_ERRORS.get(code, message.removeprefix("Value error, "))


def _check_dates(document: Document, lines: dict[str, int]) -> Iterable[Fault]:
    begin, end = document.effective_on, document.expires_on
    if begin and end and end.earliest < begin.earliest:
        yield Fault(document.path, lines.get("expires_on", 1), "expires_on", "失效日早于实施日", fatal=False)


def _check_marks(document: Document, text: str, offset: int) -> Iterable[Fault]:
    known = {source.key for source in document.sources}
    for match in _INLINE_MARK.finditer(text, offset):
        line = text.count("\n", 0, match.start()) + 1
        mark = parse_mark(match[1])
        if mark.confidence is None:
            yield Fault(document.path, line, "标注", f"没有认得的置信度：〔{match[1]}〕", fatal=False)
        for word in mark.unknown_words:
            yield Fault(document.path, line, "标注", f"看不懂「{word}」", fatal=False)
        for key in mark.source_keys:
            if key not in known:
                yield Fault(document.path, line, "sources", f"来源 {key} 没有在元数据里写地址", fatal=False)


def _without_duplicates(documents: Sequence[Document], faults: list[Fault]) -> list[Document]:
    kept: dict[str, Document] = {}
    names: dict[str, Document] = {}
    for document in documents:
        name = (
            document.number
            if document.kind is Kind.STANDARD and document.number
            else f"{document.title}{document.number}"
        )
        if document.id in kept:
            faults.append(Fault(document.path, 1, "id", f"与 {kept[document.id].path} 重复，本文件没有载入"))
        elif (other := names.get(name)) and other.form is document.form:
            faults.append(Fault(document.path, 1, "number", f"与 {other.path} 是同一版本，本文件没有载入"))
        else:
            kept[document.id] = document
            names[name] = document
    return list(kept.values())


def _check_references(documents: Sequence[Document], clauses: Sequence[Clause]) -> Iterable[Fault]:
    addresses = {clause.address for clause in clauses}
    by_id = {document.id: document for document in documents}
    for clause in clauses:
        document = by_id[clause.document_id]
        for block in clause.blocks:
            for reference in block.see:
                if reference not in addresses:
                    line = _body_line(document, block.start)
                    yield Fault(document.path, line, "见", f"没有条款「{reference}」", fatal=False)


def _body_line(document: Document, offset: int) -> int:
    """Return the line of the file at ``offset`` in the document's text."""
    return document.text.count("\n", 0, offset) + document.first_line

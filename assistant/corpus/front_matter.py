"""The YAML front matter of a corpus file: reading, validating, and changing one field without touching the rest."""

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Annotated, Any

import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from assistant.structure.outline import parse_mark
from assistant.types import CalendarDate, Confidence, Document, Form, Kind, Source

ID_PATTERN = r"^[a-z0-9][a-z0-9-]{1,79}$"
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


def _as_span(value: Any) -> Any:  # noqa: ANN401 — whatever YAML gives
    return value if isinstance(value, dict) else {"effective_on": value}


Text = Annotated[str, BeforeValidator(_as_text), Field(min_length=1)]
PartialDate = Annotated[CalendarDate, BeforeValidator(parse_calendar_date)]


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """Reads dates as text, so that a wrong one is a fault of its field and not of the whole file.

    In C where PyYAML was built with libyaml, as its wheels are: a tenth of the time.
    """


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


class _Span(BaseModel):
    model_config = ConfigDict(extra="forbid")

    effective_on: PartialDate | None = None
    expires_on: PartialDate | None = None


class _FrontMatter(BaseModel):
    model_config = ConfigDict(extra="forbid")

    id: Annotated[str, Field(pattern=ID_PATTERN)]
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
    original_numbers: list[Text] = []
    clause_dates: dict[Text, Annotated[_Span, BeforeValidator(_as_span)]] = {}
    original: Text | None = None
    original_sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")] | None = None
    read_by: Annotated[str, Field(pattern="^(text|ocr|mixed)$")] | None = None
    pages: dict[Text, Annotated[int, Field(ge=1)]] = {}


def parse_document(text: str, name: str, faults: list[Fault], sha256: str | None = None) -> Document | None:
    """Return the document that ``text`` holds, or None after adding the fatal faults to ``faults``."""
    sha256 = sha256 or hashlib.sha256(text.encode()).hexdigest()
    fence = _FENCE.match(text)
    if not fence:
        faults.append(Fault(name, 1, "元数据", "文件要以 --- 之间的一段 YAML 开头"))
        return None
    try:
        loader = _Loader(fence[1])
        node = loader.get_single_node()
        values = None if node is None else loader.construct_document(node)
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
    if document.form is Form.DIGEST:
        faults += _check_marks(document, text, fence.end())
    return document


def _document(front: _FrontMatter, body: str, sha256: str, name: str) -> Document:
    sources = tuple(
        Source(key, address.removeprefix("†").strip(), address.startswith("†"))
        for key, address in front.sources.items()
    )
    values = front.model_dump(exclude={"sources", "validity", "clause_dates", "pages"})
    values |= {key: tuple(values[key]) for key in ("aliases", "replaces", "replaced_by", "original_numbers")}
    for key in ("issued_on", "effective_on", "expires_on"):
        values[key] = getattr(front, key)
    return Document(
        **values,
        sources=sources,
        unverified=front.validity == "unverified",
        clause_dates=tuple((key, span.effective_on, span.expires_on) for key, span in front.clause_dates.items()),
        pages=tuple(front.pages.items()),
        text=body,
        sha256=sha256,
        path=name,
    )


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


def _check_dates(document: Document, lines: Mapping[str, int]) -> Iterable[Fault]:
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


def front_matter_text(values: Mapping[str, object]) -> str:
    """Return the front matter with its fences; fields that are None or empty are left out, order is kept."""
    kept = {key: value for key, value in values.items() if value not in (None, "", (), [], {})}
    content = yaml.safe_dump(kept, allow_unicode=True, sort_keys=False, default_flow_style=None, width=110)
    return f"---\n{content}---\n"


def set_field(text: str, field: str, value: str) -> str:
    """Return the corpus file ``text`` with a top-level ``field`` set to a plain ``value``, every other byte unchanged.

    Raises:
        ValueError: the text has no front matter.

    """
    fence = _FENCE.match(text)
    if not fence:
        raise ValueError("no front matter")
    line = f"{field}: {value}"
    newline = "\r\n" if "\r\n" in fence[1] else "\n"
    present = re.search(rf"^{re.escape(field)}:[^\r\n]*(?:\r?\n[ \t]+[^\r\n]*)*", fence[1], re.MULTILINE)
    content = (
        fence[1][: present.start()] + line + fence[1][present.end() :] if present else f"{fence[1]}{line}{newline}"
    )
    return text[: fence.start(1)] + content + text[fence.end(1) :]

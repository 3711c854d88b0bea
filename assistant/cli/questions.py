"""Reading a file of questions: one a line, or JSON lines."""

import json
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from assistant.errors import QuestionFileError


def read_questions(name: str) -> Iterator[tuple[str, date | None]]:
    """Yield (question, day or None) from lines of text or JSON with ``question`` and perhaps ``as_of``."""
    try:
        raw = sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
    except OSError as error:
        raise QuestionFileError(f"读不了问题文件 {name}：{error.strerror}", "检查路径") from error
    lines = _decode(raw, name).splitlines()
    asked = 0
    for count, line in enumerate(lines, 1):
        if line.strip():
            asked += 1
            yield _parse_question(line.strip(), name, count)
    if not asked:
        raise QuestionFileError(f"问题文件 {name} 是空的", "每行写一个问题")


def _decode(raw: bytes, name: str) -> str:
    """Decode UTF-8 (with or without byte order mark), UTF-16 with mark, or GB18030, as Chinese editors save."""
    marked = raw[:2] in (b"\xff\xfe", b"\xfe\xff")
    for encoding in ("utf-16",) if marked else ("utf-8-sig", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise QuestionFileError(f"{name} 不是文本文件", "另存为 UTF-8 文本")


def _parse_question(line: str, name: str, count: int) -> tuple[str, date | None]:
    if not line.startswith("{"):
        return line, None
    try:
        entry = json.loads(line)
        return str(entry["question"]), date.fromisoformat(entry["as_of"]) if entry.get("as_of") else None
    except (ValueError, KeyError, TypeError) as error:
        raise QuestionFileError(f"{name} 第 {count} 行不是带 question 的 JSON", '写成 {"question": "…"}') from error

"""The command line: ``assistant build | ask | search | status | serve``.

Exit codes: 0 answered or done, 3 refused, 1 error, 2 wrong usage.
"""

import json
import sys
from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from assistant.errors import AssistantError, QuestionFileError

if TYPE_CHECKING:
    from assistant.settings import Settings
    from assistant.types import Answer, Hit

EXIT_ERROR = 1
EXIT_REFUSED = 3
Command = TypeVar("Command", bound=Callable[..., Any])


def _folders(command: Command) -> Command:
    """Add the options that every command has."""
    folder = click.Path(path_type=Path, file_okay=False)
    command = click.option("--index", type=folder, help="索引文件夹，默认是项目里的 index/")(command)
    return click.option("--corpus", type=folder, help="资料文件夹，默认是项目里的 corpus/")(command)


def _as_of_option(command: Command) -> Command:
    return click.option(
        "--as-of",
        type=click.DateTime(["%Y-%m-%d"]),
        metavar="日期",
        help="以哪一天有效的规定为准，如 2015-06-01；默认今天",
    )(command)


def _settings(corpus: Path | None, index: Path | None) -> "Settings":
    from assistant.settings import load_settings

    return load_settings(corpus=corpus, index=index)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="after-sales-certification-assistant", prog_name="assistant")
def cli() -> None:
    """售后服务认证知识助手：每句话都注明条款、版本和是否现行；资料里没有的就说没有。"""


@cli.command()
@_folders
@click.option("--rebuild", is_flag=True, help="即使资料没有变化也重新建立")
def build(corpus: Path | None, index: Path | None, rebuild: bool) -> None:
    """建立或更新索引。资料没有变化时一秒内结束；中断后再运行会接着做。"""
    from assistant.indexing.build import build as build_index
    from assistant.indexing.embedding import load_embedder

    settings = _settings(corpus, index)
    with _ProgressLine("计算向量") as progress:
        report = build_index(
            settings.corpus, settings.index, load_embedder(settings.embedding), rebuild=rebuild, progress=progress
        )
    for fault in report.faults:
        click.echo(f"{'未载入' if fault.fatal else '提醒'}  {fault}", err=True)
    manifest = report.manifest
    state = f"已更新，新算向量 {report.embedded} 条" if report.changed else "没有变化"
    click.echo(f"{state}：{manifest.documents} 份文件，{manifest.clauses} 个条款，索引 {manifest.snapshot}")


@cli.command()
@_folders
@click.argument("question", required=False)
@click.option("--file", "file", metavar="文件", help="一行一个问题（或 JSON 行，含 question）；- 表示标准输入")
@click.option("--json", "as_json", is_flag=True, help="输出 JSON")
@_as_of_option
def ask(
    corpus: Path | None,
    index: Path | None,
    question: str | None,
    file: str | None,
    as_json: bool,
    as_of: datetime | None,
) -> None:
    """回答一个问题，或用 --file 回答一批问题。拒答时退出码为 3。"""
    if (question is None) == (file is None):
        raise click.UsageError("给出一个问题，或用 --file 给出问题文件（两者选一）")
    questions = _read_questions(file) if file else [(question or "", None)]
    day = as_of.date() if as_of else None
    from assistant.chat import Assistant

    refused = False
    with Assistant(_settings(corpus, index)) as assistant:
        for text, own_day in questions:
            answer = assistant.ask(text, as_of=own_day or day)
            refused = answer.refused
            click.echo(json.dumps(answer_to_json(answer), ensure_ascii=False) if as_json else format_answer(answer))
    if refused and not file:
        sys.exit(EXIT_REFUSED)


@cli.command()
@_folders
@click.argument("query")
@click.option("-k", default=10, show_default=True, type=click.IntRange(1, 1000), help="最多几条")
@click.option("--json", "as_json", is_flag=True, help="输出 JSON")
@_as_of_option
def search(corpus: Path | None, index: Path | None, query: str, k: int, as_json: bool, as_of: datetime | None) -> None:
    """查条款：列出与问题最相关的条款，不作回答。"""
    from assistant.chat import Assistant

    with Assistant(_settings(corpus, index)) as assistant:
        hits = assistant.search(query, k, as_of=as_of.date() if as_of else None)
    if as_json:
        click.echo(json.dumps([hit_to_json(hit) for hit in hits], ensure_ascii=False))
        return
    for hit in hits:
        click.echo(f"{hit.rank:>3}  {hit.score:.3f}  {hit.status.value}  {hit.clause.address}  {hit.clause.heading}")


@cli.command()
@_folders
@click.option("--json", "as_json", is_flag=True, help="输出 JSON")
def status(corpus: Path | None, index: Path | None, as_json: bool) -> None:
    """资料库和索引的状况：收了什么、各是否现行、索引是否最新。"""
    from assistant.corpus.documents import corpus_digest, load_corpus
    from assistant.corpus.validity import status_on
    from assistant.errors import SearchIndexError
    from assistant.indexing.snapshot import Manifest, current_folder

    settings = _settings(corpus, index)
    loaded = load_corpus(settings.corpus)
    try:
        manifest: Manifest | None = Manifest.load(current_folder(settings.index))
    except SearchIndexError:
        manifest = None
    up_to_date = manifest is not None and manifest.corpus == corpus_digest(settings.corpus)
    today = date.today()
    rows = [(status_on(document, today).value, document) for document in loaded.documents]
    if as_json:
        content = {
            "index": None if manifest is None else {"snapshot": manifest.snapshot, "built_at": manifest.built_at},
            "up_to_date": up_to_date,
            "documents": [
                {"id": item.id, "number": item.number, "title": item.title, "kind": item.kind.value, "status": state}
                for state, item in rows
            ],
            "faults": [str(fault) for fault in loaded.faults],
        }
        click.echo(json.dumps(content, ensure_ascii=False))
        return
    for state, document in rows:
        click.echo(f"{state:<5}{document.kind.label:　<5}{document.name}")
    click.echo(f"共 {len(rows)} 份文件，{len(loaded.clauses)} 个条款，{len(loaded.faults)} 处要改")
    for fault in loaded.faults:
        click.echo(f"  {fault}")
    if manifest is None:
        click.echo("索引：还没有建，运行 assistant build")
    else:
        click.echo(f"索引：{manifest.snapshot}，{'最新' if up_to_date else '资料已改，运行 assistant build'}")


@cli.command()
@_folders
@click.option("--port", default=8501, show_default=True, type=click.IntRange(1, 65535), help="端口")
@click.option("--host", default="127.0.0.1", show_default=True, help="监听地址；给别的电脑用时写 0.0.0.0")
@click.option("--open/--no-open", "open_browser", default=True, help="启动后打开浏览器")
def serve(corpus: Path | None, index: Path | None, port: int, host: str, open_browser: bool) -> None:
    """打开问答页面；没有索引时先建索引。"""
    from assistant.indexing.build import build as build_index
    from assistant.indexing.embedding import load_embedder
    from assistant.ui.server import run

    settings = _settings(corpus, index)
    with _ProgressLine("计算向量") as progress:
        report = build_index(settings.corpus, settings.index, load_embedder(settings.embedding), progress=progress)
    for fault in report.faults:
        click.echo(f"{'未载入' if fault.fatal else '提醒'}  {fault}", err=True)
    run(settings, host=host, port=port, open_browser=open_browser)


class _ProgressLine:
    """A progress bar on the terminal's error stream; shows nothing when nothing is to be done or it is no terminal."""

    def __init__(self, label: str) -> None:
        self._label = label
        self._bar: Any = None

    def __enter__(self) -> "Callable[[int, int], None]":
        return self._update

    def _update(self, done: int, total: int) -> None:
        if not sys.stderr.isatty():
            return
        if self._bar is None:
            self._bar = click.progressbar(length=total, label=self._label, file=sys.stderr)
            self._bar.__enter__()
        self._bar.update(done - self._bar.pos)

    def __exit__(self, *_: object) -> None:
        if self._bar is not None:
            self._bar.__exit__(None, None, None)


def _read_questions(name: str) -> Iterator[tuple[str, date | None]]:
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


def answer_to_json(answer: "Answer") -> dict[str, Any]:
    """Return the documented JSON form of an answer."""
    return {
        "question": answer.question,
        "understood_as": answer.understood_as,
        "answer": answer.text,
        "refused": answer.refused,
        "reason": answer.reason.value if answer.reason else None,
        "as_of": answer.as_of.isoformat(),
        "citations": [
            {
                "mark": item.mark,
                "address": item.address,
                "document_id": item.document_id,
                "number": item.number,
                "title": item.title,
                "kind": item.kind.value,
                "form": item.form.value,
                "status": item.status.value,
                "status_note": item.status_note,
                "confidence": item.confidence.value,
                "quote": item.quote,
                "sources": [{"key": source.key, "address": source.address} for source in item.sources],
            }
            for item in answer.citations
        ],
        "suggestions": list(answer.suggestions),
        "snapshot": answer.snapshot,
        "timings_ms": dict(answer.timings_ms),
    }


def hit_to_json(hit: "Hit") -> dict[str, Any]:
    """Return the documented JSON form of a hit."""
    return {
        "rank": hit.rank,
        "address": hit.clause.address,
        "document_id": hit.document.id,
        "title": hit.document.title,
        "heading": hit.clause.heading,
        "status": hit.status.value,
        "score": round(hit.score, 4),
        "stage": hit.stage.value,
        "text": hit.clause.text,
    }


def format_answer(answer: "Answer") -> str:
    """Return an answer for the terminal: the reason of a refusal, the text, the sources."""
    lines = []
    if answer.understood_as != answer.question:
        lines.append(f"（理解为：{answer.understood_as}）")
    if answer.reason:
        lines.append(f"【未回答：{answer.reason.label}】")
    lines += [answer.text, ""]
    lines += _format_sources(answer)
    if answer.suggestions:
        lines += [f"{'资料中相近的有' if answer.refused else '还可以问'}：{'；'.join(answer.suggestions)}", ""]
    lines.append(f"以 {answer.as_of} 为准")
    return "\n".join(lines)


def _format_sources(answer: "Answer") -> Iterable[str]:
    for item in answer.citations:
        note = f"，{item.status_note}" if item.status_note else ""
        standing = f"{item.form.label}，{item.status.value}{note}；{item.confidence.value}"
        yield f"[{item.mark}] {item.address}　{item.title}（{standing}）"
        yield from (f"    {line}" for line in item.quote.splitlines() if line.strip())
        yield ""


def main() -> None:
    """Run the command line; errors meant for the user are shown as message and hint, never as a trace."""
    try:
        result = cli(standalone_mode=False)
        sys.exit(result if isinstance(result, int) else 0)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except (click.Abort, KeyboardInterrupt):
        click.echo("已取消", err=True)
        sys.exit(130)
    except AssistantError as error:
        click.echo(f"错误：{error.message}", err=True)
        if error.hint:
            click.echo(f"办法：{error.hint}", err=True)
        sys.exit(EXIT_ERROR)

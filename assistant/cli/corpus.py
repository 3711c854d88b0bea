"""The commands that keep the corpus: ``assistant corpus add | list | show | history | diff | impact | …``."""

import json
import sys
from dataclasses import asdict
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from assistant.cli.options import Command, Consent, ProgressLine, consent_options, echo_faults, folders
from assistant.errors import AssistantError, ImportFailed

if TYPE_CHECKING:
    from assistant.keeping.intake import Overrides
    from assistant.keeping.keeper import Done, Keeper
    from assistant.settings import Settings

NONE = "无"
_CLEARABLE = {
    "number": "number",
    "issuer": "issuer",
    "issued": "issued_on",
    "effective": "effective_on",
    "expires": "expires_on",
}
_DATE = click.DateTime(["%Y-%m-%d"])


@click.group()
def corpus() -> None:
    """维护资料库：导入正式文件、比较版本、废止、移除、回退、核对。"""


def _metadata(command: Command) -> Command:
    """Add the options that override what was proposed from the text."""
    from assistant.types import Kind

    for name, metavar, text in reversed(
        (
            ("--number", "文号", "标准号或文号，如 “GB/T 27922-2026”；写“无”表示没有"),
            ("--title", "名称", "名称"),
            ("--issuer", "机关", "发布机关"),
            ("--issued", "日期", "发布日，如 2026-01-05 或 2026-01"),
            ("--effective", "日期", "生效日"),
            ("--expires", "日期", "失效日，即不再有效的第一天"),
            ("--id", "id", "文件 id：小写字母、数字、连字符"),
        )
    ):
        command = click.option(name, metavar=metavar, help=text)(command)
    command = click.option(
        "--replaces", multiple=True, metavar="文件", help="代替哪一份：id、文号或名称；可写多次；写“无”表示不代替"
    )(command)
    return click.option("--kind", type=click.Choice([kind.value for kind in Kind]), help="类别")(command)


@corpus.command()
@folders
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="FILE…")
@_metadata
@consent_options
def add(settings: "Settings", files: tuple[Path, ...], consent: Consent, **given: Any) -> None:  # noqa: ANN401 — see _metadata
    """导入正式文件：PDF、扫描件、图片、Word、Excel、CSV、网页、Markdown、文本。先预览，确认后入库。"""
    if len(files) > 1 and any(given.values()):
        raise click.UsageError("一次导入多份时不能指定元数据，一份一份来")
    overrides = _overrides(given)
    failed = 0
    for file in files:
        try:
            _add_one(_keeper(settings, consent), file, overrides, consent)
        except AssistantError as error:
            if len(files) == 1:
                raise
            failed += 1
            click.echo(f"{file.name}：{error.message}\n办法：{error.hint}", err=True)
    if failed:
        raise ImportFailed(f"{len(files)} 份里有 {failed} 份没有入库", "按上面的办法改好后再导入这几份")


def _add_one(keeper: "Keeper", file: Path, overrides: "Overrides", consent: Consent) -> None:
    from assistant.cli.preview import preview_text

    content = _read(file)
    with ProgressLine("识读页面") as pages:
        intake = keeper.listening(pages=pages).preview(file.name, content, overrides)
    click.echo(preview_text(intake))
    consent.ask("入库吗？")
    with ProgressLine("计算向量") as texts:
        done = keeper.listening(texts=texts).add(intake, consent.why, force=consent.force)
    _echo_done("已入库", done)


def _read(file: Path) -> bytes:
    from assistant.corpus.importers.reading import MAX_BYTES

    try:
        if file.is_file() and file.stat().st_size > MAX_BYTES:
            raise ImportFailed(f"{file.name} 太大，超过 {MAX_BYTES // 1_000_000} MB", "拆成几个文件再导入")
        return file.read_bytes()
    except OSError as error:
        raise ImportFailed(f"读不了 {file}：{error.strerror}", "检查路径和权限") from error


def _overrides(given: dict[str, Any]) -> "Overrides":
    from assistant.corpus.front_matter import parse_calendar_date
    from assistant.keeping.intake import Overrides
    from assistant.types import Kind

    days: dict[str, Any] = {}
    cleared = [name for name in _CLEARABLE if given[name] == NONE]
    for name in ("issued", "effective", "expires"):
        try:
            days[name] = parse_calendar_date(given[name]) if given[name] and name not in cleared else None
        except ValueError as error:
            raise click.BadParameter(str(error), param_hint=f"--{name}") from error
    words = {name: given[name] if name not in cleared else None for name in ("number", "issuer")}
    return Overrides(
        id=given["id"],
        number=words["number"],
        title=given["title"],
        kind=Kind(given["kind"]) if given["kind"] else None,
        issuer=words["issuer"],
        issued_on=days["issued"],
        effective_on=days["effective"],
        expires_on=days["expires"],
        replaces=tuple(key for key in given["replaces"] if key != NONE) if given["replaces"] else None,
        cleared=tuple(_CLEARABLE[name] for name in cleared),
    )


def _keeper(settings: "Settings", consent: Consent | None = None) -> "Keeper":
    from assistant.keeping.keeper import Keeper

    return Keeper(settings, consent.who if consent else None)


def _echo_done(what: str, done: "Done") -> None:
    echo_faults(done.faults)
    for question in done.worse:
        click.echo(f"必答问题变差（已强制）：{question}", err=True)
    click.echo(f"{what}，变更记录第 {done.entry.number} 条，新算向量 {done.embedded} 条，索引 {done.snapshot}")


@corpus.command("list")
@folders
@click.option("--json", "as_json", is_flag=True, help="输出 JSON")
@click.option("--as-of", type=_DATE, metavar="日期", help="按哪一天算状态；默认今天")
def list_(settings: "Settings", as_json: bool, as_of: datetime | None) -> None:
    """列出资料库里的文件和各自的状态。"""
    from assistant.cli.preview import document_to_json
    from assistant.corpus.documents import load_corpus

    loaded = load_corpus(settings.corpus)
    day = as_of.date() if as_of else date.today()
    rows = [document_to_json(document, loaded, day) for document in loaded.documents]
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False))
        return
    for row in rows:
        name = f"{row['number']}《{row['title']}》" if row["number"] else f"《{row['title']}》"
        click.echo(f"{row['status']:　<4}  {row['form_label']:　<4}  {row['id']}  {name}")
    click.echo(f"共 {len(rows)} 份")


@corpus.command()
@folders
@click.argument("document")
@click.option("--json", "as_json", is_flag=True, help="输出 JSON，含全部条款")
def show(settings: "Settings", document: str, as_json: bool) -> None:
    """看一份文件：元数据、状态和条款；DOCUMENT 是 id、文号或名称。"""
    from assistant.cli.preview import clause_tree, document_to_json, edition_facts
    from assistant.corpus.documents import load_corpus

    keeper = _keeper(settings)
    found = keeper.document(document)
    loaded = load_corpus(settings.corpus)
    clauses = [clause for clause in loaded.clauses if clause.document_id == found.id]
    if as_json:
        content = document_to_json(found, loaded, date.today())
        content["clauses"] = [
            {"address": item.address, "number": item.number, "heading": item.heading, "headings": list(item.headings),
             "text": item.text, "page": item.page}
            for item in clauses
        ]  # fmt: skip
        click.echo(json.dumps(content, ensure_ascii=False))
        return
    click.echo("\n".join((*edition_facts(found, loaded.documents), *clause_tree(clauses))))


@corpus.command()
@folders
@click.argument("document", required=False)
@click.option("--json", "as_json", is_flag=True, help="输出 JSON")
def history(settings: "Settings", document: str | None, as_json: bool) -> None:
    """变更记录：谁、何时、做了什么、为什么；给出 DOCUMENT（id）只看它的。"""
    entries = _keeper(settings).history()
    if document is not None:
        entries = [
            entry for entry in entries
            if document in entry.documents or any(Path(change.path).stem == document for change in entry.files)
        ]  # fmt: skip
    if as_json:
        click.echo(json.dumps([asdict(entry) for entry in entries], ensure_ascii=False))
        return
    for entry in entries:
        what = "、".join(entry.documents) or f"{len(entry.files)} 个文件"
        extra = "（强制）" if entry.forced else ""
        undoes = f"，撤回第 {'、'.join(str(number) for number in entry.undoes)} 条" if entry.undoes else ""
        why = f"　理由：{entry.why}" if entry.why else ""
        click.echo(f"{entry.number:>4}  {entry.at}  {entry.who}  {entry.action.label}{extra}  {what}{undoes}{why}")
    if not entries:
        click.echo("还没有变更记录")


@corpus.command()
@folders
@click.argument("old")
@click.argument("new")
@click.option("--json", "as_json", is_flag=True, help="输出 JSON")
@click.option("--html", "html", type=click.Path(path_type=Path, dir_okay=False), metavar="文件", help="写成网页")
@click.option("--all", "everything", is_flag=True, help="没有变化的条款也列出")
def diff(settings: "Settings", old: str, new: str, as_json: bool, html: Path | None, everything: bool) -> None:
    """逐条比较两个版本；OLD、NEW 是 id、文号或名称。"""
    from assistant.corpus.difference import to_json, to_text
    from assistant.ui.diff_html import difference_page

    difference = _keeper(settings).compare(old, new)
    if as_json:
        click.echo(json.dumps(to_json(difference), ensure_ascii=False))
    if html is not None:
        try:
            html.write_text(difference_page(difference), encoding="utf-8")
        except OSError as error:
            raise ImportFailed(f"写不了 {html}：{error.strerror}", "换一个位置") from error
        click.echo(f"已写入 {html}", err=as_json)
    if not as_json and html is None:
        click.echo(to_text(difference, everything=everything))


@corpus.command()
@folders
@click.argument("old")
@click.argument("new")
@click.option("--json", "as_json", is_flag=True, help="输出 JSON")
def impact(settings: "Settings", old: str, new: str, as_json: bool) -> None:
    """新版改动牵涉哪些必答问题、哪些别的文件引用了改过的条款。"""
    from assistant.cli.preview import impact_lines

    keeper = _keeper(settings)
    found = keeper.impact(keeper.compare(old, new))
    if as_json:
        click.echo(json.dumps(asdict(found), ensure_ascii=False))
        return
    click.echo("\n".join(impact_lines(found)))


@corpus.command()
@folders
@click.argument("document")
@click.option("--on", type=_DATE, metavar="日期", help="从哪一天起不再有效；默认今天")
@consent_options
def retire(settings: "Settings", document: str, on: datetime | None, consent: Consent) -> None:
    """废止一份文件：从这一天起只作历史回答。"""
    keeper = _keeper(settings, consent)
    day = on.date() if on else date.today()
    found = keeper.document(document)
    with ProgressLine("计算向量") as texts:
        done = keeper.listening(texts=texts).retire(found.id, day, consent.why, force=consent.force)
    _echo_done(f"{found.name}自 {day} 起废止", done)


@corpus.command()
@folders
@click.argument("document")
@click.option("--purge", is_flag=True, help="连同历史版本和索引里的痕迹彻底删除，不能回退")
@consent_options
def remove(
    settings: "Settings", document: str, purge: bool, consent: Consent
) -> None:  # fmt: skip
    """移除一份文件；可用 rollback 找回，除非 --purge。"""
    keeper = _keeper(settings, consent)
    found = keeper.document(document)
    consent.ask(f"{'彻底删除' if purge else '移除'}{found.name}吗？")
    with ProgressLine("计算向量") as texts:
        done = keeper.listening(texts=texts).remove(found.id, consent.why, purge=purge, force=consent.force)
    _echo_done(f"{'已彻底删除' if purge else '已移除'}{found.name}", done)


@corpus.command()
@folders
@click.option("--to", type=click.IntRange(1), metavar="N", help="回到变更记录第 N 条之后的样子；默认撤回最近一次变更")
@consent_options
def rollback(settings: "Settings", to: int | None, consent: Consent) -> None:
    """回退：资料和索引一起回到以前的样子；这一步本身也记入变更记录，可以再回退。"""
    keeper = _keeper(settings, consent)
    entries = keeper.history()
    target = to if to is not None else keeper.rollback_target(entries)
    consent.ask(f"回到第 {target} 条变更之后的样子吗？")
    with ProgressLine("计算向量") as texts:
        done = keeper.listening(texts=texts).rollback(target, consent.why, force=consent.force)
    _echo_done(f"已回到第 {target} 条变更之后的样子", done)


@corpus.command()
@folders
def verify(settings: "Settings") -> None:
    """核对：变更记录是否完好，文件、原件、历史版本和索引是否对得上。"""
    from assistant.keeping.verify import verify as find_problems

    problems = find_problems(settings)
    for problem in problems:
        click.echo(problem)
    if problems:
        sys.exit(1)
    click.echo("都对得上")

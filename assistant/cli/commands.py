"""The commands to build, ask, search, look and serve."""

import json
import sys
from datetime import date, datetime
from typing import TYPE_CHECKING

import click

from assistant.cli.formats import answer_to_json, format_answer, hit_to_json
from assistant.cli.live import told
from assistant.cli.options import ProgressLine, as_of_option, echo_faults, folders, force_option, model_option
from assistant.cli.questions import read_questions

if TYPE_CHECKING:
    from assistant.settings import Settings

EXIT_REFUSED = 3


@click.command()
@folders
@click.option("--rebuild", is_flag=True, help="即使资料没有变化也重新建立")
@force_option
def build(settings: "Settings", rebuild: bool, force: bool) -> None:
    """建立或更新索引。资料没有变化时一秒内结束；中断后再运行会接着做。"""
    from assistant.keeping.keeper import Keeper, Listener

    with ProgressLine("计算向量") as progress:
        report = Keeper(settings, listener=Listener(texts=progress)).build(rebuild=rebuild, force=force)
    echo_faults(report.faults)
    manifest = report.manifest
    state = f"已更新，新算向量 {report.embedded} 条" if report.changed else "没有变化"
    click.echo(f"{state}：{manifest.documents} 份文件，{manifest.clauses} 个条款，索引 {manifest.snapshot}")


@click.command()
@folders
@click.argument("question", required=False)
@click.option("--file", "file", metavar="文件", help="一行一个问题（或 JSON 行，含 question）；- 表示标准输入")
@click.option("--json", "as_json", is_flag=True, help="输出 JSON")
@model_option
@as_of_option
def ask(
    settings: "Settings",
    question: str | None,
    file: str | None,
    as_json: bool,
    as_of: datetime | None,
) -> None:
    """回答一个问题，或用 --file 回答一批问题。拒答时退出码为 3。"""
    if (question is None) == (file is None):
        raise click.UsageError("给出一个问题，或用 --file 给出问题文件（两者选一）")
    questions = read_questions(file) if file else [(question or "", None)]
    day = as_of.date() if as_of else None
    from assistant.chat import Assistant

    refused = False
    with Assistant(settings) as assistant:
        for number, (text, own_day) in enumerate(questions, 1):
            answer = told(assistant.stream(text, as_of=own_day or day))
            refused = answer.refused
            if as_json:
                click.echo(json.dumps(answer_to_json(answer), ensure_ascii=False))
                continue
            if file:
                click.echo(f"问题 {number}：{text}\n")
            click.echo(format_answer(answer) + ("\n" if file else ""))
    if refused and not file:
        sys.exit(EXIT_REFUSED)


@click.command()
@folders
@click.argument("query")
@click.option("-k", default=10, show_default=True, type=click.IntRange(1, 1000), help="最多几条")
@click.option("--json", "as_json", is_flag=True, help="输出 JSON")
@as_of_option
def search(settings: "Settings", query: str, k: int, as_json: bool, as_of: datetime | None) -> None:
    """查条款：列出与问题最相关的条款，不作回答。"""
    from assistant.chat import Assistant

    with Assistant(settings) as assistant:
        hits = assistant.search(query, k, as_of=as_of.date() if as_of else None)
    if as_json:
        click.echo(json.dumps([hit_to_json(hit) for hit in hits], ensure_ascii=False))
        return
    for hit in hits:
        click.echo(f"{hit.rank:>3}  {hit.score:.3f}  {hit.status.value}  {hit.clause.address}  {hit.clause.heading}")


@click.command()
@folders
@click.option("--json", "as_json", is_flag=True, help="输出 JSON")
def status(settings: "Settings", as_json: bool) -> None:
    """资料库和索引的状况：收了什么、各是否现行、索引是否最新。"""
    from assistant.corpus.documents import corpus_digest, load_corpus
    from assistant.corpus.validity import status_on
    from assistant.errors import SearchIndexError
    from assistant.indexing.snapshot import Manifest, current_folder

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


@click.command()
@folders
@click.option("--port", default=8501, show_default=True, type=click.IntRange(1, 65535), help="端口")
@click.option("--host", default="127.0.0.1", show_default=True, help="监听地址；给别的电脑用时写 0.0.0.0")
@click.option("--open/--no-open", "open_browser", default=True, help="启动后打开浏览器")
@model_option
@click.option("--edit/--no-edit", default=None, help="页面上能不能改资料库；默认只有本机能打开的页面可以")
def serve(settings: "Settings", port: int, host: str, open_browser: bool, edit: bool | None) -> None:
    """打开问答页面；没有索引时先建索引。"""
    from assistant.keeping.gate import GateRefused
    from assistant.keeping.keeper import Keeper, Listener
    from assistant.ui.server import check_port, is_local, run

    check_port(host, port)
    try:
        with ProgressLine("计算向量") as progress:
            report = Keeper(settings, listener=Listener(texts=progress)).build()
        echo_faults(report.faults)
    except GateRefused as error:  # the index before is still good
        click.echo(f"提醒：{error.message}\n办法：{error.hint}\n先用原来的索引打开页面。", err=True)
    allowed = edit if edit is not None or is_local(host) else False
    everywhere = host in ("0.0.0.0", "::")  # noqa: S104 — compared, not bound
    others = "，别的电脑用这台机器的地址" if everywhere else ""
    click.echo(f"页面：http://{'localhost' if everywhere else host}:{port}{others}（Ctrl+C 关闭）")
    run(settings, host=host, port=port, open_browser=open_browser, edit=allowed)

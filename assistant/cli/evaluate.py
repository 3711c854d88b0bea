"""The commands that measure: finding, and answering."""

import json
import tempfile
from contextlib import ExitStack
from datetime import date, datetime
from pathlib import Path
from statistics import quantiles
from typing import TYPE_CHECKING, Any

import click

from assistant.cli.options import ProgressLine, as_of_option, folders
from assistant.errors import EvaluationError, EvaluationWorse

if TYPE_CHECKING:
    from assistant.evaluation.answers import Verdict
    from assistant.evaluation.retrieval import RetrievalReport
    from assistant.evaluation.scores import Scores
    from assistant.settings import Settings

_FILE = click.Path(path_type=Path, dir_okay=False)


class _Cutoffs(click.ParamType):  # type: ignore[type-arg]
    name = "k,k,…"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[int, ...]:  # noqa: ANN401 — click's
        """Return the depths in ascending order."""
        if isinstance(value, tuple):
            return value
        parts = [part.strip() for part in str(value).split(",")]
        if not all(part.isdecimal() and 0 < int(part) <= 1000 for part in parts):  # noqa: PLR2004
            self.fail(f"{value} 不是 1 到 1000 的整数，用逗号分开", param, ctx)
        return tuple(sorted({int(part) for part in parts}))


@click.group()
def evaluate() -> None:
    """测量：找得准不准（retrieval），答得对不对（answers）。"""


@evaluate.command()
@click.option("--corpus", required=True, type=_FILE, help="段落：JSON 行，含 _id、title、text（BEIR 格式）")
@click.option("--queries", required=True, type=_FILE, help="问题：JSON 行，含 _id、text")
@click.option("--qrels", required=True, type=_FILE, help="判断：问题编号、段落编号、等级，制表符分开")
@click.option("--k", "cutoffs", type=_Cutoffs(), default="1,5,10,100", show_default=True, help="召回看前几条")
@click.option("--index", type=click.Path(path_type=Path, file_okay=False), help="索引留在这个文件夹，下次不再建")
@click.option("--run", "run_file", type=_FILE, help="写出排名（TREC 格式）")
@click.option("--json", "as_json", is_flag=True, help="输出 JSON")
def retrieval(  # noqa: PLR0913, PLR0917 — one for each option
    corpus: Path, queries: Path, qrels: Path, cutoffs: tuple[int, ...], index: Path | None, run_file: Path | None,
    as_json: bool,
) -> None:  # fmt: skip
    """在一套检索数据上测每一级：地址、BM25、向量、融合、重排；附 95% 区间和用时。"""
    from assistant.evaluation.beir import load_set
    from assistant.evaluation.retrieval import evaluate_retrieval, write_run
    from assistant.settings import load_settings

    given = load_set(corpus, queries, qrels)
    with ExitStack() as stack:
        folder = index or Path(stack.enter_context(tempfile.TemporaryDirectory()))
        indexing = stack.enter_context(ProgressLine("计算向量"))
        asking = stack.enter_context(ProgressLine("提问"))
        report = evaluate_retrieval(given, load_settings(), folder, cutoffs, indexing=indexing, asking=asking)
    if run_file:
        try:
            write_run(run_file, report.runs["reranked"], "assistant")
        except OSError as error:
            raise EvaluationError(f"写不了 {run_file}", "检查文件夹和权限") from error
    click.echo(json.dumps(_retrieval_json(report)) if as_json else _retrieval_table(report, len(given.passages)))


def _latency(report: "RetrievalReport") -> tuple[float, float]:
    times = report.times_ms
    cuts = quantiles(times, n=20) if len(times) > 1 else list(times) * 20
    return cuts[9], cuts[18]


def _retrieval_json(report: "RetrievalReport") -> dict[str, Any]:
    p50, p95 = _latency(report)
    stages = {
        stage: {name: {"value": one.value, "low": one.low, "high": one.high} for name, one in measures.items()}
        for stage, measures in report.stages.items()
    }
    return {
        "n": report.n,
        "n_addressed": report.addressed,
        "stages": stages,
        "latency_ms": {"p50": p50, "p95": p95},
        "queries_per_second": 1000 * report.n / sum(report.times_ms),
    }


def _retrieval_table(report: "RetrievalReport", passages: int) -> str:
    lines = [f"{passages} 段，{report.n} 个问题；括号内是 95% 自助法区间"]
    for stage, measures in report.stages.items():
        if not measures:
            lines.append(f"{stage:<9}没有问题指明条款")
            continue
        n = report.addressed if stage == "address" else report.n
        shown = "  ".join(f"{name} {one.value:.3f} ({one.low:.3f}–{one.high:.3f})" for name, one in measures.items())
        lines.append(f"{stage:<9}n={n}  {shown}")
    p50, p95 = _latency(report)
    speed = 1000 * report.n / sum(report.times_ms)
    lines.append(f"一次完整查找：p50 {p50:.0f} ms，p95 {p95:.0f} ms，每秒 {speed:.0f} 个问题")
    return "\n".join(lines)


@evaluate.command()
@folders
@click.option("--questions", "files", required=True, multiple=True, type=_FILE, help="问题文件（YAML），可以给几个")
@click.option("--html", "html_file", type=_FILE, help="写出逐题报告（一个网页文件）")
@click.option("--baseline", type=_FILE, help="与这份基线比较，变差超出偶然就以退出码 3 失败")
@click.option("--save-baseline", "saved", type=_FILE, help="把这次的结果写成基线")
@click.option("--wrong", is_flag=True, help="列出不对的问题")
@click.option("--model", "choice", metavar="服务商:模型名", help="由这个语言模型作答；默认不用模型，设置里有也不用")
@click.option("--json", "as_json", is_flag=True, help="输出 JSON")
def answers(  # noqa: PLR0913, PLR0917 — one for each option
    settings: "Settings", files: tuple[Path, ...], html_file: Path | None, baseline: Path | None, saved: Path | None,
    wrong: bool, choice: str | None, as_json: bool,
) -> None:  # fmt: skip
    """用写好预期的问题测回答：事实、引用、拒答、逐字引文、用时。"""
    from assistant.answering.providers import choose_model
    from assistant.chat import Assistant
    from assistant.evaluation.answers import load_questions, run
    from assistant.evaluation.scores import load_baseline, save_baseline, score

    model = choose_model(settings.model, choice or "none")
    before = load_baseline(baseline) if baseline else None
    loaded = {path.as_posix(): load_questions(path) for path in files}
    total = sum(len(turns) for dialogues in loaded.values() for turns in dialogues)
    if not total:
        raise EvaluationError("问题文件里没有问题", "给出至少一个问题")
    judged: dict[str, list[Verdict]] = {}
    with Assistant.open(settings=settings, build_if_missing=True) as assistant, ProgressLine("提问") as progress:
        done = 0
        for name, dialogues in loaded.items():
            judged[name] = run(assistant, dialogues, lambda count, done=done: progress(done + count, total), model)  # type: ignore[misc]
            done += len(judged[name])
        scores = {name: score(verdicts, assistant) for name, verdicts in judged.items() if verdicts}
    if html_file:
        _write_report(html_file, judged, scores)
    if saved:
        save_baseline(saved, judged)
    if as_json:
        click.echo(
            json.dumps({name: _answers_json(own, judged[name]) for name, own in scores.items()}, ensure_ascii=False)
        )
    else:
        for name, own in scores.items():
            click.echo(_answers_text(name, own, judged[name] if wrong else []))
    if before is not None:
        _check(before, judged)


@evaluate.command()
@folders
@as_of_option
@click.option("--sentences", "file", required=True, type=_FILE, help="句子文件（YAML）：忠实的和各有一处错的")
@click.option("--wrong", is_flag=True, help="列出判错的句子")
@click.option("--json", "as_json", is_flag=True, help="输出 JSON")
def checks(settings: "Settings", as_of: datetime | None, file: Path, wrong: bool, as_json: bool) -> None:
    """测逐句核对：各种错误查出几成，忠实的句子误报几成，一句用多少时间。"""
    from assistant.chat import Assistant
    from assistant.evaluation.sentences import ANSWER_SENTENCES, check_times, detection, judge_sentences, load_sentences

    planted = load_sentences(file)
    with Assistant.open(settings=settings, build_if_missing=True) as assistant:
        judged = judge_sentences(assistant, planted, as_of.date() if as_of else date.today())
    shares = detection(judged)
    times = check_times(judged)
    if as_json:
        flagged = {kind: {"flagged": share.right, "n": share.n} for kind, share in shares.items()}
        sentence_ms = {"p50": times.sentence_p50, "p95": times.sentence_p95}
        answer_ms = {"p50": times.answer_p50, "p95": times.answer_p95}
        click.echo(json.dumps({"kinds": flagged, "sentence_ms": sentence_ms, "answer_ms": answer_ms}))
        return
    for item in judged if wrong else []:
        if item.flagged is (item.planted.fault is None):
            found = "；".join(f"{check.name.label}：{check.detail}" for check in item.verdict.checks if not check.ok)
            click.echo(f"✗ {item.planted.id} {item.planted.fault or '忠实'}：{item.planted.sentence}  {found}")
    for kind, share in shares.items():
        click.echo(f"{'忠实的句子被误报' if kind == 'faithful' else f'查出 {kind}'}：{share}")
    click.echo(f"核对一句：p50 {times.sentence_p50:.1f} ms，p95 {times.sentence_p95:.1f} ms")
    click.echo(f"核对一篇 {ANSWER_SENTENCES} 句的回答：p50 {times.answer_p50:.1f} ms，p95 {times.answer_p95:.1f} ms")


def _check(before: "dict[str, dict[str, bool]]", judged: "dict[str, list[Verdict]]") -> None:
    """Show the comparison with the baseline.

    Raises:
        EvaluationWorse: a file is worse beyond chance.

    """
    from assistant.evaluation.scores import compare

    for name in judged.keys() - before.keys():
        click.echo(f"提醒：基线里没有 {name}，没有比较（基线里有：{'、'.join(before)}）", err=True)
    comparisons = {name: compare(before[name], own) for name, own in judged.items() if name in before}
    for name, comparison in comparisons.items():
        click.echo("\n".join((f"与基线比较 {name}", *comparison.describe())), err=True)
    if any(comparison.worse for comparison in comparisons.values()):
        raise EvaluationWorse("回答比基线差，超出偶然", "看 --html 报告；确实要接受就用 --save-baseline 换基线")


def _write_report(path: Path, judged: "dict[str, list[Verdict]]", scores: "dict[str, Scores]") -> None:
    from assistant.corpus.files import write_atomically
    from assistant.evaluation.report_html import report

    content = report({name: (own, judged[name]) for name, own in scores.items()}, f"{datetime.now():%Y-%m-%d %H:%M}")
    try:
        write_atomically(path, content)
    except OSError as error:
        raise EvaluationError(f"写不了 {path}", "检查文件夹和权限") from error


def _answers_text(name: str, scores: "Scores", shown: "list[Verdict]") -> str:
    from assistant.evaluation.scores import describe

    lines = [name, *(f"  {key}：{value}" for key, value in describe(scores))]
    for verdict in shown:
        if verdict.faults:
            cited = "、".join(citation.address for citation in verdict.answer.citations)
            lines.append(f"  ✗ {verdict.golden.id} {verdict.golden.question}\n    {'；'.join(verdict.faults)}")
            lines.append(f"    {verdict.answer.text[:300]}\n    {cited}")
    return "\n".join(lines)


def _answers_json(scores: "Scores", verdicts: "list[Verdict]") -> dict[str, Any]:
    from assistant.evaluation.scores import Share

    figures: dict[str, Any] = {}
    for name in scores.__dataclass_fields__:
        figure = getattr(scores, name)
        if isinstance(figure, Share):
            low, high = figure.interval
            figure = {"right": figure.right, "n": figure.n, "value": figure.value, "low": low, "high": high}
        figures[name] = figure
    rows = [
        {
            "id": item.golden.id,
            "question": item.golden.question,
            "refuse": item.golden.refuse,
            "refused": item.answer.refused,
            "reason": item.answer.reason,
            "answer": item.answer.text,
            "citations": [citation.address for citation in item.answer.citations],
            "faults": list(item.faults),
        }
        for item in verdicts
    ]
    return {**figures, "refusal_f1": scores.refusal_f1, "questions": rows}

"""How long a change takes in a large corpus: ``python -m assistant.keeping.benchmark [--clauses 100000] [--folder DIR]``.

Writes a corpus of made-up regulations, 100 articles each, builds its index, then runs the real commands, each in a process of
its own, and prints seconds and peak memory: import of a new regulation of 100 articles, a later edition of it, removal,
rollback. The vectors of the made-up regulations are random, since computing 100,000 of them tells nothing about a change;
those of the imported ones are computed by the model.
"""

import argparse
import multiprocessing
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from assistant.indexing.build import build
from assistant.indexing.embedding import Embedder, Vectors, load_embedder
from assistant.settings import EmbeddingSettings, Settings
from assistant.text import to_chinese_numeral

ARTICLES = 100
_SEED = 27922
_SUBJECTS = [
    "企业",
    "经营者",
    "认证机构",
    "生产者",
    "销售者",
    "主管部门",
    "消费者",
    "评审组",
    "受理机构",
    "检验机构",
    "服务网点",
    "行业协会",
]
_VERBS = [
    "应当建立",
    "应当公示",
    "不得拒绝",
    "可以委托",
    "应当保存",
    "必须配备",
    "应当按期完成",
    "不得泄露",
    "可以申请",
    "应当接受",
]
_OBJECTS = [
    "服务规范",
    "评价记录",
    "投诉档案",
    "收费标准",
    "培训计划",
    "备件清单",
    "回访制度",
    "审核报告",
    "证书信息",
    "整改措施",
    "应急预案",
    "人员名册",
]
_ENDINGS = ["并保存{}年", "在{}日内完成", "每年不少于{}次", "配备不少于{}名人员", "费用不超过{}元", "覆盖{}个地区"]


def regulation(random_: random.Random, title: str, articles: int = ARTICLES, year: int = 2020) -> str:
    """Return the text of a made-up regulation as an authority would publish it."""
    lines = [title, f"（{year}年3月1日公布）", ""]
    for number in range(1, articles + 1):
        lines.append(f"第{to_chinese_numeral(number)}条　{_sentence(random_)}{_sentence(random_)}")
        if number % 4 == 0:
            lines.append(_sentence(random_))
    lines.append(f"第{to_chinese_numeral(articles + 1)}条　本办法自{year}年6月1日起施行。")
    return "\n".join(lines) + "\n"


def _sentence(random_: random.Random) -> str:
    parts = [random_.choice(words) for words in (_SUBJECTS, _VERBS, _OBJECTS)]
    return f"{''.join(parts)}，{random_.choice(_ENDINGS).format(random_.randint(2, 90))}。"


def write_corpus(folder: Path, clauses: int) -> None:
    """Write made-up regulations with ``clauses`` articles in all."""
    random_ = random.Random(_SEED)  # noqa: S311 — reproducible, not secret
    (folder / "laws").mkdir(parents=True)
    for number in range(clauses // ARTICLES):
        head = (
            f"---\nid: banfa-{number:05d}\nnumber: 测试令第{number}号\ntitle: 第{number}号服务管理办法\nkind: rule\n"
            "form: official\nissued_on: 2020-03-01\neffective_on: 2020-06-01\nconfidence: 法规文本\nchecked_on: 2026-01-01\n---\n"
        )
        body = regulation(random_, f"# 第{number}号服务管理办法", ARTICLES - 1)
        (folder / f"laws/banfa-{number:05d}.md").write_text(head + body, encoding="utf-8")


class _RandomVectors:
    """Stands in for the model while the made-up corpus is built; says that it is the model, so that the index fits it."""

    def __init__(self, model: Embedder) -> None:
        self.fingerprint = model.fingerprint
        self._dimension = len(model.embed_query("维数"))
        self._random = np.random.default_rng(_SEED)

    def embed_query(self, text: str) -> Vectors:
        vector: Vectors = self.embed_documents([text])[0]
        return vector

    def embed_documents(self, texts: Sequence[str], progress: object = None) -> Vectors:
        vectors: Vectors = self._random.standard_normal((len(texts), self._dimension)).astype(np.float32)
        vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
        return vectors


def measure(folder: Path) -> Iterator[tuple[str, float, float]]:
    """Yield (what, seconds, peak memory in MB) of each command."""
    random_ = random.Random(_SEED + 1)  # noqa: S311 — reproducible, not secret
    first, second = folder / "first.txt", folder / "second.txt"
    text = regulation(random_, "售后服务评价管理办法")
    first.write_text(text, encoding="utf-8")
    second.write_text(text.replace("2020年", "2025年").replace("不少于", "不得少于"), encoding="utf-8")
    yield "take stock", *_run(folder, "build")
    for what, *command in (
        ("add a regulation of 100 articles", "add", str(first), "--id", "bench-1", "--yes"),
        ("add its next edition", "add", str(second), "--id", "bench-2", "--yes"),
        ("remove it", "remove", "bench-2", "--yes"),
        ("roll the removal back", "rollback", "--yes"),
        ("roll back to the start", "rollback", "--to", "1", "--yes"),
    ):
        yield what, *_run(folder, "corpus", *command)


def _run(folder: Path, *command: str) -> tuple[float, float]:
    places = ["--corpus", str(folder / "corpus"), "--index", str(folder / "index")]
    start = time.perf_counter()
    process = subprocess.Popen([sys.executable, "-m", "assistant", *command, *places], stdout=subprocess.DEVNULL)  # noqa: S603
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        raise SystemExit(f"{' '.join(command)} failed")
    return time.perf_counter() - start, usage.ru_maxrss / 1024


def build_index(folder: Path, clauses: int) -> None:
    """Write the corpus and build its index unless both are there; print what is there and what it took."""
    settings = Settings(corpus=folder / "corpus", index=folder / "index")
    if not settings.corpus.is_dir():
        write_corpus(settings.corpus, clauses)
    start = time.perf_counter()
    report = build(settings.corpus, settings.index, _RandomVectors(load_embedder(EmbeddingSettings())))
    manifest = report.manifest
    sys.stdout.write(f"{manifest.documents} documents, {manifest.clauses} clauses, {manifest.chunks} chunks\n")
    if report.changed:
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        sys.stdout.write(f"build from nothing: {time.perf_counter() - start:.1f} s, peak {peak:.0f} MB\n")


def main() -> None:
    """Write, build, measure, print."""
    parser = argparse.ArgumentParser(description="Measure changes to a large corpus.")
    parser.add_argument("--clauses", type=int, default=100_000)
    parser.add_argument("--folder", type=Path, help="where to work, and to find it again next time")
    options = parser.parse_args()
    folder = options.folder or Path(tempfile.mkdtemp(prefix="assistant-benchmark-"))
    # In a process of its own: the commands measured below would inherit the peak memory of this one.
    builder = multiprocessing.get_context("spawn").Process(target=build_index, args=(folder, options.clauses))
    builder.start()
    builder.join()
    if builder.exitcode:
        raise SystemExit("the index could not be built")
    for what, seconds, megabytes in measure(folder):
        sys.stdout.write(f"{what}: {seconds:.1f} s, peak {megabytes:.0f} MB\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()

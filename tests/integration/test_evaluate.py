"""The measuring commands on small sets, with the real pipeline."""

import json
from pathlib import Path

import ir_measures
import pytest
from click.testing import CliRunner

from assistant.cli.main import cli
from assistant.errors import EvaluationError, EvaluationWorse
from assistant.evaluation.beir import load_set

pytestmark = pytest.mark.integration

PASSAGES = [
    ("a1", "测试服务法第一条", "经营者应当公开售后服务的电话和地址。"),
    ("a2", "测试服务法第二条", "消费者投诉的，经营者应当在七日内答复。"),
    ("b1", "关于补贴的通知", "获得认证的企业补贴五万元，由市场监管部门发放。"),
    ("b2", "关于补贴的通知", "申请截止日期是每年六月三十日，逾期不受理。"),
    ("c1", "", "证书的有效期为三年，期满前三个月申请换证。"),
]
QUERIES = [
    ("q1", "投诉之后几天要答复", {"a2": 1}),
    ("q2", "认证有补贴吗", {"b1": 2, "b2": 1}),
    ("q3", "证书几年到期", {"c1": 1}),
    ("q4", "测试服务法第一条说什么", {"a1": 1}),
    ("q5", "没有判断的问题", {}),
]


@pytest.fixture
def files(tmp_path: Path) -> list[str]:
    corpus, queries, qrels = tmp_path / "c.jsonl", tmp_path / "q.jsonl", tmp_path / "r.tsv"
    corpus.write_text(
        "".join(json.dumps({"_id": key, "title": title, "text": text}) + "\n" for key, title, text in PASSAGES)
    )
    queries.write_text("".join(json.dumps({"_id": key, "text": text}) + "\n" for key, text, _ in QUERIES))
    rows = [f"{key}\t{passage}\t{grade}\n" for key, _, own in QUERIES for passage, grade in own.items()]
    qrels.write_text("query-id\tcorpus-id\tscore\n" + "".join(rows))
    return ["--corpus", str(corpus), "--queries", str(queries), "--qrels", str(qrels)]


def ask(*options: str) -> str:
    result = CliRunner().invoke(cli, ["evaluate", *options], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.stdout


def test_each_stage_is_measured_and_the_index_is_kept(files: list[str], tmp_path: Path) -> None:
    options = [
        "retrieval",
        *files,
        "--index",
        str(tmp_path / "i"),
        "--json",
        "--k",
        "1,3",
        "--run",
        str(tmp_path / "r.txt"),
    ]
    first = json.loads(ask(*options))
    assert first["n"] == 4  # the one without judgement is left out
    assert first["n_addressed"] == 1
    assert set(first["stages"]) == {"address", "BM25", "dense", "fused", "reranked"}
    assert set(first["stages"]["fused"]) == {"Recall@1", "Recall@3", "MRR@10", "nDCG@10", "Hit@1"}
    assert first["stages"]["address"]["Hit@1"]["value"] == 1.0
    for measures in first["stages"].values():
        for one in measures.values():
            assert 0 <= one["low"] <= one["value"] <= one["high"] <= 1
    assert first["latency_ms"]["p50"] <= first["latency_ms"]["p95"]
    assert first["queries_per_second"] > 0
    run = list(ir_measures.read_trec_run(str(tmp_path / "r.txt")))
    assert {entry.query_id for entry in run} == {"q1", "q2", "q3", "q4"}
    assert next(entry.doc_id for entry in run if entry.query_id == "q4") == "a1"
    built = sorted((tmp_path / "i").glob("beir-*/manifest.json"))
    stamp = built[0].stat().st_mtime_ns
    again = json.loads(ask(*options))
    assert again["stages"] == first["stages"]
    assert built[0].stat().st_mtime_ns == stamp


def test_the_table_is_for_people(files: list[str]) -> None:
    told = ask("retrieval", *files)
    assert "5 段，4 个问题" in told
    assert "nDCG@10" in told
    assert "p95" in told


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("c.jsonl", "not json\n", "第 1 行"),
        ("c.jsonl", '{"_id": "a", "text": "x"}\n{"_id": "a", "text": "y"}\n', "重复"),
        ("q.jsonl", '{"text": "x"}\n', "第 1 行"),
        ("r.tsv", "q1\tzz\t1\n", "zz"),
        ("r.tsv", "query-id\tcorpus-id\tscore\nq1\ta1\n", "第 2 行"),
        ("r.tsv", "nobody\ta1\t1\n", "没有一个问题"),
    ],
)
def test_a_wrong_file_names_the_line(name: str, content: str, told: str, files: list[str], tmp_path: Path) -> None:
    (tmp_path / name).write_text(content)
    with pytest.raises(EvaluationError, match=told):
        load_set(*(Path(path) for path in files[1::2]))


def test_a_wrong_depth_is_refused(files: list[str]) -> None:
    result = CliRunner().invoke(cli, ["evaluate", "retrieval", *files, "--k", "0,x"])
    assert result.exit_code == 2
    assert "整数" in result.output


GOLDEN = """
- id: A
  question: 证书有效期几年？
  kind: answerable
  facts: [["3年", "三年"]]
- id: B
  question: 明天广州要不要带伞
  kind: refuse
  reason: off_topic
"""


def test_answers_are_judged_reported_and_compared(built_index: Path, tmp_path: Path) -> None:
    (tmp_path / "q.yaml").write_text(GOLDEN, encoding="utf-8")
    base, page = tmp_path / "base.json", tmp_path / "report.html"
    common = ["answers", "--questions", str(tmp_path / "q.yaml"), "--index", str(built_index)]
    told = json.loads(ask(*common, "--json", "--html", str(page), "--save-baseline", str(base)))[
        (tmp_path / "q.yaml").as_posix()
    ]
    assert told["answered"]["right"] == 1
    assert told["refusal_f1"] == 1.0
    assert told["verbatim"]["value"] == 1.0
    assert [row["faults"] for row in told["questions"]] == [[], []]
    assert "证书有效期几年" in page.read_text(encoding="utf-8")
    assert "1/1" in ask(*common, "--baseline", str(base))
    assert json.loads(base.read_text(encoding="utf-8")) == {(tmp_path / "q.yaml").as_posix(): {"A": True, "B": True}}


def test_worse_than_the_baseline_fails(built_index: Path, tmp_path: Path) -> None:
    entries = [f"- {{id: N{i}, question: 证书有效期几年？, kind: answerable, facts: [[九百年]]}}\n" for i in range(5)]
    (tmp_path / "q.yaml").write_text("".join(entries), encoding="utf-8")
    (tmp_path / "base.json").write_text(
        json.dumps({(tmp_path / "q.yaml").as_posix(): {f"N{i}": True for i in range(5)}}), encoding="utf-8"
    )
    options = [
        "--questions",
        str(tmp_path / "q.yaml"),
        "--index",
        str(built_index),
        "--baseline",
        str(tmp_path / "base.json"),
    ]
    with pytest.raises(EvaluationWorse):
        CliRunner().invoke(cli, ["evaluate", "answers", *options], catch_exceptions=False)


def test_a_file_that_the_baseline_lacks_is_told(built_index: Path, tmp_path: Path) -> None:
    (tmp_path / "q.yaml").write_text(GOLDEN, encoding="utf-8")
    (tmp_path / "base.json").write_text(json.dumps({"other.yaml": {"A": True}}), encoding="utf-8")
    options = [
        "--questions",
        str(tmp_path / "q.yaml"),
        "--index",
        str(built_index),
        "--baseline",
        str(tmp_path / "base.json"),
    ]
    result = CliRunner().invoke(cli, ["evaluate", "answers", *options], catch_exceptions=False)
    assert result.exit_code == 0
    assert "基线里没有" in result.stderr
    assert "other.yaml" in result.stderr

"""Language models on the command line: a process, its output, its exit code. The key is never printed."""

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from assistant.answering.providers import PROVIDERS
from tests.integration.scripted import ASKS_BACK, KEY, own_index
from tests.integration.test_cli import assert_error, run
from tests.model_server import ModelServer, Reply

pytestmark = pytest.mark.integration

QUESTION = "售后服务认证证书有效期几年？"
LACKING = "资料中没有说明证书有效期能不能延长。"
MODEL = ("--model", "openai:test-model")
SENTENCES = [
    {"id": "A1", "cites": ["常见问答·证书 1"], "sentence": "售后服务认证证书有效期 3 年[1]。", "fault": None},
    {"id": "A2", "cites": ["常见问答·证书 1"], "sentence": "售后服务认证证书有效期 5 年[1]。", "fault": "number"},
    {"id": "A3", "cites": ["常见问答·证书 1"], "sentence": "有效期内每年至少做一次监督审核[1]。", "fault": "number"},
]


@pytest.fixture(scope="module")
def server() -> Iterator[ModelServer]:
    with ModelServer() as server:
        yield server


@pytest.fixture(scope="module")
def index(built_index: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return own_index(built_index, tmp_path_factory.mktemp("cli") / "index")


@pytest.fixture
def model(server: ModelServer, monkeypatch: pytest.MonkeyPatch) -> ModelServer:
    """The environment names the endpoint and its key, not the model."""
    settings = {"BASE_URL": server.base_url, "API_KEY": KEY, "CACHE": "false", "RETRIES": "0"}
    for name, value in settings.items():
        monkeypatch.setenv(f"ASSISTANT_MODEL__{name}", value)
    server.clear()
    server.script(Reply(ASKS_BACK))
    return server


def told(*arguments: str | Path, code: int = 0) -> str:
    """Return what a command prints that ends with ``code``; nothing else is printed and nothing holds the key."""
    done: subprocess.CompletedProcess[str] = run(*arguments)
    assert (done.returncode, done.stderr) == (code, "")
    assert KEY not in done.stdout
    return done.stdout


def mark_of(server: ModelServer, index: Path, address: str) -> str:
    """Return the mark under which the model is shown the clause."""
    told("ask", QUESTION, "--index", index, *MODEL)
    shown = server.requests()[-1].body["messages"][1]["content"]
    before = shown.partition(f"\n{address}｜")[0]
    return f"[{before.rpartition('编号=')[2].rstrip('>')}]"


def test_an_answer_by_a_model_is_told_as_text_and_as_json(model: ModelServer, index: Path) -> None:
    mark = mark_of(model, index, "常见问答·证书 1")
    wrong = f"企业应在证书 5 年到期前申请再认证{mark}。"
    model.script(
        Reply(f"售后服务认证证书有效期 3 年{mark}。有效期内每年至少做一次监督审核{mark}。{wrong}", usage=(900, 60))
    )
    text = told("ask", QUESTION, "--index", index, *MODEL)
    assert text.startswith("售后服务认证证书有效期 3 年。[1]有效期内每年至少做一次监督审核。[1]")
    assert "\n（未通过核对）企业应在证书 5 年到期前申请再认证。：“5年”不在所引条款中" in text
    assert "[1] 常见问答·证书 1" in text
    assert text.splitlines()[-1].endswith("由模型 test-model 写成，逐句核对过，词元 1800 + 120")

    answer = json.loads(told("ask", QUESTION, "--index", index, *MODEL, "--json"))
    assert [sentence["status"] for sentence in answer["sentences"]] == ["supported", "supported", "failed"]
    assert set(answer["sentences"][0]) == {"text", "marks", "status", "note", "checks"}
    assert answer["sentences"][0]["text"] == "售后服务认证证书有效期 3 年。"
    assert answer["sentences"][0]["marks"] == [1]
    checks = {check["name"]: check for check in answer["sentences"][2]["checks"]}
    assert {"marks", "numbers", "quotations", "modality", "support", "validity", "safety"} == set(checks)
    assert not checks["numbers"]["ok"]
    assert "5年" in checks["numbers"]["detail"]
    assert answer["model"] | {"seconds": 0, "check_ms": 0} == {
        "name": "test-model",
        "used": True,
        "input_tokens": 1800,
        "output_tokens": 120,
        "cost": None,
        "drafts": 2,
        "removed_marks": 0,
        "dropped": 0,
        "cached": False,
        "seconds": 0,
        "check_ms": 0,
    }
    assert answer["notice"] == ""
    assert "model" in answer["timings_ms"]


def test_what_the_model_does_not_find_is_a_refusal(model: ModelServer, index: Path) -> None:
    model.script(Reply(LACKING))
    answer = json.loads(told("ask", QUESTION, "--index", index, *MODEL, "--json", code=3))
    assert (answer["refused"], answer["reason"], answer["answer"]) == (True, "not_in_material", LACKING)


def test_a_model_that_fails_is_told_and_done_without(model: ModelServer, index: Path) -> None:
    model.script(Reply("wrong key {KEY}", status=401, obey=True))
    text = told("ask", QUESTION, "--index", index, *MODEL)
    assert text.startswith("（模型服务不认这个密钥。下面的回答直接摘自条款，没有用模型。）\n")
    assert "3 年" in text
    assert text.splitlines()[-1].endswith("模型 test-model 没有用上")
    answer = json.loads(told("ask", QUESTION, "--index", index, *MODEL, "--json"))
    assert "不认这个密钥" in answer["notice"]
    assert answer["model"]["used"] is False
    assert not answer["refused"]


def test_the_model_of_the_settings_file_is_used_and_can_be_turned_off(
    server: ModelServer, index: Path, tmp_path: Path
) -> None:
    server.clear()
    server.script(Reply(ASKS_BACK))
    lines = ['name = "from-file"', f'base_url = "{server.base_url}"', f'api_key = "{KEY}"', "cache = false"]
    (tmp_path / "assistant.toml").write_text("\n".join(["[model]", *lines]), encoding="utf-8")
    assert ASKS_BACK in told("ask", QUESTION, "--index", index)
    (request,) = server.settled()
    assert (request.body["model"], request.headers["authorization"]) == ("from-file", f"Bearer {KEY}")
    answer = json.loads(told("ask", QUESTION, "--index", index, "--model", "none", "--json"))
    assert (answer["model"], answer["notice"]) == (None, "")
    assert len(server.settled()) == 1


def test_the_key_of_one_provider_is_not_sent_to_another(
    server: ModelServer, index: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.clear()
    for name, value in {"NAME": "own", "BASE_URL": server.base_url, "API_KEY": KEY}.items():
        monkeypatch.setenv(f"ASSISTANT_MODEL__{name}", value)
    answer = json.loads(told("ask", QUESTION, "--index", index, "--model", "deepseek:deepseek-chat", "--json"))
    assert "没有设置模型的密钥" in answer["notice"]
    assert server.requests() == []


@pytest.mark.parametrize(
    ("choice", "word"), [("nope:x", "不认识的模型服务商"), ("gpt", "写得不对"), ("openai:", "写得不对")]
)
def test_a_model_that_cannot_be_chosen_is_an_error(index: Path, choice: str, word: str) -> None:
    for command in (["ask", QUESTION], ["models", "test"]):
        assert_error(run(*command, "--index", index, "--model", choice), word)


def test_the_providers_are_listed() -> None:
    lines = told("models", "list").splitlines()
    assert [line.partition(":")[0] for line in lines] == list(PROVIDERS)
    rows = json.loads(told("models", "list", "--json"))
    assert [row["provider"] for row in rows] == list(PROVIDERS)
    assert set(rows[0]) == {"provider", "label", "base_url", "example", "keyless"}


def test_a_model_that_works_is_tried_out(model: ModelServer, index: Path) -> None:
    model.script(Reply("你好，世界", usage=(9, 3)))
    line = told("models", "test", "--index", index, *MODEL)
    assert line.startswith(f"可用：test-model（{model.base_url}），连得上，密钥和模型名有效，支持流式，会报用量，")
    assert line.count("\n") == 1
    model.script(Reply(chunks=["你好"]))
    found = json.loads(told("models", "test", "--index", index, *MODEL, "--json"))
    assert (found["ok"], found["streams"], found["counts_tokens"]) == (True, False, False)
    assert 0 < found["first_s"] <= found["total_s"]


@pytest.mark.parametrize(
    ("reply", "word"),
    [
        (Reply("wrong key {KEY}", status=401, obey=True), "不认这个密钥"),
        (Reply("no such model", status=404), "没有这个模型或地址"),
        (Reply(""), "空白"),
    ],
)
def test_a_model_that_does_not_work_is_told_in_a_line(model: ModelServer, reply: Reply, word: str) -> None:
    model.script(reply)
    line = told("models", "test", *MODEL, code=1)
    assert line.startswith(f"不能用：test-model（{model.base_url}），")
    assert word in line
    assert "。办法：" in line
    assert line.count("\n") == 1


def test_an_endpoint_that_cannot_be_reached_is_told(model: ModelServer, monkeypatch: pytest.MonkeyPatch) -> None:
    with ModelServer() as gone:
        pass
    monkeypatch.setenv("ASSISTANT_MODEL__BASE_URL", gone.base_url)
    assert "连不上模型的地址" in told("models", "test", *MODEL, code=1)
    found = json.loads(told("models", "test", *MODEL, "--json", code=1))
    assert (found["ok"], found["first_s"], found["total_s"]) == (False, None, None)
    assert found["message"]
    assert found["hint"]


def test_without_a_model_there_is_nothing_to_try() -> None:
    assert_error(run("models", "test"), "还没有设置模型", "ASSISTANT_MODEL__NAME", "--model")


def test_the_checks_are_measured_on_sentences(index: Path, tmp_path: Path) -> None:
    path = tmp_path / "sentences.yaml"
    path.write_text(yaml.safe_dump(SENTENCES, allow_unicode=True), encoding="utf-8")
    text = told("evaluate", "checks", "--sentences", path, "--index", index, "--wrong")
    assert "✗ A3 number：有效期内每年至少做一次监督审核[1]。" in text
    assert "✗ A1" not in text
    assert "忠实的句子被误报：0" in text
    assert "查出 number：1" in text
    measured = json.loads(told("evaluate", "checks", "--sentences", path, "--index", index, "--json"))
    assert measured["kinds"] == {"number": {"flagged": 1, "n": 2}, "faithful": {"flagged": 0, "n": 1}}
    assert 0 < measured["sentence_ms"]["p50"] <= measured["sentence_ms"]["p95"]
    assert measured["sentence_ms"]["p50"] <= measured["answer_ms"]["p50"] <= measured["answer_ms"]["p95"]


@pytest.mark.parametrize(
    ("content", "word"),
    [
        ("- id: A1", "读不了句子文件"),
        ("[]", "是空的"),
        ("- {id: A1, cites: [没有 1], sentence: 一句话, fault: null}", "没有 1 不在资料中"),
    ],
)
def test_a_file_without_sentences_is_an_error(index: Path, tmp_path: Path, content: str, word: str) -> None:
    path = tmp_path / "sentences.yaml"
    path.write_text(content, encoding="utf-8")
    assert_error(run("evaluate", "checks", "--sentences", path, "--index", index), word)

"""The embedding engines: the bundled model, an OpenAI-compatible endpoint on loopback, a sentence-transformers folder."""

import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pydantic import SecretStr

from assistant.chat import Assistant
from assistant.errors import EmbeddingError
from assistant.indexing.build import build
from assistant.indexing.embedding import Embedder, OnnxEmbedder, load_embedder
from assistant.settings import EmbeddingSettings, Settings
from tests.fakes import HashingEmbedder

pytestmark = pytest.mark.integration

KEY = "sk-very-secret-27922"
TEXTS = [
    "证书有效期三年",
    "服务管理师按百分之十配备",
    "今天中午吃红烧肉",
    "证书",
    "投诉要在规定时间内处理完毕并回访" * 9,
]


@pytest.fixture(scope="module")
def bundled() -> Embedder:
    return load_embedder(EmbeddingSettings())


def test_the_bundled_model_gives_unit_vectors(bundled: Embedder) -> None:
    vectors = bundled.embed_documents(TEXTS)
    assert (vectors.shape, vectors.dtype) == ((len(TEXTS), 384), np.float32)
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(1, abs=1e-3)
    assert np.linalg.norm(bundled.embed_query("证书")) == pytest.approx(1, abs=1e-3)


@pytest.mark.parametrize(
    ("question", "near"),
    [("证书管几年", 0), ("要配几个管理师", 1), ("午饭做什么菜", 2), ("顾客不满意来反映问题怎么办", 4)],
)
def test_similar_texts_are_nearer_than_others(bundled: Embedder, question: str, near: int) -> None:
    cosines = bundled.embed_documents(TEXTS) @ bundled.embed_query(question)
    assert int(np.argmax(np.delete(cosines, 3))) == (near if near < 3 else near - 1)


def test_vectors_come_in_the_order_of_the_texts_whatever_their_length(bundled: Embedder) -> None:
    texts = [text * times for times in (1, 7, 3) for text in TEXTS]
    told: list[int] = []
    together = bundled.embed_documents(texts, told.append)
    alone = np.concatenate([bundled.embed_documents([text]) for text in texts])
    assert sum(told) == len(texts)
    assert (together * alone).sum(axis=1) == pytest.approx(1, abs=0.03)  # int8: a batch shares its scale
    assert np.argmax(alone @ together.T, axis=1).tolist() == list(range(len(texts)))


def test_a_text_without_end_or_without_words_is_embedded(bundled: Embedder) -> None:
    vectors = bundled.embed_documents(["售后" * 5000, "", "🙂", "\0"])
    assert np.isfinite(vectors).all()
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(1, abs=1e-3)


def test_the_fingerprint_is_that_of_the_model_file(bundled: Embedder) -> None:
    import hashlib

    from assistant.indexing.embedding import MODELS

    content = (MODELS / "e5-small-zh/model.int8.onnx").read_bytes()
    assert bundled.fingerprint == f"onnx:{hashlib.sha256(content).hexdigest()[:16]}"


def test_a_missing_bundled_model_is_an_error_with_a_hint(tmp_path: Path) -> None:
    with pytest.raises(EmbeddingError) as caught:
        OnnxEmbedder(tmp_path)
    assert caught.value.hint


class Endpoint(ThreadingHTTPServer):
    """An OpenAI-compatible endpoint whose ``reply`` makes (status, body) from the texts asked for."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.reply: Callable[[list[str]], tuple[int, bytes]] = vectors_for
        self.requests: list[dict[str, Any]] = []
        self.keys: set[str] = set()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/v1"


class _Handler(BaseHTTPRequestHandler):
    server: Endpoint

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.requests.append(body)
        self.server.keys.add(self.headers["Authorization"])
        texts = [body["input"]] if isinstance(body["input"], str) else body["input"]
        status, content = self.server.reply(texts) if self.path == "/v1/embeddings" else (404, b"{}")
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def answer_of(vectors: list[list[float]]) -> tuple[int, bytes]:
    data = [{"object": "embedding", "index": i, "embedding": vector} for i, vector in enumerate(vectors)]
    content = {"object": "list", "data": data, "model": "m", "usage": {"prompt_tokens": 1, "total_tokens": 1}}
    return 200, json.dumps(content).encode()


def vectors_for(texts: list[str]) -> tuple[int, bytes]:
    """Answer with vectors that are three times too long."""
    return answer_of([(3 * HashingEmbedder().embed_query(text)).tolist() for text in texts])


@pytest.fixture
def endpoint() -> Iterator[Endpoint]:
    pytest.importorskip("langchain_openai")
    with Endpoint() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def openai_settings(endpoint: Endpoint, **values: object) -> EmbeddingSettings:
    fields = {"engine": "openai", "name": "m", "base_url": endpoint.url, "api_key": SecretStr(KEY), "timeout_s": 5.0}
    return EmbeddingSettings(**(fields | values))  # type: ignore[arg-type]


def test_an_endpoint_gives_unit_vectors_in_order_and_gets_plain_texts(endpoint: Endpoint) -> None:
    embedder = load_embedder(openai_settings(endpoint, query_prefix="问：", passage_prefix="文："))
    texts = [f"{text}{i}" for i in range(7) for text in TEXTS]
    told: list[int] = []
    vectors = embedder.embed_documents(texts, told.append)
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(1, abs=1e-5)
    assert vectors == pytest.approx(HashingEmbedder().embed_documents([f"文：{text}" for text in texts]), abs=1e-5)
    assert sum(told) == len(texts)
    embedder.embed_query("几年")
    assert endpoint.requests[-1]["input"] in ("问：几年", ["问：几年"])
    assert endpoint.requests[-1]["model"] == "m"
    assert endpoint.keys == {f"Bearer {KEY}"}


@pytest.mark.parametrize(
    "reply",
    [
        (500, b'{"error": {"message": "boom ' + KEY.encode() + b'"}}'),
        (401, b'{"error": {"message": "Incorrect API key provided: ' + KEY.encode() + b'"}}'),
        (404, b"not found"),
        (200, b"{"),
        (200, b"<html></html>"),
        (200, b'{"data": "x"}'),
        (200, b'{"object": "list", "model": "m"}'),
    ],
)
def test_a_failing_endpoint_is_an_error_with_a_hint_and_without_the_key(
    endpoint: Endpoint, reply: tuple[int, bytes]
) -> None:
    endpoint.reply = lambda _: reply
    embedder = load_embedder(openai_settings(endpoint))
    for call in (lambda: embedder.embed_query("几年"), lambda: embedder.embed_documents(TEXTS)):
        with pytest.raises(EmbeddingError) as caught:
            call()
        assert "BASE_URL" in caught.value.hint
        assert KEY not in f"{caught.value} {caught.value.hint} {caught.value!r}"


@pytest.mark.parametrize(
    "count",
    [
        0,
        1,
    ],
)
def test_an_endpoint_that_gives_too_few_vectors_is_an_error(endpoint: Endpoint, tmp_path: Path, count: int) -> None:
    from tests.fakes import write_corpus

    endpoint.reply = lambda texts: vectors_for(texts[:count])
    with pytest.raises(EmbeddingError):
        build(write_corpus(tmp_path / "corpus"), tmp_path / "index", load_embedder(openai_settings(endpoint)))


def test_an_endpoint_that_is_not_there_is_an_error(endpoint: Endpoint) -> None:
    embedder = load_embedder(openai_settings(endpoint, base_url="http://127.0.0.1:9/v1"))
    with pytest.raises(EmbeddingError) as caught:
        embedder.embed_query("几年")
    assert caught.value.hint


def test_an_endpoint_without_a_key_is_an_error_that_names_the_setting(endpoint: Endpoint) -> None:
    with pytest.raises(EmbeddingError) as caught:
        load_embedder(openai_settings(endpoint, api_key=None)).embed_query("几年")
    assert "ASSISTANT_EMBEDDING__API_KEY" in caught.value.hint


def test_the_fingerprint_tells_endpoint_model_and_prefix_but_not_the_key(endpoint: Endpoint) -> None:
    def fingerprint(**values: object) -> str:
        return load_embedder(openai_settings(endpoint, **values)).fingerprint

    plain = fingerprint()
    assert plain == fingerprint(api_key=SecretStr("other"), timeout_s=9.0)
    changed = {fingerprint(name="n"), fingerprint(base_url="http://127.0.0.1:9/v1"), fingerprint(passage_prefix="文：")}
    assert len(changed | {plain}) == 4


def test_building_and_asking_through_an_endpoint(endpoint: Endpoint, small_corpus: Path, tmp_path: Path) -> None:
    settings = Settings(corpus=small_corpus, index=tmp_path / "index", embedding=openai_settings(endpoint))
    with Assistant.open(settings=settings, build_if_missing=True) as assistant:
        hits = assistant.search("测试认证的证书有效期几年", 1)
    assert hits[0].clause.address == "测试问答 1"
    assert hits[0].dense is not None
    assert not list((tmp_path / "index").rglob(f"*{KEY}*"))
    files = [path for path in (tmp_path / "index").rglob("*") if path.is_file()]
    assert files
    assert all(KEY.encode() not in path.read_bytes() for path in files)
    endpoint.reply = lambda _: (500, b"{}")
    with pytest.raises(EmbeddingError):
        Assistant.open(settings=settings)


def test_sentence_transformers_is_named_where_it_is_missing() -> None:
    from importlib.util import find_spec

    if find_spec("sentence_transformers"):
        pytest.skip("it is installed")
    embedder = load_embedder(EmbeddingSettings(engine="sentence-transformers", name="any"))
    with pytest.raises(EmbeddingError) as caught:
        embedder.embed_query("几年")
    assert "pip install" in caught.value.hint


@pytest.fixture
def tiny_model(tmp_path: Path) -> Path:
    """A sentence-transformers folder made here: random word vectors of 16 dimensions, averaged."""
    pytest.importorskip("sentence_transformers")
    from sentence_transformers import SentenceTransformer, models
    from tokenizers import Tokenizer
    from tokenizers.models import WordLevel
    from tokenizers.pre_tokenizers import Split

    chars = sorted({char for text in TEXTS for char in text} | set("问文：几年管"))
    tokenizer = Tokenizer(WordLevel({char: i for i, char in enumerate(["?", *chars])}, unk_token="?"))
    tokenizer.pre_tokenizer = Split("", "isolated")
    static = models.StaticEmbedding(tokenizer, embedding_dim=16)
    SentenceTransformer(modules=[static], device="cpu").save(str(tmp_path / "tiny"))
    return tmp_path / "tiny"


@pytest.mark.filterwarnings("default")
def test_a_sentence_transformers_folder_gives_unit_vectors_in_order(tiny_model: Path) -> None:
    settings = EmbeddingSettings(engine="sentence-transformers", name=str(tiny_model), passage_prefix="文：")
    embedder = load_embedder(settings)
    vectors = embedder.embed_documents(TEXTS)
    assert vectors.shape == (len(TEXTS), 16)
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(1, abs=1e-4)
    alone = np.concatenate([embedder.embed_documents([text]) for text in TEXTS])
    assert vectors == pytest.approx(alone, abs=1e-5)
    assert embedder.fingerprint != load_embedder(settings.model_copy(update={"passage_prefix": ""})).fingerprint


@pytest.mark.filterwarnings("default")
def test_a_sentence_transformers_model_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    pytest.importorskip("sentence_transformers")
    embedder = load_embedder(EmbeddingSettings(engine="sentence-transformers", name=str(tmp_path / "none")))
    with pytest.raises(EmbeddingError) as caught:
        embedder.embed_query("几年")
    assert caught.value.hint


def test_token_vectors_come_with_the_vector_and_leave_out_the_prefix(bundled: OnnxEmbedder) -> None:
    vectors, tokens = bundled.encode_documents(["证书有效期三年", "", "售后服务" * 400])
    assert vectors == pytest.approx(bundled.embed_documents(["证书有效期三年", "", "售后服务" * 400]), abs=1e-5)
    assert len(tokens[1]) <= 1
    assert 3 <= len(tokens[0]) <= 8
    assert len(tokens[2]) <= 512
    assert tokens[0].dtype == np.int8
    norms = np.linalg.norm(tokens[0].astype(np.float32) / 127, axis=1)
    assert norms == pytest.approx(1.0, abs=0.03)
    _, question = bundled.encode_query("证书有效期三年")
    assert len(question) == len(tokens[0])

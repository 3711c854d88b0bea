"""Embedding models behind one narrow protocol; the bundled one needs nothing but ONNX Runtime and tokenizers."""

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from assistant.errors import EmbeddingError
from assistant.settings import EmbeddingSettings

Vectors = NDArray[np.float32]
# Token vectors of one text, shape (tokens, dimension): cosines times 127, so that a clause takes kilobytes, not hundreds.
Tokens = NDArray[np.int8]
TOKEN_SCALE = 127
MODELS = Path(__file__).resolve().parent.parent / "models"
_BATCH = 8


class Embedder(Protocol):
    """Turns texts into vectors of L2 norm 1. ``fingerprint`` changes whenever the vectors would."""

    @property
    def fingerprint(self) -> str:
        """Name and version of model and prefixes."""

    def embed_query(self, text: str) -> Vectors:
        """Return one vector, shape (dimension,), float32."""

    def embed_documents(self, texts: Sequence[str], progress: Callable[[int], None] | None = None) -> Vectors:
        """Return vectors in the order of ``texts``, shape (n, dimension), float32; ``progress`` is told of each batch's size."""


@runtime_checkable
class TokenEmbedder(Embedder, Protocol):
    """An embedder that gives the vectors of single tokens as well, from the same run of the model, for late interaction."""

    @property
    def token_dimension(self) -> int:
        """Length of the vector of a token."""

    def encode_query(self, text: str) -> tuple[Vectors, Tokens]:
        """Return (vector, token vectors) of a question."""

    def encode_documents(
        self, texts: Sequence[str], progress: Callable[[int], None] | None = None
    ) -> tuple[Vectors, list[Tokens]]:
        """Return (vectors, token vectors of each text) in the order of ``texts``."""


@dataclass(frozen=True, slots=True)
class Encoded:
    """A question as vectors; ``tokens`` is None where the model gives none."""

    vector: Vectors
    tokens: Tokens | None = None


def encode(embedder: Embedder, question: str) -> Encoded:
    """Return all vectors of ``question`` that ``embedder`` can give, from one run of the model."""
    if isinstance(embedder, TokenEmbedder):
        return Encoded(*embedder.encode_query(question))
    return Encoded(embedder.embed_query(question))


class OnnxEmbedder:
    """The bundled multilingual-e5-small with Chinese vocabulary, int8, mean pooling and token vectors in the graph.

    Texts are sorted by length before batching: padding is what costs. Inputs beyond 512 tokens are cut. Token vectors leave
    out the prefix and the signs that begin and end a text.
    """

    def __init__(self, folder: Path) -> None:
        try:
            self._config: dict[str, Any] = json.loads((folder / "config.json").read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise EmbeddingError(f"内置模型读不了：{folder}", "重新安装本程序") from error
        self._folder = folder

    @property
    def fingerprint(self) -> str:
        """Hash of the model file, as recorded by the conversion."""
        return f"onnx:{self._config['sha256'][:16]}"

    @property
    def token_dimension(self) -> int:
        """Length of the vector of a token, 128."""
        return int(self._config["token_dimension"])

    @cached_property
    def _session(self) -> Any:  # noqa: ANN401 — onnxruntime has no types
        import onnxruntime as ort

        options = ort.SessionOptions()
        options.log_severity_level = 3
        # waiting threads sleep: as fast for one question, and other processes get the cores
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        return ort.InferenceSession(str(self._folder / "model.int8.onnx"), options, providers=["CPUExecutionProvider"])

    @cached_property
    def _tokenizer(self) -> Any:  # noqa: ANN401 — built in Rust, without types
        from tokenizers import Tokenizer

        tokenizer = Tokenizer.from_file(str(self._folder / "tokenizer.json"))
        tokenizer.enable_truncation(self._config["max_tokens"])
        tokenizer.enable_padding(pad_id=self._config["pad_id"])
        return tokenizer

    def embed_query(self, text: str) -> Vectors:
        """Return the vector of a question, shape (384,)."""
        return self.encode_query(text)[0]

    def embed_documents(self, texts: Sequence[str], progress: Callable[[int], None] | None = None) -> Vectors:
        """Return the vectors of passages, shape (n, 384)."""
        return self.encode_documents(texts, progress)[0]

    def encode_query(self, text: str) -> tuple[Vectors, Tokens]:
        """Return the vector of a question, shape (384,), and those of its tokens, (tokens, 128)."""
        vectors, tokens = self._encode(self._config["query_prefix"], [text])
        return vectors[0], tokens[0]

    def encode_documents(
        self, texts: Sequence[str], progress: Callable[[int], None] | None = None
    ) -> tuple[Vectors, list[Tokens]]:
        """Return the vectors of passages, shape (n, 384), and those of their tokens, n times (tokens, 128)."""
        out = np.zeros((len(texts), self._config["dimension"]), np.float32)
        tokens: dict[int, Tokens] = {}
        order = sorted(range(len(texts)), key=lambda i: len(texts[i]))
        for start in range(0, len(order), _BATCH):
            batch = order[start : start + _BATCH]
            out[batch], parts = self._encode(self._config["passage_prefix"], [texts[i] for i in batch])
            tokens |= zip(batch, parts, strict=True)
            if progress:
                progress(len(batch))
        return out, [tokens[i] for i in range(len(texts))]

    def _encode(self, prefix: str, texts: list[str]) -> tuple[Vectors, list[Tokens]]:
        encoded = self._tokenizer.encode_batch([prefix + text for text in texts])
        ids = np.array([item.ids for item in encoded], np.int64)
        mask = np.array([item.attention_mask for item in encoded], np.int64)
        vectors, tokens = self._session.run(["embedding", "tokens"], {"input_ids": ids, "attention_mask": mask})
        first = len(self._tokenizer.encode(prefix.strip()).ids) - 1  # the sign that begins a text included
        scaled = np.rint(np.asarray(tokens) * TOKEN_SCALE).astype(np.int8)
        return np.asarray(vectors, np.float32), [
            row[first : length - 1].copy() for row, length in zip(scaled, mask.sum(axis=1), strict=True)
        ]


class SentenceTransformersEmbedder:
    """Any sentence-transformers model, by name or local folder."""

    def __init__(self, settings: EmbeddingSettings) -> None:
        self._settings = settings

    @property
    def fingerprint(self) -> str:
        """Name and prefixes; for a local folder also the size and time of its weights."""
        folder = Path(self._settings.name)
        files = sorted(folder.rglob("*.safetensors")) + sorted(folder.rglob("*.bin")) if folder.is_dir() else []
        state = "".join(f"{file.name}{file.stat().st_size}{file.stat().st_mtime_ns}" for file in files)
        return _fingerprint("st", self._settings, state)

    @cached_property
    def _model(self) -> Any:  # noqa: ANN401 — imported lazily: it costs ten seconds
        try:
            from sentence_transformers import SentenceTransformer
        except ImportError as error:
            raise EmbeddingError("没有安装 sentence-transformers", 'pip install -e ".[models]"') from error
        try:
            return SentenceTransformer(self._settings.name)
        except (OSError, ValueError) as error:
            hint = "离线时把模型放在本机，用 ASSISTANT_EMBEDDING__NAME 指到文件夹"
            raise EmbeddingError(f"载入不了模型 {self._settings.name}", hint) from error

    def embed_query(self, text: str) -> Vectors:
        """Return the vector of a question."""
        vector: Vectors = self._encode([self._settings.query_prefix + text])[0]
        return vector

    def embed_documents(self, texts: Sequence[str], progress: Callable[[int], None] | None = None) -> Vectors:
        """Return the vectors of passages."""
        return _in_batches([self._settings.passage_prefix + text for text in texts], 64, self._encode, progress)

    def _encode(self, texts: list[str]) -> Vectors:
        return np.asarray(self._model.encode(texts, normalize_embeddings=True, show_progress_bar=False), np.float32)


class OpenAIEmbedder:
    """Any OpenAI-compatible embedding endpoint, through langchain-openai."""

    def __init__(self, settings: EmbeddingSettings) -> None:
        self._settings = settings

    @property
    def fingerprint(self) -> str:
        """Endpoint, model name and prefixes; never the key."""
        return _fingerprint("openai", self._settings, self._settings.base_url or "")

    @cached_property
    def _client(self) -> Any:  # noqa: ANN401 — imported lazily
        from langchain_openai import OpenAIEmbeddings

        key = self._settings.api_key
        if key is None:
            raise EmbeddingError("没有设置密钥", "设置 ASSISTANT_EMBEDDING__API_KEY（本机服务不需要密钥时填任意字）")
        options: dict[str, Any] = {
            "model": self._settings.name,
            "base_url": self._settings.base_url,
            "api_key": key,
            "timeout": self._settings.timeout_s,
            "max_retries": 2,
            "check_embedding_ctx_length": False,  # else it sends token ids, which only one vendor understands
        }
        return OpenAIEmbeddings(**options)

    def embed_query(self, text: str) -> Vectors:
        """Return the vector of a question."""
        vector: Vectors = self._request([self._settings.query_prefix + text])[0]
        return vector

    def embed_documents(self, texts: Sequence[str], progress: Callable[[int], None] | None = None) -> Vectors:
        """Return the vectors of passages."""
        return _in_batches([self._settings.passage_prefix + text for text in texts], 16, self._request, progress)

    def _request(self, texts: list[str]) -> Vectors:
        try:
            vectors = np.asarray(self._client.embed_documents(texts), np.float32)
        except EmbeddingError:
            raise
        except Exception as error:  # the client raises its own and the transport's errors
            hint = "检查 ASSISTANT_EMBEDDING__BASE_URL、NAME、API_KEY，或改回 ASSISTANT_EMBEDDING__ENGINE=bundled"
            raise EmbeddingError(f"向量服务没有正常回答（{type(error).__name__}）", hint) from error
        if vectors.shape[:1] != (len(texts),) or vectors.ndim != 2:  # noqa: PLR2004
            raise EmbeddingError(f"向量服务回了 {len(vectors)} 个向量，应为 {len(texts)} 个", "换一个向量服务或模型")
        norms = np.linalg.norm(vectors, axis=1, keepdims=True)
        scaled: Vectors = vectors / np.maximum(norms, 1e-12)
        return scaled


def _in_batches(
    texts: list[str], size: int, embed: Callable[[list[str]], Vectors], progress: Callable[[int], None] | None
) -> Vectors:
    parts = []
    for start in range(0, len(texts), size):
        batch = texts[start : start + size]
        parts.append(embed(batch))
        if progress:
            progress(len(batch))
    return np.concatenate(parts)


def _fingerprint(engine: str, settings: EmbeddingSettings, state: str) -> str:
    content = "\0".join((settings.name, settings.query_prefix, settings.passage_prefix, state))
    return f"{engine}:{hashlib.sha256(content.encode()).hexdigest()[:16]}"


def load_embedder(settings: EmbeddingSettings) -> Embedder:
    """Return the embedder that ``settings`` name; models are loaded at first use.

    Raises:
        EmbeddingError: at first use, if the model or endpoint cannot be used.

    """
    match settings.engine:
        case "bundled":
            return OnnxEmbedder(MODELS / "e5-small-zh")
        case "sentence-transformers":
            return SentenceTransformersEmbedder(settings)
        case "openai":
            return OpenAIEmbedder(settings)

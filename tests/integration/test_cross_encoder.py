"""A cross-encoder as the reranker, made on the spot: what it scores is what the ranking uses."""

from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from assistant.errors import EmbeddingError
from assistant.indexing.embedding import Encoded
from assistant.retrieval.rerank import CrossEncoderReranker, load_reranker, rerank
from assistant.settings import RerankSettings
from assistant.types import Block, BlockKind, Clause, Confidence

pytestmark = pytest.mark.integration

TEXTS = ["证书有效期三年", "投诉七日内答复", "配备售后服务管理师"]


def clause(position: int) -> Clause:
    text = TEXTS[position]
    block = Block(BlockKind.PARAGRAPH, text, 0, len(text), Confidence.LAW_TEXT)
    return Clause(f"法 {position}", "d", str(position), "", (), text, 0, len(text), (block,))


RECORDS = SimpleNamespace(clause=clause, documents={"d": SimpleNamespace(title="法", number=None)})


@pytest.fixture
def model_folder(tmp_path: Path) -> Path:
    pytest.importorskip("sentence_transformers")
    from transformers import BertConfig, BertForSequenceClassification, BertTokenizerFast

    letters = sorted(set("".join(TEXTS) + "证书几年法 >0123\n"))
    (tmp_path / "vocab.txt").write_text("\n".join(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *letters]) + "\n")
    config = BertConfig(
        vocab_size=5 + len(letters),
        hidden_size=16,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=16,
        num_labels=1,
    )
    BertForSequenceClassification(config).save_pretrained(tmp_path / "model")
    BertTokenizerFast(vocab_file=str(tmp_path / "vocab.txt")).save_pretrained(tmp_path / "model")
    return tmp_path / "model"


def test_the_scores_of_the_model_decide_the_order(model_folder: Path) -> None:
    from sentence_transformers import CrossEncoder

    settings = RerankSettings(engine="cross-encoder", name=str(model_folder), weight=1.0, depth=3)
    reranker = load_reranker(settings, SimpleNamespace(records=RECORDS, tokens=None))  # type: ignore[arg-type]
    assert reranker is not None
    encoded = Encoded(np.zeros(2, np.float32))
    scores = reranker.scores("证书几年", encoded, [0, 1, 2])
    wanted = CrossEncoder(str(model_folder)).predict(
        [("证书几年", f"法 > {i}\n{text}") for i, text in enumerate(TEXTS)]
    )
    assert list(scores.values()) == pytest.approx([float(value) for value in wanted], abs=1e-5)
    ranked = rerank(reranker, "证书几年", encoded, {0: 0.9, 1: 0.5, 2: 0.1})
    assert sorted(ranked, key=lambda key: -ranked[key]) == sorted(scores, key=lambda key: -scores[key])
    assert reranker.scores("证书几年", encoded, []) == {}


def test_a_model_that_is_not_there_is_a_clear_error(tmp_path: Path) -> None:
    reranker = CrossEncoderReranker(
        RECORDS,  # type: ignore[arg-type]
        RerankSettings(engine="cross-encoder", name=str(tmp_path / "none")),
    )
    with pytest.raises(EmbeddingError) as error:
        reranker.scores("几年", Encoded(np.zeros(2, np.float32)), [0])
    assert error.value.hint


def test_late_interaction_without_token_vectors_is_left_out() -> None:
    snapshot = SimpleNamespace(records=RECORDS, tokens=None)
    assert load_reranker(RerankSettings(), snapshot) is None  # type: ignore[arg-type]
    assert load_reranker(RerankSettings(engine="none"), snapshot) is None  # type: ignore[arg-type]

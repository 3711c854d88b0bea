"""Add the token vectors of late interaction to an exported model as a second output, without touching its weights.

The last hidden states are projected to 128 dimensions and brought to L2 norm 1. The projection holds the main directions
(PCA, about the mean) of the hidden states of the project's own corpus, so cosines of tokens keep nearly all they tell.

Needs numpy, onnx, onnxruntime, tokenizers. Usage: ``python add_tokens.py MODEL_DIR CORPUS_DIR OUT_DIR``.
"""

import hashlib
import json
import shutil
import sys
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper
from tokenizers import Tokenizer

from assistant.corpus.documents import load_corpus

DIMENSION, STATES = 128, 60_000


def last_hidden_state(graph: onnx.GraphProto) -> str:
    """Return the name of the output of the last layer norm."""
    return [node.output[0] for node in graph.node if node.op_type == "LayerNormalization"][-1]


def main_directions(model: onnx.ModelProto, folder: Path, corpus: Path) -> np.ndarray:
    """Return the projection (hidden, 128), orthonormal columns, most variance first."""
    probe = onnx.ModelProto()
    probe.CopyFrom(model)
    hidden = last_hidden_state(model.graph)
    probe.graph.output.append(helper.make_tensor_value_info(hidden, TensorProto.FLOAT, None))
    session = onnxruntime.InferenceSession(probe.SerializeToString())
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    texts = [f"passage: {clause.text}" for clause in load_corpus(corpus).clauses]
    np.random.default_rng(0).shuffle(texts)
    states, count = [], 0
    for text in texts:
        ids = tokenizer.encode(text).ids
        inputs = {"input_ids": np.array([ids]), "attention_mask": np.ones((1, len(ids)), np.int64)}
        (found,) = session.run([hidden], inputs)
        states.append(found[0, 3:-1])
        count += len(states[-1])
        if count > STATES:
            break
    centred = np.concatenate(states)
    centred = centred - centred.mean(axis=0)
    values, vectors = np.linalg.eigh(centred.T @ centred)
    kept = values[-DIMENSION:].sum() / values.sum()
    print(f"{len(centred)} token states; {DIMENSION} of {len(values)} directions hold {kept:.1%} of the variance")
    return vectors[:, ::-1][:, :DIMENSION].astype(np.float32)


def main(folder: Path, corpus: Path, out: Path) -> None:
    """Write a copy of the model with both outputs."""
    out.mkdir(parents=True, exist_ok=True)
    for path in folder.iterdir():
        if path.is_file():
            shutil.copy(path, out / path.name)
    model = onnx.load(str(folder / "model.int8.onnx"))
    graph = model.graph
    graph.initializer.append(numpy_helper.from_array(main_directions(model, folder, corpus), "token_projection"))
    graph.node.extend(
        [
            helper.make_node("MatMul", [last_hidden_state(graph), "token_projection"], ["token_states"]),
            helper.make_node("LpNormalization", ["token_states"], ["tokens"], axis=-1, p=2),
        ]
    )
    graph.output.append(helper.make_tensor_value_info("tokens", TensorProto.FLOAT, ["batch", "length", DIMENSION]))
    target = out / "model.int8.onnx"
    onnx.save(model, str(target))
    meta = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    meta |= {"sha256": hashlib.sha256(target.read_bytes()).hexdigest(), "token_dimension": DIMENSION, "outputs": ["embedding", "tokens"]}
    (out / "config.json").write_text(json.dumps(meta, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:4]))

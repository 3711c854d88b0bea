"""Train the converted model on the project's own corpus and export it: this made the model in this folder.

Data: for every clause, the ways of asking that the keeper wrote down (问法, 误传) against the clause's text and against each
other, and single blocks against the rest of their clause; one way of asking in twenty is held out. No evaluation question
is used. Loss: InfoNCE over the batch in both directions (van den Oord et al., 2018, arXiv:1807.03748), temperature 0.04;
clauses that the untrained model finds nearly equal (cosine above 0.93) are no negatives of each other. Embeddings and the
lower six layers are frozen, so that the model stays a general one.

Needs the extra ``train`` and about ten minutes on two cores. Usage: ``python train.py CORPUS_DIR OUT_DIR``.
"""

import random
import sys
import time
from pathlib import Path

import numpy as np
import torch
from convert_e5 import Encoder, export, load_bert

from assistant.corpus.documents import load_corpus
from assistant.indexing.chunking import answer_blocks, block_text, heading_path, phrasings

BATCH, TEMPERATURE, PEAK_RATE, WARM_UP = 40, 0.04, 3e-5, 20
MAX_TOKENS, MAX_CHARS, FROZEN_LAYERS = 64, 160, 6
HELD_OUT, ASKED_SHARE, SAME_CLAUSE = 0.05, 0.8, 0.93

Pair = tuple[str, str, int]


def make_pairs(corpus: Path) -> tuple[list[Pair], list[tuple[str, int]], list[str]]:
    """Return (pairs of question, text and clause; held-out questions with their clause; the texts of the clauses)."""
    loaded = load_corpus(corpus)
    documents = {document.id: document for document in loaded.documents}
    asked: list[Pair] = []
    inner: list[Pair] = []
    held_out: list[tuple[str, int]] = []
    texts = []
    for count, clause in enumerate(loaded.clauses):
        path = heading_path(clause, documents[clause.document_id])
        blocks = [block_text(block) for _, block in answer_blocks(clause)]
        texts.append(f"{path}\n{' '.join(blocks)}"[:MAX_CHARS])
        phrases = phrasings(clause)
        for phrase in phrases:
            if random.random() < HELD_OUT:
                held_out.append((phrase, count))
                continue
            asked.append((phrase, texts[-1], count))
            if (other := random.choice(phrases)) != phrase:
                asked.append((phrase, other, count))
        if len(blocks) > 2:
            picked = random.randrange(len(blocks))
            rest = " ".join(blocks[:picked] + blocks[picked + 1 :])
            inner.append((blocks[picked][:MAX_CHARS], f"{path}\n{rest}"[:MAX_CHARS], count))
    random.shuffle(asked)
    return asked[: int(len(asked) * ASKED_SHARE)] + inner, held_out, texts


class Trainer:
    """The model in training, with its tokenizer."""

    def __init__(self) -> None:
        bert, self.tokenizer = load_bert()
        self.encoder = Encoder(bert)
        self.tokenizer.enable_truncation(MAX_TOKENS)
        self.tokenizer.enable_padding(pad_id=1)
        for module in (bert.embeddings, *bert.encoder.layer[:FROZEN_LAYERS]):
            module.requires_grad_(False)

    def embed(self, texts: list[str]) -> torch.Tensor:
        """Return vectors (n, 384) of L2 norm 1."""
        encoded = self.tokenizer.encode_batch(texts)
        return self.encoder(
            torch.tensor([item.ids for item in encoded]), torch.tensor([item.attention_mask for item in encoded])
        )

    @torch.no_grad()
    def embed_all(self, texts: list[str]) -> np.ndarray:
        """Return vectors of many texts, in batches."""
        return np.concatenate([self.embed(texts[i : i + 64]).numpy() for i in range(0, len(texts), 64)])

    def mean_reciprocal_rank(self, held_out: list[tuple[str, int]], texts: list[str]) -> float:
        """Return how well held-out questions find their clause by its text alone."""
        passages = self.embed_all([f"passage: {text}" for text in texts])
        questions = self.embed_all([f"query: {question}" for question, _ in held_out])
        scores = questions @ passages.T
        ranks = [(scores[i] > scores[i, clause]).sum() + 1 for i, (_, clause) in enumerate(held_out)]
        return float(np.mean(1 / np.array(ranks)))

    def train(self, pairs: list[Pair], alike: np.ndarray) -> None:
        """Run once over ``pairs``; ``alike[i, j]`` tells that clauses i and j are no negatives of each other."""
        optimizer = torch.optim.AdamW((p for p in self.encoder.parameters() if p.requires_grad), lr=PEAK_RATE, weight_decay=0.01)
        random.shuffle(pairs)
        steps = [pairs[i : i + BATCH] for i in range(0, len(pairs) - BATCH, BATCH)]
        start = time.monotonic()
        for count, batch in enumerate(steps):
            for group in optimizer.param_groups:
                group["lr"] = PEAK_RATE * min((count + 1) / WARM_UP, 1) * (1 - count / len(steps))
            scores = self.embed([f"query: {pair[0]}" for pair in batch]) @ self.embed([f"passage: {pair[1]}" for pair in batch]).T
            clauses = np.array([pair[2] for pair in batch])
            mask = torch.from_numpy(alike[np.ix_(clauses, clauses)] & ~np.eye(len(batch), dtype=bool))
            logits = (scores / TEMPERATURE).masked_fill(mask, -1e4)
            target = torch.arange(len(batch))
            loss = (torch.nn.functional.cross_entropy(logits, target) + torch.nn.functional.cross_entropy(logits.T, target)) / 2
            optimizer.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(self.encoder.parameters(), 1.0)
            optimizer.step()
            if count % 20 == 0:
                print(f"step {count} of {len(steps)}, loss {loss.item():.3f}, {time.monotonic() - start:.0f} s", flush=True)


def main(corpus: Path, out: Path) -> None:
    """Train and export, printing the mean reciprocal rank of held-out questions before and after."""
    for seed in (random.seed, np.random.seed, torch.manual_seed):
        seed(0)
    pairs, held_out, texts = make_pairs(corpus)
    trainer = Trainer()
    before = trainer.embed_all([f"passage: {text}" for text in texts])
    print(f"{len(pairs)} pairs, {len(held_out)} held out, MRR {trainer.mean_reciprocal_rank(held_out, texts):.3f}", flush=True)
    trainer.train(pairs, before @ before.T > SAME_CLAUSE)
    print(f"MRR after training {trainer.mean_reciprocal_rank(held_out, texts):.3f} (n = {len(held_out)})")
    described = f"{len(pairs)} pairs made from the corpus of this project; see train.py"
    export(trainer.encoder.eval(), trainer.tokenizer, out, "multilingual-e5-small, Chinese vocabulary, trained, int8", described)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))

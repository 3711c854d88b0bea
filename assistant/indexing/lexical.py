"""Lexical search (BM25) in tantivy. The only module that imports tantivy.

Chinese is indexed as overlapping two-character terms, which beat word segmentation on policy text and need no dictionary.
Terms are made by :func:`assistant.text.terms`; tantivy only splits at spaces.
"""

import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import Path

import tantivy

from assistant.errors import IndexStaleError
from assistant.text import terms

# Scores are float32: sums of twenty different powers of two are exact.
_TERMS_AT_ONCE = 20


def _schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    builder.add_integer_field("position", stored=True, indexed=True)
    builder.add_text_field("body", stored=False, tokenizer_name="whitespace", index_option="freq")
    return builder.build()


def write_lexical(folder: Path, texts: Mapping[int, str], dropped: Iterable[int] = ()) -> int:
    """Write an index of ``texts`` by position, or bring a copy of an older one up to date without the ``dropped`` ones.

    Return how many texts it holds.
    """
    folder.mkdir(parents=True, exist_ok=True)
    index = tantivy.Index(_schema(), path=str(folder))  # opens what is there
    writer = index.writer(heap_size=64_000_000, num_threads=1)
    for position in dropped:
        writer.delete_documents_by_term("position", position)
    for position, text in texts.items():
        writer.add_document(tantivy.Document(position=position, body=" ".join(terms(text))))
    writer.commit()
    writer.wait_merging_threads()
    index.reload()
    return int(index.searcher().num_docs)


class LexicalIndex:
    """An existing index, opened for reading."""

    def __init__(self, folder: Path) -> None:
        try:
            self._index = tantivy.Index.open(str(folder))
            self._index.reload()
        except ValueError as error:
            raise IndexStaleError("词索引打不开，可能没有写完或已损坏", "运行 assistant build --rebuild") from error
        self._schema = self._index.schema
        self._searcher = self._index.searcher()

    def search(self, weights: Mapping[str, float], limit: int) -> list[tuple[int, float]]:
        """Return at most ``limit`` (position, BM25 score) pairs, best first. ``weights`` are the terms and their weights."""
        queries = []
        for term, weight in weights.items():
            query = tantivy.Query.term_query(self._schema, "body", term)
            queries.append((tantivy.Occur.Should, tantivy.Query.boost_query(query, weight)))
        if not queries:
            return []
        found = self._searcher.search(tantivy.Query.boolean_query(queries), limit)
        addresses: Sequence[tuple[float, tantivy.DocAddress]] = found.hits
        return [(int(self._searcher.doc(address)["position"][0]), score) for score, address in addresses]

    def holding(self, wanted: Sequence[str], positions: Collection[int]) -> dict[int, frozenset[str]]:
        """Return which of the different terms ``wanted`` each of the texts at ``positions`` holds.

        Each term scores another power of two, so the score of a text tells which ones it has.
        """
        held: dict[int, frozenset[str]] = dict.fromkeys(positions, frozenset())
        for start in range(0, len(wanted), _TERMS_AT_ONCE):
            group = wanted[start : start + _TERMS_AT_ONCE]
            for position, score in self._bit_scores(group, positions):
                bits = int(score)
                held[position] |= {term for place, term in enumerate(group) if bits >> place & 1}
        return held

    def _bit_scores(self, group: Sequence[str], positions: Collection[int]) -> list[tuple[int, float]]:
        among = tantivy.Query.term_set_query(self._schema, "position", list(positions))
        queries = [(tantivy.Occur.Must, tantivy.Query.const_score_query(among, 0.0))]
        for place, term in enumerate(group):
            query = tantivy.Query.term_query(self._schema, "body", term)
            queries.append((tantivy.Occur.Should, tantivy.Query.const_score_query(query, float(1 << place))))
        found = self._searcher.search(tantivy.Query.boolean_query(queries), max(len(positions), 1))
        return [(int(self._searcher.doc(address)["position"][0]), score) for score, address in found.hits]

    def positions(self) -> set[int]:
        """Return the positions of all texts held."""
        count = max(self._searcher.num_docs, 1)
        found = self._searcher.search(tantivy.Query.all_query(), count).hits
        return {int(self._searcher.doc(address)["position"][0]) for _, address in found}

    def idf(self, term: str) -> float:
        """Return the inverse document frequency of ``term``, ln(1 + (N - n + 0.5) / (n + 0.5)) as in BM25."""
        n, total = self._searcher.doc_freq("body", term), self._searcher.num_docs
        return math.log(1 + (total - n + 0.5) / (n + 0.5))

    def has(self, term: str) -> bool:
        """Return whether ``term`` occurs in the index."""
        return bool(self._searcher.doc_freq("body", term))

    def knows(self, word: str) -> bool:
        """Return whether all terms of ``word`` occur in the index."""
        found = list(terms(word))
        return bool(found) and all(self.has(term) for term in found)

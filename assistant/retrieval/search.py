"""From a query to ranked clauses: exact address first, then dense and lexical search, fused and reranked, in force on the day."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TypeVar

from assistant.corpus.editions import begins_on
from assistant.corpus.validity import clause_status_on, status_on
from assistant.indexing.chunking import answer_blocks, chunk_position
from assistant.indexing.embedding import Vectors, encode
from assistant.indexing.snapshot import Snapshot
from assistant.retrieval.coverage import cover
from assistant.retrieval.eligibility import Eligibility, Scope, is_subject
from assistant.retrieval.fusion import fuse
from assistant.retrieval.rerank import Reranker, rerank
from assistant.retrieval.understand import Query, content_runs, sought_title
from assistant.structure.address import ClauseMention, DocumentMention, numbers_for
from assistant.structure.numbering import is_below
from assistant.text import compact
from assistant.types import Clause, Confidence, Document, Form, Hit, Stage, Status

NAMED_BONUS = 0.2
_PAST_DEPTH = 3
_ASIDE = re.compile(r"[（(].*?[）)]")
_YEAR = re.compile(r"[-:]\d{4}$")
Key = TypeVar("Key")
_Scored = tuple[float, int, Stage]


@dataclass(frozen=True, slots=True)
class Found:
    """The result of a search.

    ``missing`` are clause numbers that the question names and the named document does not hold; ``unknown_documents``
    are names of documents that the corpus does not hold. ``known_cosine`` is the best cosine of a clause that holds
    something, ``unknown_cosine`` of one that only says that a thing is not known or not held.
    """

    hits: tuple[Hit, ...]
    missing: tuple[tuple[str, str], ...] = ()
    unknown_documents: tuple[str, ...] = ()
    known_cosine: float = 0.0
    unknown_cosine: float = 0.0


@dataclass(frozen=True, slots=True)
class Ranking:
    """The scores of one search by clause position, stage by stage; only clauses that may answer on the day.

    ``address`` are the clauses that the question addresses, in order, ``missing`` the (document, number) pairs not held;
    ``dense`` are cosines, ``lexical`` BM25 scores, ``fused`` and ``reranked`` in 0–1, and 0.2 above where the
    question names the document.
    """

    address: Sequence[int]
    missing: Sequence[tuple[str, str]]
    dense: Mapping[int, float]
    lexical: Mapping[int, float]
    fused: Mapping[int, float]
    reranked: Mapping[int, float]


class Search:
    """Searches one snapshot. ``reranker`` None leaves the fused order."""

    def __init__(self, snapshot: Snapshot, lexical_weight: float, depth: int, reranker: Reranker | None = None) -> None:
        self._snapshot = snapshot
        self._records = snapshot.records
        self._lexical_weight = lexical_weight
        self._depth = depth
        self._reranker = reranker

    def rank(self, query: Query, scope: Scope) -> Ranking:
        """Return the scores of every stage."""
        return self._rank(query, scope, self._named(query, scope))

    def _rank(self, query: Query, scope: Scope, named: frozenset[str]) -> Ranking:
        exact, missing = self._resolve(query, scope, named)
        eligible = Eligibility(self._records, query, scope, named)
        encoded = encode(self._snapshot.embedder, query.question)
        dense = self._dense(encoded.vector, eligible)
        lexical = self._lexical(query, eligible)
        fused = {
            position: score
            for position, score in fuse(lexical, dense, self._lexical_weight).items()
            if eligible.factor(position)
        }
        fused = self._cover(query, fused)
        reranked = rerank(self._reranker, query.question, encoded, fused) if self._reranker else fused

        def weighed(scores: Mapping[int, float]) -> dict[int, float]:
            return {
                position: score * eligible.factor(position) + NAMED_BONUS * (self._owner(position) in named)
                for position, score in scores.items()
            }

        fused, reranked = weighed(fused), weighed(reranked)
        return Ranking(exact, missing, dense, lexical, fused, reranked)

    def search(self, query: Query, scope: Scope, limit: int = 10) -> Found:
        """Return at most ``limit`` hits, best first, and the best of each further document named beside others."""
        named = self._named(query, scope)
        ranking = self._rank(query, scope, named)
        exact, dense, lexical = ranking.address, ranking.dense, ranking.lexical
        best = max(lexical.values(), default=1.0)
        scored: list[_Scored] = [(1.0, position, Stage.ADDRESS) for position in exact]
        scored += [
            (score, position, Stage.FUSED) for position, score in ranking.reranked.items() if position not in exact
        ]
        scored = scored[: len(exact)] + sorted(scored[len(exact) :], key=lambda entry: (-entry[0], entry[1]))
        scored = self._official_first(scored, Eligibility(self._records, query, scope, named))
        hits: list[Hit] = []
        for score, position, stage in [*scored[:limit], *self._of_each_named(scored, limit, query, scope)]:
            clause = self._records.clause(position)
            document = self._records.documents[clause.document_id]
            found_lexical = lexical[position] / best if position in lexical else None
            hit = Hit(
                clause,
                document,
                clause_status_on(clause, document, scope.as_of),
                min(score, 1.0),
                len(hits) + 1,
                stage,
                dense.get(position),
                found_lexical,
            )
            hits.append(hit)
        if query.asks_next and hits and (following := self._following(hits[0])):
            hits.insert(1, following)
        unknown = tuple(mention.text for mention in query.mentions.documents if not mention.document_ids)
        known, not_known = self._best_cosines(dense)
        return Found(tuple(hits), tuple(ranking.missing), unknown, known, not_known)

    def _of_each_named(self, scored: list[_Scored], limit: int, query: Query, scope: Scope) -> list[_Scored]:
        """Return the best of each document named beside others that has none among the first ``limit``."""
        names = {frozenset(self._editions(mention, scope)): None for mention in query.mentions.side_by_side}
        told = {self._owner(position) for _, position, _ in scored[:limit]}
        best = (
            next((entry for entry in scored[limit:] if self._owner(entry[1]) in ids), None)
            for ids in names
            if not ids & told
        )
        return [entry for entry in best if entry is not None]

    def _official_first(self, scored: list[_Scored], eligible: Eligibility) -> list[_Scored]:
        """Return the ranking with the official wording of a clause right before our digest of it."""
        ranked: dict[int, _Scored] = {}
        for score, position, stage in scored:
            clause = self._records.clause(position)
            if stage is Stage.FUSED and self._records.documents[clause.document_id].form is Form.DIGEST:
                twin = self._records.twin_clause(clause)
                if twin is not None and twin[0] not in ranked and eligible.factor(twin[0]):
                    ranked[twin[0]] = (score, twin[0], stage)
            ranked.setdefault(position, (score, position, stage))
        return list(ranked.values())

    def day_before(self, found: Found) -> date | None:
        """Return the last day before the edition that answers took effect, if the corpus holds the one before it.

        For a question about how it was before, without a date. An older edition among the hits has its own last day.
        """
        editions = self._records.editions
        for hit in found.hits[:_PAST_DEPTH]:
            if hit.status is Status.SUPERSEDED and hit.document.expires_on:
                return hit.document.expires_on.earliest - timedelta(days=1)
            twin = editions.twin(hit.document)
            begins = begins_on(hit.document)
            if begins and any(editions.replaced_by(item) for item in (hit.document, twin) if item):
                return begins.earliest - timedelta(days=1)
        return None

    def _best_cosines(self, dense: Mapping[int, float]) -> tuple[float, float]:
        best = {True: 0.0, False: 0.0}
        for position, cosine in dense.items():
            blocks = answer_blocks(self._records.clause(position))
            holds = any(block.confidence is not Confidence.UNKNOWN for _, block in blocks)
            best[holds] = max(best[holds], cosine)
        return best[True], best[False]

    def _dense(self, vector: Vectors, eligible: Eligibility) -> dict[int, float]:
        chunks = self._snapshot.manifest.chunks
        found = _enough(
            lambda limit: self._snapshot.dense.search(vector, min(limit, chunks)),
            lambda chunk_id: bool(eligible.factor(chunk_position(chunk_id))),
            self._depth * 2,
        )
        clauses: dict[int, float] = {}
        for chunk_id, cosine in found:
            position = chunk_position(chunk_id)
            clauses[position] = max(cosine, clauses.get(position, -1.0))
        return clauses

    def _lexical(self, query: Query, eligible: Eligibility) -> dict[int, float]:
        return dict(
            _enough(
                lambda limit: self._snapshot.lexical.search(query.weights, limit),
                lambda position: bool(eligible.factor(position)),
                self._depth,
            )
        )

    def _cover(self, query: Query, fused: Mapping[int, float]) -> dict[int, float]:
        """Return ``fused`` with the share of the question's terms, weighed by idf, that each clause and its document hold."""
        lexical = self._snapshot.lexical
        weights = {term: weight * lexical.idf(term) for term, weight in query.weights.items() if lexical.has(term)}
        return cover(fused, weights, lambda positions: lexical.holding(list(weights), positions), self._owner)

    def _owner(self, position: int) -> str:
        return self._records.clause(position).document_id

    def _named(self, query: Query, scope: Scope) -> frozenset[str]:
        """Return the ids of the documents that the question names; of several editions those in force on the day."""
        named = {key for mention in query.mentions.documents for key in self._editions(mention, scope)}
        if named and all(mention.generic for mention in query.mentions.documents):
            named = {key for key in named if self._in_force(key, scope)} | self._subjects(scope)
        return frozenset(named)

    def _subjects(self, scope: Scope) -> frozenset[str]:
        """Return the ids of what the corpus is about, as far as it is in force on the day."""
        documents = self._records.documents
        subjects = (key for key, document in documents.items() if is_subject(document, self._records, scope))
        return frozenset(key for key in subjects if self._in_force(key, scope))

    def _in_force(self, document_id: str, scope: Scope) -> bool:
        return status_on(self._records.documents[document_id], scope.as_of) is Status.IN_FORCE

    def _resolve(self, query: Query, scope: Scope, named: frozenset[str]) -> tuple[list[int], list[tuple[str, str]]]:
        """Return the positions of the clauses that the question addresses, and the (document, number) pairs not held."""
        exact: list[int] = []
        missing: list[tuple[str, str]] = []
        for mention in query.mentions.clauses:
            candidates = self._candidates(mention, query, scope)
            positions = [position for key in candidates for position in self._find(key, mention)]
            if positions:
                exact += [position for position in positions if position not in exact]
            elif candidates and not any(self._speaks_of(key, mention) for key in candidates):
                missing.append((self._records.documents[candidates[0]].name, mention.number + mention.part))
        if not query.mentions.clauses and (title := sought_title(query)):
            exact += self._titled(title, named or self._subjects(scope))
        return exact, missing

    def _titled(self, title: str, ids: frozenset[str]) -> list[int]:
        """Return the clauses of ``ids`` whose number is the text's own and whose heading is ``title``."""
        documents = self._records.documents
        return [
            position
            for key in sorted(ids)
            for position, clause in self._records.clauses_of(key)
            if not documents[key].numbered_by_us(clause.number) and _title(clause) == title
        ]

    def _speaks_of(self, document_id: str, mention: ClauseMention) -> bool:
        """Return whether a clause of another number speaks of the one named (附录A of which only a summary is held)."""
        return any(
            compact(mention.number) in compact(clause.text) for _, clause in self._records.clauses_of(document_id)
        )

    def _candidates(self, mention: ClauseMention, query: Query, scope: Scope) -> list[str]:
        """Return the ids of the documents a clause number may belong to: the one named before it, else any that has it."""
        documents = query.mentions.documents
        before = [entry for entry in documents if entry.end <= mention.start]
        chosen = before[-1] if before else documents[0] if documents else None
        if chosen is not None:
            return self._editions(chosen, scope)
        holders = self._records.documents_with_number(mention.number)
        if not holders and mention.number.count(".") > 1:  # 5.1.8: not held, but of the standard that has 5.1
            holders = self._records.documents_with_number(mention.number.rpartition(".")[0])
        standards = [key for key in holders if not self._records.documents[key].kind.is_ours]
        in_force = [key for key in standards if self._in_force(key, scope)]
        return in_force if len(in_force) == 1 else []

    def _editions(self, mention: DocumentMention, scope: Scope) -> list[str]:
        """Return the ids a name may mean: the editions in force on the day if there are any, official wording first.

        A name without a year means the text in any edition and form; one with a year only that edition.
        """
        editions, documents = self._records.editions, self._records.documents
        found: dict[str, Document] = {}
        for document in (documents[key] for key in mention.document_ids):
            twin = editions.twin(document)
            others = ([twin] if twin else []) if _YEAR.search(mention.text) else editions.of_work(document)
            found |= {item.id: item for item in (document, *others)}
        ids = sorted(found, key=lambda key: found[key].form is not Form.OFFICIAL)
        valid = [key for key in ids if self._in_force(key, scope)]
        return valid or ids

    def _find(self, document_id: str, mention: ClauseMention) -> list[int]:
        """Return the clause of that number with all below it; a clause without text of its own is the sum of those."""
        document = self._records.documents[document_id]
        numbers = numbers_for(mention, document)
        own = self._records.find_number(document_id, numbers)
        below = [
            position
            for position, clause in self._records.clauses_of(document_id)
            if position not in own and any(_lies_under(clause, number) for number in numbers)
        ]
        return own + below

    def _following(self, hit: Hit) -> Hit | None:
        """Return the clause after ``hit`` under the same heading."""
        position = self._records.position_of(hit.clause.address)
        clause = self._records.find_clause(position + 1) if position is not None else None
        if clause is None or clause.document_id != hit.clause.document_id or clause.headings != hit.clause.headings:
            return None
        return replace(hit, clause=clause, stage=Stage.NEIGHBOUR, rank=2, dense=None, lexical=None)


def _enough(
    search: Callable[[int], Sequence[tuple[Key, float]]], allowed: Callable[[Key], bool], wanted: int
) -> list[tuple[Key, float]]:
    """Return at most the best ``wanted`` results that are allowed, searching deeper while more than half are not.

    What is not in force must not take the place of what is, so it is left out before the ranking is cut off.
    """
    limit = wanted
    while True:
        found = search(limit)
        kept = [pair for pair in found if allowed(pair[0])]
        if len(kept) >= wanted // 2 or len(found) < limit:
            return kept[:wanted]
        limit *= 4


def _lies_under(clause: Clause, number: str) -> bool:
    return is_below(clause.number, number) or any(heading.split(" ")[0] == number for heading in clause.headings)


def _title(clause: Clause) -> str:
    """Return the heading without filler and what stands in brackets, to be compared with what a question calls it."""
    return "".join(content_runs(compact(_ASIDE.sub("", clause.heading))))

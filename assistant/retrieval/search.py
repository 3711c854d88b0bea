"""From a query to ranked clauses: exact address first, then dense and lexical search, fused, in force on the day."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date

from assistant.corpus.validity import status_on, successors_in_force
from assistant.indexing.chunking import answer_blocks, chunk_position
from assistant.indexing.snapshot import Snapshot
from assistant.retrieval.fusion import fuse
from assistant.retrieval.understand import Query
from assistant.structure.address import ClauseMention, DocumentMention, numbers_for
from assistant.structure.numbering import is_below
from assistant.text import compact
from assistant.types import Clause, Confidence, Document, Hit, Kind, Stage, Status

HISTORY_FACTOR = 0.8
NAMED_BONUS = 0.12
# Another standard, where the question names none: it shares most words with the subject of the corpus.
OTHER_STANDARD_FACTOR = 0.85
PRESENT_DAY_KINDS = (Kind.GUIDE, Kind.FAQ)


@dataclass(frozen=True, slots=True)
class Scope:
    """For which day and among which kinds to search; ``kinds`` None means all."""

    as_of: date
    kinds: frozenset[Kind] | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """The result of a search. ``block_cosines`` maps (clause position, block index) to cosine, where it was found.

    ``missing`` are clause numbers that the question names and the named document does not hold; ``unknown_documents``
    are names of documents that the corpus does not hold. ``known_cosine`` is the best cosine of a clause that holds
    something, ``unknown_cosine`` of one that only says that a thing is not known or not held.
    """

    hits: tuple[Hit, ...]
    positions: Mapping[str, int]
    block_cosines: Mapping[tuple[int, int], float]
    missing: tuple[tuple[str, str], ...] = ()
    unknown_documents: tuple[str, ...] = ()
    known_cosine: float = 0.0
    unknown_cosine: float = 0.0


class Search:
    """Searches one snapshot."""

    def __init__(self, snapshot: Snapshot, lexical_weight: float, depth: int) -> None:
        self._snapshot = snapshot
        self._records = snapshot.records
        self._lexical_weight = lexical_weight
        self._depth = depth

    def search(self, query: Query, scope: Scope, limit: int = 10) -> Found:
        """Return at most ``limit`` hits, best first."""
        exact, missing = self._resolve(query, scope)
        dense, blocks = self._dense(query)
        lexical = dict(self._snapshot.lexical.search(query.weights, self._depth))
        fused = fuse(lexical, dense, self._lexical_weight)
        named = self._named(query, scope)
        best = max(lexical.values(), default=1.0)
        scored: list[tuple[float, int, Stage]] = [(1.0, position, Stage.ADDRESS) for position in exact]
        for position, score in fused.items():
            if position not in exact and (factor := self._factor(position, query, scope, named)):
                scored.append(
                    (min(score * factor + NAMED_BONUS * (self._owner(position) in named), 1.0), position, Stage.FUSED)
                )
        if not exact:
            scored.sort(key=lambda entry: (-entry[0], entry[1]))
        else:
            scored = scored[: len(exact)] + sorted(scored[len(exact) :], key=lambda entry: (-entry[0], entry[1]))
        hits: list[Hit] = []
        positions: dict[str, int] = {}
        for score, position, stage in scored[:limit]:
            clause = self._records.clause(position)
            document = self._records.documents[clause.document_id]
            found_lexical = lexical[position] / best if position in lexical else None
            hit = Hit(
                clause,
                document,
                status_on(document, scope.as_of),
                score,
                len(hits) + 1,
                stage,
                dense.get(position),
                found_lexical,
            )
            hits.append(hit)
            positions[clause.address] = position
        if query.asks_next and hits and (following := self._following(hits[0], positions)):
            hits.insert(1, following)
        unknown = tuple(mention.text for mention in query.mentions.documents if not mention.document_ids)
        known, not_known = self._best_cosines(dense)
        return Found(tuple(hits), positions, blocks, tuple(missing), unknown, known, not_known)

    def _best_cosines(self, dense: Mapping[int, float]) -> tuple[float, float]:
        best = {True: 0.0, False: 0.0}
        for position, cosine in dense.items():
            blocks = answer_blocks(self._records.clause(position))
            holds = any(block.confidence is not Confidence.UNKNOWN for _, block in blocks)
            best[holds] = max(best[holds], cosine)
        return best[True], best[False]

    def _dense(self, query: Query) -> tuple[dict[int, float], dict[tuple[int, int], float]]:
        vector = self._snapshot.embedder.embed_query(query.question)
        clauses: dict[int, float] = {}
        blocks: dict[tuple[int, int], float] = {}
        for chunk_id, cosine in self._snapshot.dense.search(
            vector, min(self._depth * 2, self._snapshot.manifest.chunks)
        ):
            position, block = chunk_position(chunk_id)
            clauses[position] = max(cosine, clauses.get(position, -1.0))
            if block is not None:
                blocks[position, block] = cosine
        return clauses, blocks

    def _owner(self, position: int) -> str:
        return self._records.clause(position).document_id

    def _named(self, query: Query, scope: Scope) -> frozenset[str]:
        """Return the ids of the documents that the question names; of several editions those in force on the day."""
        named = {key for mention in query.mentions.documents for key in self._editions(mention, scope)}
        if named and all(mention.generic for mention in query.mentions.documents):
            documents = self._records.documents
            named |= {key for key, document in documents.items() if self._is_subject(document, scope)}
            named = {key for key in named if self._in_force(key, scope)}
        return frozenset(named)

    def _in_force(self, document_id: str, scope: Scope) -> bool:
        return status_on(self._records.documents[document_id], scope.as_of) is Status.IN_FORCE

    def _is_subject(self, document: Document, scope: Scope) -> bool:
        """Return whether ``document`` is the subject of the corpus, or was on a day before that was in force."""
        if document.subject:
            return True
        successors = [self._records.documents[key] for key in document.replaced_by if key in self._records.documents]
        return any(item.subject and not self._in_force(item.id, scope) for item in successors)

    def _factor(self, position: int, query: Query, scope: Scope, named: Collection[str]) -> float:
        """Return what the score of a clause is multiplied with for its validity: 0 leaves it out."""
        clause = self._records.clause(position)
        document = self._records.documents[clause.document_id]
        if scope.kinds is not None and document.kind not in scope.kinds:
            return 0.0
        status = status_on(document, scope.as_of)
        if status in (Status.IN_FORCE, Status.UNVERIFIED):
            if not self._rests_on_valid(clause, document, scope.as_of):
                return 0.0
            other = (
                document.kind is Kind.STANDARD and document.id not in named and not self._is_subject(document, scope)
            )
            return OTHER_STANDARD_FACTOR if other else 1.0
        return self._factor_of_history(document, status, query, scope) if document.id not in named else 1.0

    def _factor_of_history(self, document: Document, status: Status, query: Query, scope: Scope) -> float:
        """Return the factor of a document that is not in force on the day and that the question does not name."""
        if status is Status.NOT_YET and scope.as_of < document.checked_on:
            return 0.0  # asked for a past day: what came later is no answer
        if query.asks_past and query.as_of_in_text is None:
            return 1.0
        if document.kind in PRESENT_DAY_KINDS or successors_in_force(document, scope.as_of, self._records.documents):
            return 0.0
        return HISTORY_FACTOR

    def _rests_on_valid(self, clause: Clause, document: Document, as_of: date) -> bool:
        """Return whether a guide's clause may be used on the day: not if it rests on a text that takes effect later."""
        if document.kind not in PRESENT_DAY_KINDS or as_of >= document.checked_on:
            return True
        for block in clause.blocks:
            for reference in block.see:
                position = self._records.position_of(reference)
                if position is not None and status_on(self._document_at(position), as_of) is Status.NOT_YET:
                    return False
        return True

    def _document_at(self, position: int) -> Document:
        return self._records.documents[self._owner(position)]

    def _resolve(self, query: Query, scope: Scope) -> tuple[list[int], list[tuple[str, str]]]:
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
        return exact, missing

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
        standards = [key for key in holders if self._records.documents[key].kind not in PRESENT_DAY_KINDS]
        in_force = [key for key in standards if self._in_force(key, scope)]
        return in_force if len(in_force) == 1 else []

    def _editions(self, mention: DocumentMention, scope: Scope) -> list[str]:
        """Return the ids a name may mean, editions in force on the day first and only those if there are any."""
        ids = list(mention.document_ids)
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

    def _following(self, hit: Hit, positions: dict[str, int]) -> Hit | None:
        """Return the clause after ``hit`` under the same heading, noting its position."""
        position = positions[hit.clause.address] + 1
        clause = self._records.find_clause(position)
        if clause is None or clause.document_id != hit.clause.document_id or clause.headings != hit.clause.headings:
            return None
        positions[clause.address] = position
        return replace(hit, clause=clause, stage=Stage.NEIGHBOUR, rank=2, dense=None, lexical=None)


def _lies_under(clause: Clause, number: str) -> bool:
    return is_below(clause.number, number) or any(heading.split(" ")[0] == number for heading in clause.headings)

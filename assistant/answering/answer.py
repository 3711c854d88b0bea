"""From a query and its hits to the answer that is shown: cited sentences, or a refusal that says why."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from assistant.answering.citations import CitationList, mark_passages
from assistant.answering.coming import ComingChanges
from assistant.answering.confirming import Confirming
from assistant.answering.evidence import Evidence, gather, support
from assistant.answering.expectation import asks_for_clause, asks_for_wording, lacks_rest, lacks_sort
from assistant.answering.extract import Passage, extract, quotable
from assistant.answering.grading import Rules, figures_of
from assistant.answering.mentions import Mentions, told, told_in_words
from assistant.answering.referred import Referred
from assistant.answering.refusal import (
    SUPPORT_LINE,
    asserted_claim,
    contradicted_quantity,
    denied_premise,
    forbidden,
    lacks_named_document,
    names_foreign_scheme,
    refusal_text,
    speaks_of_field,
    topic_of,
)
from assistant.corpus.validity import status_on
from assistant.indexing.lexical import LexicalIndex
from assistant.indexing.records import Records
from assistant.retrieval.eligibility import Scope, is_subject
from assistant.retrieval.search import Found
from assistant.retrieval.understand import Query
from assistant.structure.address import NameIndex
from assistant.text import terms
from assistant.types import (
    NUMBERED_BY_US,
    Block,
    Check,
    CheckName,
    Citation,
    Clause,
    Confidence,
    Hit,
    Kind,
    Reason,
    Sentence,
    Stage,
    Status,
)

_SUGGESTIONS = 4
_SAME_QUESTION = 0.7
_WHAT_IS_KNOWN = "与它有关、查得到的如下。"
_NOT_COLLECTED = "资料中没有：这类内容本库没有收。"
_OFF_TOPIC_SUPPORT = 0.03
_HELD_NUMBERS = 12
_LACKING = (Reason.NOT_IN_MATERIAL, Reason.OFF_TOPIC)
# What the rules of scoring answer although the clauses nearest to the question do not (all of it).
_RECKONED = (None, Reason.NOT_IN_MATERIAL, Reason.UNKNOWN_IN_MATERIAL)


@dataclass(frozen=True, slots=True)
class Composed:
    """The content of an answer, without what the caller knows better (question, day, snapshot, timings).

    ``settled`` tells that no language model could do better: the refusal does not rest on an estimate.
    """

    sentences: tuple[Sentence, ...]
    citations: tuple[Citation, ...]
    reason: Reason | None
    suggestions: tuple[str, ...] = ()
    settled: bool = False


class Answerer:
    """Composes answers from one snapshot."""

    def __init__(self, records: Records, lexical: LexicalIndex, names: NameIndex) -> None:
        self._records = records
        self._lexical = lexical
        self._coming = ComingChanges(records)
        self._mentions = Mentions(records, lexical)
        self._referred = Referred(records, names)

    def compose(self, query: Query, found: Found, as_of: date, reason: Reason | None = None) -> Composed:
        """Return the answer to ``query`` from ``found``, or the refusal for ``reason`` if there is one already."""
        citations = CitationList(self._records.documents, as_of)
        passages = extract(query, found.hits, self._lexical.idf)
        settled = reason is not None
        if reason is None:
            reason, settled = self._decide(query, found, passages)
        reckoned = self._reckoned(query, as_of, citations) if reason in _RECKONED else []
        if reckoned:
            passages = [] if reason is Reason.NOT_IN_MATERIAL else passages
            reason, settled = None, True
        if reason is Reason.FALSE_PREMISE and (claim := asserted_claim(query, found.hits)):
            passages = [Passage(claim, tuple(quotable(claim.clause)))]
        if reason is None:
            told = self._mark(passages, found, citations)
            sentences = [
                *reckoned,
                *self._with_basis(query, told, citations, addressed=passages[0].hit.stage is Stage.ADDRESS),
                *self.closing([passage.hit.clause for passage in passages], citations, as_of),
            ]
            related = self._related(query, found, passages)
            return Composed(tuple(sentences), tuple(citations.citations), None, related, settled)
        return replace(self._refuse(query, found, passages, reason, citations), settled=settled)

    def list_mentions(self, phrase: str, scope: Scope, otherwise: Composed) -> Composed:
        """Return every clause that holds ``phrase``, or its words; where none does, ``otherwise``, which then says so."""
        mentions, say = self._mentions.find(phrase, scope), told
        if not mentions:
            mentions, say = self._mentions.find_words(phrase, scope), told_in_words
        if not mentions:
            lead = f"没有一条写有“{phrase}”这几个字"
            if otherwise.reason or not any(self._lexical.has(term) for term in terms(phrase)):
                return Composed((Sentence(f"{lead}。", note=True),), (), Reason.NOT_IN_MATERIAL, otherwise.suggestions)
            note = Sentence(f"{lead}，以下是意思最近的条款。", note=True)
            return replace(otherwise, sentences=(note, *otherwise.sentences))
        citations = CitationList(self._records.documents, scope.as_of)
        sentences = [*say(phrase, mentions, citations), *citations.notes()]
        return Composed(tuple(sentences), tuple(citations.citations), None, otherwise.suggestions, settled=True)

    def _reckoned(self, query: Query, as_of: date, citations: CitationList) -> list[Sentence]:
        """Return the score and grade that follow from the figures of the question, if it gives any."""
        figures = figures_of(query.question)
        reckoned = self._rules(as_of).reckon(figures) if figures else None
        if reckoned is None:
            return []
        marks = dict.fromkeys(citations.widen(clause, [block]) for clause, block in reckoned.grounds)
        checks = (Check(CheckName.NUMBERS, True, "按所引条款的门槛和公式算得"),)
        return [Sentence(reckoned.text, tuple(marks), confidence=Confidence.INFERRED, checks=checks)]

    def _rules(self, as_of: date) -> Rules:
        """Return the rules of scoring that the subject of the corpus states on a day."""
        scope, records = Scope(as_of), self._records
        subjects = [
            key
            for key, document in records.documents.items()
            if status_on(document, as_of) is Status.IN_FORCE and is_subject(document, records, scope)
        ]
        return Rules(clause for key in subjects for _, clause in records.clauses_of(key))

    def _decide(self, query: Query, found: Found, passages: list[Passage]) -> tuple[Reason | None, bool]:
        """Return (why the question is refused, or None to answer it; whether that is certain), from certain to estimated."""
        if reason := self._decide_by_rule(query, found, passages):
            return reason, True
        if passages[0].hit.stage is not Stage.ADDRESS:
            estimate = self.estimate(query, found)
            if estimate < _OFF_TOPIC_SUPPORT and not speaks_of_field(query):
                return Reason.OFF_TOPIC, True
            if estimate < SUPPORT_LINE:
                return Reason.NOT_IN_MATERIAL, False
        if passages[0].unknown:
            return Reason.UNKNOWN_IN_MATERIAL, True
        return None, False

    def _decide_by_rule(self, query: Query, found: Found, passages: list[Passage]) -> Reason | None:
        """Return why a question is refused as far as that is certain; the order is from clear to less clear."""
        addressed = any(hit.stage is Stage.ADDRESS for hit in found.hits)
        if found.missing and not addressed:
            return Reason.NO_SUCH_CLAUSE
        if asserted_claim(query, found.hits):
            return Reason.FALSE_PREMISE
        if not passages or lacks_named_document(query, found):
            return Reason.NOT_IN_MATERIAL
        if self._builds_on_denied(query, found, passages):
            return Reason.FALSE_PREMISE
        foreign = names_foreign_scheme(query.question, self._lexical.has)
        if foreign or asks_for_wording(query.question, (passage.hit.document for passage in passages)):
            return Reason.NOT_IN_MATERIAL
        return self._lacks_fact(query, passages)

    @staticmethod
    def _builds_on_denied(query: Query, found: Found, passages: list[Passage]) -> bool:
        conclusion = quotable(passages[0].hit.clause)[:1]
        denied = denied_premise(query, [block.text for block in (*conclusion, *passages[0].blocks)])
        return denied or contradicted_quantity(query, found.hits)

    @staticmethod
    def _lacks_fact(query: Query, passages: list[Passage]) -> Reason | None:
        """Return a reason if the passages lack the sort of fact, or the rest of a list, that is asked for."""
        if lacks_rest(query.question, passages[0].blocks):
            return Reason.UNKNOWN_IN_MATERIAL
        if not lacks_sort(query.question, [block for passage in passages for block in passage.blocks]):
            return None
        unknown = any(block.confidence is Confidence.UNKNOWN for block in passages[0].blocks)
        return Reason.UNKNOWN_IN_MATERIAL if unknown else Reason.NOT_IN_MATERIAL

    def undecided(self, query: Query, found: Found) -> Evidence | None:
        """Return the signals of a question that neither a rule nor an address nor a recorded unknown decides, else None."""
        passages = extract(query, found.hits, self._lexical.idf)
        ruled = forbidden(query.question) or self._decide_by_rule(query, found, passages)
        if ruled or passages[0].hit.stage is Stage.ADDRESS or passages[0].unknown:
            return None
        return gather(query, found, self._lexical.idf)

    def estimate(self, query: Query, found: Found) -> float:
        """Return the estimated probability (0–1) that the material answers ``query``."""
        return support(gather(query, found, self._lexical.idf))

    def _mark(self, passages: list[Passage], found: Found, citations: CitationList) -> list[Sentence]:
        confirming = Confirming(found.hits)

        def beside(clause: Clause, block: Block) -> list[Clause]:
            return [*self._referred.of(clause, block, citations.as_of), *confirming.of(clause, block)]

        return mark_passages(passages, citations, beside)

    @staticmethod
    def _with_basis(query: Query, told: list[Sentence], citations: CitationList, *, addressed: bool) -> list[Sentence]:
        """Return ``told`` with the clauses of binding texts that it rests on, in words, where the question asks for them.

        Where it asks for nothing else (投诉处理在哪一条) and names the clause by its heading, that clause is told first.
        """
        binding = [item for item in citations.citations if not item.kind.is_ours]
        if not binding or not asks_for_clause(query.question):
            return told
        checks = (Check(CheckName.MARKS, True, "所引条款的编号"),)  # stands in the text, not beside it
        if query.wants_clause and addressed and binding[0].mark == 1:
            first = Sentence(f"依据：{binding[0].address}。", (1,), note=True, checks=checks)
            return [first, *told]
        ours = "、".join(item.address for item in binding if item.numbered_by_us)
        warning = f"（其中 {ours} 的{NUMBERED_BY_US}）" if ours else ""
        named = "、".join(item.address for item in binding)
        return [
            *told,
            Sentence(f"以上依据：{named}{warning}。", tuple(item.mark for item in binding), note=True, checks=checks),
        ]

    def closing(self, clauses: Sequence[Clause], citations: CitationList, as_of: date) -> list[Sentence]:
        """Return the notes that close an answer which cites ``clauses``."""
        return [*self._announce(clauses, citations, as_of), *citations.notes()]

    def _announce(self, clauses: Sequence[Clause], citations: CitationList, as_of: date) -> list[Sentence]:
        """Return what editions to come will change in the clauses that the answer is taken from."""
        coming = [item for clause in clauses for item in self._coming.of(clause, as_of)]
        told = [Sentence(item.sentence(), citations.announce(item.clauses), note=True) for item in coming]
        return list({sentence.text: sentence for sentence in told}.values())

    def _refuse(
        self, query: Query, found: Found, passages: list[Passage], reason: Reason, citations: CitationList
    ) -> Composed:
        lead = self._missing_text(query, found) if reason is Reason.NO_SUCH_CLAUSE else self._refusal(reason, found)
        if reason is Reason.UNKNOWN_IN_MATERIAL and passages and _is_beyond(passages[0]):
            lead = _NOT_COLLECTED
        elif reason is Reason.UNKNOWN_IN_MATERIAL and passages and _holds_something(passages[0].hit):
            lead += _WHAT_IS_KNOWN
        sentences = [Sentence(lead, note=True)]
        if passages and reason in (Reason.FALSE_PREMISE, Reason.UNKNOWN_IN_MATERIAL):
            sentences += self._mark(passages, found, citations)
        elif passages and reason in _LACKING and _is_beyond(passages[0]):
            sentences += self._mark(passages[:1], found, citations)
        elif passages and topic_of(reason):
            sentences += self._mark(_shortened(passages[:1]), found, citations)
        suggestions = () if reason in (Reason.OFF_TOPIC, Reason.INSTRUCTION) else self.nearest(found)
        return Composed(tuple(sentences), tuple(citations.citations), reason, suggestions)

    @staticmethod
    def _refusal(reason: Reason, found: Found) -> str:
        if reason is Reason.NOT_IN_MATERIAL and found.unknown_documents:
            names = (f" {name.upper()}" if name[0].isascii() else f"《{name}》" for name in found.unknown_documents)
            return f"本库没有收{'、'.join(names)}，因此不作回答。"
        return refusal_text(reason)

    def _missing_text(self, query: Query, found: Found) -> str:
        name, number = found.missing[0]
        document = next(item for item in self._records.documents.values() if item.name == name)
        held = [
            clause.number
            for _, clause in self._records.clauses_of(document.id)
            if (clause.number[0] in "第附" or "." in clause.number) and not document.numbered_by_us(clause.number)
        ]
        listed = "、".join(held[:_HELD_NUMBERS]) + ("等" if len(held) > _HELD_NUMBERS else "")
        what = f"，有：{listed}" if held else f"，其中{NUMBERED_BY_US}"
        return f"资料中没有{name}{number}的内容，不能补写。本库收的是{document.form.label}{what}。"

    def nearest(self, found: Found) -> tuple[str, ...]:
        """Return the headings of the nearest topics that the corpus does hold."""
        names = [_topic(hit) for hit in found.hits if hit.stage is not Stage.ADDRESS and _holds_something(hit)]
        different: dict[str, str] = {}
        for name in names:
            different.setdefault(name.rstrip("？?"), name)
        return tuple(name for name in different.values() if name)[:_SUGGESTIONS]

    def _related(self, query: Query, found: Found, passages: list[Passage]) -> tuple[str, ...]:
        """Return further questions that the corpus answers, near to this one."""
        used = {passage.hit.clause.address for passage in passages}
        near = [hit for hit in found.hits if hit.clause.address not in used and hit.document.kind is Kind.FAQ]
        names = [hit.clause.heading for hit in near if hit.clause.heading.endswith(("？", "?"))]
        asked = set(terms(query.question))
        return tuple(name for name in dict.fromkeys(names) if not _is_asked(name, asked))[:_SUGGESTIONS]


def _is_beyond(passage: Passage) -> bool:
    """Return whether the passage stands in a document that lists what the corpus does not hold."""
    return passage.hit.document.confidence is Confidence.UNKNOWN


def _is_asked(name: str, asked: set[str]) -> bool:
    """Return whether a further question is the one just asked (its terms: ``asked``) in hardly other words."""
    own = set(terms(name))
    return len(own & asked) > _SAME_QUESTION * len(own)


def _holds_something(hit: Hit) -> bool:
    return any(block.confidence is not Confidence.UNKNOWN for block in quotable(hit.clause))


def _topic(hit: Hit) -> str:
    return hit.clause.heading if hit.clause.heading != hit.clause.number else hit.document.title


def _shortened(passages: list[Passage]) -> list[Passage]:
    def strong(blocks: tuple[Block, ...]) -> tuple[Block, ...]:
        return blocks[:2]

    return [Passage(passage.hit, strong(passage.blocks)) for passage in passages]

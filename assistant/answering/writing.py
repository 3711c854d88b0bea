"""An answer by a language model: numbered clauses out, checked sentences in, one repair, or none of it.

The model's text never reaches a reader without its checks: each sentence is checked as soon as it is complete, and what
fails is told to the model once, then shown as failed or dropped. If too little passes, there is no answer by the model.
"""

import hashlib
import threading
import time
from collections.abc import Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from threading import Thread

from assistant.answering import prompts
from assistant.answering.checks.alignment import likeness, pairs
from assistant.answering.checks.checker import Checker, Verdict
from assistant.answering.checks.claims import asks_back
from assistant.answering.checks.sources import CitedSource
from assistant.answering.checks.support import SupportMeter
from assistant.answering.citations import CitationList, readable, weakest
from assistant.answering.cited import cited_source
from assistant.answering.extract import quotable
from assistant.answering.generate import ChatModel, Message, Reply
from assistant.answering.guard import Guard
from assistant.answering.request import Task, choose_clauses, messages_for, repair_messages
from assistant.answering.sentences import SentenceReader, Written
from assistant.errors import GenerationError
from assistant.indexing.records import Records
from assistant.types import (
    Block,
    Clause,
    Delta,
    Event,
    ModelUse,
    Redraft,
    Sentence,
    SentenceClosed,
    SentenceStatus,
)

LEAST_SUPPORTED = 0.5
_NEAR = 0.75


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of it. ``lacking``: the model says that the material does not hold it; ``notice``: why nothing is used.

    ``clauses`` are those cited.
    """

    sentences: tuple[Sentence, ...]
    citations: CitationList
    use: ModelUse
    lacking: bool = False
    notice: str = ""
    clauses: tuple[Clause, ...] = ()


@dataclass(slots=True)
class _Draft:
    """One text of the model, sentence by sentence."""

    citations: CitationList
    sentences: list[Sentence] = field(default_factory=list)
    verdicts: list[Verdict] = field(default_factory=list)
    told: list[list[tuple[Clause, tuple[Block, ...]]]] = field(default_factory=list)
    written: list[Written] = field(default_factory=list)
    withheld: int = 0
    check_s: float = 0.0
    truncated: bool = False

    @property
    def text(self) -> str:
        """What was written, without what was withheld, a sentence a line."""
        return "\n".join(
            ("- " if item.item else "") + item.text + "".join(f"[{mark}]" for mark in item.marks)
            for item in self.written
        )

    @property
    def faulty(self) -> list[Sentence]:
        return [sentence for sentence in self.sentences if sentence.status is not SentenceStatus.SUPPORTED]

    @property
    def claims(self) -> int:
        return sum(verdict.claim for verdict in self.verdicts) + self.withheld

    @property
    def supported(self) -> int:
        return sum(verdict.claim and verdict.status is SentenceStatus.SUPPORTED for verdict in self.verdicts)

    @property
    def share(self) -> float:
        """Share of the statements that are supported, 0–1; 1 without any statement."""
        return self.supported / self.claims if self.claims else 1.0


class Writer:
    """Has models write answers from the clauses of one snapshot."""

    def __init__(self, records: Records, meter: SupportMeter) -> None:
        self._records = records
        self._meter = meter
        self._closing = threading.Event()
        self._threads: set[Thread] = set()

    def close(self) -> None:
        """Wait for what is being prepared: a process must not end while the embedding model runs."""
        self._closing.set()
        for thread in list(self._threads):
            thread.join()

    def write(self, task: Task, model: ChatModel) -> Iterator[Event | Outcome]:
        """Yield what happens while ``model`` writes; the outcome is last.

        Raises:
            GenerationError: the model gives no answer.

        """
        chosen = choose_clauses(task.hits)
        sources = {
            mark: cited_source(mark, hit.clause, hit.document, task.as_of, self._records.documents)
            for mark, hit in enumerate(chosen, 1)
        }
        clauses = {mark: hit.clause for mark, hit in enumerate(chosen, 1)}
        checker = Checker(sources, self._meter, f"{task.asked}\n{task.question}")
        # beside the request, in the time until the model's first word
        self._threads = {thread for thread in self._threads if thread.is_alive()}
        preparing = Thread(target=checker.prepare, args=(self._closing,), daemon=True)
        self._threads.add(preparing)
        preparing.start()
        citations = CitationList(self._records.documents, task.as_of)
        yield from _Scribe(task, model, checker, (sources, clauses), citations).run()


class _Scribe:
    """One answer in the making."""

    def __init__(
        self,
        task: Task,
        model: ChatModel,
        checker: Checker,
        numbered: tuple[Mapping[int, CitedSource], Mapping[int, Clause]],
        citations: CitationList,
    ) -> None:
        sources, self._clauses = numbered
        self._task, self._model, self._checker, self._citations = task, model, checker, citations
        self._guard = Guard(model.key)
        self._messages = messages_for(task, sources, self._clauses)
        self._replies: list[Reply] = []
        self._cost: float | None = None
        self._cached: tuple[str, ...] = ()

    def run(self) -> Iterator[Event | Outcome]:
        """Yield the events of one or two drafts and the outcome."""
        key = self._key()
        ledger = self._model.ledger
        self._cached = (ledger.reply(key, self._task.snapshot) if self._model.settings.cache else None) or ()
        first = yield from self._draft(self._messages, 0)
        drafts = [first]
        if first.faulty and (not self._cached or len(self._cached) > 1):
            yield Redraft(len(first.faulty))
            repair = repair_messages(first.text, first.faulty)
            try:
                drafts.append((yield from self._draft([*self._messages, *repair], 1)))
            except GenerationError:
                drafts = [first]  # the first draft stands, with what is wrong in it marked
        best = max(drafts, key=lambda draft: (draft.share, -len(draft.faulty), draft is drafts[-1]))
        if not self._cached and self._model.settings.cache and not any(draft.truncated for draft in drafts):
            ledger.keep(key, self._task.snapshot, [draft.text for draft in drafts])
        yield self._outcome(best, drafts)

    def _draft(self, messages: Sequence[Message], number: int) -> Generator[Event, None, _Draft]:
        """Yield the events of one draft; return it."""
        draft = _Draft(self._citations.emptied())
        reader = SentenceReader()
        try:
            for piece in self._pieces(messages, number):
                for sentence in reader.feed(piece):
                    yield from self._close(sentence, draft)
                yield Delta(self._guard.shown(reader.pending))
            draft.truncated = bool(self._replies) and self._replies[-1].truncated
            for sentence in () if draft.truncated else reader.finish():
                yield from self._close(sentence, draft)
        finally:
            self._guard.forget()
        return draft

    def _pieces(self, messages: Sequence[Message], number: int) -> Iterator[str]:
        if number < len(self._cached):
            yield self._cached[number]
            return
        reply = self._model.stream(messages)
        self._replies.append(reply)
        try:
            yield from reply
        finally:
            reply.close()
            cost = self._model.count(reply.usage)
            if cost is not None:
                self._cost = (self._cost or 0.0) + cost

    def _close(self, written: Written, draft: _Draft) -> Iterator[Event]:
        """Check a complete sentence, add it to the draft and tell of it; what must not be shown is only counted."""
        start = time.perf_counter()
        if self._guard.leaks(written.text):
            draft.withheld += 1
            return
        self._guard.told(written.text)
        draft.written.append(written)
        verdict = self._checker.check(written)
        blocks = [(self._clauses[mark], told_blocks(self._clauses[mark], written.text)) for mark in verdict.marks]
        marks = tuple(draft.citations.widen(clause, own) for clause, own in blocks)
        confidence = weakest([block for _, own in blocks for block in own]) if blocks else None
        sentence = Sentence(
            written.text,
            marks,
            item=written.item,
            note=not verdict.claim,
            confidence=confidence,
            status=verdict.status,
            checks=verdict.checks,
        )
        draft.sentences.append(sentence)
        draft.told.append(blocks)
        draft.verdicts.append(verdict)
        draft.check_s += time.perf_counter() - start
        yield SentenceClosed(sentence, tuple(draft.citations.citations))

    def _outcome(self, best: _Draft, drafts: Sequence[_Draft]) -> Outcome:
        drop = self._model.settings.failed == "drop"
        shown = [item for item in best.sentences if not (drop and item.status is SentenceStatus.FAILED)]
        removed = sum(len(verdict.removed) for verdict in best.verdicts)
        dropped = len(best.sentences) - len(shown) + best.withheld
        use = replace(self._use(drafts), removed_marks=removed, dropped=dropped, check_ms=round(best.check_s * 1000, 2))
        lacking = not best.claims and any(verdict.lacking for verdict in best.verdicts)
        asks = any(asks_back(sentence.text) for sentence in best.sentences)
        if best.share < LEAST_SUPPORTED or not (best.supported or lacking or asks):
            failed = best.claims - best.supported
            why = f"模型的回答有 {failed} 句没有通过核对，没有采用" if failed else "模型没有写出回答"
            return Outcome((), best.citations, replace(use, used=False), notice=f"{why}；下面的回答直接摘自条款。")
        shown, citations, clauses = self._renumbered(best, shown)
        notice = "模型的回答写到长度上限，没写完的一句略去了。" if best.truncated else ""
        return Outcome(tuple(shown), citations, use, lacking, notice, clauses)

    def _renumbered(
        self, draft: _Draft, shown: Sequence[Sentence]
    ) -> tuple[list[Sentence], CitationList, tuple[Clause, ...]]:
        """Return the sentences to show with citations of their own only, numbered in the order of use."""
        citations = self._citations.emptied()
        clauses: dict[str, Clause] = {}
        sentences = []
        for sentence, told in zip(draft.sentences, draft.told, strict=True):
            if sentence in shown:
                clauses |= {clause.address: clause for clause, _ in told}
                marks = tuple(citations.widen(clause, blocks) for clause, blocks in told)
                sentences.append(replace(sentence, marks=marks))
        return sentences, citations, tuple(clauses.values())

    def _use(self, drafts: Sequence[_Draft]) -> ModelUse:
        counted = [reply.usage for reply in self._replies if reply.usage.input_tokens is not None]
        return ModelUse(
            name=self._model.name,
            used=True,
            input_tokens=sum(usage.input_tokens or 0 for usage in counted) if counted else None,
            output_tokens=sum(usage.output_tokens or 0 for usage in counted) if counted else None,
            cost=self._cost,
            drafts=len(drafts),
            cached=bool(self._cached),
            seconds=round(sum(reply.usage.seconds for reply in self._replies), 3),
        )

    def _key(self) -> str:
        content = "\0".join((self._model.fingerprint, prompts.VERSION, *(text for _, text in self._messages)))
        return hashlib.sha256(content.encode()).hexdigest()


def told_blocks(clause: Clause, sentence: str) -> tuple[Block, ...]:
    """Return the blocks of ``clause`` that ``sentence`` tells, in order; at least one."""
    own = pairs(sentence)
    scored = [(likeness(own, pairs(readable(block))), block) for block in quotable(clause)]
    best = max(score for score, _ in scored)
    return tuple(block for score, block in scored if score >= _NEAR * best)

"""The one facade that the page, the command line and other programs share."""

import time
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from threading import Lock, Thread
from typing import Self

from assistant.answering.answer import Answerer, Composed
from assistant.answering.checks.sources import CitedSource
from assistant.answering.checks.support import SupportMeter
from assistant.answering.cited import cited_source
from assistant.answering.condense import condense
from assistant.answering.generate import ChatModel, load_model
from assistant.answering.mentions import sought_phrase
from assistant.answering.plain import ANSWER_HITS, PlainAnswers
from assistant.answering.refusal import forbidden, topic_of
from assistant.answering.request import Task
from assistant.answering.stream import AnswerStream, Making, without_model
from assistant.answering.usage import Ledger
from assistant.answering.writing import Outcome, Writer
from assistant.corpus.validity import status_note, status_on
from assistant.errors import AssistantError, GenerationError, IndexMissingError
from assistant.indexing.build import Progress, build
from assistant.indexing.embedding import load_embedder
from assistant.indexing.snapshot import Manifest, Snapshot, current_folder
from assistant.retrieval.eligibility import Scope
from assistant.retrieval.followup import complete, refers_back
from assistant.retrieval.parts import PART_HITS, with_parts
from assistant.retrieval.rerank import load_reranker
from assistant.retrieval.search import Found, Search
from assistant.retrieval.spelling import Speller
from assistant.retrieval.understand import Query, understand
from assistant.retrieval.words import content_words
from assistant.settings import ModelSettings, Settings, load_settings
from assistant.structure.address import NameIndex
from assistant.structure.outline import address_name
from assistant.text import simplified
from assistant.types import Answer, Clause, Document, Event, Finished, Hit, Kind, Reason, Status, Turn, Understood

MAX_QUESTION_CHARS = 2000


class QuestionError(AssistantError):
    """A question that cannot be asked: empty or far too long."""


class Assistant:
    """Answers questions from a built index. Safe to share between threads; never changes the index.

    Example::

        with Assistant.open() as assistant:
            print(assistant.ask("证书有效期几年？").text)
    """

    def __init__(self, settings: Settings, folder: Path | None = None) -> None:
        """Open the snapshot in use, or that in ``folder``; :meth:`open` is the usual way.

        Raises:
            IndexMissingError: nothing has been built.
            IndexStaleError: the index is damaged, or another version or model built it.

        """
        self._settings = settings
        self._folder = folder or current_folder(settings.index)
        self._snapshot = Snapshot(self._folder, load_embedder(settings.embedding))
        reranker = load_reranker(settings.rerank, self._snapshot)
        self._search = Search(self._snapshot, settings.search.lexical_weight, settings.search.depth, reranker)
        self._speller = Speller(self._snapshot.vocabulary, self._snapshot.lexical.has)
        self._names = NameIndex(self._snapshot.records.documents.values())
        self._answerer = Answerer(self._snapshot.records, self._snapshot.lexical, self._names)
        self._plain_answers = PlainAnswers(self._search, self._answerer, self._names)
        self.support_meter = SupportMeter(self._snapshot.embedder, self._snapshot.lexical.idf)
        self._writer = Writer(self._snapshot.records, self.support_meter)
        self._ledger = Ledger(settings.index)
        self._models: dict[ModelSettings, ChatModel | None] = {}
        self._models_lock = Lock()
        self._model = self._chat_model(settings.model)
        self._warming: Thread | None = None
        if self._model is not None:
            self._warming = Thread(target=self._model.warm, daemon=True)
            self._warming.start()

    @classmethod
    def open(
        cls,
        corpus: Path | str | None = None,
        index: Path | str | None = None,
        *,
        settings: Settings | None = None,
        build_if_missing: bool = False,
        progress: Progress | None = None,
    ) -> Self:
        """Return an assistant on the built index.

        Args:
            corpus: folder of documents; only used to build. Default: settings.
            index: folder of the index. Default: settings.
            settings: all settings; by default from ``assistant.toml`` and the environment.
            build_if_missing: build the index first if there is none.
            progress: told (texts embedded, texts in all) while building.

        """
        if settings is None:
            settings = load_settings(corpus=Path(corpus) if corpus else None, index=Path(index) if index else None)
        try:
            return cls(settings)
        except IndexMissingError:
            if not build_if_missing:
                raise
        build(settings.corpus, settings.index, load_embedder(settings.embedding), progress=progress)
        return cls(settings)

    def ask(
        self,
        question: str,
        *,
        history: Sequence[Turn] = (),
        as_of: date | None = None,
        kinds: Collection[Kind] | None = None,
        model: ModelSettings | None = None,
    ) -> Answer:
        """Return the answer to ``question`` by what was in force on ``as_of`` (today by default).

        Args:
            question: in Chinese, at most 2,000 characters.
            history: the turns before, oldest first; a follow-up such as ``那四星呢？`` is completed from them.
            as_of: the day that counts. A question that names a time itself (``2015 年的时候…``) is answered for that.
            kinds: only these kinds of documents; all by default.
            model: which language model writes the answer; by default as the settings say. ``ModelSettings()`` names
                none: the answer is taken from clauses word for word, as it is whenever a model fails.

        Raises:
            QuestionError: the question is empty or too long.
            SettingsError: the model's provider is not known.

        """
        stream = self.stream(question, history=history, as_of=as_of, kinds=kinds, model=model)
        for _ in stream:
            pass
        return stream.answer

    def stream(
        self,
        question: str,
        *,
        history: Sequence[Turn] = (),
        as_of: date | None = None,
        kinds: Collection[Kind] | None = None,
        model: ModelSettings | None = None,
    ) -> AnswerStream:
        """Return what happens while the answer is made, as :meth:`ask` makes it; the last event holds the answer."""
        asked = _checked(question)
        chosen = self._model if model is None else self._chat_model(model)
        making = Making()
        scope = frozenset(kinds) if kinds is not None else None
        return AnswerStream(self._events(asked, history, (as_of, scope), chosen, making), making)

    def _events(
        self,
        asked: str,
        history: Sequence[Turn],
        given: tuple[date | None, frozenset[Kind] | None],
        model: ChatModel | None,
        making: Making,
    ) -> Iterator[Event]:
        start = time.perf_counter()
        plain = self._plain(asked)
        understood, failure = self._understood(plain, history, model)
        reason = forbidden(plain) or forbidden(understood)
        searched_for = topic_of(reason) if reason else sought_phrase(understood)
        query = understand(searched_for or understood, self._names)
        as_of, kinds = given
        day = as_of or query.as_of_in_text or date.today()
        scope = Scope(day, kinds)
        searched = time.perf_counter()
        found = self._search.search(query, scope, ANSWER_HITS)
        if query.asks_past and not (as_of or query.as_of_in_text) and (before := self._search.day_before(found)):
            day, scope = before, replace(scope, as_of=before)
            found = self._search.search(query, scope, ANSWER_HITS)
        composing = time.perf_counter()
        composed = self._plain_answers.answer(understood, query, found, scope, reason)
        end = time.perf_counter()
        timings = {
            "understand": (searched - start) * 1000,
            "search": (composing - searched) * 1000,
            "answer": (end - composing) * 1000,
            "total": (end - start) * 1000,
        }
        answer = making.plain = self._finish(asked, understood, day, composed, timings)
        writes = model is not None and not composed.settled and found.hits
        yield Understood(understood, model.name if model and writes and not failure else None)
        if model is None or not writes:
            yield Finished(answer)
        elif failure:
            yield Finished(without_model(answer, model.name, failure))
        else:
            hits = self._context(understood, found, scope)
            task = Task(understood, asked, hits, history, day, answer.snapshot)
            yield from self._written(task, model, answer, found)

    def _understood(self, plain: str, history: Sequence[Turn], model: ChatModel | None) -> tuple[str, str]:
        """Return (the complete question, why the model could not be asked for it or empty)."""
        failure = ""
        if history and model is not None and not forbidden(plain):
            try:
                if condensed := condense(plain, history, model):
                    return condensed, failure
            except GenerationError as error:
                failure = error.message
        return complete(plain, history, self._names) if self._may_lean(plain) else plain, failure

    def _context(self, question: str, found: Found, scope: Scope) -> list[Hit]:
        """Return the hits that a model is to see."""
        return with_parts(
            question, found.hits, lambda part: self._search.search(understand(part, self._names), scope, PART_HITS).hits
        )

    def _written(self, task: Task, model: ChatModel, plain: Answer, found: Found) -> Iterator[Event]:
        """Yield the events of an answer by ``model``; ``plain`` is given where it fails."""
        start = time.perf_counter()
        outcome = None
        try:
            for event in self._writer.write(task, model):
                if isinstance(event, Outcome):
                    outcome = event
                else:
                    yield event
        except GenerationError as error:
            yield Finished(without_model(plain, model.name, error.message))
            return
        assert outcome is not None  # the writer always ends with its outcome
        wrote = (time.perf_counter() - start) * 1000
        timings = {**plain.timings_ms, "model": round(wrote, 2), "total": round(plain.timings_ms["total"] + wrote, 2)}
        answer = replace(plain, model=outcome.use, notice=outcome.notice, timings_ms=timings)
        if outcome.use.used:
            answer = self._with_outcome(answer, outcome, found)
        yield Finished(answer)

    def _with_outcome(self, answer: Answer, outcome: Outcome, found: Found) -> Answer:
        if outcome.lacking:
            return replace(
                answer,
                sentences=outcome.sentences,
                citations=(),
                refused=True,
                reason=Reason.NOT_IN_MATERIAL,
                suggestions=self._answerer.nearest(found),
            )
        closing = self._answerer.closing(outcome.clauses, outcome.citations, answer.as_of)
        return replace(
            answer,
            sentences=(*outcome.sentences, *closing),
            citations=tuple(outcome.citations.citations),
            refused=False,
            reason=None,
            suggestions=() if answer.refused else answer.suggestions,
        )

    def _chat_model(self, settings: ModelSettings) -> ChatModel | None:
        """Return the model of ``settings``, the same one each time, so that it remembers being unreachable."""
        with self._models_lock:
            if settings not in self._models:
                self._models[settings] = load_model(settings, self._ledger)
            return self._models[settings]

    def _plain(self, question: str) -> str:
        """Return a question in simplified characters, with its slips put right."""
        return self._speller.correct(simplified(question))

    def _may_lean(self, question: str) -> bool:
        """Return whether a question may lean on the one before: it has a content word that the corpus knows, or none at all.

        One that has only foreign words (今天天气怎么样) changes the subject, unless it refers back by itself (说细点).
        """
        if refers_back(question, self._names):
            return True
        words = [word for word in content_words(question) if len(word.text) > 1]
        return not words or any(self._snapshot.lexical.knows(word.text) for word in words)

    def _finish(self, asked: str, understood: str, day: date, composed: Composed, timings: dict[str, float]) -> Answer:
        return Answer(
            question=asked,
            understood_as=understood,
            sentences=composed.sentences,
            citations=composed.citations,
            refused=composed.reason is not None,
            reason=composed.reason,
            as_of=day,
            snapshot=self._snapshot.manifest.snapshot,
            suggestions=composed.suggestions,
            timings_ms={stage: round(value, 2) for stage, value in timings.items()},
        )

    def search(
        self, query: str, k: int = 10, *, as_of: date | None = None, kinds: Collection[Kind] | None = None
    ) -> list[Hit]:
        """Return the ``k`` best clauses for ``query``, best first."""
        return list(self.find(query, k, as_of=as_of, kinds=kinds)[1].hits)

    def find(
        self, question: str, k: int = ANSWER_HITS, *, as_of: date | None = None, kinds: Collection[Kind] | None = None
    ) -> tuple[Query, Found]:
        """Return the question as understood with all that the search found, for evaluation and calibration."""
        query = understand(self._plain(_checked(question)), self._names)
        scope = Scope(as_of or query.as_of_in_text or date.today(), frozenset(kinds) if kinds is not None else None)
        return query, self._search.search(query, scope, k)

    @property
    def answerer(self) -> Answerer:
        """The part that composes answers, for calibration."""
        return self._answerer

    @property
    def model_name(self) -> str | None:
        """The language model that the settings name, None without."""
        return self._model.name if self._model else None

    @property
    def manifest(self) -> Manifest:
        """What the index in use was built from."""
        return self._snapshot.manifest

    def is_current(self) -> bool:
        """Return whether the snapshot in use is still the newest; if not, open the assistant anew."""
        try:
            return current_folder(self._settings.index) == self._folder
        except AssistantError:
            return True

    def documents(self) -> list[Document]:
        """Return all documents of the index, in the order of their paths."""
        return list(self._snapshot.records.documents.values())

    def document(self, document_id: str) -> Document | None:
        """Return the document with this id, or None."""
        return self._snapshot.records.documents.get(document_id)

    def clauses(self, document_id: str) -> list[Clause]:
        """Return the clauses of a document in reading order; empty if there is no such document."""
        return [clause for _, clause in self._snapshot.records.clauses_of(document_id)]

    def status(self, document: Document, as_of: date | None = None) -> tuple[Status, str]:
        """Return (status, note) of a document on a day, today by default."""
        day = as_of or date.today()
        return status_on(document, day), status_note(document, day, self._snapshot.records.documents)

    def editions_of(self, document: Document) -> list[Document]:
        """Return all editions of the same text in both forms, the document itself included."""
        return self._snapshot.records.editions.of_work(document)

    def names_of(self, document: Document) -> list[str]:
        """Return all names under which clauses of this edition may be cited, in either form, longest first."""
        twin = self._snapshot.records.editions.twin(document)
        cited = (document.cited_as, twin.cited_as if twin else "", address_name(document))
        return sorted({name for name in cited if name}, key=len, reverse=True)

    def cited(self, address: str, mark: int, as_of: date) -> CitedSource | None:
        """Return the clause at ``address`` as sentences are checked against it, None if there is none."""
        records = self._snapshot.records
        position = records.position_of(address)
        if position is None:
            return None
        clause = records.clause(position)
        return cited_source(mark, clause, records.documents[clause.document_id], as_of, records.documents)

    def references(self) -> list[tuple[str, int, str]]:
        """Return (path, line, address) of every place where a clause of the corpus rests on another."""
        paths = {document.id: document.path for document in self.documents()}
        return [(paths[key], line, address) for key, line, address in self._snapshot.records.referrers()]

    def close(self) -> None:
        """Release the index, once nothing is being prepared any more."""
        self._writer.close()
        if self._warming is not None:
            self._warming.join()
        self._snapshot.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _checked(question: str) -> str:
    stripped = question.strip()
    if not stripped:
        raise QuestionError("问题是空的", "写一个问题，例如：证书有效期几年？")
    if len(stripped) > MAX_QUESTION_CHARS:
        raise QuestionError(f"问题太长（{len(stripped)} 字，最多 {MAX_QUESTION_CHARS} 字）", "分成几个问题来问")
    return stripped

"""What one reader's session holds: conversations, feedback, and where to come back to. Nothing is written to disk."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import accumulate, groupby
from unicodedata import east_asian_width

import streamlit as st

from assistant.errors import AssistantError
from assistant.settings import ModelSettings
from assistant.types import Answer, Turn
from assistant.ui.answer_job import AnswerJob

_KEY = "assistant_session"
_TITLE_COLUMNS = 28
USEFUL, USELESS = "有用", "没用"


@dataclass(slots=True)
class Exchange:
    """A question with its answer; ``uid`` is unique in the session and names its elements on the page."""

    uid: str
    turn: Turn
    feedback: str | None = None


@dataclass(slots=True)
class Conversation:
    """Exchanges that build on one another, oldest first."""

    uid: str
    started_on: date
    exchanges: list[Exchange] = field(default_factory=list)

    @property
    def title(self) -> str:
        """The first question, shortened to the width of the sidebar (a Chinese character takes two columns)."""
        if not self.exchanges:
            return "新对话"
        question = " ".join(self.exchanges[0].turn.question.split())
        widths = accumulate(2 if east_asian_width(char) in "WF" else 1 for char in question)
        kept = sum(width <= _TITLE_COLUMNS for width in widths)
        return question if kept == len(question) else question[:kept] + "…"

    @property
    def next_uid(self) -> str:
        """The id of the exchange to come."""
        return f"{self.uid}-{len(self.exchanges)}"

    @property
    def turns(self) -> list[Turn]:
        """The turns so far, as the facade wants them."""
        return [exchange.turn for exchange in self.exchanges]


@dataclass(slots=True)
class Session:
    """All conversations of a session, newest last.

    ``asking`` is a question to be answered on the next run; ``back`` the element to return to from another view;
    ``goto`` the element to scroll to, once for each ``step``. ``model`` is the reader's choice of a language model, None
    for what the settings say; ``choosing_model`` and ``keys_given`` belong to the form for it. ``answering`` is the answer
    that one is writing now, for the conversation ``answering_in``.
    """

    conversations: list[Conversation] = field(default_factory=list)
    current: Conversation = field(default_factory=lambda: Conversation("q0", date.today()))
    asking: str | None = None
    back: str | None = None
    goto: str | None = None
    goto_start: bool = False
    step: int = 0
    model: ModelSettings | None = None
    choosing_model: bool = False
    keys_given: int = 0
    answering: AnswerJob | None = None
    answering_in: Conversation | None = None

    def start_conversation(self) -> None:
        """Begin a new conversation; the present one stays in the history."""
        self.current = Conversation(f"q{len(self.conversations)}", date.today())
        self.asking = None

    def show(self, conversation: Conversation) -> None:
        """Go back to an earlier conversation, at its last question."""
        self.current = conversation
        if conversation.exchanges:
            self.scroll_to(conversation.exchanges[-1].uid, start=True)

    def add(self, answer: Answer, conversation: Conversation | None = None) -> Exchange:
        """Keep an answer in a conversation, the present one by default, and scroll to its question."""
        own = conversation or self.current
        exchange = Exchange(own.next_uid, Turn(answer.question, answer))
        own.exchanges.append(exchange)
        if own not in self.conversations:
            self.conversations.append(own)
        if own is self.current:
            self.scroll_to(exchange.uid, start=True)
        return exchange

    def begin(self, job: AnswerJob) -> None:
        """Let a model write an answer for the present conversation."""
        self.answering, self.answering_in = job, self.current
        self.scroll_to(self.current.next_uid, start=True)

    def collect(self) -> AssistantError | None:
        """Keep an answer that has been finished meanwhile; return the error if there is none."""
        job, conversation = self.answering, self.answering_in
        if job is None or job.running:
            return None
        self.answering = self.answering_in = None
        if job.answer is None:
            return job.error
        self.add(job.answer, conversation)
        return None

    def scroll_to(self, element_id: str, *, start: bool = False) -> None:
        """Ask the page to bring an element into view once: to the middle, or to the upper edge (``start``)."""
        self.goto = element_id
        self.goto_start = start
        self.step += 1

    def return_to_back(self) -> None:
        """Scroll to where the reader left the conversation, if that is known."""
        if self.back is not None:
            self.scroll_to(self.back)
            self.back = None

    def by_day(self) -> list[tuple[date, Sequence[Conversation]]]:
        """Return the conversations by the day they began, newest first."""
        newest = self.conversations[::-1]
        return [(day, list(group)) for day, group in groupby(newest, key=lambda item: item.started_on)]


def session() -> Session:
    """Return this reader's session."""
    found = st.session_state.get(_KEY)
    if not isinstance(found, Session):
        found = st.session_state[_KEY] = Session()
    return found

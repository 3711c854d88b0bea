"""The sidebar: new conversation, the three views, day and scope of the answers, history by day."""

from dataclasses import dataclass
from datetime import date

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from assistant.types import Kind
from assistant.ui.escape import escape_label
from assistant.ui.model_view import model_view
from assistant.ui.session import Session
from assistant.ui.words import TITLE

_EARLIEST, _LATEST = date(1990, 1, 1), date(2049, 12, 31)


@dataclass(frozen=True, slots=True)
class Choice:
    """What answers are to be based on: the day (None: today, or as the question says) and kinds (None: all)."""

    as_of: date | None
    kinds: frozenset[Kind] | None

    @property
    def day(self) -> date:
        """The day in numbers."""
        return self.as_of or date.today()


def sidebar(session: Session, pages: dict[str, StreamlitPage], model: str | None, *, own_model: bool) -> Choice:
    """Draw the sidebar and return the reader's choice; ``model`` is the one that the settings name."""
    with st.sidebar:
        st.html(f'<p class="brand">{TITLE}</p>')
        if st.button("新对话", key="new", icon=":material/add:", width="stretch"):
            session.start_conversation()
            st.switch_page(pages["chat"])
        for name in ("chat", "library", "about"):
            st.page_link(pages[name], width="stretch")
        choice = _choice()
        model_view(session, model, own=own_model)
        _history(session, pages["chat"])
    return choice


def _choice() -> Choice:
    day = st.date_input(
        "以哪天为准", value="today", key="as_of", min_value=_EARLIEST, max_value=_LATEST, format="YYYY-MM-DD",
        help="按这一天有效的规定回答。问题里写明时间的，以问题为准。", persist_state="session",
    )  # fmt: skip
    kinds = st.pills(
        "资料范围（不选就是全部）", list(Kind), selection_mode="multi", format_func=lambda kind: kind.label,
        key="kinds", persist_state="session",
    )  # fmt: skip
    chosen = day if isinstance(day, date) and day != date.today() else None
    return Choice(chosen, frozenset(kinds) if kinds else None)


def _history(session: Session, chat: StreamlitPage) -> None:
    for day, conversations in session.by_day():
        name = "今天" if day == date.today() else str(day)
        st.html(f'<p class="day">{name}</p>')
        for conversation in conversations:
            here = conversation is session.current
            if st.button(
                escape_label(conversation.title), key=f"history-{conversation.uid}", width="stretch",
                type="secondary" if here else "tertiary",
            ):  # fmt: skip
                session.show(conversation)
                st.switch_page(chat)

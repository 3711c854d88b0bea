"""The conversation: first visit, exchanges with their actions, the input."""

import streamlit as st

from assistant.chat import MAX_QUESTION_CHARS, Assistant
from assistant.errors import AssistantError
from assistant.settings import WITHOUT_MODEL
from assistant.ui.answer_html import answer_html, question_html, writing_html
from assistant.ui.answer_job import AnswerJob
from assistant.ui.escape import escape_html, escape_label
from assistant.ui.export import answer_to_markdown
from assistant.ui.notices import error_notice
from assistant.ui.session import USEFUL, USELESS, Exchange, Session
from assistant.ui.sharing import shared_assistant
from assistant.ui.sidebar import Choice
from assistant.ui.words import EXAMPLES, TITLE, checked_until


def chat_view(assistant: Assistant, session: Session, choice: Choice) -> None:
    """Draw the present conversation; answer what was asked by the input, an example or a suggestion.

    The input stands in a container of its own that the style sheet keeps at the lower edge: an input pinned by Streamlit
    would scroll each new answer to its end, away from the conclusion.
    """
    thread = st.container(key="thread")
    failed = session.collect()
    busy = session.answering is not None
    with st.container(key="ask"):
        typed = st.chat_input(
            "正在写回答，可以先停止" if busy else "输入问题，回车发送",
            key="question", max_chars=MAX_QUESTION_CHARS, disabled=busy,
        )  # fmt: skip
    asked = typed or session.asking
    session.asking = None
    session.return_to_back()
    if asked and not busy and _model_of(assistant, session):
        history = session.current.turns
        session.begin(AnswerJob(shared_assistant(), str(asked), history, (choice.as_of, choice.kinds), session.model))
        st.rerun()
    with thread:
        if failed:
            error_notice(failed.message, failed.hint)
        if asked or session.current.exchanges or session.answering_in is session.current:
            _conversation(assistant, session, choice, str(asked) if asked else None)
        else:
            _welcome(assistant, session)


def _conversation(assistant: Assistant, session: Session, choice: Choice, asked: str | None) -> None:
    for exchange in session.current.exchanges:
        _exchange(exchange)
    if session.answering and session.answering_in is session.current:
        _writing(session, session.answering)
        return
    if asked and (answered := _ask(assistant, session, choice, asked)):
        _exchange(answered)
    if session.current.exchanges:
        _suggestions(session, session.current.exchanges[-1])


def _model_of(assistant: Assistant, session: Session) -> str | None:
    """Return the name of the model that is to write answers, None without."""
    return session.model.name if session.model else assistant.model_name


@st.fragment(run_every=0.25)
def _writing(session: Session, job: AnswerJob) -> None:
    """Draw what a model has written so far, again and again, and the whole view once it is done."""
    if not job.running:
        st.rerun()
    uid = session.current.next_uid
    st.html(question_html(job.name, uid))
    st.html(writing_html(job.sentences, job.citations, job.pending, job.words, uid))
    st.button("停止", key=f"stop-{uid}", icon=":material/stop_circle:", on_click=job.stop)


def _ask(assistant: Assistant, session: Session, choice: Choice, question: str) -> Exchange | None:
    try:
        with st.spinner("正在查资料……"):
            answer = assistant.ask(
                question, history=session.current.turns, as_of=choice.as_of, kinds=choice.kinds, model=WITHOUT_MODEL
            )
    except AssistantError as error:
        error_notice(error.message, error.hint)
        return None
    return session.add(answer)


def _welcome(assistant: Assistant, session: Session) -> None:
    documents = assistant.documents()
    until = checked_until(documents)
    st.html(
        f'<div class="welcome"><h1>{TITLE}</h1><p>收有 {len(documents)} 份标准、法规、政策和办事资料，'
        f"核对截至 {until}；每句回答都注明条款和版本，资料里没有的就说没有。</p></div>"
    )
    with st.container(key="examples"):
        for number, example in enumerate(EXAMPLES):
            st.button(
                escape_label(example),
                key=f"example-{number}",
                width="stretch",
                on_click=_ask_next,
                args=(session, example),
            )


def _ask_next(session: Session, question: str) -> None:
    session.asking = question


def _exchange(exchange: Exchange) -> None:
    answer, uid = exchange.turn.answer, exchange.uid
    st.html(question_html(exchange.turn.question, uid))
    st.html(answer_html(answer, uid))
    markdown = answer_to_markdown(answer)
    with st.container(key=f"acts-{uid}", horizontal=True, vertical_alignment="center", gap="small"):
        st.html(
            f'<button type="button" class="act" data-copy="{escape_html(markdown)}">复制回答</button>', width="content"
        )
        st.download_button(
            "下载", markdown, f"售后认证问答-{answer.as_of}.md", "text/markdown", key=f"download-{uid}",
            on_click="ignore", type="tertiary",
        )  # fmt: skip
        for word in (USEFUL, USELESS):
            st.button(
                f"✓ {word}" if exchange.feedback == word else word, key=f"feedback-{uid}-{word}", type="tertiary",
                on_click=_rate, args=(exchange, word),
            )  # fmt: skip


def _rate(exchange: Exchange, word: str) -> None:
    """Keep the reader's judgement; pressing it again takes it back."""
    exchange.feedback = None if exchange.feedback == word else word


def _suggestions(session: Session, exchange: Exchange) -> None:
    answer = exchange.turn.answer
    if not answer.suggestions:
        return
    with st.container(key="suggestions"):
        st.html(f'<p class="hint">{"资料中相近的" if answer.refused else "还可以问"}</p>')
        for number, suggestion in enumerate(answer.suggestions):
            st.button(
                escape_label(suggestion), key=f"suggestion-{exchange.uid}-{number}",
                on_click=_ask_next, args=(session, suggestion),
            )  # fmt: skip

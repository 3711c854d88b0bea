"""Three views beside the conversation: one document whole, the library, and what the assistant is."""

from collections import Counter

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from assistant.chat import Assistant
from assistant.settings import Settings
from assistant.text import compact
from assistant.types import Document, Form, Kind, Status
from assistant.ui.document_html import document_html, facts_html, find_clause, library_html
from assistant.ui.editing import document_actions, original_button
from assistant.ui.escape import escape_html
from assistant.ui.notices import error_notice
from assistant.ui.session import Session
from assistant.ui.sidebar import Choice
from assistant.ui.words import OFFICIAL_PLACES, TITLE, checked_until

_OPENED = "opened_document"


def document_view(
    assistant: Assistant, session: Session, choice: Choice, pages: dict[str, StreamlitPage], settings: Settings
) -> None:
    """Draw the document named by ``?doc=…`` with the clause ``&clause=…`` in view."""
    document_id, address = st.query_params.get("doc", ""), st.query_params.get("clause", "")
    _back_buttons(session, pages)
    document = assistant.document(document_id)
    if document is None:
        error_notice("资料库里没有这份文件", "到「资料库」里按名称找")
        return
    clauses = assistant.clauses(document_id)
    target = find_clause(clauses, address) if address else None
    if address and target is None:
        error_notice(f"这份文件里没有“{address}”", "下面是全文；可能换了版本，条款编号有变")
    status, note = assistant.status(document, choice.as_of)
    st.html(facts_html(document, status, note, {item.id: item for item in assistant.documents()}))
    with st.container(key="actions", horizontal=True):
        original_button(settings, document)
        if settings.page.edit:
            document_actions(assistant, settings, document, pages)
    st.html(document_html(document, clauses, target))
    if target is not None and st.session_state.get(_OPENED) != (document_id, address):
        session.scroll_to(f"clause-{clauses.index(target)}")
    st.session_state[_OPENED] = (document_id, address)


def leave_document() -> None:
    """Forget which clause was in view, so that opening it again scrolls to it again."""
    st.session_state.pop(_OPENED, None)


def _back_buttons(session: Session, pages: dict[str, StreamlitPage]) -> None:
    with st.container(key="back", horizontal=True):
        label = "回到问答" if session.current.exchanges else "去提问"
        if st.button(label, key="back-chat", icon=":material/arrow_back:", type="tertiary"):
            st.switch_page(pages["chat"])
        if st.button("资料库", key="back-library", type="tertiary"):
            st.switch_page(pages["library"])


def library_view(assistant: Assistant, choice: Choice, pages: dict[str, StreamlitPage]) -> None:
    """Draw the table of all documents, filtered by words and status."""
    st.html(f'<div class="view-head"><h1>资料库</h1><p>状态以 {choice.day} 为准。点名称看全文。</p></div>')
    if "import" in pages:
        with st.container(key="keeping", horizontal=True):
            if st.button("导入文件", key="to-import", icon=":material/upload_file:", type="primary"):
                st.switch_page(pages["import"])
            if st.button("版本比较", key="to-compare"):
                st.switch_page(pages["compare"])
            if st.button("变更记录", key="to-history"):
                st.switch_page(pages["history"])
    with st.container(key="filters", horizontal=True):
        words = st.text_input("查找", key="find", placeholder="名称、文号、俗称、发布机关", persist_state="session")
        state = st.selectbox(
            "状态", list(Status), index=None, key="find-status", placeholder="全部", persist_state="session", width=160,
            format_func=lambda item: item.value,
        )  # fmt: skip
    rows = [document for document in assistant.documents() if _matches(document, words or "", choice)]
    if state is not None:
        rows = [document for document in rows if assistant.status(document, choice.as_of)[0] is state]
    rows.sort(key=lambda document: (list(Kind).index(document.kind), document.number or "", document.title))
    st.html(f'<p class="hint" role="status">{len(rows)} 份</p>')
    if rows:
        st.html(library_html(rows, lambda document: assistant.status(document, choice.as_of)))


def _matches(document: Document, words: str, choice: Choice) -> bool:
    if choice.kinds is not None and document.kind not in choice.kinds:
        return False
    held = compact(" ".join((document.name, *document.aliases, document.issuer or "", document.region)))
    return all(compact(word) in held for word in words.split())


def about_view(assistant: Assistant) -> None:
    """Draw what the corpus holds, to which day, and what the assistant cannot do."""
    documents, manifest = assistant.documents(), assistant.manifest
    kinds = Counter(document.kind for document in documents)
    rows = "".join(f"<tr><td>{kind.label}</td><td>{kinds[kind]} 份</td></tr>" for kind in Kind if kinds[kind])
    official = sum(document.form is Form.OFFICIAL for document in documents)
    forms = f"其中 {official} 份是正式文本，其余是归纳。" if official else "都是归纳，不是正式文本。"
    places = "".join(f"<li><b>{name}</b>：{what}</li>" for name, what in OFFICIAL_PLACES)
    st.html(
        f'<div class="prose"><h1>关于{TITLE}</h1>'
        "<p>回答售后服务认证（GB/T 27922-2011 及相关法规、政策、办事）方面的问题。"
        "回答只依据库内资料，每句注明条款、版本和当天是否有效。</p>"
        f"<h2>收了什么</h2><p>共 {manifest.documents} 份文件、{manifest.clauses} 个条款，"
        f"核对截至 {checked_until(documents)}。"
        f"{forms}</p><table>{rows}</table>"
        "<h2>不能做什么</h2><ul><li>不替代正式文本：归纳改写过的，以正式发布的为准。</li>"
        f"<li>不知道 {checked_until(documents)} 以后的变化。</li>"
        "<li>不预测能否通过、评几星、能否中标，不作保证。</li>"
        "<li>不对个案出法律意见，不协助编造材料。</li>"
        "<li>标为“单一来源”“推断”“来源不一”的话，用前请核实。</li></ul>"
        f"<h2>向哪里核实</h2><ul>{places}</ul>"
        "<h2>您的问题</h2><p>问答在运行本程序的电脑上进行，不发往别处；对话只留在当前页面，关闭后即消失。</p>"
        f'<p class="hint">索引 {escape_html(manifest.snapshot)}，建于 {escape_html(manifest.built_at)}</p></div>'
    )

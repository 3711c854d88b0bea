"""What a keeper may do with one document: download the original, compare, retire, remove."""

from datetime import date

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from assistant.chat import Assistant
from assistant.errors import AssistantError
from assistant.keeping.keeper import Keeper
from assistant.settings import Settings
from assistant.types import Document
from assistant.ui.escape import escape_html
from assistant.ui.notices import error_notice


def original_button(settings: Settings, document: Document) -> None:
    """Offer the file that the document was imported from, if it is still there."""
    if not document.original:
        return
    path = (settings.corpus / document.path).parent / document.original
    if path.is_file():
        st.download_button(
            f"下载原件（{path.suffix.lstrip('.')}）", path.read_bytes(), path.name, key="original", type="tertiary"
        )


def document_actions(
    assistant: Assistant, settings: Settings, document: Document, pages: dict[str, StreamlitPage]
) -> None:
    """Draw the buttons that change the document; shown only where the page may change the corpus."""
    with st.container(key="actions", horizontal=True):
        several = len([item for item in assistant.editions_of(document) if item.form is document.form]) > 1
        if several and st.button("与别的版本比较", key="compare", type="tertiary"):
            st.switch_page(pages["compare"], query_params={"doc": document.id})
        if document.expires_on is None and st.button("废止……", key="retire", type="tertiary"):
            _retire(settings, document)
        if st.button("移除……", key="remove", type="tertiary"):
            _remove(settings, document, pages)


@st.dialog("废止")
def _retire(settings: Settings, document: Document) -> None:
    st.html(f"<p>{escape_html(document.name)} 从这一天起不再有效，只作历史回答。</p>")
    day = st.date_input("从哪一天起", date.today(), format="YYYY-MM-DD", key="retire-day")
    who, why = st.text_input("经办人", key="retire-who"), st.text_input("理由", key="retire-why")
    if st.button("确认废止", key="retire-yes", type="primary") and isinstance(day, date):
        try:
            with st.spinner("正在更新……"):
                Keeper(settings, who.strip() or None).retire(document.id, day, why.strip())
        except AssistantError as error:
            error_notice(error.message, error.hint)
            return
        st.rerun()


@st.dialog("移除")
def _remove(settings: Settings, document: Document, pages: dict[str, StreamlitPage]) -> None:
    st.html(f"<p>移除 {escape_html(document.name)}。以后可以在变更记录里回退找回。</p>")
    purge = st.checkbox("彻底删除：连同历史版本，不能找回（例如含有个人信息）", key="remove-purge")
    force = st.checkbox("必答问题答得不如以前也照做（会记为强制）", key="remove-force")
    who, why = st.text_input("经办人", key="remove-who"), st.text_input("理由", key="remove-why")
    if st.button("确认移除", key="remove-yes", type="primary"):
        try:
            with st.spinner("正在更新……"):
                Keeper(settings, who.strip() or None).remove(document.id, why.strip(), purge=purge, force=force)
        except AssistantError as error:
            error_notice(error.message, error.hint)
            return
        st.switch_page(pages["library"])

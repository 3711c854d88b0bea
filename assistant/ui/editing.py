"""What a keeper may do with one document: download the original, compare, retire, remove."""

from datetime import date
from pathlib import Path

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from assistant.chat import Assistant
from assistant.keeping.keeper import Done, Keeper
from assistant.settings import Settings
from assistant.types import Document
from assistant.ui.consent import consent, forget_refusal
from assistant.ui.escape import escape_html, escape_label
from assistant.ui.notices import error_notice


def may_edit(settings: Settings) -> bool:
    """Return whether the page may change the corpus; say so where it may not."""
    if not settings.page.edit:
        error_notice("这个页面只能看，不能改资料库", "在运行本程序的电脑上打开；要让别的电脑也能改，启动时加 --edit")
    return settings.page.edit


def original_button(settings: Settings, document: Document) -> None:
    """Offer the file that the document was imported from, if it is still there."""
    path = original_path(settings.corpus, document)
    if path is not None:
        st.download_button(
            f"下载原件（{escape_label(path.suffix.lstrip('.'))}）", path.read_bytes, path.name, key="original",
            on_click="ignore", type="tertiary",
        )  # fmt: skip


def original_path(corpus: Path, document: Document) -> Path | None:
    """Return where the original lies; None where there is none, or where the name leads out of the corpus folder."""
    if not document.original:
        return None
    path = ((corpus / document.path).parent / document.original).resolve()
    return path if path.is_relative_to(corpus.resolve()) and path.is_file() else None


def document_actions(
    assistant: Assistant, settings: Settings, document: Document, pages: dict[str, StreamlitPage]
) -> None:
    """Draw the buttons that change the document; shown only where the page may change the corpus."""
    several = len([item for item in assistant.editions_of(document) if item.form is document.form]) > 1
    if several and st.button("与别的版本比较", key="compare", type="tertiary"):
        st.switch_page(pages["compare"], query_params={"doc": document.id})
    if document.expires_on is None and st.button("废止……", key="retire", type="tertiary"):
        forget_refusal("retire")
        _retire(settings, document)
    if st.button("移除……", key="remove", type="tertiary"):
        forget_refusal("remove")
        _remove(settings, document, pages)


@st.dialog("废止")
def _retire(settings: Settings, document: Document) -> None:
    st.html(f"<p>{escape_html(document.name)} 从这一天起不再有效，只作历史回答。</p>")
    day = st.date_input("从哪一天起", date.today(), format="YYYY-MM-DD", key="retire-day")
    if not isinstance(day, date):
        return

    def retire(keeper: Keeper, why: str, force: bool) -> Done:
        return keeper.retire(document.id, day, why, force=force)

    if consent(settings, "retire", "废止", retire):
        st.rerun()


@st.dialog("移除")
def _remove(settings: Settings, document: Document, pages: dict[str, StreamlitPage]) -> None:
    st.html(f"<p>移除 {escape_html(document.name)} 和它的原件。以后可以在变更记录里回退找回。</p>")
    purge = st.checkbox("彻底删除：连同历史版本，不能找回（例如含有个人信息）", key="remove-purge")

    def remove(keeper: Keeper, why: str, force: bool) -> Done:
        return keeper.remove(document.id, why, purge=purge, force=force)

    if consent(settings, "remove", "移除", remove):
        st.switch_page(pages["library"])

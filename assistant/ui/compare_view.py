"""Two editions of one text, clause by clause."""

from collections import defaultdict

import streamlit as st

from assistant.chat import Assistant
from assistant.corpus.difference import Difference
from assistant.corpus.editions import begins_on, work_of
from assistant.errors import AssistantError
from assistant.keeping.impact import Impact
from assistant.keeping.keeper import Keeper
from assistant.settings import Settings
from assistant.types import Document
from assistant.ui.diff_html import difference_html, difference_page
from assistant.ui.editing import may_edit
from assistant.ui.import_html import impact_html
from assistant.ui.notices import error_notice


def compare_view(assistant: Assistant, settings: Settings) -> None:
    """Draw the choice of two editions and what changed between them."""
    if not may_edit(settings):
        return
    st.html(
        '<div class="view-head"><h1>版本比较</h1><p>逐条看新版改了什么；改了数字、日期、金额或应/宜/可/不得的排在最前。</p></div>'
    )
    works = _works(assistant.documents())
    if not works:
        st.html('<p class="hint">资料库里还没有哪份文件有两个版本。导入新版之后，这里就能比较。</p>')
        return
    wished = st.query_params.get("doc", "")
    titles = list(works)
    start = next((i for i, items in enumerate(works.values()) if any(item.id == wished for item in items)), 0)
    work = works[st.selectbox("文件", titles, start, key="compare-work")]
    newest = len(work) - 1
    columns = st.columns(2)
    old = columns[0].selectbox("旧版", work, newest - 1, format_func=_name, key=f"compare-old-{work[0].id}")
    new = columns[1].selectbox("新版", work, newest, format_func=_name, key=f"compare-new-{work[0].id}")
    if old is None or new is None or old.id == new.id:
        st.html('<p class="hint">选两个不同的版本。</p>')
        return
    _difference(settings, assistant.manifest.snapshot, old, new)


def _difference(settings: Settings, snapshot: str, old: Document, new: Document) -> None:
    try:
        difference, impact = _compared(settings, str(settings.index), snapshot, old.id, new.id)
    except AssistantError as error:
        error_notice(error.message, error.hint)
        return
    st.download_button(
        "存为网页文件", difference_page(difference), f"{new.id}-对照.html", "text/html", key="save-difference"
    )
    st.html(difference_html(difference))
    st.html("<h2>牵涉</h2>" + impact_html(impact))


@st.cache_data(max_entries=8, show_spinner="正在逐条比较……")
def _compared(_settings: Settings, index: str, snapshot: str, old: str, new: str) -> tuple[Difference, Impact]:
    """Return the difference and what it touches, which asks all golden questions."""
    keeper = Keeper(_settings)
    difference = keeper.compare(old, new)
    return difference, keeper.impact(difference)


def _works(documents: list[Document]) -> dict[str, list[Document]]:
    """Return title → editions in one form, oldest first, of every text held in at least two."""
    groups: dict[tuple[str, str], list[Document]] = defaultdict(list)
    for document in documents:
        groups[work_of(document), document.form.value].append(document)
    found = {}
    for items in groups.values():
        if len(items) > 1:
            items.sort(key=lambda item: str(begins_on(item) or ""))
            found[f"{items[-1].title}（{items[-1].form.label}）"] = items
    return found


def _name(document: Document) -> str:
    return f"{document.number or document.title}　{begins_on(document) or '日期不明'}"

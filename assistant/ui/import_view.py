"""Bringing in a published file: upload, reading, preview, confirmation."""

from collections.abc import Sequence
from datetime import date

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from assistant.chat import Assistant
from assistant.corpus.difference import summary_line
from assistant.corpus.editions import begins_on
from assistant.corpus.validity import status_on
from assistant.errors import AssistantError
from assistant.keeping.intake import Intake
from assistant.keeping.keeper import Done, Keeper
from assistant.settings import Settings
from assistant.types import Document, Status
from assistant.ui.consent import keeper_name
from assistant.ui.diff_html import difference_html
from assistant.ui.editing import may_edit
from assistant.ui.escape import escape_html, escape_label
from assistant.ui.import_desk import ImportDesk, desk
from assistant.ui.import_form import metadata_form
from assistant.ui.import_html import (
    clause_tree_html,
    doubts_html,
    impact_html,
    reading_html,
    refused_html,
    replaced_html,
)
from assistant.ui.notices import error_notice
from assistant.ui.reading_job import AddingJob, ReadingJob

_MAX_MB = 200


def import_view(assistant: Assistant, settings: Settings, pages: dict[str, StreamlitPage]) -> None:
    """Draw the step at which the import is."""
    if not may_edit(settings):
        return
    here = desk()
    here.settle()
    st.html(
        '<div class="view-head"><h1>导入文件</h1><p>放入发布机关的正式文件，先看预览，确认后助手就据此回答。</p></div>'
    )
    if here.done is not None:
        _finished(here, here.done, settings, pages)
    elif here.adding is not None and here.adding.running:
        st.html(f"<p>正在入库：{escape_html(here.adding.name)}。可以先去看别的，做完会显示在这里。</p>")
        _progress(here.adding)
    elif here.job is None:
        _next_file(here, settings)
    elif here.job.running:
        st.html(f"<p>正在读：{escape_html(here.job.name)}</p>")
        _progress(here.job)
        if st.button("取消", key="cancel"):
            here.put_aside()
            st.rerun()
    else:
        _read(here, here.job, settings, assistant.documents())


@st.fragment(run_every=0.5)
def _progress(job: ReadingJob | AddingJob) -> None:
    """Draw how far a job is, again and again, and the whole view once it is done."""
    st.progress(job.share, job.words)
    if not job.running:
        st.rerun()


def _next_file(here: ImportDesk, settings: Settings) -> None:
    """Take up files; any kind may be chosen, since for those that cannot be read the importer says what to do."""
    if here.waiting:
        here.start(settings)
        st.rerun()
    uploaded = st.file_uploader(
        "选择文件", accept_multiple_files=True, key=f"upload-{here.uploads}", max_upload_size=_MAX_MB,
        help="PDF（文字或扫描）、Word、Excel、CSV、网页、图片、文本；一个不超过 200 MB。可以一次放几份，逐份确认。",
    )  # fmt: skip
    if uploaded and st.button("读取", key="read", type="primary"):
        here.waiting = [(file.name, file.getvalue()) for file in uploaded]
        here.start(settings)
        st.rerun()


def _read(here: ImportDesk, job: ReadingJob, settings: Settings, held: Sequence[Document]) -> None:
    if job.draft is None:
        _failed(here, job.error or AssistantError("没有读出内容", "换一份文件再试"))
        return
    if here.intake is None and here.error is None:
        with st.spinner("正在整理条款，和旧版比较……"):
            here.take_in(settings)
    if here.error is not None:
        error_notice(here.error.message, here.error.hint)
    if here.intake is not None:
        _preview(here.intake)
    shown = here.intake.proposal if here.intake else here.overrides.applied_to(job.draft.proposal)
    given = metadata_form(shown, here.overrides.id, held, f"metadata-{here.uploads}")
    if given is not None:
        here.overrides = given
        with st.spinner("正在更新预览……"):
            here.take_in(settings)
        st.rerun()
    if here.intake is not None:
        _confirm(here, here.intake, settings)
    if st.button("放弃这份文件", key="give-up", type="tertiary"):
        here.put_aside()
        st.rerun()


def _failed(here: ImportDesk, error: AssistantError) -> None:
    error_notice(error.message, error.hint)
    if st.button("换一份文件", key="other", type="primary"):
        here.put_aside()
        st.rerun()


def _preview(intake: Intake) -> None:
    st.html(reading_html(intake) + doubts_html(intake.doubts) + replaced_html(intake))
    for difference in intake.differences:
        st.html(f'<p class="summary"><b>与旧版相比</b>：{escape_html(summary_line(difference))}</p>')
        with st.expander("逐条对照"):
            st.html(difference_html(difference))
    if intake.impact is not None:
        st.html(impact_html(intake.impact))
    with st.expander(f"条款 {len(intake.clauses)} 个", expanded=not intake.differences):
        st.html(clause_tree_html(intake.clauses))


def _confirm(here: ImportDesk, intake: Intake, settings: Settings) -> None:
    st.html("<h2>确认入库</h2>")
    who = keeper_name("keeper-name")
    why = st.text_input("理由", key=f"import-why-{here.uploads}", placeholder="例如：2027 年新版发布")
    force = False
    if here.refused is not None:
        st.html(refused_html(here.refused.worse))
        force = st.button("仍然入库（记为强制）", key="force")
    if st.button("入库", key="add", type="primary") or force:
        here.error = None
        here.adding = AddingJob(Keeper(settings, who), intake, why.strip(), force=force)
        st.rerun()


def _finished(here: ImportDesk, done: Done, settings: Settings, pages: dict[str, StreamlitPage]) -> None:
    key = done.entry.documents[0]
    st.success(f"已入库：{_told(here.intake, key)}（变更记录第 {done.entry.number} 条）。")
    with st.container(key="finished", horizontal=True):
        again = f"下一份（还有 {len(here.waiting)} 份）" if here.waiting else "再导入一份"
        if st.button(again, key="again", type="primary"):
            here.put_aside()
            st.rerun()
        if st.button("看原文", key="open-new"):
            here.put_aside()
            st.switch_page(pages["document"], query_params={"doc": key})
        if st.button("去提问", key="ask-new"):
            here.put_aside()
            st.switch_page(pages["chat"])
        if st.button("撤回这次入库", key="undo", type="tertiary"):
            _undo(here, settings, done)


def _told(intake: Intake | None, key: str) -> str:
    if intake is None:
        return escape_label(key)
    document = intake.document
    if status_on(document, date.today()) is Status.NOT_YET:
        when = f"{begins_on(document)} 起按它回答，在那之前会预告"
    else:
        when = "从现在起按它回答"
    return f"{escape_label(document.name)}。{when}"


def _undo(here: ImportDesk, settings: Settings, done: Done) -> None:
    """Take the import back, unless somebody has changed the corpus since: that is for the journal to show."""
    try:
        keeper = Keeper(settings, done.entry.who)
        if len(keeper.history()) > done.entry.number:
            raise AssistantError("入库之后资料库又有别的变更", "到「变更记录」里看，再决定回退到哪一条")
        with st.spinner("正在撤回……"):
            keeper.rollback(done.entry.number - 1, "刚入库就撤回")
    except AssistantError as error:
        error_notice(error.message, error.hint)
        return
    here.put_aside()
    st.rerun()

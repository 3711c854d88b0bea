"""Bringing in a published file: upload, reading, preview, confirmation."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from assistant.chat import Assistant
from assistant.corpus.difference import summary_line
from assistant.corpus.front_matter import parse_calendar_date
from assistant.errors import AssistantError
from assistant.keeping.gate import GateRefused
from assistant.keeping.intake import Intake, Overrides
from assistant.keeping.keeper import Done, Keeper
from assistant.settings import Settings
from assistant.types import CalendarDate, Document, Kind
from assistant.ui.diff_html import difference_html
from assistant.ui.escape import escape_label
from assistant.ui.import_html import clause_tree_html, doubts_html, impact_html, reading_html, replaced_html, worse_html
from assistant.ui.notices import error_notice
from assistant.ui.reading_job import ReadingJob

_KEY = "import_desk"
TYPES = [
    "pdf",
    "docx",
    "docm",
    "xlsx",
    "csv",
    "tsv",
    "html",
    "htm",
    "md",
    "txt",
    "png",
    "jpg",
    "jpeg",
    "tif",
    "tiff",
    "webp",
    "bmp",
]
_MAX_MB = 200
_DAYS = ("issued_on", "effective_on", "expires_on")


@dataclass(slots=True)
class ImportDesk:
    """What lies on the keeper's desk: files that wait, the one being read, its preview, and what was done last."""

    waiting: list[tuple[str, bytes]] = field(default_factory=list)
    job: ReadingJob | None = None
    overrides: Overrides = field(default_factory=Overrides)
    intake: Intake | None = None
    error: AssistantError | None = None
    refused: GateRefused | None = None
    done: Done | None = None
    uploads: int = 0

    def put_aside(self) -> None:
        """Clear the desk for the next file."""
        self.job = self.intake = self.error = self.refused = None
        self.overrides = Overrides()


def desk() -> ImportDesk:
    """Return this session's desk."""
    found = st.session_state.get(_KEY)
    if not isinstance(found, ImportDesk):
        found = st.session_state[_KEY] = ImportDesk()
    return found


def import_view(assistant: Assistant, settings: Settings, pages: dict[str, StreamlitPage]) -> None:
    """Draw the step at which the import is."""
    here = desk()
    st.html(
        '<div class="view-head"><h1>导入文件</h1><p>放入发布机关的正式文件，先看预览，确认后助手就据此回答。</p></div>'
    )
    if here.done is not None:
        _finished(here, settings, pages)
    elif here.job is None:
        _next_file(here, settings)
    elif here.job.running:
        _reading(here)
    else:
        _read(here, settings, assistant.documents())


def _next_file(here: ImportDesk, settings: Settings) -> None:
    if here.waiting:
        name, content = here.waiting.pop(0)
        here.job = ReadingJob(settings, name, content)
        st.rerun()
    uploaded = st.file_uploader(
        "选择文件", type=TYPES, accept_multiple_files=True, key=f"upload-{here.uploads}", max_upload_size=_MAX_MB,
        help="PDF（文字或扫描）、Word、Excel、CSV、网页、图片、文本；一个不超过 200 MB。可以一次放几份，逐份确认。",
    )  # fmt: skip
    if uploaded and st.button("读取", key="read", type="primary"):
        here.waiting = [(file.name, file.getvalue()) for file in uploaded]
        here.uploads += 1
        st.rerun()


def _reading(here: ImportDesk) -> None:
    @st.fragment(run_every=0.5)
    def progress() -> None:
        job = here.job
        if job is None or not job.running:
            st.rerun()
            return
        share = job.done / job.total if job.total else 0.0
        st.progress(min(share, 1.0), f"正在读 {escape_label(job.name)}：第 {job.done} 页，共 {job.total or '？'} 页")
        if st.button("取消", key="cancel"):
            job.cancel()
            here.put_aside()
            st.rerun()

    progress()


def _read(here: ImportDesk, settings: Settings, held: Sequence[Document]) -> None:
    job = here.job
    assert job is not None
    if job.draft is None:
        error = job.error or AssistantError("没有读出内容", "换一份文件再试")
        error_notice(error.message, error.hint)
        if st.button("换一份文件", key="other", type="primary"):
            here.put_aside()
            st.rerun()
        return
    if here.intake is None and here.error is None:
        _take_in(here, settings)
    if here.error is not None:
        error_notice(here.error.message, here.error.hint)
    if here.intake is not None:
        _preview(here.intake)
    _form(here, settings, held)
    if here.intake is not None:
        _confirm(here, settings)
    if st.button("放弃这份文件", key="give-up", type="tertiary"):
        here.put_aside()
        st.rerun()


def _take_in(here: ImportDesk, settings: Settings) -> None:
    job = here.job
    assert job is not None
    assert job.draft is not None
    here.intake, here.error, here.refused = None, None, None
    try:
        here.intake = Keeper(settings).take_in(job.draft, job.name, job.content, here.overrides)
    except AssistantError as error:
        here.error = error


def _preview(intake: Intake) -> None:
    st.html(reading_html(intake) + doubts_html(intake.doubts) + replaced_html(intake))
    for difference in intake.differences:
        st.html(f'<p class="summary"><b>与旧版相比</b>：{summary_line(difference)}</p>')
        with st.expander("逐条对照"):
            st.html(difference_html(difference))
    if intake.impact is not None:
        st.html(impact_html(intake.impact))
    with st.expander(f"条款 {len(intake.clauses)} 个", expanded=not intake.differences):
        st.html(clause_tree_html(intake.clauses))


def _form(here: ImportDesk, settings: Settings, held: Sequence[Document]) -> None:
    """Draw the metadata to be corrected; what differs from the proposal becomes an override."""
    job = here.job
    assert job is not None
    assert job.draft is not None
    shown = here.intake.proposal if here.intake else here.overrides.applied_to(job.draft.proposal)
    by_id = {document.id: document for document in held}
    with st.form("metadata"):
        st.html("<h2>这份文件是什么</h2>")
        title = st.text_input("名称", shown.title)
        number = st.text_input("文号或标准号", shown.number or "")
        kind = st.selectbox("类别", list(Kind), list(Kind).index(shown.kind), format_func=lambda item: item.label)
        issuer = st.text_input("发布机关", shown.issuer or "")
        columns = st.columns(3)
        days = [
            column.text_input(label, str(value or ""), placeholder="2026-01-31")
            for column, label, value in zip(
                columns,
                ("发布日", "生效日", "失效日"),
                (shown.issued_on, shown.effective_on, shown.expires_on),
                strict=True,
            )
        ]
        replaces = st.multiselect(
            "代替哪一份（生效之日起旧的不再有效）", list(by_id), [key for key in shown.replaces if key in by_id],
            format_func=lambda key: by_id[key].name, placeholder="不代替任何文件",
        )  # fmt: skip
        key = st.text_input("文件 id（不懂就不用管）", here.overrides.id or "", placeholder=shown.id)
        if not st.form_submit_button("更新预览"):
            return
    try:
        dates = [_date(text) for text in days]
    except ValueError as error:
        error_notice("日期写得不对", str(error))
        return
    others = tuple(name for name in shown.replaces if name not in by_id)
    given = {"number": number or None, "issuer": issuer or None} | dict(zip(_DAYS, dates, strict=True))
    here.overrides = Overrides(
        id=key or None, title=title or None, kind=kind, number=number or None, issuer=issuer or None,
        issued_on=dates[0], effective_on=dates[1], expires_on=dates[2], replaces=(*replaces, *others),
        cleared=tuple(name for name, value in given.items() if value is None),
    )  # fmt: skip
    _take_in(here, settings)
    st.rerun()


def _date(text: str) -> CalendarDate | None:
    return parse_calendar_date(text) if text.strip() else None


def _confirm(here: ImportDesk, settings: Settings) -> None:
    st.html("<h2>确认入库</h2>")
    who = st.text_input("经办人", key="keeper-name", placeholder="记入变更记录", persist_state="session")
    why = st.text_input("理由", key="import-why", placeholder="例如：2027 年新版发布")
    if here.refused is not None:
        error_notice(here.refused.message.split("：")[0] + "。没有改动任何东西。", here.refused.hint)
        st.html(worse_html((item.question, item.faults) for item in here.refused.worse))
        if st.button("仍然入库（会记为强制）", key="force"):
            _add(here, settings, who, why, force=True)
    if st.button("入库", key="add", type="primary"):
        _add(here, settings, who, why, force=False)


def _add(here: ImportDesk, settings: Settings, who: str, why: str, *, force: bool) -> None:
    assert here.intake is not None
    bar = st.progress(0.0, "正在入库……")

    def count(done: int, total: int) -> None:
        bar.progress(done / total if total else 1.0, f"计算向量 {done} / {total}")

    keeper = Keeper(settings, who.strip() or None)
    keeper = keeper.listening(texts=count, notice=lambda text: bar.progress(1.0, f"{text}……"))
    try:
        here.done = keeper.add(here.intake, why.strip(), force=force)
    except GateRefused as error:
        here.refused = error
    except AssistantError as error:
        here.error = error
    bar.empty()
    st.rerun()


def _finished(here: ImportDesk, settings: Settings, pages: dict[str, StreamlitPage]) -> None:
    done = here.done
    assert done is not None
    name = here.intake.document.name if here.intake else done.entry.documents[0]
    st.success(f"已入库：{escape_label(name)}。从现在起按它回答（变更记录第 {done.entry.number} 条）。")
    with st.container(horizontal=True):
        if here.waiting and st.button(f"下一份（还有 {len(here.waiting)} 份）", key="next", type="primary"):
            _clear(here)
        if st.button("看原文", key="open-new"):
            key = done.entry.documents[0]
            _clear(here, rerun=False)
            st.switch_page(pages["document"], query_params={"doc": key})
        if st.button("去提问", key="ask-new"):
            _clear(here, rerun=False)
            st.switch_page(pages["chat"])
        if st.button("再导入一份", key="again"):
            _clear(here)
        if st.button("撤回这次入库", key="undo", type="tertiary"):
            _undo(here, settings, done)


def _undo(here: ImportDesk, settings: Settings, done: Done) -> None:
    try:
        Keeper(settings, done.entry.who).rollback(done.entry.number - 1, "刚入库就撤回")
    except AssistantError as error:
        error_notice(error.message, error.hint)
        return
    _clear(here)


def _clear(here: ImportDesk, *, rerun: bool = True) -> None:
    here.put_aside()
    here.done = None
    if rerun:
        st.rerun()

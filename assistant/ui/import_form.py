"""The metadata of a file that is being brought in, to be corrected by the keeper."""

from collections.abc import Sequence

import streamlit as st

from assistant.corpus.drafting.draft import Proposal
from assistant.corpus.front_matter import parse_calendar_date
from assistant.keeping.intake import Overrides
from assistant.types import CalendarDate, Document, Kind
from assistant.ui.notices import error_notice

_DAYS = {"issued_on": "发布日", "effective_on": "生效日", "expires_on": "失效日"}


def metadata_form(shown: Proposal, own_id: str | None, held: Sequence[Document], key: str) -> Overrides | None:
    """Draw the form filled with ``shown``; return what the keeper says, complete, once it was sent.

    Args:
        shown: the values as they are.
        own_id: the id that the keeper chose, if any.
        held: the documents that may be replaced.
        key: of the form; another one begins anew.

    """
    by_id = {document.id: document for document in held}
    with st.form(key):
        st.html("<h2>这份文件是什么</h2>")
        title = st.text_input("名称", shown.title)
        number = st.text_input("文号或标准号", shown.number or "")
        kind = st.selectbox("类别", list(Kind), list(Kind).index(shown.kind), format_func=lambda item: item.label)
        issuer = st.text_input("发布机关", shown.issuer or "")
        days = [
            column.text_input(label, str(getattr(shown, name) or ""), placeholder="2026-01-31")
            for column, (name, label) in zip(st.columns(3), _DAYS.items(), strict=True)
        ]
        replaces = st.multiselect(
            "代替哪一份（生效之日起旧的不再有效）", list(by_id), [name for name in shown.replaces if name in by_id],
            format_func=lambda name: by_id[name].name, placeholder="不代替任何文件",
        )  # fmt: skip
        with st.expander("更多"):
            chosen_id = st.text_input(
                "文件 id",
                own_id or "",
                placeholder=shown.id,
                help="资料文件的名字：小写字母、数字、连字符。不写由程序起。",
            )
        if not st.form_submit_button("更新预览"):
            return None
    dates = [_parse(label, text) for label, text in zip(_DAYS.values(), days, strict=True)]
    if any(isinstance(item, str) for item in dates):
        error_notice("；".join(item for item in dates if isinstance(item, str)), "日期写成 2026-01-31、2026-01 或 2026")
        return None
    others = tuple(name for name in shown.replaces if name not in by_id)
    given = {"number": number.strip(), "issuer": issuer.strip()} | dict(zip(_DAYS, dates, strict=True))
    return Overrides(
        id=chosen_id.strip() or None, title=title.strip() or None, kind=kind, replaces=(*replaces, *others),
        cleared=tuple(name for name, value in given.items() if not value),
        **{name: value or None for name, value in given.items()},  # type: ignore[arg-type]
    )  # fmt: skip


def _parse(label: str, text: str) -> CalendarDate | str | None:
    """Return the date, None for nothing, or what is wrong."""
    try:
        return parse_calendar_date(text) if text.strip() else None
    except ValueError:
        return f"{label}「{text.strip()}」不是日期"

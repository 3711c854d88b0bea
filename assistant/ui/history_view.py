"""The journal of the corpus, and going back to an earlier state."""

from collections.abc import Mapping, Sequence

import streamlit as st

from assistant.chat import Assistant
from assistant.corpus.journal import Action, Entry, changes_between, state_after
from assistant.errors import AssistantError
from assistant.keeping.keeper import Done, Keeper
from assistant.settings import Settings
from assistant.ui.consent import consent, forget_refusal
from assistant.ui.editing import may_edit
from assistant.ui.escape import escape_html
from assistant.ui.notices import error_notice

_SHOWN = 200


def history_view(assistant: Assistant, settings: Settings) -> None:
    """Draw the journal, newest first, with a way back."""
    if not may_edit(settings):
        return
    lead = "谁、何时、做了什么、为什么。每条都与前一条锁在一起，改不了也删不了。"
    st.html(f'<div class="view-head"><h1>变更记录</h1><p>{lead}</p></div>')
    try:
        entries = Keeper(settings).history()
    except AssistantError as error:
        error_notice(error.message, error.hint)
        return
    if not entries:
        st.html('<p class="hint">还没有变更。</p>')
        return
    names = {item.id: item.name for item in assistant.documents()}
    st.html(history_html(entries[::-1][:_SHOWN], names))
    _way_back(entries, names, settings)


def history_html(entries: Sequence[Entry], names: Mapping[str, str]) -> str:
    """Return the entries as a table."""
    head = "".join(f"<th>{name}</th>" for name in ("序号", "时间", "经办人", "做了什么", "文件", "理由"))
    rows = "".join(_row_html(entry, names) for entry in entries)
    return f'<div class="library journal"><table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>'


def _what(entry: Entry, names: Mapping[str, str]) -> str:
    """Return which documents an entry is about; those that are gone by their ids."""
    return "、".join(names.get(key, key) for key in entry.documents) or f"{len(entry.files)} 个文件"


def _row_html(entry: Entry, names: Mapping[str, str]) -> str:
    forced = "（强制）" if entry.forced else ""
    undoes = f"，撤回第 {'、'.join(map(str, entry.undoes))} 条" if entry.undoes else ""
    cells = (
        ("序号", str(entry.number)),
        ("时间", entry.at[:16].replace("T", " ")),
        ("经办人", entry.who),
        ("做了什么", f"{entry.action.label}{forced}{undoes}"),
        ("文件", _what(entry, names)),
        ("理由", entry.why or "—"),
    )
    return "<tr>" + "".join(f'<td data-name="{name}">{escape_html(value)}</td>' for name, value in cells) + "</tr>"


def _way_back(entries: Sequence[Entry], names: Mapping[str, str], settings: Settings) -> None:
    if len(entries) < 2:  # noqa: PLR2004 — there is nothing before the first
        return
    st.html("<h2>回退</h2>")
    earlier = [entry.number for entry in entries[:-1]][::-1]
    chosen = st.selectbox(
        "回到哪一条之后的样子", earlier, format_func=lambda number: _name(entries[number - 1], names), key="back-to"
    )
    if st.button("回退……", key="rollback"):
        forget_refusal("rollback")
        _confirm(entries, chosen, settings)


def _name(entry: Entry, names: Mapping[str, str]) -> str:
    return f"第 {entry.number} 条　{entry.at[:16].replace('T', ' ')}　{entry.action.label}　{_what(entry, names)}"


@st.dialog("确认回退")
def _confirm(entries: Sequence[Entry], target: int, settings: Settings) -> None:
    files = changes_between(state_after(entries), state_after(entries[:target]))
    rows = "".join(
        f"<li>{escape_html(change.path)}：{'恢复' if change.before is None else '移除' if change.after is None else '改回'}</li>"
        for change in files
    )
    purged = any(entry.action is Action.PURGE for entry in entries[target:])
    note = "<p>其中有彻底删除过的文件，找不回来。</p>" if purged else ""
    st.html(f"<p>资料和索引一起回到第 {target} 条之后的样子，共动 {len(files)} 个文件：</p><ul>{rows}</ul>{note}")

    def roll_back(keeper: Keeper, why: str, force: bool) -> Done:
        return keeper.rollback(target, why, force=force)

    if consent(settings, "rollback", "回退", roll_back):
        st.rerun()

"""Quiet notices: an error with what helps, and progress of long work. Never a trace."""

from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

from assistant.indexing.build import Progress
from assistant.ui.escape import escape_html
from assistant.ui.words import page_words


def error_notice(message: str, hint: str) -> None:
    """Say what went wrong and what to do."""
    advice = f'<p class="advice">办法：{escape_html(page_words(hint))}</p>' if hint else ""
    st.html(f'<div class="notice" role="alert"><p>{escape_html(message)}</p>{advice}</div>')


def error_page(message: str, hint: str) -> None:
    """Fill the page with an error; the reader can try again."""
    st.html('<div class="welcome"><h1>现在不能回答</h1></div>')
    error_notice(message, hint)
    st.button("重试", key="retry")


@contextmanager
def build_progress() -> Iterator[Progress]:
    """Yield a progress callback that draws a bar with what is being done; the bar goes away afterwards."""
    bar = st.progress(0.0, "正在打开资料库……")

    def update(done: int, total: int) -> None:
        share = done / total if total else 1.0
        bar.progress(min(share, 1.0), f"第一次使用，正在为资料建索引：{done} / {total} 段，约一分钟")

    try:
        yield update
    finally:
        bar.empty()

"""The page's few lines of JavaScript (``bridge.js``) and the style sheet, as Streamlit elements."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import streamlit as st
from streamlit.components.v2.types import ComponentRenderer

_HERE = Path(__file__).parent
_NAME = "assistant_bridge"


@dataclass(frozen=True, slots=True)
class OpenRequest:
    """The reader wants to see a document. ``back`` is the id of the element to come back to."""

    document_id: str
    clause: str
    back: str


@cache
def _read(name: str) -> str:
    return (_HERE / name).read_text(encoding="utf-8")


@st.cache_resource(show_spinner=False)
def _renderer() -> ComponentRenderer:
    return st.components.v2.component(_NAME, js=_read("bridge.js"))


def style() -> None:
    """Put the style sheet into the page."""
    st.html(f"<style>{_read('page.css')}</style>")


def bridge(goto: str | None, step: int, *, start: bool) -> OpenRequest | None:
    """Mount the script and return what the reader asked to open, if anything.

    Args:
        goto: id of the element to scroll to once, or None.
        step: a number that differs for each wish to scroll.
        start: bring the element to the upper edge of the window, not to its middle.

    """
    result = _renderer()(
        key=_NAME, data={"goto": goto, "step": step, "start": start}, on_open_change=lambda: None, height=0
    )
    wish = result.get("open")
    if not isinstance(wish, dict) or not wish.get("doc"):
        return None
    return OpenRequest(str(wish["doc"]), str(wish.get("clause", "")), str(wish.get("back", "")))

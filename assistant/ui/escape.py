"""Making foreign text inert: for HTML, for Streamlit's labels, which are Markdown, and for Markdown files."""

import html
import re

from assistant.text import without_controls

_LABEL_SIGNS = re.compile(r"([\\`*_{}\[\]<>()#+\-.!|$~:^=&])")
_MARKDOWN_SIGNS = re.compile(r"([\\`*_\[\]<>|$~])")
_LINE_START = re.compile(
    r"^([ \t]*\d*)(?<=\d)([.)](?=\s|$))|^([ \t]*)(#{1,6}(?=\s|$)|[-+](?=\s|$)|={3,}|-{3,})", re.MULTILINE
)
_SAFE_ADDRESS = re.compile(r"https?://[A-Za-z0-9.-]+(?::\d{1,5})?(?:/[!-~]*)?")


def escape_html(text: str) -> str:
    """Return ``text`` for use in HTML content and in quoted attributes."""
    return html.escape(without_controls(text), quote=True)


def escape_label(text: str) -> str:
    """Return ``text`` on one line for a Streamlit label, which is read as Markdown with LaTeX and ``:icon:`` signs."""
    return _LABEL_SIGNS.sub(r"\\\1", " ".join(text.split()))


def escape_markdown(text: str) -> str:
    """Return ``text`` for a Markdown file: no emphasis, link, table, formula or HTML; a line cannot open a block."""
    return _LINE_START.sub(r"\1\3\\\2\4", _MARKDOWN_SIGNS.sub(r"\\\1", without_controls(text)))


def is_safe_address(address: str) -> bool:
    """Return whether ``address`` is one plain web address that may be made a link."""
    return _SAFE_ADDRESS.fullmatch(address) is not None

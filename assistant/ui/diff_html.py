"""The difference between two editions as HTML, built from escaped parts only: a fragment for the page, or a whole file."""

import re
from collections.abc import Iterable

from assistant.corpus.difference import FLAG_LABELS, KIND_LABELS, Change, ChangeKind, Difference, Side, summary_line
from assistant.corpus.editions import begins_on
from assistant.types import Document
from assistant.ui.escape import escape_html

_SAME_TEXT = (ChangeKind.UNCHANGED, ChangeKind.RENUMBERED, ChangeKind.MOVED)
_HEADING, _BLANK = re.compile(r"^#{1,6} ", re.MULTILINE), re.compile(r"\n\s*\n")
_LIGHT = ("reference", "renumbered", "moved", "formatting")
_STYLE = """
:root{color-scheme:light dark;--ink:#1c2429;--soft:#5a666e;--line:#d8dee2;--paper:#fff;--gone:#b3261e;--gone-bg:#fdeceb;
--come:#1b6e3c;--come-bg:#e7f5ec;--flag:#8a5a00;--flag-bg:#fdf3dc}
@media (prefers-color-scheme:dark){:root{--ink:#e4e9ec;--soft:#9aa7af;--line:#36424a;--paper:#161c20;--gone:#ff9d94;
--gone-bg:#3a1d1b;--come:#8fd9ab;--come-bg:#163324;--flag:#f0c766;--flag-bg:#352a10}}
body{margin:0 auto;max-width:72rem;padding:1.25rem;background:var(--paper);color:var(--ink);
font:16px/1.7 "Noto Sans CJK SC","Source Han Sans SC","PingFang SC","Microsoft YaHei",sans-serif}
.diff h1{font-size:1.35rem;margin:0 0 .25rem}.diff .editions,.diff .summary{color:var(--soft);margin:.2rem 0}
.diff section{border-top:1px solid var(--line);padding:.9rem 0;overflow-wrap:anywhere}
.diff h2{font-size:1rem;margin:0 0 .4rem;display:flex;flex-wrap:wrap;gap:.5rem;align-items:baseline}
.diff .kind{border:1px solid var(--line);border-radius:.3rem;padding:0 .4rem;font-size:.85rem;font-weight:400;color:var(--soft)}
.diff .flag{border-radius:.3rem;padding:0 .4rem;font-size:.85rem;font-weight:400;color:var(--flag);background:var(--flag-bg)}
.diff .flag.light{color:var(--soft);background:none;border:1px solid var(--line)}
.diff .words{white-space:pre-line;margin:0}
.diff del{color:var(--gone);background:var(--gone-bg);text-decoration:line-through}
.diff ins{color:var(--come);background:var(--come-bg);text-decoration:underline}
.diff details{color:var(--soft)}.diff .headings li{margin:.1rem 0}
@media print{body{max-width:none}.diff section{break-inside:avoid}}
"""


def difference_page(difference: Difference) -> str:
    """Return one file that needs nothing else, for sending to others and for printing."""
    title = escape_html(f"{difference.new.title}：新旧版本对照")
    return (
        f'<!doctype html><html lang="zh-CN"><head><meta charset="utf-8"><title>{title}</title>'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<style>{_STYLE}</style></head><body>{difference_html(difference)}</body></html>"
    )


def difference_html(difference: Difference) -> str:
    """Return the difference: weighty changes first, the unchanged clauses folded at the end."""
    changes = [(i, change) for i, change in enumerate(difference.changes)]
    shown = "".join(_change_html(i, change) for i, change in changes if change.kind is not ChangeKind.UNCHANGED)
    same = [change for _, change in changes if change.kind is ChangeKind.UNCHANGED]
    folded = ""
    if same:
        numbers = "、".join(change.new.numbers for change in same if change.new)
        folded = f"<section><details><summary>未变的 {len(same)} 条</summary><p>{escape_html(numbers)}</p></details></section>"
    return (
        f'<div class="diff"><h1>{escape_html(difference.new.title)}</h1>'
        f'<p class="editions">旧：{_edition_html(difference.old)}<br>新：{_edition_html(difference.new)}</p>'
        f'<p class="summary">{escape_html(summary_line(difference))}</p>{_headings_html(difference)}{shown}{folded}</div>'
    )


def _edition_html(document: Document) -> str:
    begins = begins_on(document)
    return escape_html(document.name + (f"，{begins} 起" if begins else ""))


def _headings_html(difference: Difference) -> str:
    rows = "".join(
        f"<li><del>{escape_html(item.old or '')}</del> <ins>{escape_html(item.new or '')}</ins></li>"
        for item in difference.headings
    )
    if not rows:
        return ""
    summary = f"章节标题改动 {len(difference.headings)} 处"
    return f'<section class="headings"><details><summary>{summary}</summary><ul>{rows}</ul></details></section>'


def _change_html(position: int, change: Change) -> str:
    places = " → ".join(dict.fromkeys(escape_html(side.numbers) for side in (change.old, change.new) if side))
    marks = f'<span class="kind">{KIND_LABELS[change.kind]}</span>{"".join(_flags_html(change.flags))}'
    head = f'<section id="change-{position}" class="{change.kind.value}"><h2>{places}{marks}</h2>'
    return f"{head}{_words_html(change)}</section>"


def _flags_html(flags: Iterable[str]) -> Iterable[str]:
    for flag in flags:
        light = " light" if flag in _LIGHT else ""
        yield f'<span class="flag{light}">{FLAG_LABELS[flag]}</span>'


def _words_html(change: Change) -> str:
    if change.kind in _SAME_TEXT:
        side = change.new or change.old
        return f"<details><summary>内容不变</summary>{_plain_html(side)}</details>" if side else ""
    parts = []
    for op, text in change.inline:
        tag = {"-": "del", "+": "ins"}.get(op)
        words = _words(text)
        parts.append(f"<{tag}>{words}</{tag}>" if tag else words)
    return f'<p class="words">{"".join(parts)}</p>'


def _plain_html(side: Side) -> str:
    return f'<p class="words">{_words(side.text)}</p>'


def _words(text: str) -> str:
    """Return text without the signs that make a heading in Markdown and without empty lines, escaped."""
    return escape_html(_BLANK.sub("\n", _HEADING.sub("", text)))

"""The difference between two editions as HTML, built from escaped parts only: a fragment for the page, or a whole file."""

import re
from collections import Counter
from collections.abc import Iterable

from assistant.corpus.difference import FLAG_LABELS, KIND_LABELS, Change, ChangeKind, Difference, Side, summary_line
from assistant.corpus.editions import begins_on
from assistant.types import Document
from assistant.ui.escape import escape_html

_SAME_TEXT = (ChangeKind.UNCHANGED, ChangeKind.RENUMBERED, ChangeKind.MOVED)
_HEADING, _BLANK = re.compile(r"^#{1,6} ", re.MULTILINE), re.compile(r"\n\s*\n")
_LIGHT = ("reference", "renumbered", "moved", "formatting")
_TAGS = {"-": "del", "+": "ins"}
_STYLE = """
:root{color-scheme:light dark;--ink:#1c2429;--soft:#5a666e;--line:#d8dee2;--paper:#fff;--gone:#b3261e;--gone-bg:#fdeceb;
--come:#1b6e3c;--come-bg:#e7f5ec;--flag:#8a5a00;--flag-bg:#fdf3dc}
@media (prefers-color-scheme:dark){:root{--ink:#e4e9ec;--soft:#9aa7af;--line:#36424a;--paper:#161c20;--gone:#ff9d94;
--gone-bg:#3a1d1b;--come:#8fd9ab;--come-bg:#163324;--flag:#f0c766;--flag-bg:#352a10}}
body{margin:0 auto;max-width:72rem;padding:1.25rem;background:var(--paper);color:var(--ink);
font:16px/1.7 "Noto Sans CJK SC","Source Han Sans SC","PingFang SC","Microsoft YaHei",sans-serif}
.diff h1{font-size:1.35rem;line-height:1.35;margin:0 0 .35rem}.diff .editions,.diff .summary{color:var(--soft);margin:.2rem 0}
.diff section{border-top:1px solid var(--line);padding:.9rem 0;overflow-wrap:anywhere;scroll-margin-top:4rem}
.diff section:target{outline:2px solid var(--flag);outline-offset:.25rem}
.diff h2{font-size:1rem;margin:0 0 .4rem;display:flex;flex-wrap:wrap;gap:.25rem .5rem;align-items:baseline}
.diff h2 a{color:inherit;text-decoration:none}.diff h2 a:hover,.diff h2 a:focus-visible{text-decoration:underline}
.diff h3{font-size:.85rem;font-weight:400;color:var(--soft);margin:0 0 .2rem}
.diff .kind{border:1px solid var(--line);border-radius:.3rem;padding:0 .4rem;font-size:.85rem;font-weight:400;color:var(--soft)}
.diff .flag{border-radius:.3rem;padding:0 .4rem;font-size:.85rem;font-weight:400;color:var(--flag);background:var(--flag-bg)}
.diff .flag.light{color:var(--soft);background:none;border:1px solid var(--line)}
.diff .pair{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,24rem),1fr));gap:.75rem 2rem}
.diff .words{white-space:pre-line;margin:0}
.diff del{color:var(--gone);background:var(--gone-bg);text-decoration:line-through}
.diff ins{color:var(--come);background:var(--come-bg);text-decoration:underline}
.diff details{color:var(--soft)}.diff .headings li{margin:.1rem 0}
.choice{position:sticky;top:0;z-index:1;background:var(--paper);display:flex;flex-wrap:wrap;gap:.35rem;padding:.6rem 0;
margin:.5rem 0 0;border:0;min-width:0}
.choice label{border:1px solid var(--line);border-radius:1rem;padding:.15rem .75rem;cursor:pointer;font-size:.9rem}
.choice input{position:absolute;opacity:0}.choice label:has(input:checked){border-color:var(--ink);font-weight:600}
.choice label:has(input:focus-visible){outline:2px solid var(--flag)}
@media (max-width:40rem){body{padding:1rem}.choice{flex-wrap:nowrap;overflow-x:auto}.choice label{white-space:nowrap}}
@media print{body{max-width:none;font-size:10.5pt}.choice{display:none}.diff h2{break-after:avoid}
.diff del,.diff ins{print-color-adjust:exact;-webkit-print-color-adjust:exact}}
"""


def difference_page(difference: Difference) -> str:
    """Return one file that needs nothing else, for sending to others and for printing; it can be filtered by kind."""
    title = escape_html(f"{difference.new.title}：新旧版本对照")
    style = _STYLE + "".join(_filter_rules())
    return (
        f'<!doctype html><html lang="zh-CN"><head><meta charset="utf-8"><title>{title}</title>'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f'<style>{style}</style></head><body><div class="diff">{_head_html(difference)}{_choice_html(difference)}'
        f"{_body_html(difference)}</div></body></html>"
    )


def difference_html(difference: Difference) -> str:
    """Return the difference: weighty changes first, the unchanged clauses folded at the end."""
    return f'<div class="diff">{_head_html(difference)}{_body_html(difference)}</div>'


def _head_html(difference: Difference) -> str:
    return (
        f"<h1>{escape_html(difference.new.title)}</h1>"
        f'<p class="editions">旧：{_edition_html(difference.old)}<br>新：{_edition_html(difference.new)}</p>'
        f'<p class="summary">{escape_html(summary_line(difference))}</p>'
    )


def _body_html(difference: Difference) -> str:
    changes = list(enumerate(difference.changes))
    shown = "".join(_change_html(i, change) for i, change in changes if change.kind is not ChangeKind.UNCHANGED)
    same = [change for _, change in changes if change.kind is ChangeKind.UNCHANGED]
    folded = ""
    if same:
        numbers = "、".join(change.new.numbers for change in same if change.new)
        folded = (
            f'<section class="change unchanged"><details><summary>未变的 {len(same)} 条</summary>'
            f"<p>{escape_html(numbers)}</p></details></section>"
        )
    return f"{_headings_html(difference)}{shown}{folded}"


def _choice_html(difference: Difference) -> str:
    """Return the choice of what is shown: works without scripts, by the rules of :func:`_filter_rules`."""
    found = Counter(change.kind for change in difference.changes)
    weighty = sum(change.weighty for change in difference.changes)
    choices = [("all", "全部", len(difference.changes)), ("weighty", "要紧的", weighty)]
    choices += [(kind.value, KIND_LABELS[kind], found[kind]) for kind in ChangeKind]
    labels = "".join(
        f'<label><input type="radio" name="show" value="{value}"{" checked" if value == "all" else ""}>{name} {count}</label>'
        for value, name, count in choices
        if count or value == "all"
    )
    return f'<fieldset class="choice" aria-label="只看">{labels}</fieldset>'


def _filter_rules() -> Iterable[str]:
    for value in ("weighty", *(kind.value for kind in ChangeKind)):
        chosen = f'.diff:has(.choice input[value="{value}"]:checked)'
        yield f"{chosen} section:not(.{value}){{display:none}}\n"


def _edition_html(document: Document) -> str:
    begins = begins_on(document)
    issued = f"，{document.issued_on} 发布" if document.issued_on else ""
    return escape_html(document.name + issued + (f"，{begins} 起施行" if begins else ""))


def _headings_html(difference: Difference) -> str:
    rows = "".join(
        f"<li>{KIND_LABELS[item.kind]}：{' → '.join(_heading_words(item.old, item.new))}</li>"
        for item in difference.headings
    )
    if not rows:
        return ""
    summary = f"章节标题改动 {len(difference.headings)} 处"
    return f'<section class="headings"><details><summary>{summary}</summary><ul>{rows}</ul></details></section>'


def _heading_words(old: str | None, new: str | None) -> Iterable[str]:
    if old is not None:
        yield f"<del>{escape_html(old)}</del>"
    if new is not None:
        yield f"<ins>{escape_html(new)}</ins>"


def _change_html(position: int, change: Change) -> str:
    places = " → ".join(dict.fromkeys(escape_html(side.numbers) for side in (change.old, change.new) if side))
    marks = f'<span class="kind">{KIND_LABELS[change.kind]}</span>{"".join(_flags_html(change.flags))}'
    names = f"change {change.kind.value}{' weighty' if change.weighty else ''}"
    anchor = f"change-{position + 1}"
    head = f'<section id="{anchor}" class="{names}"><h2><a href="#{anchor}">{places}</a>{marks}</h2>'
    return f"{head}{_words_html(change)}</section>"


def _flags_html(flags: Iterable[str]) -> Iterable[str]:
    for flag in flags:
        light = " light" if flag in _LIGHT else ""
        yield f'<span class="flag{light}">{FLAG_LABELS[flag]}</span>'


def _words_html(change: Change) -> str:
    """Return both sides beside each other (below each other where it is narrow), or the one there is."""
    if change.kind in _SAME_TEXT:
        side = change.new or change.old
        return f"<details><summary>内容不变</summary>{_plain_html(side)}</details>" if side else ""
    if change.old is None or change.new is None:
        return _marked_html(change, "-+")
    return (
        f'<div class="pair"><div><h3>旧　{escape_html(change.old.numbers)}</h3>{_marked_html(change, "-")}</div>'
        f"<div><h3>新　{escape_html(change.new.numbers)}</h3>{_marked_html(change, '+')}</div></div>"
    )


def _marked_html(change: Change, shown: str) -> str:
    """Return the text with what was changed marked; of changed parts only those with an operation in ``shown``."""
    parts = []
    for op, text in change.inline:
        words = _words(text)
        tag = _TAGS.get(op)
        if tag is None:
            parts.append(words)
        elif op in shown:
            parts.append(f"<{tag}>{words}</{tag}>")
    return f'<p class="words">{"".join(parts)}</p>'


def _plain_html(side: Side) -> str:
    return f'<p class="words">{_words(side.text)}</p>'


def _words(text: str) -> str:
    """Return text without the signs that make a heading in Markdown and without empty lines, escaped."""
    return escape_html(_BLANK.sub("\n", _HEADING.sub("", text)))

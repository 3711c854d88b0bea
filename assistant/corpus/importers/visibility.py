"""Which elements of a web page a reader sees."""

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lxml.html import HtmlElement

# fmt: off
NEVER_SHOWN = frozenset(
    {
        "script", "style", "noscript", "template", "head", "title", "meta", "link", "svg", "canvas", "iframe",
        "object", "embed", "audio", "video", "map", "input", "select", "textarea", "button", "option", "datalist",
        "dialog",
    }
)
# fmt: on
_WHITE = r"(?:#fff(?:fff)?\b|white\b|rgba?\(\s*255\s*,\s*255\s*,\s*255|transparent\b)"
_HIDING = re.compile(
    rf"display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)|opacity\s*:\s*0(?:\.0+)?\s*(?:;|$|!)|font-size\s*:\s*0(?![.\d])"
    rf"|text-indent\s*:\s*-\d{{3,}}|(?:left|top)\s*:\s*-\d{{4,}}|(?:^|[;\s])color\s*:\s*{_WHITE}"
)
_BACKGROUND = re.compile(rf"background(?:-color)?\s*:\s*(?!{_WHITE}|none|inherit|initial)")
_WHITE_TEXT = re.compile(rf"(?:^|[;\s])color\s*:\s*{_WHITE}")
_RULE = re.compile(r"([^{}]+)\{([^{}]*)\}")
_GONE = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden")


def hiding_rules(root: "HtmlElement") -> frozenset[str]:
    """Return the simple selectors (``.name``, ``#name``) that the page's own style sheets hide on screen."""
    hidden: set[str] = set()
    for sheet in root.iter("style"):
        text = re.sub(r"/\*.*?\*/", "", sheet.text or "", flags=re.DOTALL)
        # Rules for paper say nothing about the screen; @media blocks are cut out whole.
        text = re.sub(r"@media[^{]*\{(?:[^{}]*\{[^{}]*\})*[^{}]*\}", "", text)
        for selectors, declarations in _RULE.findall(text):
            if _GONE.search(declarations.lower()):
                hidden |= {part.strip() for part in selectors.split(",") if re.fullmatch(r"\s*[.#][\w-]+\s*", part)}
    return frozenset(hidden)


def is_hidden(element: "HtmlElement", rules: frozenset[str]) -> bool:
    """Return whether the element is there but not to be seen: hidden by attribute, style, or white on white."""
    if not isinstance(element.tag, str) or element.tag in NEVER_SHOWN:
        return True
    if element.get("hidden") is not None or element.get("aria-hidden") == "true":
        return True
    if rules and not rules.isdisjoint(_selectors(element)):
        return True
    style = (element.get("style") or "").lower()
    if not style or not _HIDING.search(style):
        return False
    # White letters are hidden only where no other ground is painted, here or around.
    only_white = _WHITE_TEXT.search(style) and not _HIDING.search(_WHITE_TEXT.sub("", style))
    return not (only_white and _on_coloured_ground(element))


def _selectors(element: "HtmlElement") -> set[str]:
    found = {f".{name}" for name in (element.get("class") or "").split()}
    if name := element.get("id"):
        found.add(f"#{name}")
    return found


def _on_coloured_ground(element: "HtmlElement") -> bool:
    around = [element, *element.iterancestors()]
    return any(_BACKGROUND.search((node.get("style") or "").lower()) or node.get("bgcolor") for node in around)

"""What the styles of a Word document hand down to its paragraphs: heading level, list, hidden text."""

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from assistant.corpus.importers.word_numbering import attribute

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

_HEADING = re.compile(r"(?:heading|标题)\s*([1-6])", re.IGNORECASE)
_CONTENTS = re.compile(r"(?:toc|目录)\s*\d", re.IGNORECASE)
_DEEPEST = 20
_HEADING_LEVELS = 6


@dataclass(frozen=True, slots=True)
class Style:
    """A paragraph, character or numbering style with what it inherits. ``level`` is the heading level, 1–6.

    ``lineage`` are the ids of the style and of those that it is based on, nearest first.
    """

    name: str = ""
    level: int | None = None
    number_id: str | None = None
    number_level: int | None = None
    hidden: bool = False
    lineage: tuple[str, ...] = ()

    @property
    def is_contents(self) -> bool:
        """Whether its paragraphs are entries of a table of contents."""
        return bool(_CONTENTS.match(self.name))

    @property
    def is_title(self) -> bool:
        """Whether its paragraphs are the title of the document."""
        return self.name.lower() in ("title", "标题")


def is_on(element: "Element | None") -> bool | None:
    """Return whether a switch such as ``w:vanish`` is on, None where it is not given."""
    if element is None:
        return None
    return attribute(element, "val") not in ("0", "false", "off")


def read_styles(root: "Element | None") -> tuple[dict[str, Style], str]:
    """Return the styles by id and the id of the default paragraph style."""
    if root is None:
        return {}, ""
    nodes = {attribute(node, "styleId") or "": node for node in root.findall("{*}style")}
    default = next(
        (
            key
            for key, node in nodes.items()
            if attribute(node, "type") == "paragraph" and attribute(node, "default") in ("1", "true")
        ),
        "",
    )
    return {key: _style(key, nodes) for key in nodes}, default


def _style(key: str, nodes: dict[str, "Element"]) -> Style:
    chain = _ancestors(key, nodes)
    name = attribute(chain[0].find("{*}name"), "val") or ""
    level = next((found for node in chain if (found := _level(node)) is not None), None)
    numbers = [number for node in chain if (number := node.find("{*}pPr/{*}numPr")) is not None]
    number_id = next(filter(None, (attribute(node.find("{*}numId"), "val") for node in numbers)), None)
    number_level = next(filter(None, (attribute(node.find("{*}ilvl"), "val") for node in numbers)), None)
    hidden = next((found for node in chain if (found := is_on(node.find("{*}rPr/{*}vanish"))) is not None), False)
    lineage = tuple(attribute(node, "styleId") or "" for node in chain)
    given = int(number_level) if number_level and number_level.isdecimal() else None
    return Style(name, level, number_id, given, bool(hidden), lineage)


def _ancestors(key: str, nodes: dict[str, "Element"]) -> list["Element"]:
    chain, seen = [nodes[key]], {key}
    while len(chain) < _DEEPEST:
        above = attribute(chain[-1].find("{*}basedOn"), "val") or ""
        if above in seen or above not in nodes:
            break
        seen.add(above)
        chain.append(nodes[above])
    return chain


def _level(node: "Element") -> int | None:
    outline = attribute(node.find("{*}pPr/{*}outlineLvl"), "val")
    if outline is not None and outline.isdecimal():
        return int(outline) + 1 if int(outline) < _HEADING_LEVELS else None
    match = _HEADING.fullmatch(attribute(node.find("{*}name"), "val") or "")
    return int(match[1]) if match else None

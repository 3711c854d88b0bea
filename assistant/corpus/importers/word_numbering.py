"""The numbers that Word shows before list paragraphs: they stand in numbering.xml, not in the text.

A paragraph names a list (``numId``) and a level; the list leads to an abstract list whose levels say how to count. Lists
that share an abstract list go on counting together unless one of them overrides the start.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from assistant.corpus.importers.word_numerals import numeral

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

_LEVELS = 9
_PRIVATE_USE = re.compile("[\ue000-\uf8ff]")


def attribute(element: "Element | None", name: str) -> str | None:
    """Return an attribute by its local name, whatever edition of the format its namespace belongs to."""
    if element is None:
        return None
    return next((str(value) for key, value in element.attrib.items() if str(key).rpartition("}")[2] == name), None)


@dataclass(frozen=True, slots=True)
class _Level:
    """How one level of a list counts. ``restart`` is the level (from 1) after which it begins anew, 0 for never."""

    start: int = 1
    number_format: str = "decimal"
    text: str = ""
    suffix: str = " "
    restart: int | None = None
    legal: bool = False
    style: str | None = None


@dataclass(slots=True)
class _List:
    abstract: str
    levels: dict[int, _Level]
    starts: dict[int, int] = field(default_factory=dict)


class Numbering:
    """The lists of a document and how far each has counted."""

    def __init__(self, root: "Element | None", style_lists: Mapping[str, str]) -> None:
        """Read ``numbering.xml``; ``style_lists`` maps a numbering style to its ``numId``."""
        self._lists: dict[str, _List] = {}
        self._counters: dict[str, dict[int, int]] = {}
        self._started: set[tuple[str, int]] = set()
        if root is not None:
            self._read(root, style_lists)

    def level_of_style(self, number_id: str, lineage: Iterable[str]) -> int | None:
        """Return the level that is tied to the first of the paragraph styles that any is tied to, None if none is."""
        found = self._lists.get(number_id)
        tied = {level.style: index for index, level in found.levels.items() if level.style} if found else {}
        return next((tied[style] for style in lineage if style in tied), None)

    def next_label(self, number_id: str, index: int) -> str:
        """Count one paragraph of a list and return the label before it with its space, empty for bullets and unknown lists."""
        found = self._lists.get(number_id)
        level = found.levels.get(index) if found else None
        if found is None or level is None:
            return ""
        counters = self._counters.setdefault(found.abstract, {})
        if index in found.starts and (number_id, index) not in self._started:
            counters[index] = found.starts[index]
        else:
            counters[index] = counters[index] + 1 if index in counters else level.start
        self._started.add((number_id, index))
        for deeper in [deep for deep in counters if deep > index and self._restarts(found, deep, index)]:
            del counters[deeper]
        label = self._label(found, level, counters)
        return label + level.suffix if label.strip() else ""

    @staticmethod
    def _restarts(found: _List, deeper: int, index: int) -> bool:
        after = found.levels[deeper].restart if deeper in found.levels else None
        return after is None or index < after

    @staticmethod
    def _label(found: _List, level: _Level, counters: dict[int, int]) -> str:
        if level.number_format == "bullet":
            return ""

        def count(match: re.Match[str]) -> str:
            index = int(match[1]) - 1
            shown = found.levels.get(index, _Level())
            value = counters.setdefault(index, shown.start)
            return numeral(value, "decimal" if level.legal else shown.number_format)

        return _PRIVATE_USE.sub("", re.sub(r"%([1-9])", count, level.text)).lstrip()

    def _read(self, root: "Element", style_lists: Mapping[str, str]) -> None:
        abstracts = {attribute(node, "abstractNumId") or "": node for node in root.findall("{*}abstractNum")}
        numbers = {attribute(node, "numId") or "": node for node in root.findall("{*}num")}

        def abstract_of(number_id: str, depth: int = 0) -> str:
            number = numbers.get(number_id)
            named = attribute(number.find("{*}abstractNumId"), "val") if number is not None else None
            node = abstracts.get(named or "")
            link = attribute(node.find("{*}numStyleLink"), "val") if node is not None else None
            target = style_lists.get(link or "")
            return abstract_of(target, depth + 1) if target and depth < _LEVELS else named or ""

        for number_id, number in numbers.items():
            abstract = abstract_of(number_id)
            if abstract in abstracts:
                self._lists[number_id] = _read_list(abstract, abstracts[abstract], number)


def _read_list(abstract: str, node: "Element", number: "Element") -> _List:
    found = _List(abstract, dict(map(_read_level, node.findall("{*}lvl"))))
    for override in number.findall("{*}lvlOverride"):
        index = _whole(attribute(override, "ilvl"), 0)
        if (replaced := override.find("{*}lvl")) is not None:
            found.levels[index] = _read_level(replaced)[1]
            found.starts[index] = found.levels[index].start
        if (start := attribute(override.find("{*}startOverride"), "val")) is not None:
            found.starts[index] = _whole(start, 1)
    return found


def _read_level(node: "Element") -> tuple[int, _Level]:
    def value(name: str) -> str | None:
        return attribute(node.find(f"{{*}}{name}"), "val")

    legal = node.find("{*}isLgl")
    restart = value("lvlRestart")
    level = _Level(
        start=_whole(value("start"), 0),
        number_format=value("numFmt") or "decimal",
        text=value("lvlText") or "",
        suffix="" if value("suff") == "nothing" else " ",
        restart=_whole(restart, 0) if restart is not None else None,
        legal=legal is not None and attribute(legal, "val") not in ("0", "false", "off"),
        style=value("pStyle"),
    )
    return _whole(attribute(node, "ilvl"), 0), level


def _whole(text: str | None, default: int) -> int:
    try:
        return int(text or "")
    except ValueError:
        return default

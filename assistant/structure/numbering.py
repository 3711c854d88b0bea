"""The numbering of Chinese standards (GB/T 1.1) and statutes: recognised, canonicalised and compared.

Canonical forms: decimals as they are (``5.1.2.2``); ``第十二条``, ``第三章`` in Chinese numerals; ``附录A``, ``A.1``;
``一`` for 一、; ``（一）`` for bracketed items; ``a)`` for letters.
"""

import re
import unicodedata
from dataclasses import dataclass

from assistant.text import parse_numeral, to_chinese_numeral

_NUM = r"[零〇一二两三四五六七八九十百千\d０-９]+"
_STATUTE = re.compile(rf"第\s*({_NUM})\s*(分编|编|章|节|条|款|项)(?:之({_NUM}))?")
_ANNEX = re.compile(r"附录\s*([A-Za-zＡ-Ｚ])")
_DECIMAL = re.compile(r"(?:[A-Z]\.)?\d{1,3}(?:\.\d{1,3}){0,5}(?![\d.]*[年月日%％‰]|\d)")
_CHINESE_LIST = re.compile(rf"({_NUM})、")
_BRACKETED = re.compile(rf"[（(]({_NUM})[）)]")
_LETTER = re.compile(r"([a-z])[)）]")

STATUTE_RANKS = {"编": 1, "分编": 2, "章": 3, "节": 4, "条": 5}


@dataclass(frozen=True, slots=True)
class Label:
    """The number that a heading or a list item begins with. ``canonical`` compares equal in any spelling."""

    canonical: str
    scheme: str
    length: int


def parse_label(text: str) -> Label | None:
    """Return the label at the start of ``text``, or None.

    ``scheme`` is one of 编 章 节 条 款 项 附录 decimal list bracketed letter; ``length`` is its length in ``text``,
    without the white space or sign after it.
    """
    for parse in (_parse_statute, _parse_annex, _parse_decimal, _parse_list):
        if label := parse(text):
            return label
    return None


def _parse_statute(text: str) -> Label | None:
    match = _STATUTE.match(text)
    if not match:
        return None
    canonical = canonical_statute(match)
    return Label(canonical, match[2], match.end()) if canonical else None


def canonical_statute(match: re.Match[str]) -> str | None:
    """Return 第十二条 (之一) for a match of the statute pattern in any numerals, or None if the numeral is none."""
    value = parse_numeral(match[1])
    if not value:
        return None
    # 十 before a digit pair is what readers see in print: 第十二条, never 第一十二条.
    out = f"第{to_chinese_numeral(value)}{match[2]}"
    if match[3] and (sub := parse_numeral(match[3])):
        out += f"之{to_chinese_numeral(sub)}"
    return out


def _parse_annex(text: str) -> Label | None:
    match = _ANNEX.match(text)
    return Label(f"附录{unicodedata.normalize('NFKC', match[1]).upper()}", "附录", match.end()) if match else None


def _parse_decimal(text: str) -> Label | None:
    match = _DECIMAL.match(text)
    if not match or (match.end() < len(text) and not re.match(r"[\s　.、．]", text[match.end()])):
        return None
    return Label(match.group(), "decimal", match.end())


def _parse_list(text: str) -> Label | None:
    if match := _CHINESE_LIST.match(text):
        value = parse_numeral(match[1])
        return Label(to_chinese_numeral(value), "list", match.end()) if value else None
    if match := _BRACKETED.match(text):
        value = parse_numeral(match[1])
        return Label(f"（{to_chinese_numeral(value)}）", "bracketed", match.end()) if value else None
    if match := _LETTER.match(text):
        return Label(f"{match[1]})", "letter", match.end())
    return None


def find_statute_labels(text: str) -> list[tuple[str, str, int, int]]:
    """Return (canonical, scheme, start, end) of every 第…条/款/项/章 in ``text``, in order; also bracketed items after 条."""
    found = []
    for match in _STATUTE.finditer(text):
        if canonical := canonical_statute(match):
            found.append((canonical, match[2], match.start(), match.end()))
    return found


def is_below(number: str, ancestor: str) -> bool:
    """Return whether the decimal ``number`` lies under ``ancestor`` (5.1.2.2 under 5.1, not under 5.12)."""
    return number.startswith(f"{ancestor}.")

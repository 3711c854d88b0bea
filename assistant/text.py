"""Pure text functions for Chinese: normalisation, numerals, sentences, terms. No I/O."""

import re
import unicodedata
from collections.abc import Iterator
from functools import cache
from typing import Any

_DIGITS = {"零": 0, "〇": 0, "一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9}
_UNITS = {"十": 10, "百": 100, "千": 1000}
_NUMERAL_DIGITS = "零一二三四五六七八九"

_SENTENCE_END = re.compile(r"[。！？!?]+[”’」』）)]*|；(?=.)")
_COUNTED = re.compile(
    r"(?<![第一二三四五六七八九十百千两零〇])[一二三四五六七八九十百两]+(?=个?(?:工作日|小时|项|条|类|年|天|日|月|次|级|分|倍|家|名|种|步|块|成|人|阶段))"
)
_STARS = re.compile(r"(?<!\d)[1-9](?=星)")
_CONTROLS = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff]"
)
_TERM = re.compile(r"[a-z0-9][a-z0-9./%\-]*|[一-鿿]+")


def normalise(text: str) -> str:
    """Return ``text`` in NFKC, lower case, dashes unified and white space folded: the form in which texts are compared.

    Length may change, so offsets into the result are not offsets into ``text``.
    """
    folded = unicodedata.normalize("NFKC", text).lower()
    folded = re.sub(r"[‐-―−]", "-", folded)
    return re.sub(r"\s+", " ", folded).strip()


def simplified(text: str) -> str:
    """Return ``text`` with traditional characters in simplified form, by words and not by characters alone (乾淨 → 干净)."""
    return str(_converter().convert(text))


@cache
def _converter() -> Any:  # noqa: ANN401 — opencc has no types
    from opencc import OpenCC

    return OpenCC("t2s")


def without_controls(text: str) -> str:
    """Return ``text`` without characters that steer a terminal or the direction of writing, or that cannot be seen."""
    return _CONTROLS.sub("", text)


def compact(text: str) -> str:
    """Return :func:`normalise` of ``text`` without any white space."""
    return normalise(text).replace(" ", "")


def parse_numeral(numeral: str) -> int | None:
    """Return the value of a Chinese or Arabic whole number below 10,000 (``一百零三`` → 103), or None if it is none."""
    digits = unicodedata.normalize("NFKC", numeral)
    if digits.isdecimal():
        return int(digits)
    if not digits or any(char not in _DIGITS and char not in _UNITS for char in digits):
        return None
    if not any(char in _UNITS for char in digits):
        return int("".join(str(_DIGITS[char]) for char in digits))
    total, digit = 0, 1 if digits[0] == "十" else 0
    for char in digits:
        if char in _UNITS:
            total += digit * _UNITS[char]
            digit = 0
        else:
            digit = _DIGITS[char]
    return total + digit


def to_chinese_numeral(value: int) -> str:
    """Return ``value`` (1–9999) as written in statutes: 12 → 十二, 103 → 一百零三."""
    if not 0 < value < 10_000:  # noqa: PLR2004
        raise ValueError(f"value must be in 1–9999, got {value}")
    out, gap = "", False
    for unit, name in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit = value // unit % 10
        if digit == 0:
            gap = bool(out)
            continue
        out += ("零" if gap else "") + _NUMERAL_DIGITS[digit] + name
        gap = False
    return out.removeprefix("一") if value // 10 == 1 else out


def split_sentences(text: str) -> list[tuple[int, int]]:
    """Return (start, end) offsets of the sentences of ``text``, in order, outer white space excluded.

    A sentence ends after 。！？ (and closing quotes) or a ； between clauses; brackets and quotes are not split inside.
    """
    spans, start = [], 0
    for match in _SENTENCE_END.finditer(text):
        if _inside_bracket(text, start, match.start()):
            continue
        spans.append((start, match.end()))
        start = match.end()
    spans.append((start, len(text)))
    return [trimmed for span in spans if (trimmed := _trim(text, *span))]


def _inside_bracket(text: str, start: int, position: int) -> bool:
    part = text[start:position]
    return any(part.count(opening) > part.count(closing) for opening, closing in ("（）", "()", "“”", "《》", "「」"))


def _trim(text: str, start: int, end: int) -> tuple[int, int] | None:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return (start, end) if start < end else None


def with_arabic_numerals(text: str) -> str:
    """Return ``text`` with Chinese numerals before a counter written in figures: 三年 → 3年, 四项原则 → 4项原则.

    Star levels are names and go the other way: 5星 → 五星.
    """
    text = _STARS.sub(lambda match: to_chinese_numeral(int(match.group())), text)
    return _COUNTED.sub(lambda match: str(parse_numeral(match.group()) or match.group()), text)


def terms(text: str) -> Iterator[str]:
    """Yield the index terms of ``text``: Latin words and numbers whole, Chinese as overlapping two-character terms.

    A single Chinese character between other signs is a term of its own; long digit runs inside codes are given as well
    (``27922-2011`` → also ``27922`` and ``2011``).
    """
    for match in _TERM.finditer(with_arabic_numerals(normalise(text))):
        run = match.group()
        if run[0] < "一":
            yield run.strip(".-/") or run
            yield from re.findall(r"\d{4,}", run) if not run.isdecimal() else ()
            continue
        if len(run) == 1:
            yield run
        for i in range(len(run) - 1):
            yield run[i : i + 2]

"""The number formats of Word lists: a counter as the reader sees it."""

from assistant.text import to_chinese_numeral

_STEMS = "甲乙丙丁戊己庚辛壬癸"
_BRANCHES = "子丑寅卯辰巳午未申酉戌亥"
_DIGITS = "〇一二三四五六七八九"
_LEGAL = str.maketrans("零一二三四五六七八九十百千", "零壹贰叁肆伍陆柒捌玖拾佰仟")
_ROMAN = (
    (1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"),
    (40, "xl"), (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"),
)  # fmt: skip
_COUNTING = {
    "chineseCounting",
    "chineseCountingThousand",
    "japaneseCounting",
    "taiwaneseCounting",
    "taiwaneseCountingThousand",
}
_HUNDRED = 100
_CIRCLED = ((1, 20, 0x2460), (21, 35, 0x3251), (36, 50, 0x32B1))


def numeral(value: int, number_format: str) -> str:
    """Return ``value`` in a ``w:numFmt`` of WordprocessingML (ECMA-376 part 1, 17.18.59); unknown ones as decimals."""
    if number_format in _COUNTING:
        return _counted(value, number_format)
    simple = {
        "none": "",
        "bullet": "",
        "decimalZero": f"{value:02d}",
        "decimalFullWidth": _full_width(value),
        "decimalFullWidth2": _full_width(value),
        "decimalEnclosedParen": _enclosed(value, 0x2474, 20) or f"({value})",
        "decimalEnclosedFullstop": _enclosed(value, 0x2488, 20) or f"{value}.",
        "numberInDash": f"- {value} -",
        "ideographTraditional": _cycled(value, _STEMS),
        "ideographZodiac": _cycled(value, _BRANCHES),
        "ordinal": f"{value}",
    }
    if number_format in simple:
        return simple[number_format]
    if number_format in ("decimalEnclosedCircle", "decimalEnclosedCircleChinese"):
        return _circled(value)
    return _lettered(value, number_format)


def _lettered(value: int, number_format: str) -> str:
    if number_format in ("lowerLetter", "upperLetter"):
        # After z follow aa, bb, cc: the same letter again, not a number in base 26.
        letters = chr(ord("a") + (value - 1) % 26) * ((value - 1) // 26 + 1) if value > 0 else ""
        return letters.upper() if number_format == "upperLetter" else letters
    if number_format in ("lowerRoman", "upperRoman"):
        return _roman(value).upper() if number_format == "upperRoman" else _roman(value)
    if number_format == "chineseLegalSimplified":
        return _chinese(value).translate(_LEGAL)
    if number_format == "ideographDigital":
        return "".join(_DIGITS[int(digit)] for digit in str(value))
    if number_format == "ideographEnclosedCircle":
        return _enclosed(value, 0x3280, 10) or _chinese(value)
    return str(value)


def _counted(value: int, number_format: str) -> str:
    """Return 十二; from a hundred on the plain counting style names the digits only: 一〇三, the Thousand one says 一百零三."""
    digits_only = number_format in ("chineseCounting", "taiwaneseCounting") and value >= _HUNDRED
    return "".join(_DIGITS[int(digit)] for digit in str(value)) if digits_only else _chinese(value)


def _chinese(value: int) -> str:
    return to_chinese_numeral(value) if 0 < value < 10_000 else "零" if value == 0 else str(value)  # noqa: PLR2004


def _full_width(value: int) -> str:
    return "".join(chr(0xFF10 + int(digit)) for digit in str(value)) if value >= 0 else str(value)


def _enclosed(value: int, first: int, count: int) -> str:
    return chr(first + value - 1) if 1 <= value <= count else ""


def _circled(value: int) -> str:
    return next((chr(code + value - low) for low, high, code in _CIRCLED if low <= value <= high), str(value))


def _cycled(value: int, signs: str) -> str:
    return signs[(value - 1) % len(signs)] if value > 0 else str(value)


def _roman(value: int) -> str:
    if not 0 < value < 4000:  # noqa: PLR2004
        return str(value)
    out = ""
    for worth, sign in _ROMAN:
        out += sign * (value // worth)
        value %= worth
    return out

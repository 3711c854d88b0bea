"""Numbers and dates of a spreadsheet cell as the cell's number format shows them."""

import re
from datetime import date, datetime, time, timedelta

_LITERAL = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]|_.|\*.')
_CHINESE_DATE = re.compile(r"年|月|日")


def shown(value: bool | int | float | datetime | date | time | timedelta, number_format: str) -> str:
    """Return ``value`` as ``number_format`` shows it: dates, percentages, thousands, decimals, leading zeros."""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, datetime | date):
        return _date(value, number_format)
    if isinstance(value, time | timedelta):
        return str(value)
    return _number(value, number_format)


def _date(value: datetime | date, number_format: str) -> str:
    plain = _LITERAL.sub("", number_format).lower()
    chinese = bool(_CHINESE_DATE.search(number_format))
    if "d" not in plain:
        return f"{value.year}年{value.month}月" if chinese else f"{value:%Y-%m}"
    day = f"{value.year}年{value.month}月{value.day}日" if chinese else f"{value:%Y-%m-%d}"
    if isinstance(value, datetime) and "h" in plain and (value.hour or value.minute):
        return f"{day} {value:%H:%M}"
    return day


def _number(value: float, number_format: str) -> str:
    section = number_format.split(";", maxsplit=1)[0]
    pattern = _LITERAL.sub("", section)
    if "%" in pattern:
        return f"{value * 100:.{_decimals(pattern)}f}%"
    if not re.search(r"[0#?]", pattern) or pattern.lower() == "general" or "E+" in pattern or "/" in pattern:
        return f"{value:.10g}" if isinstance(value, float) else str(value)
    comma = "," if re.search(r"[#0],[#0]", pattern) else ""
    digits = f"{value:{comma}.{_decimals(pattern)}f}"
    # 00000 keeps the zeros of a code.
    least = len(re.sub(r"[^0]", "", pattern.partition(".")[0]))
    whole, dot, rest = digits.partition(".")
    return _affix(section, whole.zfill(least) + dot + rest)


def _decimals(pattern: str) -> int:
    match = re.search(r"\.([0#?]+)", pattern)
    return len(match[1]) if match else 0


def _affix(section: str, digits: str) -> str:
    """Return ``digits`` between the texts that the format writes before and after them: ¥12.00, 3 分."""
    match = re.fullmatch(r"((?:\"[^\"]*\"|\\.|[¥￥$])*)[#0?,. ]+((?:\"[^\"]*\"|\\.|[元分])*)_?.?", section)
    if not match:
        return digits
    before, after = (re.sub(r'["\\]', "", part) for part in match.groups())
    return f"{before}{digits}{after}"

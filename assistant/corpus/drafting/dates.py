"""Dates as Chinese documents write them: 二〇一一年十二月三十日, 2011年12月30日, 2011-12-30, 2011.12.30."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from assistant.text import parse_numeral
from assistant.types import CalendarDate

_DIGIT = "[〇○零一二三四五六七八九]"
_DATE = re.compile(
    rf"(?P<year>(?:19|20)\d\d|{_DIGIT}{{4}})\s*(?:年|[-.—–/一](?=\d))\s*(?P<month>\d{{1,2}}|[一二三四五六七八九十]{{1,2}})\s*"
    r"(?:月|[-.—–/一](?=\d))\s*(?:(?P<day>\d{1,2}|[一二三四五六七八九十]{1,3})\s*日?)?"
)


@dataclass(frozen=True, slots=True)
class FoundDate:
    """A date with where it stands in the text."""

    date: CalendarDate
    start: int
    end: int


def find_dates(text: str) -> Iterator[FoundDate]:
    """Yield the dates in ``text`` (NFKC), in order; what cannot be a date is left out."""
    for match in _DATE.finditer(text):
        year, month, day = (_number(match[name]) for name in ("year", "month", "day"))
        try:
            date = CalendarDate(year or 0, month, day)
            _ = date.earliest
        except ValueError:
            continue
        yield FoundDate(date, match.start(), match.end())


def first_date(text: str) -> CalendarDate | None:
    """Return the first date in ``text``, or None."""
    found = next(find_dates(unicodedata.normalize("NFKC", text)), None)
    return found.date if found else None


def _number(numeral: str | None) -> int | None:
    return parse_numeral(numeral.replace("○", "〇")) if numeral else None


def plus_years(date: CalendarDate, years: int) -> CalendarDate:
    """Return the same day ``years`` later; the 29th of February becomes the 28th."""
    day = 28 if (date.month, date.day) == (2, 29) else date.day
    return CalendarDate(date.year + years, date.month, day)

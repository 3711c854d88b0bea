"""Every number, date, amount, ratio, duration, clause or document number of a sentence occurs in its own sources."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain, pairwise

from assistant.answering.checks.alignment import PART, nearest, pairs
from assistant.answering.checks.figures import Bound, Day, Figures, Quantity, Reference, figures, plain
from assistant.answering.checks.sources import CitedSource

# A number of the question may come back where the sentence speaks of the asker: 贵公司成立两年, …
_ASKER = re.compile(r"您|你|贵(?:公司|司|单位|方|企业|厂|店|院|校)")
_OWN = re.compile(
    r"(?:您|你们?|贵[公司单位方企业厂店]{1,2})(?:们|的)?(?:公司|企业|单位)?(?:已经?|"
    r"现在?|目前|共|一共)?(?:成立|有|是|现有|拥有)(?:了|满)?(?P<figure>.{1,8})"
)
_PARTS = re.compile(r"[^，。；！？,;!?]+")
_ENTRY = re.compile(
    r"^\s*(?:[-*•]\s*)?(?:\d{1,2}[.、)）]\s*(?!\d)|[（(]\d{1,2}[)）]|[一二三四五六七八九十]{1,2}、|第[一二三四五六七八九十][，,、：:])"
)
_POINTING = re.compile(r"(?:[这那该]|上述|以上|前述|下列|以下|如下|前|后|另外?|其中)$")
_NEIGHBOURS = 12
_LOOSE = ("", "#", "个", "次", "级")
_UP, _DOWN = {Bound.AT_LEAST, Bound.MORE, Bound.LOW}, {Bound.AT_MOST, Bound.LESS, Bound.HIGH}
_ENDS = {Bound.LOW: Bound.AT_LEAST, Bound.HIGH: Bound.AT_MOST, Bound.AT_LEAST: Bound.LOW, Bound.AT_MOST: Bound.HIGH}
_MIRROR = {
    Bound.AT_LEAST: Bound.AT_MOST,
    Bound.AT_MOST: Bound.AT_LEAST,
    Bound.MORE: Bound.LESS,
    Bound.LESS: Bound.MORE,
}
_COMPLEMENT = {
    Bound.AT_LEAST: Bound.LESS,
    Bound.LESS: Bound.AT_LEAST,
    Bound.AT_MOST: Bound.MORE,
    Bound.MORE: Bound.AT_MOST,
}
_REFUSES = re.compile(
    r"不(?:行|得(?!少|低)|能|可|予|算|够(?!\d)|给|在|合|准|许|成|了)|行不通|没(?:法|资格)|无(?:法|权|缘)|拒|堵|禁|违|免谈|失去|才|也要|[够评办拿]不"
)
_LISTED = re.compile(r"[^，。；：,;:\n]{1,200}")
_AND = re.compile(r"、|和|与|及|以及|或")
_FEW = 12
_SAME_PLACE, _ALMOST, _TELLING = 0.55, 0.7, 3
_ENTRY_SIGNS = re.compile(r"[、和与及]")
_FIGURE = re.compile(r"[\d零〇一二两三四五六七八九十百千万亿半.%\-/\[\]]+")
_PAIRS = ("个", "套", "批", "方面", "部分", "点", "类", "种")


def wrong_figures(text: str, sources: Sequence[CitedSource], question: str = "") -> list[str]:
    """Return what is wrong with the figures of ``text``, in Chinese; empty if all agree with ``sources``.

    ``question`` may lend its figures to the parts of the sentence that speak of the asker.
    """
    bare = _ENTRY.sub("", text)
    held = [source.figures for source in sources]
    texts = [block for source in sources for block in source.blocks]
    asked = figures(question) if question else None
    problems: list[str] = []
    retold: list[str] = []
    for part in _PARTS.findall(bare):
        own = [*held, asked] if asked and _ASKER.search(part) else held
        problems += _wrong_part(part, own, texts)
        retold += _wrongly_retold(part, asked) if asked else []
    together = [*retold, *_wrong_company(bare, sources), *_wrong_places(bare, sources)]
    # A bound or a range may reach over a comma, so a figure is wrong only if the whole sentence reads it wrong too.
    if not problems:
        return together
    whole = set(_wrong_part(bare, held, texts))
    return [*(problem for problem in dict.fromkeys(problems) if problem in whole), *together]


def _wrong_part(part: str, held: Sequence[Figures], texts: Sequence[str]) -> list[str]:
    found = figures(part)
    return [
        *_wrong_quantities(part, found, held, texts),
        *_wrong_days(found.days, list(chain.from_iterable(item.days for item in held)), held),
        *_wrong_references(found.references, list(chain.from_iterable(item.references for item in held))),
    ]


def _wrongly_retold(part: str, asked: Figures) -> Iterator[str]:
    """Yield figures that the sentence gives as the asker's own and that the asker gave otherwise: 您成立三年."""
    for match in _OWN.finditer(plain(part)):
        for quantity in figures(match["figure"]).quantities[:1]:
            own = [other for other in asked.quantities if other.unit == quantity.unit]
            if own and all(other.value != quantity.value for other in own):
                yield f"“{quantity.text}”与问题里说的“{own[0].text}”不一致"


def _wrong_quantities(part: str, found: Figures, held: Sequence[Figures], texts: Sequence[str]) -> Iterator[str]:
    sources = [quantity for item in held for quantity in item.quantities]
    for quantity in found.quantities:
        same = [other for other in sources if _same_value(quantity, other)]
        if same:
            if problem := _wrong_bound(quantity, same, part):
                yield problem
        elif not (_is_pointing(part, quantity) or _is_number_of_text(quantity, held) or _counts_list(quantity, texts)):
            yield f"“{quantity.text}”不在所引条款中"


def _wrong_company(text: str, sources: Sequence[CitedSource]) -> Iterator[str]:
    """Yield figures that the sources hold, but never beside either of their neighbours: 三星级要 90 分; 2 年或 6 万公里.

    Across a comma only a star level and a figure beside it belong together.
    """
    ordered = sorted(
        (item for item in figures(text).quantities if item.unit not in _LOOSE), key=lambda item: item.start
    )
    line = plain(text)
    judged = [(one, other, _are_together(one, other, line, sources)) for one, other in pairwise(ordered)]
    fitting = {id(item) for one, other, together in judged if together for item in (one, other)}
    for one, other, together in judged:
        if together is False and not {id(one), id(other)} & fitting:
            yield f"“{one.text}”和“{other.text}”在条款中不在一处"


def _are_together(one: Quantity, other: Quantity, line: str, sources: Sequence[CitedSource]) -> bool | None:
    """Return whether a part of the sources holds both figures; None where they need not stand together."""
    between = line[one.start + len(one.text) : other.start]
    starred = "星" in (one.unit, other.unit)
    parted = any(sign in between for sign in ",;。")
    if one.unit == other.unit or len(between) > _NEIGHBOURS or (parted and not starred):
        return None
    segments = [segment for source in sources for segment in (source.levels if starred else source.segments)]
    held = [(_holds(segment, one), _holds(segment, other)) for segment in segments]
    if not (any(first for first, _ in held) and any(second for _, second in held)):
        return None
    return any(all(both) for both in held)


def _wrong_places(text: str, sources: Sequence[CitedSource]) -> Iterator[str]:
    """Yield figures where the part of the sources that says the same has another of that unit, or another date."""
    held = [part for source in sources for part in _placed(source.text)]
    everywhere = [day for source in sources for day in source.figures.days]
    for part in _placed(text):
        if len(part.pairs) < _TELLING:
            continue
        near = nearest(part.pairs, held, lambda other: other.pairs, _SAME_PLACE, _ALMOST)
        for quantity in part.figures.quantities:
            here = [own for other in near for own in other.figures.quantities if own.unit == quantity.unit]
            if quantity.unit not in ("", "#") and here and all(own.value != quantity.value for own in here):
                yield f"“{quantity.text}”在条款的这个地方是“{here[0].text}”"
        days = [own for other in near for own in other.figures.days]
        for day in part.figures.days:
            days = [own for own in days if (own.month is None) is (day.month is None) and own.text[0] not in "〔[("]
            told = any(own.covers(day) and own.role is day.role for own in everywhere) if day.role else False
            if days and not told and not any(own.covers(day) for own in days):
                yield f"“{day.text}”在条款的这个地方是“{days[0].text}”"


@dataclass(frozen=True, slots=True)
class _Placed:
    pairs: frozenset[str]
    figures: Figures


@lru_cache(1024)
def _placed(text: str) -> tuple[_Placed, ...]:
    """Return the parts of ``text`` that hold figures, with what they say beside them."""
    parts = [(part, figures(part)) for whole in PART.findall(text) for part in _ENTRY_SIGNS.split(whole) if part]
    return tuple(
        _Placed(pairs(_FIGURE.sub("", plain(part))), found) for part, found in parts if found.quantities or found.days
    )


def _holds(segment: Figures, quantity: Quantity) -> bool:
    return any(
        _same_value(quantity, own) and (quantity.bound is own.bound or Bound.NONE in (quantity.bound, own.bound))
        for own in segment.quantities
    )


def _same_value(quantity: Quantity, other: Quantity) -> bool:
    counted = quantity.unit == "个" and other.unit == "#"  # 13 部门
    same = quantity.unit == other.unit or not other.unit or quantity.unit in ("", "#") or counted
    return quantity.value == other.value and same


def _is_pointing(part: str, quantity: Quantity) -> bool:
    """Return whether a count only points at what was said: 这两项, 以上三点."""
    before = re.sub(r"\s", "", part)[: quantity.start]
    return quantity.unit == "个" and not quantity.bound and _POINTING.search(before) is not None


def _counts_list(quantity: Quantity, texts: Sequence[str]) -> bool:
    """Return whether a small count is that of things which the sources list: four names joined by 、 and 和."""
    if quantity.unit != "个" or quantity.bound or not 1 < quantity.value <= _FEW:
        return False
    if quantity.text[0] == "两" and quantity.text[1:] in _PAIRS:
        return True
    runs = {len(_AND.findall(run)) + 1 for text in texts for run in _LISTED.findall(text)}
    return quantity.value in runs or quantity.value == len(texts)


def _is_number_of_text(quantity: Quantity, held: Sequence[Figures]) -> bool:
    """Return whether a bare number is that of a standard, article or year in the sources."""
    if quantity.unit not in ("", "#"):
        return False
    value = str(quantity.value.to_integral_value()) if quantity.value == quantity.value.to_integral_value() else ""
    return any(value in (reference.number, reference.year) for item in held for reference in item.references) or any(
        value == str(day.year) for item in held for day in item.days
    )


def _wrong_bound(quantity: Quantity, same: Sequence[Quantity], part: str) -> str:
    """Return what is wrong with the bound of a quantity whose value is right; empty if a source has the same one.

    A condition turned round is right: 低于 300 万元的办不成 where at least as much is asked for.
    """
    bounds = {Bound.NONE if other.bound is Bound.REACHED else other.bound for other in same}
    turned = _COMPLEMENT.get(quantity.bound) in bounds and _REFUSES.search(part) is not None
    if turned or quantity.bound in bounds or _ENDS.get(quantity.bound) in bounds:
        return ""
    source = next(other for other in same)
    if quantity.bound is Bound.NONE:
        limits = bounds & (_UP | _DOWN) - {Bound.LOW, Bound.HIGH}
        return f"“{quantity.text}”在条款中是“{source.bound}”，界限丢了" if limits == bounds else ""
    if quantity.bound in (Bound.ABOUT, Bound.REACHED, Bound.LOW, Bound.HIGH):
        return ""
    told = f"“{quantity.bound}{quantity.text}”"
    if bounds == {Bound.NONE}:
        return f"{told}在条款中没有这个界限"
    if Bound.NONE in bounds and _MIRROR.get(quantity.bound) not in bounds:
        return ""
    return f"{told}与条款中的“{source.bound or source.text}”不是一回事"


def _wrong_days(found: Sequence[Day], sources: Sequence[Day], held: Sequence[Figures]) -> Iterator[str]:
    editions = {int(item.year) for own in held for item in own.references if item.year}
    for day in found:
        same = [other for other in sources if other.covers(day)]
        if not same:
            if not (day.month is None and day.year in editions):
                yield f"日期“{day.text}”不在所引条款中"
        elif day.role and all(other.role and other.role is not day.role for other in same):
            yield f"“{day.text}”在条款中是{same[0].role}日期，不是{day.role}日期"


def _wrong_references(found: Sequence[Reference], sources: Sequence[Reference]) -> Iterator[str]:
    for reference in found:
        if not any(_points_to(reference, other) for other in sources):
            yield f"“{reference.text}”不在所引条款中"


def _points_to(reference: Reference, other: Reference) -> bool:
    """Return whether a reference is one of the source: 5.1.2 points to 5.1.2.2, a standard without year to any year."""
    if reference.kind != other.kind:
        return False
    if reference.kind == "标准":
        letters = not reference.letters or not other.letters or reference.letters == other.letters
        years = not reference.year or not other.year or reference.year == other.year
        return letters and years and reference.number == other.number
    return other.number == reference.number or other.number.startswith(f"{reference.number}.")

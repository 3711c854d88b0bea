"""Quantities, dates and references in a text, in forms that compare equal however they are written.

三十日 = 30 日 = 30天, 百分之十 = 10%, 一万元 = 10000 元, 2012年2月1日 = 2012-02-01, 一年 = 12 个月. All offsets are into
:func:`plain` of the text.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from decimal import Decimal
from enum import StrEnum

from assistant.text import normalise, parse_numeral


class Bound(StrEnum):
    """How a quantity limits its thing; ``LOW`` and ``HIGH`` are the ends of a range, ``NONE`` is exact."""

    AT_LEAST = "不少于"
    MORE = "超过"
    AT_MOST = "不超过"
    LESS = "不足"
    ABOUT = "约"
    REACHED = "达到"
    LOW = "起点"
    HIGH = "终点"
    NONE = ""


class Role(StrEnum):
    """What happened on a day."""

    ISSUED = "发布"
    EFFECTIVE = "实施"
    ENDED = "废止"


@dataclass(frozen=True, slots=True)
class Quantity:
    """A value with its unit: ``月`` for years too, ``个`` for all that is counted.

    The unit is empty for a number that stands alone as in a table's cell, and ``#`` for one that only numbers things.
    """

    value: Decimal
    unit: str
    bound: Bound
    start: int
    text: str


@dataclass(frozen=True, slots=True)
class Day:
    """A date; parts that are not told are None. ``role`` is told by the words beside it."""

    year: int | None
    month: int | None
    day: int | None
    role: Role | None
    text: str

    def covers(self, other: "Day") -> bool:
        """Return whether ``other`` says nothing that this date does not: 2012-02-01 covers 2012 年 and 2 月 1 日."""
        pairs = ((other.year, self.year), (other.month, self.month), (other.day, self.day))
        return all(told is None or told == own for told, own in pairs)


@dataclass(frozen=True, slots=True)
class Reference:
    """A pointer to a text: ``kind`` is 标准, 条, 款, 项, 章, 节, 号, 附录 or 条款 (5.1.2.2); ``year`` that of a standard."""

    kind: str
    number: str
    letters: str = ""
    year: str = ""
    text: str = ""


@dataclass(slots=True)
class Figures:
    """All that was found in one text."""

    quantities: list[Quantity] = field(default_factory=list)
    days: list[Day] = field(default_factory=list)
    references: list[Reference] = field(default_factory=list)


_NUMERALS = "零〇一二两三四五六七八九十百千"
_NUM = rf"(?:\d{{1,3}}(?:,\d{{3}})+(?:\.\d+)?|\d+(?:\.\d+)?|[{_NUMERALS}]+|半)"
_MULT = r"(?:万亿|亿|千万|百万|万|千(?!米|克)|百)?"
_COUNTS = (
    r"名|人(?!民币)|位|个|家|项|条|款|种|类|份|点(?!名)|步|方面|"
    r"部分|阶段|环节|件|张|大(?!于|多|部|家|概)|组|例|处(?!理|罚|于|分)|批|层|套|本|台|笔|篇|门(?!店|槛)|部门|部委|单位|机构|企业"
)
_UNITS = (
    r"个?工作日|个?自然日|日|天|个月|个?季度|周年|周|个?星期|年(?!度|龄|版|代|检|审|报)|小时|分钟|元|块钱?|个?百分点|%|分(?![之钟公别类为成布])|"
    rf"星级?|倍|成(?![立为本果功员品长])|级|人次|次(?![要序品])|公里|平方米|{_COUNTS}"
)
_UNIT_VALUES: dict[str, tuple[str, Decimal]] = {
    "自然日": ("日", Decimal(1)),
    "天": ("日", Decimal(1)),
    "块": ("元", Decimal(1)),
    "块钱": ("元", Decimal(1)),
    "周": ("日", Decimal(7)),
    "星期": ("日", Decimal(7)),
    "年": ("月", Decimal(12)),
    "周年": ("月", Decimal(12)),
    "季度": ("月", Decimal(3)),
    "百分点": ("%", Decimal(1)),
    "成": ("%", Decimal(10)),
    "星级": ("星", Decimal(1)),
    "人次": ("次", Decimal(1)),
}
_MULTIPLES = {"百": 100, "千": 1000, "万": 10_000, "百万": 10**6, "千万": 10**7, "亿": 10**8, "万亿": 10**12}
_RANGE = re.compile(
    rf"(?P<low>{_NUM})(?P<lowmult>{_MULT})(?P<lowunit>{_UNITS})?(?:-|~|至|到)(?P<high>{_NUM})(?P<mult>{_MULT})(?P<unit>{_UNITS})"
)
_SINGLE = re.compile(rf"(?P<num>{_NUM})(?P<mult>{_MULT})多?余?(?P<unit>{_UNITS})(?P<half>半(?![数径]))?")
_SHARE = re.compile(rf"(?P<base>百|千|万|[{_NUMERALS}]+|\d+)分之(?P<part>{_NUM})|(?P<one>一半|半数)")
_BARE = re.compile(r"(?<![a-z\d.])\d+(?:,\d{3})*(?:\.\d+)?")

_STANDARD = re.compile(
    r"(?<![a-z])(?P<letters>[a-z]{2,5}(?:/[a-z]{1,3})*)[ -]?(?P<number>\d{3,6}(?:\.\d+)*)(?:[-:](?P<year>(?:19|20)\d{2})(?!\d))?"
    r"|(?<![\d.\-])(?P<bare>\d{4,6})[-:](?P<bareyear>(?:19|20)\d{2})(?![\d\-])|(?<![\d.\-])(?P<alone>\d{5})(?![\d.\-多余块万]|"
    + _UNITS
    + r")"
)
_NUMBERED = re.compile(
    rf"[〔\[(【](?P<y>(?:19|20)\d{{2}})[〕\])】]第?(?P<n1>\d+)号|(?:第|令)(?P<n2>\d+)号|(?<!\d)(?P<n3>\d+)号(?=令|公告|文|函|通知)"
    rf"|第\(?(?P<n4>[\d{_NUMERALS}]+)\)?(?P<unit>条|款|项|章|节)|\((?P<n5>[{_NUMERALS}]+)\)项"
)
_ANNEX = re.compile(r"附录(?P<letter>[a-z])(?P<rest>(?:\.\d+)*)")
_DOTTED = re.compile(r"(?<![\d.a-z])(?P<number>\d{1,2}(?:\.\d{1,2}){2,5})(?![\d.])")
_CLAUSE = re.compile(r"(?<![\d.a-z])(?P<number>\d{1,2}\.\d{1,2})(?![\d.])")
_CHINESE_DATE = re.compile(
    r"(?P<year>[〇零一二三四五六七八九]{4})年(?:(?P<month>[一二三四五六七八九十]{1,2})月(?:(?P<day>[一二三四五六七八九十]{1,3})[日号])?)?"
    r"|(?<!个)(?<![一二三四五六七八九十])(?P<m>[一二三四五六七八九十]{1,2})月(?P<d>[一二三四五六七八九十]{1,3})[日号]"
)
_DAY = re.compile(
    r"(?<!\d)(?P<y1>(?:19|20)\d{2})年(?P<m1>\d{1,2})月(?P<d1>\d{1,2})[日号]|(?<!\d)(?P<y2>(?:19|20)\d{2})[-./](?P<m2>\d{1,2})[-./](?P<d2>\d{1,2})(?!\d)"
    r"|(?<!\d)(?P<y3>(?:19|20)\d{2})年(?P<m3>\d{1,2})月|(?<!\d)(?P<y4>(?:19|20)\d{2})[-/](?P<m4>0[1-9]|1[0-2])(?![\d\-])"
    r"|(?<!\d)(?P<y5>(?:19|20)\d{2})(?:年|版)|(?<!\d)(?P<m6>1[0-2]|[1-9])月(?P<d6>\d{1,2})[日号]|(?<![\d个])(?P<m7>1[0-2]|[1-9])月(?![\d内])"
    r"|(?<![\d\-])(?P<y8>(?:19|20)\d{2})(?=[/\-~至、和](?:19|20)\d{2}|(?:标准|规则|修订|国标))"
)
_BEFORE: tuple[tuple[Bound, re.Pattern[str]], ...] = tuple(
    (bound, re.compile(rf"(?:{words})[^,。;:!?\d]{{0,{gap}}}$"))
    for bound, words, gap in (
        (
            Bound.AT_LEAST,
            r"不得?(?:少于|低于|小于|短于)|不能(?:少于|低于)|至少|最少|最低|起码|大于等于|≥|>=|下限|门槛|底线|起点",
            9,
        ),
        (
            Bound.AT_MOST,
            r"(?:不|不得|不能|未|不可|不应)(?:超过|多于|高于|大于|长于|超出)|至多|最多|最长|最高|上限|小于等于|≤|<=|封顶",
            9,
        ),
        (Bound.MORE, r"(?<![不得能未可应])(?:超过|大于|多于|高于|超出|>)|逾|拖过|过了", 3),
        (Bound.LESS, r"不足|不满|未满|不到|未达到?|达不到|没有?达?到|(?<![不得能])(?:少于|低于|小于|<)", 3),
        (Bound.ABOUT, r"约|大约|大概|差不多|接近|将近", 2),
        (Bound.REACHED, r"(?<![不没未])(?:达到?|够|满(?!分)|凑[够齐足]|到了?|门槛是?|封顶|就)", 1),
    )
)
_AFTER: tuple[tuple[Bound, re.Pattern[str]], ...] = (
    (
        Bound.AT_LEAST,
        re.compile(
            r"[(（]?含?[)）]?(?:及|或|或者)?(?:以上|之上|更高|更多|起步|打底|封底|是?(?:最低|下限|门槛|底线|起点))"
        ),
    ),
    (
        Bound.AT_MOST,
        re.compile(
            r"[(（]?含?[)）]?(?:及|或|或者)?(?:的?期限)?(?:以内|之内|内(?!部|容|审)|以下|之下|为限|封顶|是?上限|的?(?:期限|时限))"
        ),
    ),
    (Bound.ABOUT, re.compile(r"左右|上下|前后")),
)
_START = re.compile(r"起(?!草|诉|来|到|步)")
_ROLES = (
    (Role.ISSUED, r"发布|印发|公布|颁布|签发|出台|发文|通过"),
    (Role.EFFECTIVE, r"实施|施行|生效|执行|起"),
    (Role.ENDED, r"废止|失效|作废|停止执行|届满|不再有效"),
)
_ROLE_AFTER = re.compile(r"[^。;\d]{0,18}?(" + "|".join(f"(?P<{role.name}>{words})" for role, words in _ROLES) + ")")
_ROLE_BEFORE = re.compile(
    r"(" + "|".join(f"(?P<{role.name}>{words})" for role, words in _ROLES) + r")[日期时间之是为:于在(]{0,6}$"
)
_CELL_BEGINS, _CELL_ENDS = (*":|、,;\n", ""), (*"|、,;。\n)", "")
_VAGUE = re.compile(r"[一二三四五六七八九]{2}")  # 三五天, 七八个
# Fixed words with a numeral that count nothing: blanked before figures are read.
_IDIOM = re.compile(
    r"一成不变|百分制|千分制|百分之百|铁板一块|[留有话]三分|[差少丢减][了]?一分|一分(?=[也都没钱])|[这那哪某另]一[块天年月日次家项条类份点]|半张|"
    r"[一二两三四五六七八九几]块(?!钱)|第[一二三四五六七八九十]+[批次届个类点步层]"
)
_SCORED = re.compile(r"[得扣满计加减占为共是有]$")  # else 十分 means very
_TIMES = ("日", "月", "工作日", "小时", "分钟")


def plain(text: str) -> str:
    """Return ``text`` in NFKC and lower case without spaces, but for those between Latin letters and figures."""
    return re.sub(r"(?<![0-9a-z.]) | (?![0-9a-z.])", "", normalise(text))


def figures(text: str) -> Figures:
    """Return the quantities, dates and references in ``text``."""
    found = Figures()
    rest = _IDIOM.sub(lambda match: "□" * len(match.group()), plain(text))
    rest = _take(_CHINESE_DATE, rest, lambda match: None, keep=_arabic_date)
    rest = _take(_STANDARD, rest, lambda match: found.references.append(_standard(match)))
    rest = _take(_NUMBERED, rest, lambda match: _add_numbered(match, found))
    rest = _take(_ANNEX, rest, lambda match: found.references.append(_annex(match)))
    whole = rest
    rest = _take(_DAY, rest, lambda match: found.days.append(_day(match, whole)))
    rest = _take(_DOTTED, rest, lambda match: found.references.append(_clause(match)))
    rest = _take(_SHARE, rest, lambda match: found.quantities.append(_share(match, whole)))
    rest = _take(_RANGE, rest, lambda match: found.quantities.extend(_range(match, whole)))
    rest = _take(_SINGLE, rest, lambda match: found.quantities.extend(_single(match, whole)))
    rest = _take(_CLAUSE, rest, lambda match: found.references.append(_clause(match)))
    _take(_BARE, rest, lambda match: found.quantities.append(_bare(match, whole)))
    return found


def _take(
    pattern: re.Pattern[str],
    text: str,
    add: Callable[[re.Match[str]], object],
    keep: Callable[[re.Match[str]], str] | None = None,
) -> str:
    """Tell ``add`` of each match and return the text with the matches blanked, so that no figure is read twice."""

    def blank(match: re.Match[str]) -> str:
        add(match)
        return keep(match) if keep else "□" * len(match.group())

    return pattern.sub(blank, text)


def _arabic_date(match: re.Match[str]) -> str:
    parts = ((match["year"], "年"), (match["month"] or match["m"], "月"), (match["day"] or match["d"], "日"))
    return "".join(f"{parse_numeral(part)}{sign}" for part, sign in parts if part)


def _standard(match: re.Match[str]) -> Reference:
    number = match["number"] or match["bare"] or match["alone"]
    return Reference("标准", number, match["letters"] or "", match["year"] or match["bareyear"] or "", match.group())


def _add_numbered(match: re.Match[str], found: Figures) -> None:
    if match["y"]:
        found.days.append(Day(int(match["y"]), None, None, None, match.group()))
    number = next(match[name] for name in ("n1", "n2", "n3", "n4", "n5") if match[name])
    kind = match["unit"] or ("项" if match["n5"] else "号")
    found.references.append(Reference(kind, str(parse_numeral(number) or number), text=match.group()))


def _annex(match: re.Match[str]) -> Reference:
    return Reference("附录", match["letter"] + match["rest"], text=match.group())


def _clause(match: re.Match[str]) -> Reference:
    return Reference("条款", match["number"], text=match.group())


def _day(match: re.Match[str], whole: str) -> Day:
    def part(letter: str) -> int | None:
        values = [match[f"{letter}{i}"] for i in range(1, 9) if f"{letter}{i}" in match.re.groupindex]
        return next((int(value) for value in values if value), None)

    return Day(part("y"), part("m"), part("d"), _role(whole, match), match.group())


def _role(whole: str, match: re.Match[str]) -> Role | None:
    beside = _ROLE_AFTER.match(whole, match.end()) or _ROLE_BEFORE.search(whole, 0, match.start())
    return next((role for role, _ in _ROLES if beside[role.name]), None) if beside else None


def _share(match: re.Match[str], whole: str) -> Quantity:
    if match["one"]:
        value = Decimal(50)
    else:
        base = {"百": 100, "千": 1000, "万": 10_000}.get(match["base"]) or parse_numeral(match["base"]) or 100
        value = (_number(match["part"]) or Decimal(0)) * 100 / base
    return Quantity(
        value.normalize(), "%", _bound(whole, match.start(), match.end(), "%"), match.start(), match.group()
    )


def _range(match: re.Match[str], whole: str) -> Iterator[Quantity]:
    low_mult = match["lowmult"]
    low, high = _number(match["low"]), _number(match["high"])
    if not low_mult and not match["lowunit"] and low is not None and high is not None and low <= high:
        low_mult = match["mult"]  # 1 至 3 万元, but 5000 至 1 万元
    for end, number, mult, unit in (
        (Bound.LOW, match["low"], low_mult, match["lowunit"] or match["unit"]),
        (Bound.HIGH, match["high"], match["mult"], match["unit"]),
    ):
        for found in _quantity(number, mult, unit, match, whole):
            yield replace(found, bound=end) if found.bound is Bound.NONE else found


def _single(match: re.Match[str], whole: str) -> Iterator[Quantity]:
    for found in _quantity(match["num"], match["mult"], match["unit"], match, whole):
        half = Decimal(6) if match["half"] and match["unit"].endswith("年") else Decimal(0)
        yield replace(found, value=found.value + half)


def _quantity(number: str, mult: str, unit: str, match: re.Match[str], whole: str) -> Iterator[Quantity]:
    value = _number(number)
    if value is None or _VAGUE.fullmatch(number) or _is_adverb(number, unit, whole[: match.start()]):
        return
    name, factor = _unit(unit)
    bound = _bound(whole, match.start(), match.end(), name)
    if _is_article(number, mult, name, bound):
        return
    yield Quantity((value * _MULTIPLES.get(mult, 1) * factor).normalize(), name, bound, match.start(), match.group())


def _is_adverb(number: str, unit: str, before: str) -> bool:
    """Return whether 十分 means very and not ten points."""
    return number == "十" and unit == "分" and not _SCORED.search(before)


def _is_article(number: str, mult: str, unit: str, bound: Bound) -> bool:
    """Return whether ``一个`` and the like is no more than an article: 设一个部门."""
    return number == "一" and not mult and unit in ("个", "次", "级") and bound is Bound.NONE


def _unit(unit: str) -> tuple[str, Decimal]:
    stripped = unit.removeprefix("个") or unit
    if re.fullmatch(_COUNTS, unit) or re.fullmatch(_COUNTS.replace(r"(?!民币)", ""), unit):
        return "个", Decimal(1)
    return _UNIT_VALUES.get(stripped, (stripped, Decimal(1)))


def _number(text: str) -> Decimal | None:
    if text == "半":
        return Decimal("0.5")
    if text[0].isdecimal():
        return Decimal(text.replace(",", ""))
    value = parse_numeral(text)
    return None if value is None else Decimal(value)


def _bound(whole: str, start: int, end: int, unit: str) -> Bound:
    after = next((bound for bound, pattern in _AFTER if pattern.match(whole, end)), None)
    if after:
        return after
    if unit not in _TIMES and _START.match(whole, end):
        return Bound.AT_LEAST
    before = whole[max(0, start - 16) : start]
    return next((bound for bound, pattern in _BEFORE if pattern.search(before)), Bound.NONE)


def _bare(match: re.Match[str], whole: str) -> Quantity:
    alone = (
        whole[match.start() - 1 : match.start()] in _CELL_BEGINS and whole[match.end() : match.end() + 1] in _CELL_ENDS
    )
    value = Decimal(match.group().replace(",", "")).normalize()
    return Quantity(value, "" if alone else "#", Bound.NONE, match.start(), match.group())

"""What binds in a text and where it stands: words of obligation, numbers, amounts, dates, periods, ratios, references.

Values compare by meaning: 三十日 is 30日, 百分之十 is 10%, 一万元 is 10000元.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction

from assistant.structure.numbering import parse_label
from assistant.text import parse_numeral

_CN = r"[零〇一二两三四五六七八九十百千万亿]"
_NUM = rf"(?:\d+(?:,\d{{3}})+(?:\.\d+)?|\d+(?:\.\d+)?[万亿]*|{_CN}+(?:点{_CN}+)?)"
_COUNTER = (
    r"(?:平方|立方)?(?:公里|厘米|毫米|米)|千克|公斤|"
    r"[个项名人家次倍级种类份处台件分位批层套张页期组户所间座辆艘架克吨升度伏瓦]"
)
_DATE = re.compile(
    rf"(?P<y>\d{{4}}|[〇零一二三四五六七八九]{{4}})年(?:(?P<m>{_NUM})月(?:(?P<d>{_NUM})日)?)?|"
    rf"(?P<y2>\d{{4}})-(?P<m2>\d{{1,2}})-(?P<d2>\d{{1,2}})|(?P<m3>{_NUM})月(?P<d3>{_NUM})日"
)
_REFERENCE = re.compile(
    rf"第{_NUM}[编章节条款项](?:之{_CN}+)?|附录[A-Z]|(?<![\d.])(?:[A-Z]\.)?\d{{1,2}}(?:\.\d{{1,3}}){{2,5}}(?![\d.])|"
    r"(?:(?<=见)|(?<=按)|(?<=照)|(?<=合)|(?<=和)|(?<=、)) ?(?:[A-Z]\.)?\d{1,2}\.\d{1,3}(?=[、，。；和）)]|的?规定|的?要求|$)"
)
_RATIO = re.compile(rf"(?P<of>百|千|万|{_CN}+|\d+)分之(?P<part>{_NUM})|(?P<figure>{_NUM}) ?(?P<sign>[%‰])")
_AMOUNT = re.compile(rf"(?P<n>{_NUM}) ?(?P<unit>元|美元|欧元|港元|日元|英镑)")
_DURATION = re.compile(rf"(?P<n>{_NUM}) ?个?(?P<unit>工作日|日|天|月|年|小时|分钟|周|星期|季度)(?!度|份)")
# Words that hold a numeral without counting anything, and the numbers of list items.
_NO_NUMBER = re.compile(
    r"第[一二三]方|第三[人者]|[上下同统唯之][一级]级?|一并|一致|一律|一般|一定|一切|一经|一旦|一同|一方面|一方|一次性|进一步|十分[^之]|万一|"
    r"(?m:^[ \t]*[(（]?\d{1,2}[.、)）](?!\d))|(?<=[；。：])\d{1,2}[.、](?!\d)"
)
_NUMBER = re.compile(rf"\d+(?:,\d{{3}})+(?:\.\d+)?|\d+(?:\.\d+)?[万亿]?|{_CN}+(?= ?(?:{_COUNTER}))")
_BOUND = re.compile(
    rf"(?:不少于|不多于|不超过|不得超过|不低于|不高于|不小于|不大于|至少|至多|最多|最低|最高|超过|低于|高于|少于|多于)(?=[^，。；\n]{{0,8}}?{_NUM})|"
    rf"(?:(?<=[元日天月年周时人个名次倍分级%家项米度吨件台位])|(?<=百分之{_CN}))(?<![县市省乡镇区州]级)(?:以上|以下|以内|以外)(?!简称|统称|称|条件|情形|内容)|不满(?={_NUM})"
)
_MODALS = {
    "shall not": re.compile(r"不得|禁止|严禁|不准|不应(?:当|该)?|不可以?|不许"),
    "need not": re.compile(r"无须|无需|不必|毋须"),
    "should not": re.compile(r"不宜"),
    "shall": re.compile(r"应当|应该|必须|须|应"),
    "should": re.compile(r"宜"),
    "may": re.compile(r"可以|可|有权"),
}
# Words that hold a sign of obligation or of negation without meaning one.
_NO_MODAL = re.compile(
    r"应用|应急|相应|供应|适应|反应|对应|响应|应收|应付|应诉|应邀|应聘|应届|应税|应纳|应有尽有|效应|可能|可靠|可行|可见|可信|可追溯|许可|认可|可比|"
    r"可持续|可再生|可回收|可用性|可燃|可疑|可视|可变|不可抗力|不可分割|不可避免|不可逆|适宜|事宜|便宜|权宜|宜居|宜[昌宾春兴]|必须品|胡须|不得已|有权(?:处理|监督|机关|部门)"
)
_NO_NEGATION = re.compile(
    r"无形|无线|无人机|无障碍|无论|不论|不管|不动产|不断|不同|不良|不仅|不但|不正当|不当|不利|不足|不服|不合格|不明|不法|无效|非法|未来|未成年|"
    r"是否|除非|不少于|不多于|不超过|不低于|不高于|不小于|不大于|不满|不特定|不定期"
)
_NEGATION = re.compile(r"没有|不|未|无|非|除外|免予|免除|勿")


@dataclass(frozen=True, slots=True)
class Measure:
    """One thing that binds: ``kind`` is a key of ``FLAG_LABELS``, equal ``value`` s mean the same; offsets in the text."""

    kind: str
    value: str
    start: int
    end: int


def measures(text: str) -> Iterator[Measure]:
    """Yield what binds in ``text``; each part of it is taken for one kind of number only."""
    for match in _BOUND.finditer(text):
        yield Measure("ratio", match.group().replace("不得", "不"), match.start(), match.end())
    rest = text
    for kind, pattern, value in _READERS:
        for match in pattern.finditer(rest):
            if kind:
                yield Measure(kind, value(match), match.start(), match.end())
        rest = _without(pattern, rest)
    yield from _obligations(text)


def _obligations(text: str) -> Iterator[Measure]:
    rest = _without(_NO_MODAL, text)
    for modal, pattern in _MODALS.items():
        for match in pattern.finditer(rest):
            yield Measure("modal", modal, match.start(), match.end())
        rest = _without(pattern, rest)
    for match in _NEGATION.finditer(_without(_NO_NEGATION, rest)):
        yield Measure("negation", "not", match.start(), match.end())


def _without(pattern: re.Pattern[str], text: str) -> str:
    """Return ``text`` with the matches blanked out, offsets as before."""
    return pattern.sub(lambda match: "□" * len(match.group()), text)


def _date(match: re.Match[str]) -> str:
    year, month, day = (
        next((part for name in names if (part := match[name])), "")
        for names in (("y", "y2"), ("m", "m2", "m3"), ("d", "d2", "d3"))
    )
    return "-".join(value_of(part) for part in (year, month, day) if part)


def _ratio(match: re.Match[str]) -> str:
    if match["sign"]:
        return _fraction(match["figure"], "100" if match["sign"] == "%" else "1000")
    names = {"百": "100", "千": "1000", "万": "10000"}
    return _fraction(match["part"], names.get(match["of"], match["of"]))


def _fraction(part: str, whole: str) -> str:
    try:
        return str(Fraction(value_of(part)) / Fraction(value_of(whole)))
    except (ValueError, ZeroDivisionError):  # a numeral that cannot be read stays as written
        return f"{part}/{whole}"


def _amount(match: re.Match[str]) -> str:
    return f"{value_of(match['n'])}{match['unit']}"


def _duration(match: re.Match[str]) -> str:
    same = {"天": "日", "星期": "周"}
    return f"{value_of(match['n'])}{same.get(match['unit'], match['unit'])}"


def _reference(match: re.Match[str]) -> str:
    label = parse_label(match.group().strip())
    return label.canonical if label else match.group().strip()


_READERS: tuple[tuple[str, re.Pattern[str], Callable[[re.Match[str]], str]], ...] = (
    ("date", _DATE, _date),
    ("reference", _REFERENCE, _reference),
    ("ratio", _RATIO, _ratio),
    ("amount", _AMOUNT, _amount),
    ("duration", _DURATION, _duration),
    ("", _NO_NUMBER, re.Match.group),
    ("number", _NUMBER, lambda match: value_of(match.group())),
)


def value_of(numeral: str) -> str:
    """Return the value of a numeral as a whole number or fraction in figures; as written if it cannot be read."""
    plain = numeral.replace(",", "")
    for sign, factor in (("亿", 100_000_000), ("万", 10_000)):
        if sign in plain and plain != sign:
            high, _, low = plain.partition(sign)
            parts = value_of(high), value_of(low) if low else "0"
            try:
                return str(Fraction(parts[0]) * factor + Fraction(parts[1]))
            except ValueError:
                return numeral
    whole, point, decimals = plain.partition("点")
    if point:
        return value_of(f"{parse_numeral(whole)}.{''.join(str(parse_numeral(digit)) for digit in decimals)}")
    if re.fullmatch(r"\d+(?:\.\d+)?", plain):
        return str(Fraction(plain))
    value = parse_numeral(plain)
    return str(value) if value is not None else numeral

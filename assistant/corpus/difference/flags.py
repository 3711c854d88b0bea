"""What weighs in a change: what one must or may do, numbers, dates, amounts. Compared by value: 三十日 is 30日."""

import re
from collections import Counter
from collections.abc import Mapping

from assistant.corpus.difference.nouns import FLAG_LABELS
from assistant.text import parse_numeral

_CN = r"[零〇一二两三四五六七八九十百千万亿]"
_NUM = rf"(?:\d+(?:,\d{{3}})+(?:\.\d+)?|\d+(?:\.\d+)?[万亿]?|{_CN}+)"
_REFERENCE = re.compile(
    rf"第{_NUM}[编章节条款项](?:之{_CN}+)?|(?<![\d.])\d{{1,2}}(?:\.\d{{1,3}}){{1,4}}(?![\d.%％])|附录[A-Z]"
)
_DATE = re.compile(
    rf"((?:\d{{4}}|[〇零一二三四五六七八九]{{4}}))年({_NUM})月(?:({_NUM})日)?|(\d{{4}})-(\d{{1,2}})-(\d{{1,2}})"
)
_RATIO = re.compile(rf"百分之({_NUM})|({_NUM})(?:%|％)|({_CN}+|\d+)分之({_CN}+|\d+)")
_AMOUNT = re.compile(rf"({_NUM})(?:元|万元|亿元)")
_DURATION = re.compile(rf"({_NUM})(?:个)?(工作日|日|天|月|年|小时|周|季度)(?!度|份|内瓦)")
_BOUND = re.compile(r"不少于|不多于|不超过|不低于|不高于|以上|以下|以内|不满|至少|至多|超过|低于|高于")
_NUMBER = re.compile(rf"(?<![一-鿿])\d+(?:\.\d+)?|{_CN}+(?=[个项名人家次倍级种类份处台件分])|\d+(?:\.\d+)?")
# Words that hold a sign of obligation without meaning one.
_NO_MODAL = re.compile(
    r"应用|应急|相应|供应|适应|反应|对应|响应|应收|应付|应诉|效应|可能|可靠|可行|可见|许可|认可|可比|可持续|不可抗力|"
    r"适宜|事宜|便宜|必须品|必需|无形|无线|不动产|不断|不同|不良|不仅|不但|不正当|不当|无效|非法|未来|未成年|不利|不足|不服|不合格|不明"
)
_MODALS = {
    "shall not": re.compile(r"不得|禁止|严禁|不准|不应(?:当)?|不可"),
    "shall": re.compile(r"(?<!不)应当|(?<!不)应该|必须|(?<!不)应(?!当|该)|(?<!无)须"),
    "should": re.compile(r"(?<!不)宜"),
    "may": re.compile(r"(?<!不)可以|(?<!不)可(?!以)|有权"),
}
_NEGATION = re.compile(r"没有|不(?!得|应|可|少于|多于|超过|低于|高于|满)|未|无|非|除外|免予|免除")
_SIGNS = re.compile(r"[\s，。；：、,.;:“”\"'‘’（）()《》〈〉\-—#*|]+")


def flags_between(old: str, new: str, renumbered: Mapping[str, str]) -> list[str]:
    """Return what weighs in the change from ``old`` to ``new``, weightiest first.

    ``renumbered`` maps clause numbers of the old edition to those in the new one, so that a reference that only follows
    a clause to its new number is no other number.
    """
    before, after = _values(old), _values(new)
    found = {key for key in before.keys() | after.keys() if before.get(key) != after.get(key)}
    if "reference" in found:
        moved = Counter(renumbered.get(item, item) for item in before["reference"].elements())
        if moved == after.get("reference") and not found - {"reference"}:
            return ["reference"]
    if not found and _SIGNS.sub("", old) == _SIGNS.sub("", new):
        found = {"formatting"}
    return [flag for flag in FLAG_LABELS if flag in found]


def _values(text: str) -> dict[str, Counter[str]]:
    """Return kind → values, each part of the text taken for one kind only."""
    rest = text
    found: dict[str, Counter[str]] = {}
    for kind, pattern in (
        ("date", _DATE), ("reference", _REFERENCE), ("ratio", _RATIO), ("amount", _AMOUNT), ("duration", _DURATION),
    ):  # fmt: skip
        matches = list(pattern.finditer(rest))
        found[kind] = Counter(_canonical(kind, match) for match in matches)
        rest = pattern.sub(" ", rest)
    found["number"] = Counter(_value(match.group()) for match in _NUMBER.finditer(rest))
    found["ratio"] += Counter(_BOUND.findall(rest))
    plain = _NO_MODAL.sub(" ", text)
    found["modal"] = Counter({kind: len(pattern.findall(plain)) for kind, pattern in _MODALS.items()})
    found["negation"] = Counter({"not": len(_NEGATION.findall(plain))})
    return found


def _canonical(kind: str, match: re.Match[str]) -> str:
    if kind == "reference":
        return match.group()
    parts = [part for part in match.groups() if part]
    if kind == "amount":
        unit = match.group()[len(parts[0]) :]
        factor = 100_000_000 if unit == "亿元" else 10_000 if unit == "万元" else 1
        value = _value(parts[0])
        return f"{float(value) * factor:g}" if value[:1].isdigit() else value
    if kind == "duration":
        return f"{_value(parts[0])}{'日' if parts[-1] == '天' else parts[-1]}"
    return "-".join(_value(part) for part in parts)


def _value(numeral: str) -> str:
    """Return the value of a numeral in figures; as written if it cannot be read."""
    plain = numeral.replace(",", "")
    factor = 1
    for sign, value in (("亿", 100_000_000), ("万", 10_000)):
        if plain.endswith(sign) and len(plain) > 1:
            plain, factor = plain[:-1], factor * value
    if re.fullmatch(r"\d+(?:\.\d+)?", plain):
        return f"{float(plain) * factor:g}"
    value_ = parse_numeral(plain)
    return f"{float(value_) * factor:g}" if value_ is not None else numeral

"""What the parts of a sentence ask (必须, 不得, 宜, 可以, 不必) and what they deny, read from words."""

import re
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import lru_cache

from assistant.answering.checks.alignment import PART, pairs
from assistant.text import compact


class Mode(StrEnum):
    """What is asked of whoever is spoken of."""

    MUST = "必须"
    MUST_NOT = "不得"
    SHOULD = "宜"
    MAY = "可以"
    NEED_NOT = "不必"


# In this order, each blanked before the next is looked for: 不必 is no 必, 不得少于 is a bound.
_SKIP = (
    r"不得?(?:少于|低于|高于|超过|多于|大于|小于|短于)|(?:符合|达到|满足|按照?|不合)(?:规定|相应|有关)?的?要求|要(?:由|看|以|根据|按)|可(?=补|获|享|得到|领)|可以?(?:获得|享受|得到|领取|补贴)|不能(?:少于|超过)|(?:要|应|须)不?(?:少于|超过)|能力|可能|可预见|可以预见|可靠|可行|可信|可见|可追溯|可[查追溯考控]|可观|才可以?|才能够?|方可|方能|即可|可持续|可操作|可视|许可|认可|"
    r"需求|必要|重要|主要|要求书|要素|要点|要么|只要|若要|如要|想要|要是|摘要|概要|纪要|供应|响应|相应|适应|对应|应急|应对(?=[方措风危突各策])|应用|应届|应付|应聘|应答|效应|反应|应变|"
    r"能不能|能否|可否|可不可以|是不是|是否|有没有|要不要|能源|节能|智能|性能|功能|只能(?!$)|建议书|合同约定|应收|应税|须知"
)
_MODES = (
    (Mode.MUST, r"不能不|不得不|不可不"),
    (Mode.NEED_NOT, r"(?:不是|并非|不属于?|不算)(?:强制|必须|硬性|法定)(?:性|的)?"),
    (
        Mode.MAY,
        r"(?:自行|自主|视情况|自己|可以|可)(?:决定|选择)?(?:决定|选择|考虑)是否|自愿决定是否|可做可不做|不等于不(?:能|可以?|得)|并?不是不(?:能|可以)|并非不(?:能|可以)",
    ),
    (
        Mode.NEED_NOT,
        r"不必|无须|无需|毋须|不需要?|不用|不要求|没有要求|未要求|并未要求|没有规定|不强制|不一定|不是必须|并非必须|非必须|没必要|"
        r"(?:没有|无)(?:硬性|强制)?(?:要求|规定)|自愿|非强制|可以?不(?!得|断|同)|不限|推荐性",
    ),
    (
        Mode.MUST_NOT,
        r"不得|禁止|严禁|不准|不许|不允许|不可以|不能|不应当?|不可(?!避免|抗|分)|切勿|请勿|不要(?!求)|勿(?!忘)|无权|不宜",
    ),
    (Mode.SHOULD, r"宜(?!昌|宾)|建议|推荐|鼓励|提倡|倡导|最好|尽量|原则上|优先"),
    (
        Mode.MUST,
        r"必须|必需|应当|应该|务必|一律|有义务|强制性?|需要?|须|应|(?<!可以)(?<!可)(?<!能)(?<!权)要求|责令|要(?![求素点么是])|必(?=[须备])|只能|(?:[还就都]|总)得(?![到了出以分知体满])",
    ),
    (Mode.MAY, r"可以|允许|准许|有权|可(?![能靠行信见])|得以|能(?=以|据|凭|断定|确定|认定|直接)"),
)
_MODE_PATTERNS = tuple((mode, re.compile(words)) for mode, words in _MODES)
_SKIPPED = re.compile(_SKIP)
_FREE = re.compile(r"(?:自行|自主|视情况|自己|可以|可)(?:决定|选择)?(?:决定|选择|考虑)是否|自愿决定是否|可做可不做")
OPEN = re.compile(r"是否|能否|可否|有没有|要不要|是不是")

# Not a denial of what follows: bounds, fixed words, and questions that offer both.
NOT_NEGATION = re.compile(
    r"([一-鿿])[不没]\1|不仅|不但|不断|不同|不论|无论|不管|不超过|不少于|不低于|不高于|不大于|不小于|不得?(?:少于|低于|超过|高于)|不足|不满|未满|不到|未达到?|非常|未来|无理由|不良|(?:不能|不应当?|不可|不会)(?:少于|低于|超过|高于|多于)|"
    r"不可抗力|不可避免地?|不正当|不合理|差不多|不等(?![于同])|无偿|不妨|要不要|是不是|能不能|有没有|签不签|用不用|是否|能否|可否|否则|不利|不明|不法|(?<!并)非法(?![律定人])|不过|不实|无形|无线|不只(?!限)|不光(?!限)|"
    r"不久|无关|不动产|不定期|不适当|不符合项|不合格项|未必|(?:到|够|达|评|拿|得)不[了到着上]"
)
# 没有协议不行, 非附协议不可: what is denied twice is asked for.
_MUST_TWICE_DENIED = re.compile(
    r"(?:非|不|没有?|未|缺了?|少了?)[^，。；]{1,24}(?:不可|不行|不成|不得|不合要求|不算数|行不通|免谈|不给[^，。；]{1,4}|不收|不认)$"
)
NEGATION = re.compile(r"不|没有|没|未|无|非|勿|(?<![分区个级类])别(?=[指让去再把用轻急拿信])|禁止|严禁|并非|免[于除]")
_FILLER = re.compile(
    r"[得能可会必需须应再被予以是曾有的了地着过就都也才给去来把对将]|要(?!求)|允许|单独|直接|擅自|属于|等于|当作|算作|算(?!法)"
)
_IF = re.compile(
    r"的话|如果|若|要是|假如|逾期|否则|一旦|除非|凡是?|"
    r"的(?:企业|[分子]?公司|机构|单位|商家|经营者|产品|商品|门店|网点|服务|指标|部门|人员?|情形|情况|时候)?[，,]?$"
)
STEM, PHRASE, _REACH = 2, 4, 24


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a sentence between two signs: its words, what it asks and denies."""

    text: str
    pairs: frozenset[str]
    modes: frozenset[Mode]
    letters: str
    core: frozenset[str]
    """The pairs of letters without filler and negations."""
    denied: tuple[str, ...]
    """What is denied: what follows each negation, without filler, at most four letters."""

    @property
    def conditional(self) -> bool:
        """Whether the part may only set a condition."""
        return _IF.search(self.text) is not None

    def asserts(self, stem: str) -> bool:
        """Return whether a word of assertion stands right before ``stem``: 可以套用, 是免审, 有旁证."""
        return (
            re.search(rf"(?:可以?|能|会|允许|一定|必须|就|是|有|算作?|属于)(?:直接|单独|的)?{stem}", self.text)
            is not None
        )

    def affirms(self, stem: str) -> bool:
        """Return whether the part says ``stem`` without any negation before it."""
        place = self.letters.find(stem)
        return (
            place >= 0
            and not self.denied
            and not NEGATION.search(NOT_NEGATION.sub("□", self.text[: self.text.find(stem[0], place) + 1]))
        )


@lru_cache(2048)
def read_parts(text: str) -> tuple[Part, ...]:
    """Return the parts of ``text`` in order, those of two letters left out."""
    found: list[Part] = []
    for sentence in re.split(r"[。；\n]", text):
        before: frozenset[Mode] = frozenset()
        for cut in PART.findall(sentence):
            if len(compact(cut)) > 2:  # noqa: PLR2004 — two characters say nothing
                part = _part(compact(cut))
                # 不得因为没买咨询，拒绝认证: what is forbidden stands after the comma
                part = replace(part, modes=part.modes or before & {Mode.MUST_NOT})
                found.append(part)
                before = part.modes
    return tuple(found)


def _part(text: str) -> Part:
    rest = _SKIPPED.sub("□", text)
    free = _FREE.search(rest)
    rest = "" if OPEN.search(text) and not free else rest
    modes = set()
    for mode, pattern in _MODE_PATTERNS:
        blanked = pattern.sub("□", rest)
        if blanked != rest:
            modes.add(mode)
        rest = blanked
    letters = NEGATION.sub("", _SKIPPED.sub("", text)) if not rest else NEGATION.sub("", rest.replace("□", ""))
    bare = _FILLER.sub("", text)
    return Part(text, pairs(letters), frozenset(modes), bare, pairs(NEGATION.sub("", bare)), _denied(text))


def _denied(text: str) -> tuple[str, ...]:
    """Return what negations in ``text`` deny: 没有查到新版 → 查到新版, 不得以此拒绝 → 此拒绝. A doubled one denies nothing."""
    if _MUST_TWICE_DENIED.search(text):
        return ()
    rest = NOT_NEGATION.sub("□", text)
    spans = [match.span() for match in NEGATION.finditer(rest)]
    found = []
    for count, (start, end) in enumerate(spans):
        gaps = [rest[spans[count - 1][1] : start]] if count else []
        gaps += [rest[end : spans[count + 1][0]]] if count + 1 < len(spans) else []
        doubled = any(not _FILLER.sub("", gap) for gap in gaps)
        phrase = _FILLER.sub("", re.sub(r"[^一-鿿]", "", rest[end : end + _REACH]))[:PHRASE]
        if not doubled and len(phrase) >= STEM:
            found.append(phrase)
    return tuple(found)

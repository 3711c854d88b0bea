"""Strength and polarity are kept: 应、必须、不得 against 宜、可、可以, and no 不、未、没有 lost or added.

A sentence is compared part by part with the part of its sources that says most of the same. Words only: what these rules
cannot see is left to the check of support.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import lru_cache

from assistant.answering.checks.alignment import PART, likeness, nearest, pairs
from assistant.answering.checks.sources import CitedSource
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
        r"必须|必需|应当|应该|务必|一律|有义务|强制性?|需要?|须|应|(?<!可以)(?<!可)(?<!能)(?<!权)要求|责令|要(?![求素点么是])|必(?=[须备])|只能|(?:[还就都]|总)得(?![到了出以分知体])",
    ),
    (Mode.MAY, r"可以|允许|准许|有权|可(?![能靠行信见])|得以|能(?=以|据|凭|断定|确定|认定|直接)"),
)
_MODE_PATTERNS = tuple((mode, re.compile(words)) for mode, words in _MODES)
_SKIPPED = re.compile(_SKIP)
_FREE = re.compile(r"(?:自行|自主|视情况|自己|可以|可)(?:决定|选择)?(?:决定|选择|考虑)是否|自愿决定是否|可做可不做")
_OPEN = re.compile(r"是否|能否|可否|有没有|要不要|是不是")
_STRONG = {Mode.MUST, Mode.MUST_NOT}
_WEAK = {Mode.SHOULD, Mode.MAY, Mode.NEED_NOT}

# Not a denial of what follows: bounds, fixed words, and questions that offer both.
_NOT_NEGATION = re.compile(
    r"([一-鿿])[不没]\1|不仅|不但|不断|不同|不论|无论|不管|不超过|不少于|不低于|不高于|不大于|不小于|不得?(?:少于|低于|超过|高于)|不足|不满|未满|不到|未达到?|非常|未来|无理由|不良|(?:不能|不应当?|不可|不会)(?:少于|低于|超过|高于|多于)|"
    r"不可抗力|不正当|不合理|差不多|不等(?![于同])|无偿|不妨|要不要|是不是|能不能|有没有|签不签|用不用|是否|能否|可否|否则|不利|不明|不法|(?<!并)非法(?![律定人])|不过|不实|无形|无线|不只(?!限)|不光(?!限)|"
    r"不久|无关|不动产|不定期|不适当|不符合项|不合格项|未必|(?:到|够|达|评|拿|得)不[了到着上]"
)
# 没有协议不行, 非附协议不可: what is denied twice is asked for.
_MUST_TWICE_DENIED = re.compile(
    r"(?:非|不|没有?|未|缺了?|少了?)[^，。；]{1,24}(?:不可|不行|不成|不得|不合要求|不算数|行不通|免谈|不给[^，。；]{1,4}|不收|不认)$"
)
_NEGATION = re.compile(r"不|没有|没|未|无|非|勿|(?<![分区个级类])别(?=[指让去再把用轻急拿信])|禁止|严禁|并非|免[于除]")
_FILLER = re.compile(
    r"[得能可会必需须应再被予以是曾有的了地着过就都也才给去来把对将]|要(?!求)|允许|单独|直接|擅自|属于|等于|当作"
)
_IF = re.compile(
    r"的话|如果|若|要是|假如|逾期|否则|一旦|除非|凡是?|"
    r"的(?:企业|[分子]?公司|机构|单位|商家|经营者|产品|商品|门店|网点|服务|指标|部门|人员?|情形|情况|时候)?[，,]?$"
)
_STEM, _PHRASE, _REACH = 2, 4, 24
_LEAD = re.compile(
    r"^(?:(?:根据|按照?|依据|依照|按)[^，,]{0,40}[，,]|(?:也就是说|换句话说|换言之|简单说|需要注意的是|注意|因此|所以|另外|此外|同时|总之|具体来说|其中|即|例如|比如)[，,：:]?)+"
)
_CONTRASTS = tuple(
    (re.compile(left), re.compile(right))
    for left, right in (
        (r"自愿", r"强制"),
        (r"(?<!不)(?<!未)合格", r"不合格|未合格"),
        (r"(?<!不)(?<!未)通过", r"不通过|未通过|没通过|没有通过"),
        (r"(?<!不再)(?<!是否)(?<!能否)有效(?!期|性|地|开|运|投)", r"无效|失效|不再有效"),
        (r"(?:到期|届满|期满|结束|发布|实施)之?前", r"(?:到期|届满|期满|结束|发布|实施)之?后"),
        (r"一定会?|必然|必定|必将|肯定会?", r"可能|未必|不一定"),
        (r"免费|无偿|不收费|不得收取", r"收费(?!标准)|收取费"),
        (r"加分", r"扣分|减分"),
        (r"公开", r"保密|不公开"),
        (r"增加|提高|上调", r"减少|降低|下调"),
        (r"境内|国内", r"境外|国外"),
        (r"推荐性", r"强制性"),
        (r"之前|以前|前(?=[应须要向提完])", r"之后|以后|后(?=[应须要向提完])"),
        (r"暂停", r"撤销"),
        (r"(?<!不)(?:允许|准许)", r"禁止|不得|不允许|不许|不准"),
        (r"事先|提前", r"事后"),
        (r"首次|初次", r"再次"),
        (r"每一?年|一年一次|年度", r"每个?月|每季|每半年|一月一次"),
        (r"全部", r"部分"),
    )
)
# Freedom and force that idioms tell, without any of the words above.
_FREEDOM = re.compile(
    r"自便|任选|无所谓|不强求|不碍事|无妨|犯不[着上]|可有可无|看心情|听[凭任]|自由(?!裁)|酌情|纯属自愿|全凭|得闲|有空(?!缺)|如?有条件的?话?|"
    r"随(?=企业|机构|各?家|[你您])|随(?:意|便)(?!哪)|由着|余地(?!小)|掂量|拿主意|(?:企业|机构|自己|[你您])说了算|自行(?:选择|决定|取舍|把握|改)|"
    r"由[^，。；]{1,10}(?:自(?:行|己|主)?(?:选择|决定|定|做主|把握|取舍)|看着办)|可[^，。；不]{1,3}可不|"
    r"([一-鿿])不\1[^，。；]{0,6}(?:都(?:行|可以|成)|由(?!.{0,6}自愿)|随|看|任凭|取决)|(?:愿|想|爱)([一-鿿]{1,3})就(?:\2|再)|视[^，。；]{1,12}(?:而定|决定)|"
    r"选用也|用也[行成]"
)
_FORCE = re.compile(
    r"雷打不动|没有例外|无一例外|一律|一概(?!没)|必定|必然|十拿九稳|板上钉钉|铁定|红线|禁区|一[类项条个]都不能少"
)
# What was not found told as found: 未查到 → 已查明.
_UNFOUND = re.compile(
    r"(?:未|没有?|无)(?:能|再|有|曾|经)?(?:查到|找到|取得|证实|发现|核[实到]|看到|见到|收|规定|公布|写明|列出|统一|官方|依据|记载)|(?:查|找)不到|未知|空[白缺]"
)
_FOUND = re.compile(
    r"查[到明清实出]|找到|拿到|取得|证实|有据可查|有明文|[写列载]明|写[着有]|有(?:统一|官方|明确)|统一(?:规定|标准)|现成|齐全|交代|有记载|可查|定论|"
    r"(?:资料|材料|本库)(?:里|中)?(?:收|有|列|记)"
)
_APART = re.compile(r"两码事|两回事")
_NOT_LABEL = re.compile(r"(?:不是|不属于|并非|而非)([a-z\d][a-z\d./-]*)")
_DENIES = re.compile(r"[不没无未非勿]|禁止|休想")
_REFUSED = re.compile(r"[^，。；]{0,4}不(?:行|得|可|成|能)")
# What nobody may add to a clause.
_ABSOLUTE = re.compile(r"终身|永久|无限期|长期有效|独家|唯一|包过|必过|保过|百分之百|绝对|指定代理|官方授权")
ALIGNED = 0.45
SPOKEN_OF = 0.3
CLOSE = 0.6
ALIKE = 0.75


@dataclass(frozen=True, slots=True)
class _Part:
    text: str
    pairs: frozenset[str]
    modes: frozenset[Mode]
    letters: str
    denied: tuple[str, ...]
    """What is denied: what follows each negation, without filler, at most four letters."""

    @property
    def core(self) -> frozenset[str]:
        """The pairs of letters without filler and negations."""
        return pairs(_NEGATION.sub("", self.letters))

    @property
    def conditional(self) -> bool:
        """Whether the part may only set a condition."""
        return _IF.search(self.text) is not None

    def affirms(self, stem: str) -> bool:
        """Return whether the part says ``stem`` without any negation before it."""
        place = self.letters.find(stem)
        return (
            place >= 0
            and not self.denied
            and not _NEGATION.search(_NOT_NEGATION.sub("□", self.text[: self.text.find(stem[0], place) + 1]))
        )


def wrong_modality(text: str, sources: Sequence[CitedSource]) -> list[str]:
    """Return what is wrong with strength, polarity and contrasting words of ``text``, in Chinese."""
    held = [part for source in sources for part in _parts(source.text)]
    if not held:
        return []
    whole = frozenset(mode for part in held for mode in part.modes)
    problems: list[str] = []
    bare = _LEAD.sub("", text)
    here = frozenset(pair for part in _parts(bare) for phrase in part.denied for pair in pairs(phrase))
    statement = _nearest_statement(bare, sources)
    written = "\n".join(source.text for source in sources)
    problems += _added_idioms(text, written, statement[0] if statement[1] else whole)
    for part in _parts(bare):
        near = nearest(part.pairs, held, lambda other: other.pairs, ALIGNED)
        problems += _wrong_mode(part, near, held, whole) if near else _wrong_mode_in(part, *statement)
        problems += _found_after_all(part, held)
        if not _OPEN.search(part.text) and not _APART.search(part.text):
            problems += _lost_negation(part, near, held, here) if near else []
            problems += _added_negation(part, near, held)
            problems += _contained_denial(part, held, here)
            problems += _denied_label(part, held)
    return list(dict.fromkeys((*problems, *_wrong_contrasts(text, written))))


@lru_cache(2048)
def _parts(text: str) -> tuple[_Part, ...]:
    found: list[_Part] = []
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


def _part(text: str) -> _Part:
    rest = _SKIPPED.sub("□", text)
    free = _FREE.search(rest)
    rest = "" if _OPEN.search(text) and not free else rest
    modes = set()
    for mode, pattern in _MODE_PATTERNS:
        blanked = pattern.sub("□", rest)
        if blanked != rest:
            modes.add(mode)
        rest = blanked
    letters = _NEGATION.sub("", _SKIPPED.sub("", text)) if not rest else _NEGATION.sub("", rest.replace("□", ""))
    return _Part(text, pairs(letters), frozenset(modes), _FILLER.sub("", text), _denied(text))


def _denied(text: str) -> tuple[str, ...]:
    """Return what negations in ``text`` deny: 没有查到新版 → 查到新版, 不得以此拒绝 → 此拒绝. A doubled one denies nothing."""
    if _MUST_TWICE_DENIED.search(text):
        return ()
    rest = _NOT_NEGATION.sub("□", text)
    spans = [match.span() for match in _NEGATION.finditer(rest)]
    found = []
    for count, (start, end) in enumerate(spans):
        gaps = [rest[spans[count - 1][1] : start]] if count else []
        gaps += [rest[end : spans[count + 1][0]]] if count + 1 < len(spans) else []
        doubled = any(not _FILLER.sub("", gap) for gap in gaps)
        phrase = _FILLER.sub("", re.sub(r"[^一-鿿]", "", rest[end : end + _REACH]))[:_PHRASE]
        if not doubled and len(phrase) >= _STEM:
            found.append(phrase)
    return tuple(found)


def _is_denied(part: _Part, near: Sequence[_Part], held: Sequence[_Part]) -> bool:
    return any(other.denied for other in near) or any(
        phrase[:_STEM] in part.letters for other in held for phrase in other.denied
    )


def _wrong_mode(part: _Part, near: Sequence[_Part], held: Sequence[_Part], whole: frozenset[Mode]) -> list[str]:
    told = frozenset(mode for other in near for mode in other.modes)
    for mode in part.modes - told:
        same, against = (_STRONG, _WEAK) if mode in _STRONG else (_WEAK, _STRONG)
        if mode in (Mode.MUST_NOT, Mode.NEED_NOT) and Mode.MAY not in told and _is_denied(part, near, held):
            continue
        if (mode in whole and likeness(part.pairs, near[0].pairs) < CLOSE) or (
            mode is Mode.SHOULD and part.modes & told
        ):
            continue
        stands = told or whole
        forbidden = mode is Mode.MAY and Mode.MUST_NOT in near[0].modes
        if forbidden or (stands & against and not stands & same):
            return [_contradiction(stands & against, mode)]
    return []


def _nearest_statement(text: str, sources: Sequence[CitedSource]) -> tuple[frozenset[Mode], frozenset[str]]:
    """Return (modes, pairs) of the statement, up to 。 or ；, that says most of the same as the whole sentence."""
    own = frozenset(pair for part in _parts(text) for pair in part.pairs)
    best, found = ALIGNED / 2, (frozenset[Mode](), frozenset[str]())
    for statement in (part for source in sources for part in re.split(r"[。；\n]", source.text) if part):
        parts = _parts(statement)
        held = frozenset(pair for part in parts for pair in part.pairs)
        shared = len(own & held) / max(len(own), 1)
        if shared > best:
            best, found = shared, (frozenset(mode for part in parts for mode in part.modes), held)
    return found


def _wrong_mode_in(part: _Part, told: frozenset[Mode], held: frozenset[str]) -> list[str]:
    """Return a problem if a part that no single part of the sources says is weaker, or stronger, than all of its statement."""
    if len(part.pairs & held) < SPOKEN_OF * len(part.pairs):
        return []
    for mode in part.modes:
        same, against = (_STRONG, _WEAK) if mode in _STRONG else (_WEAK, _STRONG)
        only_forbids = mode is Mode.MAY and told & against == {Mode.MUST_NOT}
        if (
            told & against
            and not told & same
            and not (only_forbids and len(part.pairs & held) < ALIKE * len(part.pairs))
        ):
            return [_contradiction(told & against, mode)]
    return []


def _found_after_all(part: _Part, held: Sequence[_Part]) -> list[str]:
    """Return a problem if ``part`` says that something was found of which the nearest parts of the sources say it was not."""
    match = _FOUND.search(part.text)
    if not match or _NEGATION.search(part.text) or _UNFOUND.search(part.text):
        return []
    near = nearest(part.pairs, held, lambda other: other.pairs, SPOKEN_OF)
    if near and all(_UNFOUND.search(other.text) for other in near):
        return [f"条款说没有查到，这里说“{match.group()}”"]
    return []


def _added_idioms(text: str, held: str, told: frozenset[Mode]) -> list[str]:
    """Return problems with idioms of freedom, or of force, where the nearest statement (its modes are ``told``) has neither."""
    found = []
    for words, kinds in ((_FREEDOM, _WEAK), (_FORCE, _STRONG)):
        if told & kinds or words.search(held):
            continue
        for part in PART.findall(text):
            match = words.search(part)
            if match and not _DENIES.search(part[: match.start()]) and not _REFUSED.match(part, match.end()):
                found.append(f"条款没有“{match.group()}”这样的说法")
    return found


def _contradiction(told: frozenset[Mode], mode: Mode) -> str:
    return f"条款说的是“{'、'.join(sorted(item.value for item in told))}”，这里说成“{mode.value}”"


def _alike(part: _Part, other: _Part) -> bool:
    """Return whether two parts say the same but for what they deny."""
    return likeness(part.pairs, other.pairs) >= ALIKE


def _lost_negation(part: _Part, near: Sequence[_Part], held: Sequence[_Part], here: frozenset[str]) -> list[str]:
    """Return a problem if ``part`` says of something what the sources deny of it and nowhere affirm.

    The nearest parts are compared by the first two letters of what they deny, all others by four. What the sentence denies
    in other words (``here``: pairs of letters of all its denials) is not lost.
    """
    if _alike(part, near[0]) and len(part.denied) < len(near[0].denied) and not pairs(near[0].denied[-1]) & here:
        return [f"条款否定“{near[0].denied[-1]}”，这里没有否定"]
    for other in held:
        for phrase in other.denied:
            stem = phrase[:_STEM] if other in near else phrase
            if (len(phrase) < _PHRASE and other not in near) or pairs(phrase) & here:
                continue
            if part.affirms(stem) and not any(item.affirms(stem) for item in near):
                return [f"条款否定“{phrase}”，这里没有否定"]
    return []


def _contained_denial(part: _Part, held: Sequence[_Part], here: frozenset[str]) -> list[str]:
    """Return a problem if a short part of the sources stands in ``part`` whole but for its negation (不能直接套用)."""
    if part.denied or part.conditional or _UNFOUND.search(part.text):
        return []
    for other in held:
        if len(other.denied) != 1 or other.conditional:
            continue
        own = pairs(_NEGATION.sub("", other.letters))
        phrase = other.denied[0]
        elsewhere = pairs(phrase) & here or any(item.affirms(phrase[:_STEM]) for item in held)
        if own <= part.core and not elsewhere:
            return [f"条款否定“{phrase}”，这里没有否定"]
    return []


def _denied_label(part: _Part, held: Sequence[_Part]) -> list[str]:
    """Return a problem if ``part`` says that something is the number or code which the sources say it is not."""
    for other in held:
        for match in _NOT_LABEL.finditer(other.text):
            if re.search(rf"(?<![不非])(?:是|属于)(?:{re.escape(match[1])})(?![a-z\d.-])", part.text):
                return [f"条款说不是“{match[1]}”，这里说是"]
    return []


def _added_negation(part: _Part, near: Sequence[_Part], held: Sequence[_Part]) -> list[str]:
    """Return a problem if ``part`` denies something that the sources only affirm.

    The nearest parts are compared by the first two letters of what is denied, all others by four.
    """
    if part.conditional:
        return []
    if near and _alike(part, near[0]) and len(part.denied) > len(near[0].denied):
        return [f"条款没有否定“{part.denied[-1]}”，这里否定了"]
    for phrase in part.denied:
        speaking = [other for other in near if phrase[:_STEM] in other.letters]
        if len(phrase) == _PHRASE:
            speaking += [other for other in held if phrase in other.letters]
        if speaking and all(other.affirms(phrase[:_STEM]) and not other.denied for other in speaking):
            return [f"条款没有否定“{phrase}”，这里否定了"]
    return []


def _wrong_contrasts(text: str, held: str) -> list[str]:
    found = [f"条款没有说“{word}”" for word in dict.fromkeys(_ABSOLUTE.findall(text)) if word not in held]
    for left, right in _CONTRASTS:
        for own, other in ((left, right), (right, left)):
            match = own.search(text)
            if match and not own.search(held) and (against := other.search(held)) and not other.search(text):
                found.append(f"条款说的是“{against.group()}”，这里说成“{match.group()}”")
    return found

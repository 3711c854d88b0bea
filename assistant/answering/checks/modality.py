"""Strength and polarity are kept: 应、必须、不得 against 宜、可、可以, and no 不、未、没有 lost or added.

A sentence is compared part by part with the part of its sources that says most of the same. Words only: what these rules
cannot see is left to the check of support.
"""

import re
from collections.abc import Sequence

from assistant.answering.checks.alignment import PART, likeness, nearest, pairs
from assistant.answering.checks.assertions import NEGATION, NOT_NEGATION, OPEN, PHRASE, STEM, Mode, Part, read_parts
from assistant.answering.checks.sources import CitedSource
from assistant.text import compact

_STRONG = {Mode.MUST, Mode.MUST_NOT}
_WEAK = {Mode.SHOULD, Mode.MAY, Mode.NEED_NOT}

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
        (r"(?<!不)(?:允许|准许)", r"禁止|不得|不允许|不许|不准(?!确|时)"),
        (r"事先|提前", r"事后"),
        (r"首次|初次", r"再次"),
        (r"每一?年|一年一次|年度", r"每个?月|每季|每半年|一月一次"),
        (r"全部", r"部分"),
    )
)
# What a clause denies with a word right before the verb (不影响, 不因认证减轻), or forbids a little before it.
_VERBS = r"影响(?!力)|减轻|减(?=[，,。；;]|$)|免除|免责|免了|改变|代替|替代|顶替|恢复|计分|套用|套到|等于|合法|妨碍"
_VERB = re.compile(_VERBS)
_DENIED_VERB = re.compile(
    r"(?:不(?:会|能|得|再|应当?|可以?|要|必|直接|随之|相应)*|不因[^，,。；;]{1,20}|没有?|未|无法?|并非|别|(?:不[得能](?!按时|改正|及时)|禁止)[^，,。；;的]{1,8}?)"
    rf"(?:{_VERBS})"
)
_SAME_VERB = {"减": "减轻", "免责": "免除", "免了": "免除", "替代": "代替", "顶替": "代替", "套到": "套用"}
_AFTER_ALL = re.compile(r"[也就都却仍]")
_NOT_SO = re.compile(r"不(?:会|能|可)?因|不是|并非|不(?:意味|代表|等于说)|别以为|不要以为|难以?|谈不上")
# Freedom and force that idioms tell, without any of the words above.
_FREEDOM = re.compile(
    r"自便|任选|无所谓|不强求|不碍事|无妨|犯不[着上]|可有可无|看心情|听[凭任]|自由(?!裁)|酌情|纯属自愿|全凭|得闲|有空(?!缺)|如?有条件的?话?|"
    r"随(?=企业|机构|各?家|[你您])|随(?:意|便)(?!哪)|由着|余地(?!小)|掂量|拿主意|(?:企业|机构|自己|[你您])说了算|自行(?:选择|决定|取舍|把握|改)|"
    r"由[^，。；]{1,10}(?:自(?:行|己|主)?(?:选择|决定|定|做主|把握|取舍)|看着办)|可[^，。；不]{1,3}可不|"
    r"([一-鿿])不\1[^，。；]{0,6}(?:都(?:行|可以|成)|由(?!.{0,6}自愿)|随|看|任凭|取决)|(?:愿|想|爱)([一-鿿]{1,3})就(?:\2|再)|视[^，。；]{1,12}(?:而定|决定)|"
    r"选用也|用也[行成]"
)
_LEFT_TO = re.compile(r"由([^，。；]{1,8}?)自")
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
_NOT_LABEL = re.compile(r"(?:(?<!是)不是|不属于|并非|而非)([a-z][a-z/-]*\d[\d.-]*|\d{4,}[\d.-]*)")
_DENIES = re.compile(r"[不没无未非勿]|禁止|休想")
_REFUSED = re.compile(r"[^，。；]{0,4}不(?:行|得|可|成|能|了)")
# What nobody may add to a clause.
_ABSOLUTE = re.compile(r"终身|永久|无限期|长期有效|独家|唯一|包过|必过|保过|百分之百|绝对|指定代理|官方授权")
ALIGNED = 0.45
SPOKEN_OF = 0.3
CLOSE = 0.6
ALIKE = 0.75
SAME_MATTER = 0.2


def wrong_modality(text: str, sources: Sequence[CitedSource]) -> list[str]:
    """Return what is wrong with strength, polarity and contrasting words of ``text``, in Chinese."""
    held = [part for source in sources for part in read_parts(source.text)]
    if not held:
        return []
    whole = frozenset(mode for part in held for mode in part.modes)
    problems: list[str] = []
    bare = _LEAD.sub("", text)
    here = frozenset(pair for part in read_parts(bare) for phrase in part.denied for pair in pairs(phrase))
    statement = _nearest_statement(bare, sources)
    written = "\n".join(source.text for source in sources)
    problems += _added_idioms(text, written, statement[0] if statement[1] else whole)
    for part in read_parts(bare):
        near = nearest(part.pairs, held, lambda other: other.pairs, ALIGNED)
        problems += _wrong_mode(part, near, held, whole) if near else _wrong_mode_in(part, *statement)
        problems += _found_after_all(part, held)
        if not OPEN.search(part.text) and not _APART.search(part.text):
            problems += _lost_negation(part, near, held, here) if near else []
            problems += _added_negation(part, near, held)
            problems += _contained_denial(part, held, here)
            problems += _denied_label(part, held)
    return list(dict.fromkeys((*problems, *_wrong_contrasts(text, written), *_wrong_verbs(text, written))))


def _is_denied(part: Part, near: Sequence[Part], held: Sequence[Part]) -> bool:
    return any(other.denied for other in near) or any(
        phrase[:STEM] in part.letters for other in held for phrase in other.denied
    )


def _wrong_mode(part: Part, near: Sequence[Part], held: Sequence[Part], whole: frozenset[Mode]) -> list[str]:
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
    own = frozenset(pair for part in read_parts(text) for pair in part.pairs)
    best, found = ALIGNED / 2, (frozenset[Mode](), frozenset[str]())
    for statement in (part for source in sources for part in re.split(r"[。；\n]", source.text) if part):
        parts = read_parts(statement)
        held = frozenset(pair for part in parts for pair in part.pairs)
        shared = len(own & held) / max(len(own), 1)
        if shared > best:
            best, found = shared, (frozenset(mode for part in parts for mode in part.modes), held)
    return found


def _wrong_mode_in(part: Part, told: frozenset[Mode], held: frozenset[str]) -> list[str]:
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


def _found_after_all(part: Part, held: Sequence[Part]) -> list[str]:
    """Return a problem if ``part`` says that something was found of which the nearest parts of the sources say it was not."""
    match = _FOUND.search(part.text)
    if not match or NEGATION.search(part.text) or _UNFOUND.search(part.text):
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
            if not match or _is_left_to(match.group(), held):
                continue
            if not _DENIES.search(part[: match.start()]) and not _REFUSED.match(part, match.end()):
                found.append(f"条款没有“{match.group()}”这样的说法")
    return found


def _is_left_to(idiom: str, held: str) -> bool:
    """Return whether the sources leave it to the same one without an idiom: 由机构自己定, 由认证机构定价."""
    who = _LEFT_TO.match(idiom)
    return who is not None and re.search(rf"由{re.escape(who[1])}[^，。；]{{0,4}}(?:定价|决定|确定)", held) is not None


def _contradiction(told: frozenset[Mode], mode: Mode) -> str:
    return f"条款说的是“{'、'.join(sorted(item.value for item in told))}”，这里说成“{mode.value}”"


def _alike(part: Part, other: Part) -> bool:
    """Return whether two parts say the same but for what they deny."""
    return likeness(part.pairs, other.pairs) >= ALIKE


def _lost_negation(part: Part, near: Sequence[Part], held: Sequence[Part], here: frozenset[str]) -> list[str]:
    """Return a problem if ``part`` says of something what the sources deny of it and nowhere affirm.

    The nearest parts are compared by the first two letters of what they deny, all others by four. What the sentence denies
    in other words (``here``: pairs of letters of all its denials) is not lost.
    """
    if _alike(part, near[0]) and len(part.denied) < len(near[0].denied) and not pairs(near[0].denied[-1]) & here:
        return [f"条款否定“{near[0].denied[-1]}”，这里没有否定"]
    for other in held:
        for phrase in other.denied:
            stem = phrase[:STEM] if other in near else phrase
            if (len(phrase) < PHRASE and other not in near) or pairs(phrase) & here:
                continue
            if part.affirms(stem) and not any(item.affirms(stem) for item in near):
                return [f"条款否定“{phrase}”，这里没有否定"]
    return []


def _contained_denial(part: Part, held: Sequence[Part], here: frozenset[str]) -> list[str]:
    """Return a problem if ``part`` says what a part of the sources denies though it is not the nearest one.

    That is a short one that stands in ``part`` whole but for its negation (不能直接套用), or one that forbids.
    """
    if part.denied or part.conditional or _UNFOUND.search(part.text):
        return []
    for other in held:
        for phrase in other.denied:
            stem = phrase[:STEM]
            if (
                (_holds_whole(part, other, stem) or _does_forbidden(part, other, stem))
                and not pairs(phrase) & here
                and not any(item.affirms(stem) for item in held)
            ):
                return [f"条款否定“{phrase}”，这里没有否定"]
    return []


def _holds_whole(part: Part, other: Part, stem: str) -> bool:
    """Return whether all of ``other``, which denies only ``stem``, stands in ``part``; a single word must be asserted there."""
    whole = len(other.denied) == 1 and other.core <= part.core and not other.conditional
    return whole and (len(other.core) > 1 or part.asserts(stem))


def _does_forbidden(part: Part, other: Part, stem: str) -> bool:
    """Return whether ``part`` tells ``stem``, which ``other`` forbids, of the same matter."""
    forbids = Mode.MUST_NOT in other.modes and part.affirms(stem)
    return forbids and likeness(part.pairs, other.pairs) >= SAME_MATTER


def _denied_label(part: Part, held: Sequence[Part]) -> list[str]:
    """Return a problem if ``part`` says that something is the number or code which the sources say it is not."""
    for other in held:
        for match in _NOT_LABEL.finditer(other.text):
            if re.search(rf"(?<![不非])(?:是|属于)(?:{re.escape(match[1])})(?![a-z\d.-])", part.text):
                return [f"条款说不是“{match[1]}”，这里说是"]
    return []


def _added_negation(part: Part, near: Sequence[Part], held: Sequence[Part]) -> list[str]:
    """Return a problem if ``part`` denies something that the sources only affirm.

    The nearest parts are compared by the first two letters of what is denied, all others by four.
    """
    if part.conditional:
        return []
    if near and _alike(part, near[0]) and len(part.denied) > len(near[0].denied):
        return [f"条款没有否定“{part.denied[-1]}”，这里否定了"]
    for phrase in part.denied:
        speaking = [other for other in near if phrase[:STEM] in other.letters]
        if len(phrase) == PHRASE:
            speaking += [other for other in held if phrase in other.letters]
        if speaking and all(other.affirms(phrase[:STEM]) and not other.denied for other in speaking):
            return [f"条款没有否定“{phrase}”，这里否定了"]
    return []


def _affirmed_verbs(text: str) -> dict[str, str]:
    """Return verb → its words in ``text`` where nothing denies it: no negation since 也 or 就, none after it (代替不了)."""
    found = {}
    for part in PART.findall(compact(text)):
        for match in _VERB.finditer(part):
            before = NOT_NEGATION.sub("", part[: match.start()])
            denied = _NOT_SO.search(before) or _DENIES.search(_AFTER_ALL.split(before)[-1])
            if not denied and not _REFUSED.match(part, match.end()):
                found[_SAME_VERB.get(match.group(), match.group())] = match.group()
    return found


def _denied_verbs(held: str) -> set[str]:
    """Return the verbs that ``held`` only denies."""
    told = [_SAME_VERB.get(verb, verb) for verb in _VERB.findall(held)]
    denied = [_SAME_VERB.get(verb, verb) for match in _DENIED_VERB.findall(held) for verb in _VERB.findall(match)[-1:]]
    return {verb for verb in denied if denied.count(verb) == told.count(verb)}


def _wrong_verbs(text: str, held: str) -> list[str]:
    """Return a problem for each verb that the sentence affirms and its sources only deny."""
    denied = _denied_verbs(compact(held))
    return [f"条款否定“{said}”，这里没有否定" for verb, said in _affirmed_verbs(text).items() if verb in denied]


def _wrong_contrasts(text: str, held: str) -> list[str]:
    found = [f"条款没有说“{word}”" for word in dict.fromkeys(_ABSOLUTE.findall(text)) if word not in held]
    for left, right in _CONTRASTS:
        for own, other in ((left, right), (right, left)):
            match = own.search(text)
            if match and not own.search(held) and (against := other.search(held)) and not other.search(text):
                found.append(f"条款说的是“{against.group()}”，这里说成“{match.group()}”")
    return found

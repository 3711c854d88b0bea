"""Which sentences state a fact and so need a mark, and which only ask back, introduce a list or say what is lacking."""

import re

from assistant.answering.checks.figures import figures

_ASKS = re.compile(r"您|你|贵|请|是否|能否|可否|有没有|多少|几|哪|什么|怎么|如何|还是|吗|呢|方便|需要我|想")
_PART = re.compile(r"[^，。；！？：,;!?:]+")
_LACKS = re.compile(
    r"(?:资料|条款|材料|上述内容|所给|本库|文件|标准)(?:里|中|当中|内)?(?:都|均|也|并|还)?(?:没有|未|无|查不到|找不到)|"
    r"(?:没有|未|无法|不能)(?:从|在|据|根据)?(?:上述|所给|这些|现有)?(?:资料|条款|材料)"
)
_MORE = re.compile(r"但|不过|然而|通常|一般|往往|据了解|实际上|常识|行业惯例|可以|必须|应当|只要|建议")
_LEAD_IN = re.compile(r"[：:]$")
_LEAD_CHARS, _LACK_CHARS, _HEADING_CHARS, _FILLER_CHARS = 28, 80, 16, 6
_STRONG = re.compile(r"必须|应当|不得|禁止|可以|需要|要求|合格|通过|有效")


def says_lacking(text: str) -> bool:
    """Return whether a sentence only says that the material does not hold something."""
    return bool(_LACKS.search(text)) and len(text) <= _LACK_CHARS and not _MORE.search(text)


def asks_back(text: str) -> bool:
    """Return whether a sentence is a question to the asker in each of its parts, so that no statement hides in it."""
    return text.rstrip("”」）)").endswith(("？", "?")) and all(_ASKS.search(part) for part in _PART.findall(text))


def states_fact(text: str, *, heading: bool = False) -> bool:
    """Return whether a sentence states something that needs a source."""
    if asks_back(text) or says_lacking(text):
        return False
    letters = re.sub(r"\W", "", text)
    if len(letters) <= _FILLER_CHARS and not _STRONG.search(text):
        return _has_figures(text)
    short = _HEADING_CHARS if heading else _LEAD_CHARS
    introduces = heading or _LEAD_IN.search(text) is not None
    return not (introduces and len(letters) <= short and not _STRONG.search(text) and not _has_figures(text))


def _has_figures(text: str) -> bool:
    found = figures(text)
    return bool(found.quantities or found.days or found.references)

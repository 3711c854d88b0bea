"""Which sentences state a fact and so need a mark, and which only ask back, introduce a list or say what is lacking."""

import re

from assistant.answering.checks.alignment import PART
from assistant.answering.checks.figures import figures

_ASKS = re.compile(
    r"请问|请(?:您)?(?:告诉|补充|说明|提供|确认|核实)|是否|能否|可否|有没有|是不是|多少|几|哪(?!.{0,3}都)|什么|怎么|怎样|如何|还是|吗|呢|方便"
)
_BEFORE_ASKING = re.compile(r"^(?:为了?|以便|另外|此外|关于|如果方便|想进一步|还想|请|若方便)")
_LACKS = re.compile(
    r"(?:资料|条款|材料|上述内容|本库)(?:里|中|当中|内)?(?:都|均|也|并|还|暂)?(?:没有|未|无|查不到|找不到)[^，。；]{0,24}"
    r"(?:说明|提到|提及|写明|规定|涉及|给出|列出|记载|提供|查到|找到|包含|收录|相关|关于|答案|依据|明确)"
    r"|(?:资料|条款|材料|本库)(?:里|中)?(?:都|也|并)?(?:查不到|找不到)|(?:没有|未|无法|不能|难以)(?:从|在|据|根据)(?:上述|所给|这些|现有)?(?:资料|条款|材料)"
)
_FOLLOWS = re.compile(
    r"^(?:因此|所以|故|建议|请|可以?向|具体)[^，。；]*(?:无法|不能|不作|核实|确认|咨询|询问|为准)|"
    r"^(?:无法|不能|不作)(?:据此)?(?:回答|判断|确认|答复|说明|断定)"
)
_FILLER = re.compile(
    r"您?好的?|你好|综上(?:所述)?|总之|因此|首先|其次|最后|此外|另外|同时|注意|说明|结论|依据|条件|步骤|要求|材料|流程|具体?如下|以下|例如|比如|当然|谢谢|不客气|祝(?:您|贵公司)?顺利"
)
_RHETORICAL = re.compile(r"(?:知道|听说|晓得|记得|了解到|发现|意识到|清楚).{3,}")
_STRONG = re.compile(r"必须|应当|不得|禁止|可以|需要|要求|合格|通过|有效|不用|不必|一定")
_LEAD_CHARS, _LACK_CHARS, _HEADING_CHARS = 28, 80, 16


def says_lacking(text: str) -> bool:
    """Return whether a sentence only says that the material does not hold something, in each of its parts."""
    parts = PART.findall(text)
    return (
        len(text) <= _LACK_CHARS
        and any(_LACKS.search(part) for part in parts)
        and all(_LACKS.search(part) or _FOLLOWS.search(part) for part in parts)
    )


def asks_back(text: str) -> bool:
    """Return whether a sentence is a question to the asker in each of its parts, so that no statement hides in it."""
    stripped = text.strip("“”「」（）() ")
    if not stripped.endswith(("？", "?")):
        return False
    if _RHETORICAL.search(stripped):
        return False
    return all(_ASKS.search(part) or _introduces(part) for part in PART.findall(stripped))


def _introduces(part: str) -> bool:
    return _BEFORE_ASKING.search(part) is not None and not _STRONG.search(part) and not _has_figures(part)


def states_fact(text: str, *, heading: bool = False) -> bool:
    """Return whether a sentence states something that needs a source."""
    if asks_back(text) or says_lacking(text):
        return False
    letters = re.sub(r"\W", "", text)
    if _FILLER.fullmatch(letters):
        return False
    short = _HEADING_CHARS if heading else _LEAD_CHARS
    introduces = heading or text.rstrip().endswith(("：", ":"))
    return not (introduces and len(letters) <= short and not _STRONG.search(text) and not _has_figures(text))


def _has_figures(text: str) -> bool:
    found = figures(text)
    return bool(found.quantities or found.days or found.references)

"""Whether a recorded unknown (…的文号未查到) is about the very point that a question asks for.

A clause may say in one breath what is known of a matter and which detail of it was not found. The detail refuses only a
question for that detail: whether the standard is still to be used is known where merely the number of the notice that
withdrew its predecessor is not. What sort of fact an answer must hold is told in ``expectation``; here a question is compared
with what an unknown names.
"""

import re
from dataclasses import dataclass

from assistant.text import compact


@dataclass(frozen=True, slots=True)
class _Point:
    """A detail: how questions ask for it, what an unknown calls it, and how a statement of what is known tells it."""

    asked: re.Pattern[str]
    named: re.Pattern[str]
    told: re.Pattern[str]


_WITHDRAWN = "废止|停止|取消|结束|撤销"
_POINTS = tuple(
    _Point(re.compile(asked), re.compile(named), re.compile(told[0] if told else "(?!)"))
    for asked, named, *told in (
        (
            rf"(?:哪|什么|何).{{0,3}}(?:文件|公告|通知|令).{{0,6}}(?:{_WITHDRAWN})|(?:{_WITHDRAWN}).{{0,4}}(?:文号|文件|公告)",
            r"废止(?:公告|文件|文号)",
        ),
        (
            r"(?:文|字|令|公告|计划|立项)编?号|立项|(?:哪一?|第?几|多少)号(?:令|公告|文)",
            r"(?<!废止)(?<!废止公告)(?:文号|字号|令号|公告号|计划号)",
        ),
        (r"多少分|几分|几个分|分值|占分", r"分值|多少分"),
        (
            r"多少钱|几万块?|几块钱|(?:[罚补收]多少|贵多少|便宜多少|差价|(?:费用|收费|价格|罚款|报价).{0,4}(?:多少|几))(?![分课份次天年部家项条])",
            r"数额|金额|罚款|收费|(?<!发改)价格|费用",
        ),
        (r"第几条|哪一?小?条|哪几条|条号|哪一?款", r"条号|哪一条|第几条"),
        (
            r"什么时候|何时|哪一?年|哪一?天|几月|几号(?!令)|日期|多会儿|啥时候",
            r"日期|何时|(?:发布|实施|施行|公布|失效|发文)日",
        ),
        (
            r"有效(?!期)|现行(?=吗|的吗|有效)|(?:是否|是不是|还)现行|废[了没止掉]|作废|失效|过时|(?:还|能不能|可不可以)(?:能|再)?(?:用|算数|管用)",
            r"现状|现行状态|是否(?:仍|还)?(?:有效|现行)|现行效力|现在(?:是否|有没有)|废止或修订",
            r"仍然?(?:适用|有效|在)|已(?:经)?(?:废止|结束|取消|停|由|被)|不再|期满|在期内|没有现实效力|(?<!待核，)现行有效",
        ),
        (
            r"多久|多长时间|几天|几日|几年|几个月|几个?工作日|多少天|多少个?工作日|期限|时限",
            r"期限|时限|时长|多久|(?<!第)几个月|周期|多少天",
        ),
        (r"第几个月|几月份?|哪个?月", r"第几个月"),
        (r"取整|四舍五入|小数|凑整|进一|不是整数|零点", r"取整|四舍五入|小数"),
        (r"名单|哪些(?:企业|机构|公司|人|单位)|都有谁", r"名单|名录"),
        (r"原文|条文|全文|原话|怎么写|标题", r"条文|原文|全文|文字|标题"),
    )
)
_REST = re.compile(r"(.*?\d.*?)(?:以外|之外)")  # 01、03、22 以外的代码未查到: of these three it is known
_BEYOND = re.compile(r"以外|之外|除了|还有")
_NUMBER = re.compile(r"\d+(?:\.\d+)*")
_ONLY_POINTS = re.compile(r"[^；;，,。、和]*的分值(?:也|均)?(?:未查到|没有查到)。?")
_POINTS_ASKED = re.compile("分(?!公司)|占|比重|权重|扣|多重")
_WHOLE_SUBJECT = re.compile(r"没有收(?!费)")


def asks_for_missing(question: str, unknown: str) -> bool | None:
    """Return whether ``question`` asks for the detail that the statement ``unknown`` calls unknown.

    None where the statement names no detail that can be told, or a whole subject that the corpus leaves out, so that only
    nearness can say.
    """
    asked, said = compact(question), compact(unknown)
    if _WHOLE_SUBJECT.search(said):
        return None
    if (
        (rest := _REST.match(said))
        and not _BEYOND.search(asked)
        and set(_NUMBER.findall(rest[1])) & set(_NUMBER.findall(asked))
    ):
        return False
    named = [point for point in _POINTS if point.named.search(said)]
    return any(point.asked.search(asked) for point in named) if named else None


def is_idle_points(question: str, unknown: str) -> bool:
    """Return whether ``unknown`` says only that points (分值) were not found, and ``question`` has nothing to do with points."""
    return bool(_ONLY_POINTS.fullmatch(compact(unknown))) and not _POINTS_ASKED.search(compact(question))


def is_told(question: str, unknown: str, known: str) -> bool:
    """Return whether the statement ``known`` tells the detail that ``question`` asks for and ``unknown`` calls unknown."""
    asked, said, text = compact(question), compact(unknown), compact(known)
    return any(p.asked.search(asked) and p.named.search(said) and p.told.search(text) for p in _POINTS)

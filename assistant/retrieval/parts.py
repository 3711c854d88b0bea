"""Several questions in one: 管理师要配几个，证书有效期几年."""

import re

from assistant.retrieval.followup import names_subject
from assistant.structure.address import NameIndex
from assistant.text import compact

MAX_PARTS = 4
_ENDS = re.compile(r"(?<=[，,。；;？?！!\n])|(?<![，,。；;？?！!\n])(?=另外|还有就是|顺便问)")
_ASKS = re.compile(
    r"多少|多久|多长|多大|几(?!乎|率)|什么|啥|哪|谁|怎么|怎样|如何|咋|为何|吗|呢$|"
    r"是不是|能不能|可不可以|有没有|要不要|算不算|会不会|行不行|用不用|需不需要|是否|能否|可否|有无"
)


def asked_parts(question: str, names: NameIndex) -> list[str]:
    """Return the questions that ``question`` holds if there are two to four and each names its own subject, else nothing.

    What is told before a question belongs to it. A part without a subject (还要做什么, 是这样吗) goes on with the one
    before, so the whole is one question.
    """
    parts: list[str] = []
    told = ""
    for piece in _ENDS.split(question):
        if _ASKS.search(compact(piece).rstrip("，,。；;？?！!")):
            parts.append((told + piece).strip(" ，,；;。\n"))
            told = ""
        else:
            told += piece
    whole = not 1 < len(parts) <= MAX_PARTS or not all(names_subject(part, names) for part in parts)
    return [] if whole or told.strip() else parts

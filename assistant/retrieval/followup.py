"""Completing a follow-up question from the conversation, without a language model."""

import re
from collections.abc import Sequence

from assistant.retrieval.understand import content_runs
from assistant.structure.address import NameIndex
from assistant.text import compact

_STARTS = re.compile(r"^(?:那么?|那如果|如果是|要是|换成|还有|另外|以及|然后|再问|接着)")
_PRONOUN = re.compile(r"它们?|这个|那个|这种|那种|该(?!怎)|上面|前面|刚才|上述|这一?条|那一?条|这里|其中|此")
_SLOTS = (
    re.compile(r"[一二三四五六七八九两2-9]星级?|达标级?"),
    re.compile(r"5\.\d(?:\.\d){0,2}|第[一二三四五六七八九十百\d]+条"),
    re.compile(r"国标|行标|国家标准|行业标准"),
    re.compile(r"五年前|去年|今年|明年|(?:19|20)\d{2}年"),
    re.compile(r"生产企业|制造企业|贸易公司|服务企业|物业公司?|软件公司|分公司|子公司|个体户|事业单位"),
    re.compile(r"申请费|审核费|监督费|年金|注册费"),
)
_CORRECTION = re.compile(r"^(?:不是|不对[，,]?(?:我)?(?:说|问)?的?(?:不是)?|我(?:说|问)的不是|错了[，,]?不是)(.+?)[，,、]?(?:而?是|我(?:说|问)的是|要的是|应该是)(.+)$")
_SUBJECTS = re.compile(
    r"售后服务管理师|管理师|监督审核|再认证|现场评审|证书|标志|认证机构|咨询机构|特别扣分项|三包|认证规则|满意度调查|投诉|网点|售后服务认证|认证"
)
_SHORT = 5
_MARKED_SHORT = 12


def complete(question: str, previous: Sequence[str], names: NameIndex) -> str:
    """Return the complete question that ``question`` stands for after the ``previous`` complete questions, oldest first.

    A question that stands alone is returned as it is. ``那四星呢`` after ``五星要多少分`` gives ``四星要多少分``.
    """
    if not previous:
        return question
    last = previous[-1]
    plain = compact(question).rstrip("？?。！!")
    if match := _CORRECTION.match(plain):
        return _replace_or_append(last, match[1], match[2])
    if not _depends(plain, names):
        return question
    bare = re.sub(r"(?:呢|吗|的呢)$", "", _STARTS.sub("", plain)).strip("，, ")
    if substituted := _substitute(last, bare, names):
        return substituted
    return _carry_over(last, bare, names)


def _depends(plain: str, names: NameIndex) -> bool:
    """Return whether a question leans on the one before."""
    content = "".join(content_runs(plain))
    if _STARTS.match(plain) or plain.endswith("呢"):
        return len(content) <= _MARKED_SHORT
    if _PRONOUN.search(plain):
        return not names.find(plain).documents
    mentions = names.find(plain)
    if mentions.clauses and not mentions.documents:
        return True
    return len(content) < _SHORT and not mentions.documents and not _SUBJECTS.search(plain)


def _replace_or_append(last: str, wrong: str, right: str) -> str:
    plain = compact(last)
    for candidate in (wrong, wrong.strip("的")):
        if candidate and candidate in plain:
            return plain.replace(candidate, right)
    for slot in _SLOTS:
        if slot.search(plain) and (match := slot.search(right)):
            return slot.sub(match.group(), plain, count=1)
    return f"{right} {last}"


def _substitute(last: str, bare: str, names: NameIndex) -> str | None:
    """Return the last question with one value replaced, if the new one is little more than a value of the same sort."""
    plain = compact(last)
    for slot in _SLOTS:
        new, old = slot.search(bare), slot.search(plain)
        if new and old and len(bare) - len(new.group()) <= 3:  # noqa: PLR2004
            return slot.sub(new.group(), plain, count=1)
    new_documents, old_documents = names.find(bare).documents, names.find(last).documents
    if new_documents and old_documents and len(bare) - len(new_documents[0].text) <= 3:  # noqa: PLR2004
        return plain.replace(old_documents[0].text, new_documents[0].text)
    return None


def _carry_over(last: str, bare: str, names: NameIndex) -> str:
    """Return the new question with the subject of the last one before it: what it names, else its topic word."""
    mentions = names.find(last)
    named = "".join(mention.text for mention in mentions.documents[:1])
    if names.find(bare).clauses:
        return f"{named}{bare}" if named else f"{last} {bare}"
    bare = _PRONOUN.sub("", bare)
    subject = named or next((match.group() for match in _SUBJECTS.finditer(last)), "")
    stars = _SLOTS[0].search(compact(last))
    extra = stars.group() if stars and stars.group() not in bare else ""
    if len("".join(content_runs(bare))) <= 2:  # noqa: PLR2004 — 为什么 and the like: the last question itself goes on
        return f"{last.rstrip('？?')}，{bare}"
    return f"{extra}{'' if subject in bare else subject}{bare}"

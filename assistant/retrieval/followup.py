"""Completing a follow-up question from the conversation, without a language model."""

import re
from collections.abc import Sequence

from assistant.retrieval.understand import ASKS, IN_DETAIL, content_runs
from assistant.structure.address import DocumentMention, NameIndex, bare_name
from assistant.text import compact, parse_numeral, terms, to_chinese_numeral
from assistant.types import Turn

# Says that the last answer was heard, before what is asked now: 行吧。没有管理师扣几分.
_HEARD = re.compile(
    r"^(?:(?:(?:行|好|可以|嗯+|哦+|噢|对+|是|ok|明白|知道|了解|懂|清楚|收到)(?:吧|的|了|啦|嘞)*(?:谢谢)?|谢谢|原来如此)(?:[，,。！!；;]\s*|(?<=[吧的了啦嘞嗯哦])\s+))+",
    re.IGNORECASE,
)
_STARTS = re.compile(r"^(?:那么?(?![个种些])|那如果|如果是|要是|换成|还有|另外|以及|然后|再问|接着|说回来)[，,]?")
# Begins something new: what follows is completed only if it leans on the conversation by itself (对了，多少钱).
_CHANGE = re.compile(
    r"^(?:先(?:放一放|不说这个|不管它?)[，,。]*)?(?:对了|顺便(?:问(?:一下)?|说)?|换个(?:话题|问题)|问(?:个|点)别的|再问(?:个|一个)别的|还有(?:个|一?件)事)[，,：:]?|"
    r"^先(?:放一放|不说这个|不管它?)[，,。]+"
)
# Goes back to an earlier turn: 回到刚才三星的问题，要几个管理师.
_BACK = re.compile(
    r"^(?:还是)?(?:再?回到|再?说回(?!来)|回头说|接着说)(?:刚才|刚刚|前面|之前|上面|最开始|一开始)?(?:说|问|提|讲)?到?的?(?P<rest>.+)$|"
    r"^(?:刚才|刚刚|前面|最开始|一开始)(?:说|问|提|讲)到?的(?P<said>.+)$"
)
_MATTER = re.compile(r"(?:那个|这个|的)?(?:问题|事情?|话题|那里|那块)(?:上|来)?[，,]?")
_MATTER_TERMS = frozenset(("问题", "题", "的问", "个问", "那个", "怎么", "什么"))
_PRONOUN = re.compile(
    r"(?<!其)[它他她]们?|这个|那个|这种|那种|[这那](?=是)|该(?!怎)|上面|前面|刚才|上述|这里|其中|(?<![因从])此(?!外)"
)
# Begins as only a question on the last answer does.
_LEANS = re.compile(r"^(?:是不是|是|那|就|都|也|还|要不要|算不算)")
# A document spoken of without its name: 那个行标几号, 里面有没有点名.
_THAT_DOCUMENT = re.compile(
    r"(?:那|这|(?<!应)该|上述)(?:一?[个份部项则])?(?P<sort>国标|行标|标准(?!化)|条例|办法|规定|规则|细则|方案|通知|公告|意见)|"
    r"(?:(?:那|这)一?[个份部项]|(?<!应)该)(?P<short>法(?![人律院子定规])|文件(?!审)|文(?![凭字化书件])|政策)|^(?:那|这)?(?:里面|其中)"
)
_ANY_SORT = frozenset(("", "标准", "文件", "文", "政策"))
_NUMBER_BEGINS = {"国标": "gb", "行标": "sb"}
# Tells something of the asker's own company and asks nothing: the last question is asked for that.
_TELLS = re.compile(
    r"^(?!.*(?:[给帮替]我|请|推荐|[你您]|想(?:了解|知道|问)|考虑|谢))(?!.*(?:费用|流程|手续|材料|清单|处理|期限|标准|要求|变更|丢了?|告了?)$)"
    r".*(?:我们|我司|我方|咱们?|本公司|我公司|厂里|店里)"
)
_THIS_CLAUSE = re.compile(r"(?:这|那|该|上)一?条")
_STEP = re.compile(r"(?:再|往)?(?:(?P<next>下|后)|上|前)一条")
_SLOTS = (
    re.compile(r"[一二三四五六七八九两2-9]星级?|达标级?"),
    re.compile(r"\d\.\d(?:\.\d){0,3}|第[一二三四五六七八九十百\d]+条"),
    re.compile(r"国标|行标|国家标准|行业标准"),
    re.compile(r"五年前|去年|今年|明年|(?:19|20)\d{2}年"),
    re.compile(r"生产企业|制造企业|贸易公司|服务企业|物业公司?|软件公司|分公司|子公司|个体户|事业单位"),
    re.compile(r"申请费|审核费|监督费|年金|注册费"),
)
_CORRECTION = re.compile(
    r"^(?:不对[，,]?)?(?:我?(?:说|问)的)?不是(?P<wrong>.+?)[，,、]?(?:而?是|我(?:说|问)的是|要的是|应该是)(?P<right>.+)$|"
    r"^(?:打|说|写|弄|搞)?错了[，,]?(?:应该)?是(?P<only>.+)$"
)
_SUBJECTS = re.compile(
    r"售后服务管理师|管理师|监督审核|再认证|现场评审|证书|标志|认证机构|咨询机构|特别扣分项|三包|认证规则|满意度调查|投诉|网点|售后服务认证|认证"
)
# Words that go on with the last question itself instead of asking a new one about its subject.
_GOES_ON = re.compile(
    r"^(?:为什么|为啥|凭什么|依据|理由|原因|具体)|更[高低多少长短]|哪部(?:法|规)|哪条规定|第几条|谁说的|之前用|什么时候发"
)
# Asks where the last answer is laid down: that goes on with the last question itself.
_BASIS = re.compile(
    r"(?:是|在|写在)?(?:哪部法|条例|标准|法规|文件)?(?:的|里)?(?:哪|第几)一?[条款](?:里|上)?(?:(?:写|说|讲|规定|定|要求)(?:了|过)?的?)?(?=$|[，,])|"
    r"(?:看|有|要|给|找)?个?(?<![分业准])(?:依据|出处)(?:是|在)?(?:什么|啥|哪里?)?(?=$|[，,给呢])"
)
# A follow-up that only names another time: the same question for that time.
_WHEN = re.compile(
    r"^(?:在|那)?(?P<when>以前|从前|过去|当时|原来|之前|旧版|老版|修订前|修改前|改之前|现在|目前|如今|(?P<year>(?:19|20)\d{2}年?))"
    r"(?:的?时候|那时|那会儿?|时)?(?:的?(?:规定|版本|标准))?(?:是?(?:怎么(?:规定|说|要求)?的|怎样|什么样))?$"
)
_ASKED_WHEN = re.compile(r"^(?:以前|(?:19|20)\d{2}年的时候)，")
# Doubts the last answer: the same question once more.
_REACTION = re.compile(r"真的假的|真的吗|是真的吗|真的呀?|确定吗|你?确定|是吗|不会吧|当真|没搞错吧|没错吧")
_NOW = ("现在", "目前", "如今")
_SHORT = 5
_MARKED_SHORT = 12
_VALUE_SLACK = 3
_SUBJECT_TURNS = 3


def complete(question: str, history: Sequence[Turn], names: NameIndex) -> str:
    """Return the complete question that ``question`` stands for after ``history``, oldest turn first.

    A question that stands alone is returned as it is. ``那四星呢`` after ``五星要多少分`` gives ``四星要多少分``.
    """
    if not history:
        return question
    question = _HEARD.sub("", question.strip()) or question
    plain = compact(question).rstrip("？?。！!")
    if found := _about_the_last(plain, history, names) or _of_that_document(plain, history[-1], names):
        return found
    last = history[-1].answer.understood_as
    if _TELLS.search(plain) and not ASKS.search(plain) and not names_subject(plain, names):
        return _both(last, plain)
    asked = _CHANGE.sub("", plain, count=1)
    is_new = asked != plain and len("".join(content_runs(asked))) >= _SHORT
    if is_new or not _depends(asked, names):
        return question
    bare = re.sub(r"(?:呢|吗|的呢)$", "", _STARTS.sub("", asked)).strip("，, ")
    leaning = last if _GOES_ON.search(bare) else _with_subject(history, names)
    return _substitute(last, bare, names) or _carry_over(leaning, bare, names)


def _both(last: str, further: str) -> str:
    return f"{last.rstrip('？?。')}，{further}"


def _about_the_last(plain: str, history: Sequence[Turn], names: NameIndex) -> str | None:
    """Return the question that a doubt, a correction, another time, a clause pointed to or going back stands for, else None."""
    last = history[-1].answer.understood_as
    if _REACTION.fullmatch(plain):
        return last
    if goes_on(plain, names):
        return _both(last, plain)
    if match := _WHEN.match(re.sub(r"[呢吗]$", "", _STARTS.sub("", plain))):
        return _at_another_time(last, match)
    if match := _CORRECTION.match(plain):
        return _correct(last, match["wrong"] or "", match["right"] or match["only"], names)
    return _pointed_clause(plain, history[-1], names) or _going_back(plain, history, names)


def _of_that_document(plain: str, last: Turn, names: NameIndex) -> str | None:
    """Return a question on a document spoken of without its name, with the name of the one meant; None if there is none.

    That is the first of its sort that the last answer cites; where the last question names documents, the last of these.
    """
    match = _THAT_DOCUMENT.search(plain)
    if match is None:
        return None
    sort = match["sort"] or match["short"] or ""
    cited = [item for item in last.answer.citations if not item.kind.is_ours]
    if sort in _NUMBER_BEGINS:
        cited = [item for item in cited if (item.number or "").lower().startswith(_NUMBER_BEGINS[sort])]
    elif sort not in _ANY_SORT:
        cited = [item for item in cited if item.title.endswith(sort)]
    named = [item for item in names.find(last.answer.understood_as).documents if not item.generic and item.text != sort]
    fitting = [mention.text for mention in named if sort in _ANY_SORT or mention.text.endswith(sort)]
    meant = fitting[-1] if fitting else next((item.number or f"《{item.title}》" for item in cited), None)
    if meant is None or meant in plain:
        return None
    return f"{meant} {plain[: match.start()]}{plain[match.end() :]}"


def refers_back(question: str, names: NameIndex) -> bool:
    """Return whether a question leans on the last one whatever other words it has: 说细点, 那个行标几号."""
    return goes_on(question, names) or _THAT_DOCUMENT.search(compact(question)) is not None


def goes_on(question: str, names: NameIndex) -> bool:
    """Return whether a question asks for nothing but the basis of the last answer, or for more of it."""
    plain = compact(question).rstrip("？?。！!")
    for words, longest in ((IN_DETAIL, 1), (_BASIS, _SHORT)):
        rest = words.sub("", plain)
        if rest != plain and len("".join(content_runs(rest))) <= longest and not names_subject(rest, names):
            return True
    return False


def _with_subject(history: Sequence[Turn], names: NameIndex) -> str:
    """Return the last question; where that leans on the one before (是按全公司算吗), the last of three that names its subject."""
    asked = [turn.answer.understood_as for turn in reversed(history[-_SUBJECT_TURNS:])]
    if not _LEANS.search(asked[0]):
        return asked[0]
    return next((question for question in asked if names_subject(question, names)), asked[0])


def names_subject(question: str, names: NameIndex) -> bool:
    """Return whether a question says itself what it is about: a subject of this field, a star level or a document."""
    plain = compact(question)
    return bool(_SUBJECTS.search(plain) or _SLOTS[0].search(plain) or names.find(question).documents)


def complete_part(part: str, before: str, names: NameIndex) -> str:
    """Return a part of a question that names no subject, with that of the part before it."""
    plain = compact(part).rstrip("？?。！!")
    bare = re.sub(r"(?:呢|的呢)$", "", _STARTS.sub("", _CHANGE.sub("", plain))).strip("，, ")
    return _substitute(before, bare, names) or _carry_over(before, bare, names)


def _at_another_time(last: str, match: re.Match[str]) -> str:
    """Return the last question asked for the time of ``match``: before, in a year, or today again."""
    topic = _ASKED_WHEN.sub("", last)
    if match["when"] in _NOW:
        return topic
    return f"{match['year'].rstrip('年')}年的时候，{topic}" if match["year"] else f"以前，{topic}"


def _going_back(plain: str, history: Sequence[Turn], names: NameIndex) -> str | None:
    """Return a question that goes back, completed from the turn that shares most words with it; None if none shares any."""
    match = _BACK.match(plain)
    if match is None:
        return None
    rest = match["rest"] or match["said"]
    own = set(terms(rest))
    shared = [len((own & set(terms(turn.answer.understood_as))) - _MATTER_TERMS) for turn in history]
    if not max(shared):
        return None
    before = history[shared.index(max(shared))].answer.understood_as
    bare = re.sub(r"(?:呢|吗|的呢)$", "", _PRONOUN.sub("", _MATTER.sub("", rest))).strip("，, ")
    asked = "".join(content_runs(bare))
    if set(terms(asked)) <= set(terms(before)):
        return before
    return _substitute(before, bare, names) or _carry_over(before, bare, names)


def _depends(plain: str, names: NameIndex) -> bool:
    """Return whether a question leans on the one before."""
    content = "".join(content_runs(plain))
    mentions = names.find(plain)
    if _STARTS.match(plain) or plain.endswith("呢"):
        named = sum(len(mention.text) for mention in mentions.documents)
        return len(content) - named <= _MARKED_SHORT
    if _PRONOUN.search(plain):
        return not mentions.documents
    if mentions.clauses and not mentions.documents:
        return True
    return len(content) < _SHORT and not mentions.documents and not _SUBJECTS.search(plain)


def _correct(last: str, wrong: str, right: str, names: NameIndex) -> str:
    """Return the last question with what was wrong in it put right."""
    plain = bare_name(last)
    if wrong and wrong in plain:
        return plain.replace(wrong, right)
    named, before = _first_document(right, names), _first_document(last, names)
    if named and before:
        return plain.replace(before.text, named.text)
    for slot in _SLOTS:
        if slot.search(plain) and (match := slot.search(right)):
            return slot.sub(match.group(), plain, count=1)
    return f"{right} {last}"


def _pointed_clause(plain: str, last: Turn, names: NameIndex) -> str | None:
    """Return the question with the clause that ``这一条``, ``下一条``, ``上一条`` or, in a standard, ``第二条`` points to.

    ``上一条`` is the clause before the one that was asked for; where none was, it is the one that was cited.
    """
    mentions = names.find(last.answer.understood_as)
    step = _STEP.search(plain)
    if mentions.clauses and step:
        document = mentions.documents[0].text if mentions.documents else ""
        return _neighbour(document, mentions.clauses[-1].number, 1 if step["next"] else -1)
    if _THIS_CLAUSE.search(plain) and last.answer.citations:
        binding = [item for item in last.answer.citations if not item.kind.is_ours]
        return f"{(binding or last.answer.citations)[0].address} {_THIS_CLAUSE.sub('', plain)}"
    if not mentions.clauses:
        return None
    stem = mentions.clauses[-1].number.rpartition(".")[0]
    match = re.fullmatch(r"(?:那)?第([一二三四五六七八九十\d]+)条呢?", plain)
    value = parse_numeral(match[1]) if match else None
    document = mentions.documents[0].text if mentions.documents else ""
    return f"{document} {stem}.{value}" if stem and value else None


def _neighbour(document: str, number: str, step: int) -> str | None:
    """Return the address of the clause ``step`` further on at the same level; None before the first."""
    if number.endswith("条"):
        value = (parse_numeral(number[1:-1]) or 0) + step
        return f"{document} 第{to_chinese_numeral(value)}条" if value > 0 else None
    stem, _, end = number.rpartition(".")
    value = int(end) + step if end.isdecimal() else 0
    return f"{document} {stem}.{value}" if stem and value > 0 else None


def _substitute(last: str, bare: str, names: NameIndex) -> str | None:
    """Return the last question with one value replaced, if the new one is little more than a value of the same sort."""
    plain = bare_name(last)
    for slot in _SLOTS:
        new, old = slot.search(bare), slot.search(plain)
        if new and old and len(bare) - len(new.group()) <= _VALUE_SLACK:
            return slot.sub(new.group(), plain, count=1)
    new_document, old_document = _first_document(bare, names), _first_document(last, names)
    if new_document and old_document and len(bare) - len(new_document.text) <= _VALUE_SLACK:
        return plain.replace(old_document.text, new_document.text)
    if _SUBJECTS.fullmatch(bare) and (old_document or _SUBJECTS.search(plain)):
        return plain.replace(old_document.text, bare) if old_document else _SUBJECTS.sub(bare, plain, count=1)
    return None


def _first_document(text: str, names: NameIndex) -> DocumentMention | None:
    return next(iter(names.find(text).documents), None)


def _carry_over(last: str, bare: str, names: NameIndex) -> str:
    """Return the new question with the subject of the last one before it: what it names, else its topic word."""
    pointing = _PRONOUN.search(bare)
    documents = names.find(last).documents
    # 它 is what the last question begins with, else what it names last: 甲方 27922 和 27925 都要，27925 评什么
    document = documents[-1 if pointing and documents[0].start else 0] if documents else None
    if names.find(bare).clauses:
        return f"{document.text} {bare}" if document else f"{last} {bare}"
    if _GOES_ON.search(bare):
        return _both(last, bare)
    bare = _PRONOUN.sub("", bare)
    subject = document.text if document else next((match.group() for match in _SUBJECTS.finditer(last)), "")
    stars = _SLOTS[0].search(bare_name(last))
    extra = stars.group() if stars and stars.group() not in bare else ""
    somebody = pointing is not None and (pointing.group()[0] in "他她" or not pointing.start())
    longest = _MARKED_SHORT if somebody else _SHORT
    if pointing and not subject and not extra and len("".join(content_runs(bare))) < longest:
        return _both(last, bare)
    return f"{extra}{'' if subject in bare else subject}{bare}"

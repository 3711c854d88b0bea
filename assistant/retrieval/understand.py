"""From a question to a query: what it names, which words count, which kind of answer it wants, for which day."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from importlib.resources import files

import yaml

from assistant.retrieval.words import content_words
from assistant.structure.address import Mentions, NameIndex
from assistant.text import compact, normalise, terms

SYNONYM_WEIGHT = 0.35
NAME_WEIGHT = 1.6

_FILLER = re.compile(
    r"请问|请教|麻烦|帮我|帮忙|告诉我|说说|讲讲|介绍一下|介绍下|解释一下|我想知道|想问一下|想问问|想问|问一下|你好|您好|到底|究竟|"
    r"是不是|能不能|可不可以|可以不可以|有没有|要不要|算不算|会不会|行不行|对不对|是否|能否|可否|"
    r"我们公司|咱们公司|我公司|我司|本公司|我们厂|我们|咱们|我们的|你们|"
    r"怎么样|怎么|怎样|如何|为什么|为啥|什么时候|哪一天|什么|啥|哪些|哪个|哪一个|哪几个|哪里|哪儿|哪家|多少|几个|"
    r"一下|的话|呢|吗|吧|呀|啊|嘛|么|了|的|得|地|就|都|也|还|又|再|才|和|与|或|及|在|把|被|给|让|对|按|从|到|向|为|以|"
    r"这个|那个|这|那|其|它|他|她|我|你|您|有|是|要|能|会|可以|需要|应该|想|去|来|做|办|用|算|叫|说"
)
# What makes a piece of text a question.
ASKS = re.compile(
    r"多少|多久|多长|多大|几(?!乎|率)|什么|啥|哪|谁|怎么|怎样|如何|咋|为何|吗|呢$|"
    r"[会能行要算用罚可对][^，,。]{0,4}不$|"
    r"是不是|能不能|可不可以|有没有|要不要|算不算|会不会|行不行|用不用|需不需要|是否|能否|可否|有无"
)
_YEAR_POINT = re.compile(r"(?<![\d/\-])((?:19|20)\d{2})(?:年|-)(?:(\d{1,2})(?:月|-)(?:(\d{1,2})日?)?)?")
_NEXT = re.compile(r"下一步|接下来|再往下|(?:之后|以后|完了|过后).{0,6}(?:干嘛|干什么|做什么|怎么办|是什么|呢)")
IN_DETAIL = re.compile(
    r"(?:详细|仔细|具体)(?:一?[点些]|地?(?:说|讲|介绍|解释))|(?<![明实则])细(?:一?点|说|讲)|展开(?:说|讲)|多(?:说|讲)(?:一?点|几句)"
)
_WHICH_CLAUSE = re.compile(
    r"(?:属于|写在|规定在|放在|对应|在|归|是)?(?:第几条|哪一?个?条(?:款|文)?|(?:的?条款号|的?条号)(?:是?多少|是什么|是几))"
    r"(?:里|规定)?的?[呢啊呀]?[？?。]*$"
)
_ASKS_MORE = re.compile(
    r"[，,。；;？?！!].|吗|能不能|是不是|有没有|没有|可不可以|要不要|多少|多久|几|谁|怎么|如何|什么"
)
_PAST = re.compile(r"以前|过去|当时|当年|那时|之前的?(?:规定|版本|标准)|旧版|老版|原来的|历史上|年的时候|时期")
_LIST = re.compile(
    r"哪些|哪几|有什么(?:要求|材料|条件|规定|内容)|什么材料|什么资料|清单|列出|列一下|列举|步骤|流程|服务认证(?:怎么|如何|怎样|咋)(?:申请|办理)|(?:怎么|如何|怎样|咋)(?:申请|办理)(?:售后)?服务认证|几步|几个阶段|分几|包括什么|都有什么|"
    r"要交什么|准备什么|要什么(?:材料|资料|文件|条件)|全部|所有|各级|分别|有几(?:种|类|项|条|个)|怎么分"
)
_NUMERIC = re.compile(
    r"多少|几(?:年|个|天|次|名|人|分|星|条|项|级|家|倍|块|日|种|类|月)|多久|多长|什么时候|何时|哪年|哪天|日期|比例|百分之几|多大|多高|期限|时限|有效期"
)
_YES_NO = re.compile(
    r"吗[？?。!！]?$|么[？?]?$|是不是|能不能|可不可以|有没有|要不要|算不算|会不会|行不行|是否|能否|可否|行吗|可以吗|对吗|必须"
)


@dataclass(frozen=True, slots=True)
class Query:
    """A question understood.

    ``weights`` are the lexical terms and their weights; ``core`` the terms of the question's own content words (a subset,
    without synonyms); ``named`` the people, organisations and codes it names; ``expansions`` the everyday words found in
    it and what they mean; ``wants_clause`` tells that nothing but the number of a clause is asked for (投诉处理在哪一条, not
    能不能…，归哪条管); ``goods`` are the kinds of goods with rules of their own that it names; ``as_of_in_text`` is a day
    that the question itself names.
    """

    question: str
    mentions: Mentions
    weights: Mapping[str, float]
    core: tuple[str, ...]
    named: tuple[str, ...] = ()
    wants_list: bool = False
    wants_number: bool = False
    yes_no: bool = False
    asks_past: bool = False
    asks_next: bool = False
    in_detail: bool = False
    wants_clause: bool = False
    goods: frozenset[str] = frozenset()
    as_of_in_text: date | None = None
    expansions: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@cache
def load_synonyms() -> dict[str, tuple[str, ...]]:
    """Return everyday word → words of the corpus."""
    return {compact(word): meanings for word, meanings in _lists("synonyms.yaml").items()}


@cache
def _lists(name: str) -> dict[str, tuple[str, ...]]:
    content = files("assistant.retrieval").joinpath(name).read_text(encoding="utf-8")
    return {str(key): tuple(str(word) for word in words) for key, words in yaml.safe_load(content).items()}


def goods_in(text: str) -> frozenset[str]:
    """Return the kinds of goods with rules of their own that ``text`` names."""
    return frozenset(kind for kind, words in _lists("goods.yaml").items() if any(word in text for word in words))


def content_runs(question: str) -> list[str]:
    """Return what is left of ``question`` without filler words, as runs of text in order."""
    return [
        run for run in re.split(r"[\s，。？！、；：,.?!;:（）()“”\"']+", _FILLER.sub(" ", normalise(question))) if run
    ]


def understand(question: str, names: NameIndex) -> Query:
    """Return the query that ``question`` stands for."""
    words = content_words(question)
    core = tuple(
        dict.fromkeys(term for run in (*content_runs(question), *(word.text for word in words)) for term in terms(run))
    )
    weights = dict.fromkeys(terms(question), 0.3) | dict.fromkeys(core, 1.0)
    named = tuple(word.text for word in words if word.name)
    weights |= {term: NAME_WEIGHT for name in named for term in terms(name)}
    plain = compact(question)
    expansions = {key: meanings for key, meanings in load_synonyms().items() if key in plain}
    for term in (term for meanings in expansions.values() for meaning in meanings for term in terms(meaning)):
        weights.setdefault(term, SYNONYM_WEIGHT)
    return Query(
        question=question,
        mentions=names.find(question),
        weights=weights,
        core=core,
        named=named,
        wants_list=bool(_LIST.search(plain)),
        wants_number=bool(_NUMERIC.search(plain)),
        yes_no=bool(_YES_NO.search(plain)),
        asks_next=bool(_NEXT.search(plain)),
        in_detail=bool(IN_DETAIL.search(plain)),
        wants_clause=bool(_WHICH_CLAUSE.search(plain)) and not _ASKS_MORE.search(_WHICH_CLAUSE.sub("", plain)),
        goods=goods_in(plain),
        asks_past=bool(_PAST.search(plain)),
        as_of_in_text=_day_in(plain),
        expansions=expansions,
    )


def sought_title(query: Query) -> str:
    """Return what the clause is about whose number ``query`` asks for, in content runs; empty if it asks for none.

    Names of documents, and filler as in any question, are left out.
    """
    if not query.wants_clause:
        return ""
    rest = compact(query.question)
    for mention in query.mentions.documents:
        name = compact(mention.text)
        rest = rest.removeprefix(name) if mention.generic else rest.replace(name, "")
    return "".join(content_runs(re.sub("^[里中内上]", "", _WHICH_CLAUSE.sub("", rest))))


def _day_in(plain: str) -> date | None:
    """Return the day a question asks about (``2015 年的时候``, ``2025年3月1日时``): only where it says so."""
    match = _YEAR_POINT.search(plain)
    if not match or not re.match(r"(?:的?时候|当时|那时|那会|以前|之前|时(?!间|限))", plain[match.end() :]):
        return None
    try:
        return date(int(match[1]), int(match[2] or 7), int(match[3] or 1))
    except ValueError:
        return None

"""What sort of fact a question asks for, and whether a text holds one of that sort.

A question for a telephone number is not answered by a clause without one, however near it is in words.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from assistant.indexing.chunking import block_text
from assistant.text import compact, parse_numeral
from assistant.types import Block, BlockKind, Confidence, Document, Form

_NUM = r"[\d一二三四五六七八九十百千万两半]+"
_DATE = r"(?<!\d)\d{4}-\d{2}-\d{2}|(?<![\d-])(?:19|20)\d{2}-(?:0\d|1[0-2])(?!\d)|\d{4}年|之日|日起|日算|时起|起算|每年"


@dataclass(frozen=True, slots=True)
class _Sort:
    name: str
    asked: re.Pattern[str]
    held: re.Pattern[str]


_SORTS = tuple(
    _Sort(name, re.compile(asked), re.compile(held))
    for name, asked, held in (
        (
            "联系方式",
            r"联系方式|联系人|联系电话|热线是|热线多少|客服号|"
            r"(?<![接打回来])(?<!客户)(?<!顾客)(?:电话|手机|座机)(?:号码?)?(?=是|多少|给|有没有|发|[？?。]|$|呢)",
            r"\d{3,4}-?\d{7,8}|1\d{10}|12315|400-?\d{3}-?\d{4}",
        ),
        ("联系地址", r"qq|微信号|邮箱|地址在哪|具体地址|办公地址", r"@|qq|微信|地址[是为：:]|[路街]\d+号"),
        (
            "全国统计",
            r"(?:全国|全省|全市|国内|业内|行业|目前|现在|至今|累计).{0,16}(?:一共|总共|共)?有?多少(?:张|家|个|名|人)|(?<!名单)(?<!单位)(?:一共|总共)有?多少(?:张|家|名|人)|"
            r"(?:全国|全省|全市|国内|业内).{0,30}(?:百分之几|百分之多少|占比|比例是?多少|几成)",
            r"(?:全国|国内|全行业|累计|总数|截至).{0,30}\d+ ?(?:多|余)?万?(?:张|家|个|名|人|%)",
        ),
        (
            "文号",
            r"文号|哪一?[个号份]公告|第几号令|几号令|计划号|立项号",
            r"〔\d{4}〕|第\d+号|令.?\d+号|\d+号令|\d{8}-t-\d+|公告",
        ),
        ("证书编号", r"证书?(?:的)?(?:编号|号码)(?:是|和|及|多少|到期|给|$)|编号和到期", r"[a-z0-9]{10,}"),
        (
            "金额",
            r"多少钱|多少元|多少万(?!人|家|张)|几万块?|几块钱|(?:费用|(?<!消)费(?!者)|收费|价格|报价|报名费|补助|年薪|工资|利润|营收|销售额).{0,4}(?:多少|几|是什么|给我)|收多少|补多少|罚多少|便宜|[太很最更好偏挺嫌不点]贵|贵(?:不贵|吗|点|得|死|多少)",
            r"\d元|万元|元/|定价|收费|价格|倍|费用|罚",
        ),
        ("分数", r"多少分|几分|得分|扣几", r"\d分|扣|计分|分值"),
        ("案件数", r"多少(?:起|宗|例)|几(?:起|宗|例)(?!初)", r"\d+ ?(?:多|余)?(?:起|宗|例|件)"),
        (
            "数量",
            r"多少(?:张|家|个|名|人|件|份|项|条|次)|总数|一共有?(?:多少|几)|共有?多少",
            rf"{_NUM}(?:张|家|个|名|人|件|份|项|条|次|多万|%|余)|比例",
        ),
        ("时间", r"什么时候|何时|哪年|哪天|哪一天|哪月|几月|几号(?!令)|日期|哪一年", _DATE),
        (
            "时长",
            r"多久|多长时间|几天|(?<!几)几年(?!费)|几个月|多少天|多少年(?!费)|期限|时限",
            rf"{_NUM}(?:个?工作日|天|日|个?月|年|小时)|期限|不限",
        ),
    )
)
_STRICTER = {"数量": "全国统计"}  # how many there are in the country is not answered by just any number
_SHEET = r"(?:对照表|一览表|打分表|评分表|人[天日]表|明细表|模板|样表|范本|表格)"
_TABLE = re.compile(
    rf"(?:给|(?<![需重])要(?!求|不)|(?<!要)求|来一?[份个张]|(?<!人员)提供|下载|哪里?有|有没有|发我|弄|找|列|整一?[份个张]).{{0,10}}{_SHEET}(?![里上中])|"
    rf"{_SHEET}(?:下载|给我|发我|有吗|在哪|长|什么样|怎么填|有没有|吗|$|[？?])"
)
_ALL = re.compile(r"全部|全表|完整|所有的?|一共有多少|列全|全列|逐[一条项]列|逐项|一个不[落漏]")
_REST_UNKNOWN = re.compile(
    r"(?:全表|全文|完整|其余|全称|名单|清单|名称和条文|各自的名称).{0,12}(?:未取得|未查到|没有查到|没有取得)"
)
_WORDING = re.compile(
    r"原文|全文|一字不[落漏差]|逐字|原话|原句|完整(?:条文|文本|内容)|条文(?:内容)?(?:贴|发|给|抄|复制|背)|照抄|截图|扫描件|pdf|下载"
)
_CLAUSE = re.compile(
    r"第几条|哪一?条(?!件|路|街)|哪几条|[哪什]么?(?:个|些)?条(?:款|文)|条款号|条号|哪部法|哪.{0,4}(?:法|法规|标准|规定|条).{0,4}(?:管|拦|写|规定)|"
    r"依据(?:是|在|写在)?(?:哪|什么|啥|何)|有.{0,4}依据|什么依据|出处"
)
_PLACE = re.compile(r"第[\d.一二三四五六七八九十百零]+[条款项]|哪一条")  # the place of a clause is no number of things
_COUNTERS = r"小时|个?工作日|天|日|个月|年|%|成|倍|分|星级?|元|万元|块"
_QUANTITY = re.compile(rf"(\d+(?:\.\d+)?|[一二三四五六七八九十百两]+)({_COUNTERS})")


def holds_sort(question: str, blocks: Sequence[Block]) -> bool:
    """Return whether ``blocks`` hold the sort of fact asked for, or no particular sort is asked for."""
    return lacks_sort(question, blocks) is None


def lacks_sort(question: str, blocks: Sequence[Block]) -> str | None:
    """Return the name of the sort of fact that ``question`` asks for and none of ``blocks`` holds, or None."""
    plain = compact(question)
    if _TABLE.search(plain) and not any(block.kind is BlockKind.ROW for block in blocks):
        return "表格"
    known = (block_text(block) for block in blocks if block.confidence is not Confidence.UNKNOWN)
    return lacks_sort_in(question, known)


def lacks_sort_in(question: str, texts: Iterable[str]) -> str | None:
    """Return the name of the sort of fact that ``question`` asks for and none of ``texts`` holds, or None."""
    plain, held = compact(question), _PLACE.sub("", compact("\n".join(texts)))
    asked = [sort for sort in _SORTS if sort.asked.search(plain)]
    names = {sort.name for sort in asked}
    asked = [sort for sort in asked if _STRICTER.get(sort.name) not in names]
    if not asked or any(sort.held.search(held) for sort in asked):
        return None
    return asked[0].name


def lacks_rest(question: str, blocks: Sequence[Block]) -> bool:
    """Return whether all of something is asked for and the blocks say that the rest was not found."""
    return bool(_ALL.search(compact(question))) and any(_REST_UNKNOWN.search(block.text) for block in blocks)


def asks_for_wording(question: str, documents: Iterable[Document]) -> bool:
    """Return whether the official wording is asked for while only digests are at hand."""
    return bool(_WORDING.search(compact(question))) and all(item.form is Form.DIGEST for item in documents)


def asks_for_clause(question: str) -> bool:
    """Return whether the question asks where something is laid down (第几条, 依据在哪)."""
    return bool(_CLAUSE.search(compact(question)))


def quantities(text: str) -> set[tuple[str, str]]:
    """Return the (value, unit) pairs in ``text``: 五年 and 5 年 are equal, 星 and 星级 too."""
    found = set()
    for number, unit in _QUANTITY.findall(compact(text)):
        value = number if number[0].isdecimal() else str(parse_numeral(number) or number)
        found.add((value, {"星级": "星", "天": "日", "个工作日": "工作日"}.get(unit, unit)))
    return found

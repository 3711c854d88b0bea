"""Number, title, issuer, dates, kind and predecessors of a document, as its own text tells them. Never a guess."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from assistant.corpus.drafting.dates import find_dates, first_date, plus_years
from assistant.corpus.importers.lines import Doubt, Line
from assistant.text import parse_numeral, to_chinese_numeral
from assistant.types import CalendarDate, Kind

_HEAD = 40
_TAIL = 12
_CODE = (
    r"(?:GB(?:/[TZ])?|SB(?:/T)?|RB(?:/T)?|DB\d{2,4}(?:/T)?|T/[A-Z]+|QC(?:/T)?|JB(?:/T)?|ISO(?:/[A-Z]+)?)"
    r"[ ]?\d+(?:\.\d+)?[ ]?[-—–−:][ ]?\d{4}"
)
_STANDARD = re.compile(rf"(?<!代替 )(?<!代替)(?<![A-Za-z])({_CODE})(?!\d)")
_ORDER = re.compile(
    r"(?:(?<=日)|(?<![一-鿿]))(?![年月日])(?:中华人民共和国)?([一-鿿]{2,30}?(?:部|总局|委员会|人民政府|局|署|会|院|行))令"
    r"\s*(?:\d{4}年\s*)?第?\s*(\d+|[一二三四五六七八九十百]+)\s*号"
)
_ORDER_STATE = re.compile(r"(国务院|主席)令\s*第?\s*(\d+|[一二三四五六七八九十百]+)\s*号")
_PAPER = re.compile(r"([一-鿿]{1,12})\s*[〔\[(【]\s*(\d{4})\s*[〕\])】]\s*第?\s*(\d+)\s*号")
_NOTICE = re.compile(r"(?:公告|通告)?\s*(\d{4})年\s*第\s*(\d+)\s*号\s*(?:公告|通告)?")
_TITLE_END = re.compile(
    r"(?:法|法典|条例|规定|办法|细则|规则|通知|公告|通告|意见|方案|决定|规划|计划|纲要|指南|指引|规范|标准|函|批复|要求|目录|措施|制度|准则|章程|手册|须知|问答|说明)"
    r"(?:[（(](?:试行|暂行|修订|征求意见稿|\d{4}年.*?)[)）])?$"
)
_BOILERPLATE = re.compile(
    r"^(?:ICS|CCS|UDC|中华人民共和国国家标准|.*行业标准$|.*地方标准$|团体标准|国家标准化管理委员会|.*(?:发布|实施)$|代替|备案号|[A-Z]\s*\d+|"
    r"GB|SB|RB|DB|T/|ISO|[\x00-\x7f\s]+$|第\s*\d+\s*页|机密|秘密|内部|特急|加急)"
)
_STATE = "中华人民共和国"
_LONG_TITLE, _SHORT = 80, 24
_ISSUER_OF_STANDARD = re.compile(r"((?!.*标准$)[一-鿿]{4,40}?(?:总局|委员会|部|协会|局))\s*(?:联合)?\s*(?:发\s*布)?")
_ISSUER = re.compile(r"\s*[一-鿿 ]{2,40}(?:部|局|委|会|院|府|厅|司|协会|中心|公司)\s*")
_EFFECTIVE = re.compile(r"自(?P<what>[^。；，]{2,24}?)\s*(?:起|之日起)\s*(?:正式)?(?:施行|实施|执行|生效)")
_AFTER = re.compile(
    r"自(?:公布|发布|印发)(?:之日)?起?\s*(\d+|[一二三四五六七八九十]+)\s*(?:日|天)后(?:起)?(?:施行|实施|执行)"
)
_AT_ONCE = re.compile(r"(?:公布|发布|印发|颁布|通过)(?:之)?$")
_CLAUSE_DATE = re.compile(
    r"(?:其中[，,]?)?第([一二三四五六七八九十百\d]+)条[^。；]{0,20}?自([^。；]{4,20}?)起(?:施行|实施|执行)"
)
_VALID_UNTIL = re.compile(r"有效期(?:至|到)\s*([^。；，]{6,16})")
_VALID_YEARS = re.compile(r"有效期(?:为)?\s*([一二三四五六七八九十]|\d{1,2})\s*年")
_REPEALED = re.compile(r"(?:同时|即行|予以)废止")
_SENTENCE_CHARS = 300
_BOOK = re.compile(r"《([^《》]{3,60})》")
_REPLACES = re.compile(rf"(?:部分)?代替\s*(?:标准号)?\s*({_CODE}(?:[、,，\s]+{_CODE})*)")
_HISTORY = re.compile(r"通过|公布|发布|修正|修订|批准|令")
_ISSUED = re.compile(r"发\s*布|公\s*布|印\s*发")
_BEGINS = re.compile(r"\s*(?:之日)?起?\s*(?:施行|实施|执行|生效)")
_STARTS = re.compile(r"实\s*施|施\s*行")


@dataclass(frozen=True, slots=True)
class Metadata:
    """What the text tells; None or empty where it does not. ``doubts`` say what is uncertain."""

    title: str
    kind: Kind
    number: str | None
    issuer: str | None
    issued_on: CalendarDate | None
    effective_on: CalendarDate | None
    expires_on: CalendarDate | None
    replaces: tuple[str, ...]
    clause_dates: tuple[tuple[str, CalendarDate], ...]
    doubts: tuple[Doubt, ...]


def read_metadata(lines: Sequence[Line], start: int, family: str, file_title: str) -> Metadata:
    """Return the metadata of a document.

    Args:
        lines: all of it.
        start: index of the first line of its body; the head stands before.
        family: statute, standard, notice, headings or plain.
        file_title: from the file, where the text has no title.

    """
    return _Reader(lines, start, family).read(file_title)


class _Reader:
    def __init__(self, lines: Sequence[Line], start: int, family: str) -> None:
        texts = [unicodedata.normalize("NFKC", line.text) for line in lines]
        self._family = family
        self._levels = [line.level for line in lines]
        self._head = texts[: min(start, _HEAD)] or texts[:6]
        self._tail = texts[-_TAIL:]
        self._all = "\n".join(texts)
        self._doubts: list[Doubt] = []

    def read(self, file_title: str) -> Metadata:
        number, order_issuer = self._number()
        title = self._title() or file_title
        kind = self._kind(title, number)
        issued = self._issued()
        effective = self._effective(issued)
        if issued and effective and self._family == "statute" and effective.earliest < issued.earliest:
            self._doubts.append(
                Doubt(
                    f"正文写的施行日 {effective} 早于最近一次修改的 {issued}，施行日暂按 {issued}；修改决定另有施行日的请改正"
                )
            )
            effective = issued
        if effective is None:
            self._doubts.append(Doubt("没有读到生效日"))
        if number is None and not kind.is_ours:
            self._doubts.append(Doubt("没有读到文号或标准号"))
        return Metadata(
            title, kind, number, order_issuer or self._issuer(kind), issued, effective, self._expires(effective or issued),
            self._replaced(number), self._clause_dates(), tuple(self._doubts),
        )  # fmt: skip

    def _number(self) -> tuple[str | None, str | None]:
        """Return (number, issuer that stands in it)."""
        head = "\n".join(self._head)
        if self._family == "standard" and (match := _STANDARD.search(head) or _STANDARD.search(self._all)):
            return standard_number(match[1]), None
        if match := _ORDER_STATE.search(head):
            issuer = "国务院" if match[1] == "国务院" else None
            return f"{match[1]}令第{_figure(match[2])}号", issuer
        if match := _ORDER.search(head):
            return f"{match[1]}令第{_figure(match[2])}号", match[1]
        for text in self._head:  # a number that is only referred to stands inside a longer line
            if (match := _PAPER.search(text)) and len(text) <= len(match.group()) + 12 and "《" not in text:
                return f"{match[1]}〔{match[2]}〕{match[3]}号", None
        for text in self._head:
            if (
                (match := _NOTICE.search(text))
                and ("公告" in head or "通告" in head)
                and len(text) <= len(match.group()) + 20
            ):
                return f"{text[: match.start()].strip('（( ')}公告{match[1]}年第{match[2]}号".replace(
                    "公告公告", "公告"
                ), None
        return None, None

    def _title(self) -> str | None:
        for text, level in zip(self._head, self._levels, strict=False):
            if level == 1 and not _BOILERPLATE.match(text):
                return _clean(text)
        run: list[str] = []
        for plain in map(_clean, self._head):
            if _BOILERPLATE.match(plain) or _is_note(plain):
                run = []
                continue
            run.append(plain)
            if self._family == "standard":
                return plain
            if _TITLE_END.search(plain):
                return _joined_title(run)
        usable = (item for item in map(_clean, self._head) if not _BOILERPLATE.match(item) and not _is_note(item))
        return next((item for item in usable if item and len(item) <= _LONG_TITLE), None)

    def _kind(self, title: str, number: str | None) -> Kind:
        bare = re.sub(r"[（(].*?[)）]$", "", title)
        if self._family == "standard":
            return Kind.STANDARD
        if self._family == "statute":
            return self._kind_of_statute(bare, number)
        if re.search(r"问答|问题解答|FAQ", title):
            return Kind.FAQ
        if self._family == "notice" or re.search(
            r"(?:通知|公告|通告|意见|方案|规划|计划|纲要|函|批复|决定|措施)$", bare
        ):
            return Kind.POLICY
        return Kind.GUIDE

    def _kind_of_statute(self, title: str, number: str | None) -> Kind:
        head = "\n".join(self._head)
        if title.endswith(("法", "法典")) and (title.startswith(_STATE) or re.search("全国人民代表大会|主席令", head)):
            return Kind.LAW
        if title.endswith("条例") or (number or "").startswith("国务院令"):
            return Kind.REGULATION
        return Kind.LAW if title.endswith("法") and not title.endswith("办法") else Kind.RULE

    def _issuer(self, kind: Kind) -> str | None:
        head = "\n".join(self._head)
        if kind is Kind.LAW and "全国人民代表大会" in head:
            return "全国人民代表大会常务委员会" if "常务委员会" in head else "全国人民代表大会"
        if kind is Kind.REGULATION and "国务院" in head:
            return "国务院"
        if kind is Kind.STANDARD:
            issuers = [match[1] for text in self._head if (match := _ISSUER_OF_STANDARD.fullmatch(text))]
            return "、".join(text.removeprefix(_STATE).strip() for text in issuers[:3]) or None
        for before, text in pairwise(self._tail):
            if len(text) <= _SHORT and first_date(text) and _ISSUER.fullmatch(before):
                return before.strip()
        return None

    def _issued(self) -> CalendarDate | None:
        if self._family == "standard":
            return _date_beside(self._head, _ISSUED)
        if self._family == "statute":
            history = [
                item.date
                for text in self._head
                if _HISTORY.search(text)
                for item in find_dates(text)
                if not _BEGINS.match(text, item.end)
            ]
            return max(history, key=lambda item: item.earliest, default=None)
        for text in reversed(self._tail):
            if len(text) <= _SHORT and (found := first_date(text)):
                return found
        return _date_beside(self._head, _ISSUED)

    def _effective(self, issued: CalendarDate | None) -> CalendarDate | None:
        if self._family == "standard":
            return _date_beside(self._head, _STARTS)
        if (after := _AFTER.search(self._all)) and issued and issued.day:
            later: date = issued.earliest + timedelta(days=parse_numeral(after[1]) or 0)
            return CalendarDate(later.year, later.month, later.day)
        matches = list(_EFFECTIVE.finditer(self._all))
        for match in [*matches[-1:], *matches[:-1]] if self._family == "statute" else matches[:1]:
            if found := _begin(match, issued):
                return found
        return None

    def _expires(self, begins: CalendarDate | None) -> CalendarDate | None:
        if match := _VALID_UNTIL.search(self._all):
            found = first_date(match[1])
            if found and found.day:  # valid through that day: no longer the day after
                after = found.earliest + timedelta(days=1)
                return CalendarDate(after.year, after.month, after.day)
        own = re.search(r"本(?:办法|规定|细则|意见|通知|方案|文件)[^。；]{0,30}" + _VALID_YEARS.pattern, self._all)
        if own and begins and (years := parse_numeral(own[1])):
            return plus_years(begins, years)
        return None

    def _replaced(self, number: str | None) -> tuple[str, ...]:
        found: list[str] = []
        for match in _REPLACES.finditer("\n".join(self._head)):
            found += [standard_number(code) for code in re.findall(_CODE, match[1])]
        for match in _REPEALED.finditer(self._all):
            before = self._all[max(match.start() - _SENTENCE_CHARS, 0) : match.start()]
            found += _BOOK.findall(re.split(r"[。；\n]", before)[-1])
        return tuple(key for key in dict.fromkeys(found) if key != number)

    def _clause_dates(self) -> tuple[tuple[str, CalendarDate], ...]:
        found = []
        for match in _CLAUSE_DATE.finditer(self._all):
            value, day = parse_numeral(match[1]), first_date(match[2])
            if value and day:
                found.append((f"第{to_chinese_numeral(value)}条", day))
        return tuple(dict(found).items())


def standard_number(code: str) -> str:
    """Return a standard number in its usual form: ``GB/T27922—2011`` → ``GB/T 27922-2011``."""
    plain = re.sub(r"\s*[-—–−:]\s*(?=\d{4}$)", "-", unicodedata.normalize("NFKC", code).strip())
    return re.sub(r"^([A-Z/]+(?:\d{2,4}/T)?)\s*(?=\d)", r"\1 ", plain) if not plain.startswith("DB") else plain


def _figure(numeral: str) -> str:
    return str(parse_numeral(numeral) or numeral)


def _clean(text: str) -> str:
    plain = re.sub(r"(?<=[一-鿿])\s+(?=[一-鿿])", "", text.strip())
    return plain.strip("《》# ")


def _joined_title(run: Sequence[str]) -> str:
    """Return the last line of ``run``, or with the lines before it where a long title was broken."""
    joined = "".join(run[-3:])
    broken = len(run) > 1 and len(run[-1]) < _SHORT and len(joined) <= _LONG_TITLE
    return joined if broken and not any(item.endswith(("。", "：", ":")) for item in run[-3:]) else run[-1]


def _is_note(text: str) -> bool:
    """Return whether a line of the head tells how the text came about, or its number, or whom it is for."""
    return bool(
        text[:1] in "（("
        or (next(iter(find_dates(text)), None) and not _TITLE_END.search(text))
        or _PAPER.fullmatch(text)
        or re.fullmatch(r".*令|.*第[\d一二三四五六七八九十百]+号", text)
        or text.endswith(("：", ":"))
    )


def _date_beside(texts: Sequence[str], word: re.Pattern[str]) -> CalendarDate | None:
    """Return the date on the line of ``word`` (发布, 实施), nearest before it, or on the line before."""
    for i, text in enumerate(texts):
        for match in word.finditer(text):
            before = [item.date for item in find_dates(text) if item.end <= match.end()]
            if before:
                return before[-1]
            if i and len(text) <= 6 and (found := first_date(texts[i - 1])):  # noqa: PLR2004
                return found
    return None


def _begin(match: re.Match[str], issued: CalendarDate | None) -> CalendarDate | None:
    what = match["what"]
    return first_date(what) or (issued if _AT_ONCE.search(what) else None)

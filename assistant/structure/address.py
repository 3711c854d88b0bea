"""Clause addresses in any spelling: which document and which number a text names.

第12条 = 第十二条, GB/T27922 = GB/T 27922-2011 = 27922, full-width = half-width. Works on the compacted text (see
:func:`assistant.text.compact`), so offsets refer to that.
"""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from assistant.structure.numbering import find_statute_labels
from assistant.structure.outline import short_title
from assistant.text import normalise, parse_numeral, to_chinese_numeral
from assistant.types import Document, Kind

_CODE = re.compile(
    r"(?<![a-z])(gb/?[tz]|gb|sb/?t|sb|rb/?t|rb|iso/?(?:tr|ts|iec)|iso|iec|db\d*/?t?|jb/?t|qc|ohsas|t/[a-z]+)"
    r"(\d{2,6}(?:\.\d+)?)(?:[-:](\d{4}|20\d?[x×]+))?(?!\d)"
)
_BARE = re.compile(r"(?<![\d.a-z/〔\[第])(\d{5})(?:-(\d{4}))?(?!\d|\.\d|人|元|家|个|件|名|台|万|号)")
_DECIMAL = re.compile(
    r"(?<![\d.\-])(\d{1,2}(?:\.\d{1,2}){1,4})"
    r"(?![\d.%％]|[分元万亿倍级年个天件吨]|人(?!员|力)|名(?!称)|家(?!电|用|庭)|台(?!账)|次(?!要))"  # a heading may follow it
)
_CHAPTER = re.compile(r"第([一二三四五六七八九十\d]{1,3})章")
_ANNEX = re.compile(r"附录([a-z])(?![a-z])")
_BARE_ARTICLE = re.compile(r"的?([一二三四五六七八九十百\d]{1,4})条(?!件|款|例)")
_SUB = re.compile(r"[（(]([一二三四五六七八九十\d]{1,3})[）)]")
_SLIPPED_POINT = re.compile(r"(?<=\d)[。．·｡](?=\d)")
_SPOKEN_PART = r"(?:[一二三四五六七八九十]+|\d{1,2})"
# 五点一点六点一, 5点1点2: two points at least, for 五点一刻 is a time
_SPOKEN = re.compile(rf"(?<![第\d一二三四五六七八九十]){_SPOKEN_PART}(?:点{_SPOKEN_PART}){{2,4}}(?![\d点分刻钟半])")
# 5、1、6、3 or 5-1-2-2 (of three numbers only 5-1-2条), but neither a list (1、2、3) nor a date nor figures (8、9、7分)
_SEPARATED = re.compile(
    r"(?<![第\d、./-])\d{1,2}([、,-])\d{1,2}"
    r"(?:(?:\1\d{1,2}){2,3}(?![\d、,./-]|[年月日号分级项个家名星天元转])|\1\d{1,2}(?=[这那该]?一?小?条))"
)
# Titles as laws have; others only where the question tells that an authority issued them: 《客户投诉处理办法》 may be the
# asker's own.
_EDITION = r"(?:[（(][^《》（()）]*[)）])?"
_LAW_TITLE = re.compile(rf"《([^《》]{{2,40}}(?:法|条例)(?<!办法){_EDITION})》")
_ISSUED_TITLE = re.compile(rf"《([^《》]{{2,40}}(?:办法|规定|规则|细则|规范|通则|通知|公告|准则|决定){_EDITION})》")
_ISSUED = re.compile(
    r"国务院|总局|[商财工司公教]\w?部|发改委|认监委|委员会|中华人民共和国|国家|出台|颁布|发布|施行|文号|第几条|第\w{1,4}条"
)
_LIKE_SHARE = 0.8
_QUOTES = re.compile(r"[《》〈〉「」“”\"'‘’]")
_MIN_NAME = 2
# Aliases that mean the corpus's subject only where nothing else is named.
_GENERIC = frozenset(
    ("这个标准", "该标准", "本标准", "国标", "这个国标", "售后国标", "售后标准", "评价标准", "国家标准", "条例", "标准")
)


@dataclass(frozen=True, slots=True)
class DocumentMention:
    """A document named in a text. ``document_ids`` is empty where the corpus does not hold what was named."""

    text: str
    document_ids: tuple[str, ...]
    start: int
    end: int

    @property
    def generic(self) -> bool:
        """Whether the name only says what sort of text is meant (``国标``, ``这个标准``)."""
        return self.text in _GENERIC


@dataclass(frozen=True, slots=True)
class ClauseMention:
    """A clause number named in a text, in canonical form, with 款 and 项 apart."""

    number: str
    part: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Mentions:
    """Everything that a text names, in reading order."""

    documents: tuple[DocumentMention, ...]
    clauses: tuple[ClauseMention, ...]

    @property
    def side_by_side(self) -> tuple[DocumentMention, ...]:
        """The documents of the corpus that are named beside others, each once; empty where one is named alone."""
        named = {item.document_ids: item for item in self.documents if item.document_ids and not item.generic}
        return tuple(named.values()) if len(named) > 1 else ()


class NameIndex:
    """Finds documents by number, title and alias."""

    def __init__(self, documents: Iterable[Document]) -> None:
        self._by_name: dict[str, list[str]] = defaultdict(list)
        self._by_code: dict[tuple[str, str], list[tuple[str, str]]] = defaultdict(list)
        self._by_digits: dict[str, list[tuple[str, str]]] = defaultdict(list)
        for document in documents:
            self._add(document)
        lengths = sorted({len(name) for name in self._by_name}, reverse=True)
        self._lengths = [length for length in lengths if length >= _MIN_NAME]

    def _add(self, document: Document) -> None:
        for name in (document.number, document.title, short_title(document.title), *document.aliases):
            if name is None:
                continue
            key = bare_name(name)
            if code := _CODE.fullmatch(key):
                self._by_code[_letters(code[1]), code[2]].append((code[3] or "", document.id))
                self._by_digits[code[2]].append((code[3] or "", document.id))
                continue
            if document.id not in self._by_name[key]:
                self._by_name[key].append(document.id)

    def find(self, text: str) -> Mentions:
        """Return what ``text`` names. Longer names win over shorter ones inside them."""
        plain = bare_name(text)
        taken = [False] * len(plain)
        documents = [
            *self._find_unheld(text, plain, taken),
            *self._find_codes(plain, taken),
            *self._find_names(plain, taken),
        ]
        if not all(mention.generic for mention in documents):
            documents = [mention for mention in documents if not mention.generic]
        documents = _joined(sorted(documents, key=lambda mention: mention.start))
        clauses = [*_find_clauses(plain, taken), *_find_bare_articles(plain, documents)]
        return Mentions(tuple(documents), tuple(sorted(clauses, key=lambda mention: mention.start)))

    def _find_unheld(self, text: str, plain: str, taken: list[bool]) -> Iterable[DocumentMention]:
        """Yield the titles in 《》 that are like no name of a document; what they contain names nothing else."""
        titles = [*_LAW_TITLE.findall(text), *(_ISSUED_TITLE.findall(text) if _ISSUED.search(text) else ())]
        for title in dict.fromkeys(map(bare_name, titles)):
            start = plain.find(title)
            if start >= 0 and not _CODE.search(title) and not self._has_like(title):
                taken[start : start + len(title)] = [True] * len(title)
                yield DocumentMention(title, (), start, start + len(title))

    def _has_like(self, title: str) -> bool:
        """Return whether a title may mean a document: a name and it hold (most of) the other, or most of its pairs."""
        short = re.sub(r"\([^()]*\)$", "", title.removeprefix("中华人民共和国"))
        pairs = {short[i : i + 2] for i in range(len(short) - 1)}
        return any(
            short in name
            or (name in short and len(name) >= _LIKE_SHARE * len(short))
            or sum(pair in name for pair in pairs) >= _LIKE_SHARE * len(pairs)
            for name in self._by_name
        )

    def _find_codes(self, plain: str, taken: list[bool]) -> Iterable[DocumentMention]:
        for match in _CODE.finditer(plain):
            entries = self._by_code.get((_letters(match[1]), match[2]), [])
            yield self._mention(match, entries, match[3], taken)
        for match in _BARE.finditer(plain):
            entries = self._by_digits.get(match[1], [])
            if entries and not any(taken[match.start() : match.end()]):
                yield self._mention(match, entries, match[2], taken)

    @staticmethod
    def _mention(
        match: re.Match[str], entries: list[tuple[str, str]], year: str | None, taken: list[bool]
    ) -> DocumentMention:
        ids = tuple(dict.fromkeys(key for edition, key in entries if not year or edition in (year, "")))
        for i in range(match.start(), match.end()):
            taken[i] = True
        return DocumentMention(match.group(), ids, match.start(), match.end())

    def _find_names(self, plain: str, taken: list[bool]) -> Iterable[DocumentMention]:
        for length in self._lengths:
            for start in range(len(plain) - length + 1):
                name = plain[start : start + length]
                if name in self._by_name and not any(taken[start : start + length]):
                    taken[start : start + length] = [True] * length
                    yield DocumentMention(name, tuple(self._by_name[name]), start, start + length)


def _joined(documents: Sequence[DocumentMention]) -> list[DocumentMention]:
    """Join names side by side that can mean the same: a number followed by its title means the numbered edition."""
    joined: list[DocumentMention] = []
    for mention in documents:
        last = joined[-1] if joined else None
        both = tuple(key for key in last.document_ids if key in mention.document_ids) if last else ()
        if last and both and mention.start - last.end <= 1:
            joined[-1] = DocumentMention(last.text, both, last.start, mention.end)
        else:
            joined.append(mention)
    return joined


def bare_name(text: str) -> str:
    """Return the text as names are compared: compact, without quotes; a space between digits stays (27922 5.1.2.1).

    What stands for the points of a clause number becomes a point: 5。1。2, 5、1、6、3, 五点一点六点一.
    """
    text = _SLIPPED_POINT.sub(".", unicodedata.normalize("NFKC", text))
    text = _SEPARATED.sub(_pointed, _SPOKEN.sub(_spoken, text))
    return re.sub(r"(?<!\d) | (?!\d)", "", _QUOTES.sub(" ", normalise(text)).strip())


def _spoken(match: re.Match[str]) -> str:
    return _numbered(match, [parse_numeral(part) or int(part) for part in match.group().split("点")])


def _pointed(match: re.Match[str]) -> str:
    return _numbered(match, [int(part) for part in match.group().split(match[1])])


def _numbered(match: re.Match[str], numbers: list[int]) -> str:
    """Return numbers as one clause number, unless they rise from one to the next as lists and times do."""
    rising = all(a < b for a, b in pairwise(numbers))
    return match.group() if rising or 0 in numbers else ".".join(map(str, numbers))


def _letters(code: str) -> str:
    letters = re.sub(r"[^a-z]", "", code)
    return {"gb": "gbt", "sb": "sbt", "rb": "rbt"}.get(letters, letters)


_LAST_CHAPTER = 30  # 88.6 is a score: no standard has so many chapters


def _find_clauses(plain: str, taken: list[bool]) -> list[ClauseMention]:
    found = _find_articles(plain)
    for pattern, scheme in ((_DECIMAL, "decimal"), (_ANNEX, "annex"), (_CHAPTER, "chapter")):
        for match in pattern.finditer(plain):
            chapter = match[1].partition(".")[0] if scheme == "decimal" else ""
            if not any(taken[match.start() : match.end()]) and not (chapter and int(chapter) > _LAST_CHAPTER):
                found.append(ClauseMention(_canonical(match, scheme), "", match.start(), match.end()))
    return found


def _find_articles(plain: str) -> list[ClauseMention]:
    """Return every 第…条 with the 款 and 项 directly after it."""
    labels = [label for label in find_statute_labels(plain) if label[1] in ("条", "款", "项")]
    found = []
    for i, (canonical, scheme, start, end) in enumerate(labels):
        if scheme != "条":
            continue
        part, position = "", end
        for other, other_scheme, other_start, other_end in labels[i + 1 :]:
            if other_start != position or other_scheme == "条":
                break
            part, position = part + other, other_end
        if sub := _SUB.match(plain, position):
            part, position = part + _canonical_item(sub[1]), sub.end()
        found.append(ClauseMention(canonical, part, start, position))
    return found


def _find_bare_articles(plain: str, documents: Iterable[DocumentMention]) -> Iterable[ClauseMention]:
    """Yield articles named without 第 directly after a document: 消法55条."""
    for document in documents:
        match = _BARE_ARTICLE.match(plain, document.end)
        if match and (value := parse_numeral(match[1])):
            yield ClauseMention(f"第{to_chinese_numeral(value)}条", "", match.start(), match.end())


def _canonical(match: re.Match[str], scheme: str) -> str:
    if scheme == "annex":
        return f"附录{match[1].upper()}"
    if scheme == "chapter":
        value = parse_numeral(match[1])
        return f"第{to_chinese_numeral(value)}章" if value else match.group()
    return match[1]


def _canonical_item(numeral: str) -> str:
    value = parse_numeral(numeral)
    return f"（{to_chinese_numeral(value)}）" if value else ""


def numbers_for(mention: ClauseMention, document: Document) -> tuple[str, ...]:
    """Return the numbers under which ``document`` may hold the clause: a standard's 第五章 is its chapter 5."""
    if document.kind is Kind.STANDARD and mention.number.endswith("章"):
        value = parse_numeral(mention.number[1:-1])
        return (mention.number, str(value)) if value else (mention.number,)
    return (mention.number,)

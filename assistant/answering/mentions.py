"""Every clause that speaks of a thing, without a ranking: 哪些条款提到售后服务管理师."""

import re
from collections.abc import Callable, Iterable, Sequence

from assistant.answering.citations import QUOTED, CitationList, readable
from assistant.indexing.chunking import answer_blocks, block_text
from assistant.indexing.lexical import LexicalIndex
from assistant.indexing.records import Records
from assistant.retrieval.eligibility import Scope
from assistant.retrieval.words import content_words
from assistant.text import compact, terms
from assistant.types import Block, Clause, Form, Kind, Sentence

SHOWN = 40
_PLACES = r"(?:条款|条文|条|规定|文件|标准|法规|法律|政策|地方|资料|材料|问答|内容|说法)"
_SPEAKS = r"(?:提到|提及|讲到|说到|写到|谈到|出现|引用)"
_ALL = r"(?:哪些|哪几个?|所有|全部|一切|哪里|哪儿)"
_SOUGHT = (
    re.compile(
        rf"(?:{_ALL}{_PLACES}{{0,2}}(?:里|中)?(?:都|有|还|曾)*{_SPEAKS}(?:了|过)?|(?:所有|全部)(?:的)?涉及)(?P<phrase>.+?)"
        rf"(?:这种|这个|这类)?(?:做法|说法|词|事儿?|概念)?(?:的?{_PLACES})?(?:都?有?(?:哪些|列出来|列一下|找出来))?$"
    ),
    re.compile(
        rf"^(?P<phrase>.+?)(?:都|一共|总共)?(?:出现)?(?:在|被){_ALL}{_PLACES}{{0,2}}(?:里|中|上)?(?:都|有|被)*(?:{_SPEAKS}(?:了|过)?)?$"
    ),
)
_ASKING = re.compile(
    r"^(?:请|麻烦|帮我|给我|把|列出|列举|找出|查一下|查出|查查|看看|我们|本库|资料库?|库)*(?:里|中|里面)?"
)
_QUOTES = "“”\"'「」『』《》〈〉【】的 "
_NO_PHRASE = re.compile(r"[，,；;]|什么|怎么|哪|吗")
_ALTERNATIVES = re.compile(r"或者?|以及|、")
_LENGTHS = range(2, 31)
_ORDER = (Kind.STANDARD, Kind.LAW, Kind.REGULATION, Kind.POLICY)


def sought_phrase(question: str) -> str | None:
    """Return the words whose every mention is asked for, None for any other question."""
    plain = _ASKING.sub("", re.sub(r"[？?。！!]+$", "", question.strip()))
    for pattern in _SOUGHT:
        match = pattern.search(re.sub(r"\s+", " ", plain))
        phrase = match["phrase"].strip(_QUOTES) if match else ""
        if len(compact(phrase)) in _LENGTHS and not _NO_PHRASE.search(phrase):
            return phrase
    return None


Mention = tuple[Clause, list[Block]]


class Mentions:
    """Finds mentions in one snapshot."""

    def __init__(self, records: Records, lexical: LexicalIndex) -> None:
        self._records = records
        self._lexical = lexical

    def find(self, phrase: str, scope: Scope) -> list[Mention]:
        """Return every clause that holds ``phrase`` word for word with the blocks that do: binding texts first, by document."""
        sought = compact(phrase)
        return self._where(phrase, scope, lambda block: sought in compact(block_text(block)))

    def find_words(self, phrase: str, scope: Scope) -> list[Mention]:
        """Return the clauses with blocks that hold all content words of ``phrase``, or of one of its alternatives (甲或乙)."""
        wanted = words_of(phrase)

        def holds(block: Block) -> bool:
            text = compact(block_text(block))
            return any(all(word in text for word in words) for words in wanted)

        return self._where(phrase, scope, holds) if wanted else []

    def _where(self, phrase: str, scope: Scope, holds: Callable[[Block], bool]) -> list[Mention]:
        weights = dict.fromkeys(terms(phrase), 1.0)
        found = []
        for position, _ in self._lexical.search(weights, self._records.next_position) if weights else ():
            clause = self._records.clause(position)
            kind = self._records.documents[clause.document_id].kind
            blocks = [block for _, block in answer_blocks(clause) if holds(block)]
            if blocks and (scope.kinds is None or kind in scope.kinds):
                found.append((position, (clause, blocks)))
        return [mention for _, mention in sorted(found, key=lambda pair: self._place(pair[0], pair[1][0]))]

    def _place(self, position: int, clause: Clause) -> tuple[int, bool, str, int]:
        document = self._records.documents[clause.document_id]
        rank = _ORDER.index(document.kind) if document.kind in _ORDER else len(_ORDER)
        return rank, document.form is not Form.OFFICIAL, document.path, position


def words_of(phrase: str) -> list[tuple[str, ...]]:
    """Return the content words of ``phrase`` and of each of its alternatives; empty if one has none of two letters."""
    parts = [
        tuple(compact(word.text) for word in content_words(part) if len(word.text) > 1)
        for part in _ALTERNATIVES.split(phrase)
    ]
    return parts if all(parts) else []


def told_in_words(phrase: str, mentions: Sequence[Mention], citations: CitationList) -> list[Sentence]:
    """Return the list of the clauses that hold the words of ``phrase`` apart, which is said first."""
    words = "，或者".join("、".join(f"“{word}”" for word in part) for part in words_of(phrase))
    lead = f"没有一条写有“{phrase}”这几个字；{_count(mentions)}写有{words}（同一段里，不问是否有效）："
    return [Sentence(lead, note=True), *_listed(mentions, citations)]


def told(phrase: str, mentions: Sequence[Mention], citations: CitationList) -> list[Sentence]:
    """Return the list of mentions, marked: the blocks of the first 40 clauses, the addresses of the rest."""
    lead = f"{_count(mentions)}写有“{phrase}”（按原词逐条查找，换了说法的不在内；不问是否有效）："
    return [Sentence(lead, note=True), *_listed(mentions, citations)]


def _count(mentions: Sequence[Mention]) -> str:
    documents = {clause.document_id for clause, _ in mentions}
    return f"{len(documents)} 份资料的 {len(mentions)} 条"


def _listed(mentions: Sequence[Mention], citations: CitationList) -> list[Sentence]:
    sentences = []
    for clause, blocks in mentions[:SHOWN]:
        mark = citations.add(clause, blocks)
        text = f"{clause.address}：{readable(blocks[0])}"
        sentences.append(Sentence(text, (mark,), item=True, confidence=blocks[0].confidence, checks=QUOTED))
    if rest := _addresses(clause for clause, _ in mentions[SHOWN:]):
        sentences.append(Sentence(f"另有 {len(mentions) - SHOWN} 条：{rest}。", note=True))
    return sentences


def _addresses(clauses: Iterable[Clause]) -> str:
    return "、".join(clause.address for clause in clauses)

"""Clause addresses of the real corpus in spellings as people type them are found at rank 1."""

import random
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from assistant.chat import Assistant
from assistant.text import parse_numeral
from assistant.types import Clause, Document, Kind, Stage, Status

pytestmark = pytest.mark.integration

SEED = 27922
COUNT = 200
STATUTES = (Kind.LAW, Kind.REGULATION, Kind.RULE)
FULL_WIDTH = {ord(char): ord(char) + 0xFEE0 for char in map(chr, range(33, 127))} | {ord(" "): 0x3000}


@pytest.fixture(scope="module")
def assistant(built_index: Path) -> Iterator[Assistant]:
    with Assistant.open(index=built_index) as opened:
        yield opened


def article_spellings(document: Document, clause: Clause) -> list[str]:
    value = parse_numeral(clause.number[1:-1])
    title = document.title
    return [
        f"{title} {clause.number}",
        f"《{title}》{clause.number}",
        f"{title}第{value}条",
        f"《{title}》第 {value} 条说什么",
        f"{title}第{value}条".translate(FULL_WIDTH),
        f"《中华人民共和国{title}》{clause.number}规定了什么",
        f"请问 {title} 的第{value}条 是什么内容？",
    ]


def number_spellings(document: Document, clause: Clause, *, only_edition: bool, only_title: bool) -> list[str]:
    number, without_year = document.number or "", (document.number or "").rpartition("-")[0]
    spellings = [
        f"{number} {clause.number}",
        f"{number}第{clause.number}条",
        f"《{number}》{clause.number}",
        f"{number.replace(' ', '')} {clause.number}",
        f"{number.lower().replace(' ', '').replace('/', '')}的{clause.number}讲什么",
        f"{number} {clause.number}".translate(FULL_WIDTH),
        f"{number.replace('-', '—')}　{clause.number} 是什么",
    ]
    if only_edition:
        spellings += [f"{without_year} {clause.number}", f"{without_year.replace(' ', '')}的{clause.number}"]
    if only_title:
        spellings.append(f"{number}《{document.title}》 {clause.number}")
    return spellings


def addresses(assistant: Assistant) -> Iterator[tuple[Clause, list[str]]]:
    """Yield every numbered clause of standards and statutes with its spellings."""
    documents = [item for item in assistant.documents() if assistant.status(item)[0] is not Status.REPEALED]
    stems = [(item.number or "").rpartition("-")[0] for item in documents]
    titles = [item.title for item in documents]
    for document in documents:
        for clause in assistant.clauses(document.id):
            if document.kind in STATUTES and clause.number.startswith("第") and clause.number.endswith("条"):
                if titles.count(document.title) == 1:
                    yield clause, article_spellings(document, clause)
            elif document.kind is Kind.STANDARD and "." in clause.number and "-" in (document.number or ""):
                only = stems.count((document.number or "").rpartition("-")[0]) == 1
                only_title = titles.count(document.title) == 1
                yield clause, number_spellings(document, clause, only_edition=only, only_title=only_title)


def test_two_hundred_addresses_in_random_spellings_are_found_at_rank_1(assistant: Assistant) -> None:
    rng = random.Random(SEED)
    pool = list(addresses(assistant))
    assert len(pool) > 150
    wrong = []
    for clause, spellings in (rng.choice(pool) for _ in range(COUNT)):
        query = rng.choice(spellings)
        hits = assistant.search(query, 1)
        if not hits or hits[0].clause.address != clause.address or hits[0].stage is not Stage.ADDRESS:
            wrong.append(f"{query!r}: {clause.address}, found {hits[0].clause.address if hits else None}")
    assert wrong == []


@pytest.mark.parametrize(
    ("spell", "address"),
    [
        (str, "GB/T 27922-2011 5.1.2.2"),
        (lambda text: text.replace("GB/T 27922-2011", "27922"), "GB/T 27922-2011 7.5"),
        (lambda text: text.replace("5.1.2.2", "五点一点二点二"), "GB/T 27922-2011 5.1.2.2"),
        (lambda text: text.replace("5.1.2.2", "5、1、2、2这一小条"), "GB/T 27922-2011 5.1.2.2"),
        (lambda text: text.replace("5.1.2.2", "5-1-2-2"), "GB/T 27922-2011 5.1.2.2"),
        (lambda text: text.replace("认证认可条例", "中华人民共和国认证认可条例"), "认证认可条例 第二十四条"),
        (lambda text: text.replace("认证认可条例 ", "国务院令第390号"), "认证认可条例 第七十条"),
    ],
)
def test_an_address_by_another_name_is_found(assistant: Assistant, spell: Callable[[str], str], address: str) -> None:
    (hit,) = assistant.search(spell(address), 1)
    assert hit.clause.address == address


def test_two_addresses_in_one_question_are_both_found(assistant: Assistant) -> None:
    hits = assistant.search("比较认证认可条例第二十四条和产品质量法第五十三条", 2)
    assert {hit.clause.address for hit in hits} == {"认证认可条例 第二十四条", "产品质量法 第五十三条"}


def test_a_chapter_gives_the_clauses_under_it(assistant: Assistant) -> None:
    hits = assistant.search("GB/T 27922-2011 5.1.2", 10)
    found = [hit.clause.number for hit in hits if hit.stage is Stage.ADDRESS]
    assert {"5.1.2.1", "5.1.2.2"} <= set(found)
    assert all(number.startswith("5.1.2") for number in found)


@pytest.mark.parametrize("question", ["SB/T 10401-2006《商品售后服务评价体系》 2.1", "GB/T 19011-2013《审核指南》 1.1"])
def test_a_number_with_a_title_of_several_editions_means_the_numbered_one(assistant: Assistant, question: str) -> None:
    assert assistant.search(question, 1)[0].clause.address == f"{question[: question.index('《')]} {question[-3:]}"

from datetime import date

import pytest

from assistant.corpus.front_matter import parse_document
from assistant.retrieval.understand import SYNONYM_WEIGHT, Query, load_synonyms, sought_title, understand
from assistant.retrieval.words import content_words
from assistant.structure.address import NameIndex
from tests.fakes import LAW, STANDARD

DOCUMENTS = [document for text in (STANDARD, LAW) if (document := parse_document(text, "test.md", []))]
NAMES = NameIndex(DOCUMENTS)


def ask(question: str) -> Query:
    return understand(question, NAMES)


def test_filler_words_weigh_less_than_content_words() -> None:
    query = ask("请问证书由哪个机构颁发呢")
    assert query.weights["证书"] == query.weights["颁发"] == 1.0
    assert query.weights["请问"] < 1.0
    assert "请问" not in query.core
    assert {"证书", "颁发"} <= set(query.core)


@pytest.mark.parametrize(("question", "term"), [("证书有效期", "有效"), ("五星的得分", "得分"), ("办理的周期", "办理")])
def test_filler_characters_inside_words_count(question: str, term: str) -> None:
    assert ask(question).weights[term] == 1.0


def test_everyday_words_bring_in_the_words_of_the_corpus_at_a_lower_weight() -> None:
    query = ask("年审要准备什么")
    assert query.expansions["年审"] == load_synonyms()["年审"]
    assert query.weights["监督"] == SYNONYM_WEIGHT
    assert "监督" not in query.core


def test_a_word_of_the_question_is_not_weakened_by_a_synonym() -> None:
    assert ask("年审是监督审核吗").weights["监督"] == 1.0


def test_what_the_question_names_is_found() -> None:
    mentions = ask("测试条例第12条说什么").mentions
    assert mentions.documents[0].document_ids == ("ceshi-tiaoli",)
    assert mentions.clauses[0].number == "第十二条"


@pytest.mark.parametrize("question", ["要交哪些材料", "流程分几步", "有什么要求", "列出全部指标"])
def test_a_list_is_wanted(question: str) -> None:
    assert ask(question).wants_list


@pytest.mark.parametrize("question", ["五星要多少分", "有效期几年", "什么时候实施", "要多久"])
def test_a_number_is_wanted(question: str) -> None:
    assert ask(question).wants_number


@pytest.mark.parametrize("question", ["可以外包吗？", "是不是强制", "能否加分"])
def test_yes_or_no_is_wanted(question: str) -> None:
    assert ask(question).yes_no


def test_kinds_of_goods_with_rules_of_their_own_are_found() -> None:
    assert ask("冰箱和小轿车的三包期").goods == {"家电", "汽车"}
    assert not ask("维修车间要不要审").goods


@pytest.mark.parametrize(
    ("question", "title"),
    [
        ("投诉处理是第几条", "投诉处理"),
        ("配送条款号是多少", "配送"),
        ("质量保证属于哪一条款？", "质量保证"),
        ("测试条例里证书范围在哪条", "证书范围"),
        ("服务标准化在哪一条", "服务标准化"),
        ("投诉走哪条渠道最快", ""),
        ("条例修订后条号变了没有", ""),
        ("投诉处理谁负责，在哪一条", ""),
        ("能不能申请，归哪条管", ""),
        ("第几条说了罚多少", ""),
        ("投诉处理有什么要求", ""),
    ],
)
def test_the_number_of_a_clause_is_wanted_and_nothing_else(question: str, title: str) -> None:
    query = understand(question, NAMES)
    assert query.wants_clause == bool(title)
    assert sought_title(query) == title


def test_a_plain_question_wants_none_of_these() -> None:
    query = ask("投诉由谁处理")
    assert not (query.wants_list)
    assert not (query.wants_number)
    assert not (query.yes_no)
    assert not (query.asks_past)


@pytest.mark.parametrize("question", ["以前的标准怎么定级", "旧版要求多少分", "2015年的时候几年换证"])
def test_the_past_is_asked_about(question: str) -> None:
    assert ask(question).asks_past


@pytest.mark.parametrize(
    ("question", "day"),
    [
        ("2010年的时候按什么标准评", date(2010, 7, 1)),
        ("2012年1月31日时哪个标准有效", date(2012, 1, 31)),
        ("２０１０年当时按什么标准", date(2010, 7, 1)),
        ("2011年3月的时候按什么标准", date(2011, 3, 1)),
        ("GB/T 27922-2011 是2011年发布的吗", None),
        ("GB/T 27922-2011时间", None),
        ("2011年13月的时候", None),
        ("2021年2月31日时有效吗", None),
        ("五年前的规定", None),
    ],
)
def test_a_day_counts_only_where_the_question_says_so(question: str, day: date | None) -> None:
    assert ask(question).as_of_in_text == day


def test_content_words_are_told_by_part_of_speech() -> None:
    words = {word.text: word for word in content_words("请问海尔的证书在ISO标准里有效吗")}
    assert {"证书", "iso"} <= words.keys()
    assert words["iso"].name
    assert "请问" not in words
    assert "标准" not in words  # every question here has it


@pytest.mark.parametrize("question", ["", "？？？", "<script>", "的的的", "🙂"])
def test_a_question_without_words_is_understood_too(question: str) -> None:
    assert ask(question).mentions.documents == ()

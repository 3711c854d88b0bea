"""A clause in force that says the same as our own words is found; whatever says less, more or the contrary is not."""

from dataclasses import replace

import pytest

from assistant.answering.confirming import Confirming
from assistant.answering.extract import quotable
from assistant.corpus.front_matter import parse_document
from assistant.structure.outline import parse_clauses
from assistant.types import Hit, Stage, Status

GUIDE = """---
id: shuoming
title: 说明
kind: guide
form: digest
confidence: 双源
checked_on: 2026-01-01
---

## 1 有效期

测试认证的证书有效期 3 年。

## 2 有效期

测试认证的证书有效期 4 年。
"""
LAW = GUIDE.replace("kind: guide", "kind: law").replace("id: shuoming", "id: fa").replace("## 1", "### 第三条")


def hit_of(text: str, number: str) -> Hit:
    document = parse_document(text, "test.md", [])
    assert document is not None
    clause = next(clause for clause in parse_clauses(document) if clause.number == number)
    return Hit(clause, document, Status.IN_FORCE, 0.9, 1, Stage.FUSED)


def confirming(told: Hit, *others: Hit) -> list[tuple[str, str]]:
    """Return (block, number of the clause that confirms it) for each block of ``told``."""
    found = Confirming((told, *others))
    return [(block.text, clause.number) for block in quotable(told.clause) for clause in found.of(told.clause, block)]


BINDING = hit_of(LAW, "第三条")


def test_what_our_own_words_say_is_confirmed_by_a_clause_in_force_that_says_the_same() -> None:
    assert confirming(hit_of(GUIDE, "1"), BINDING) == [("测试认证的证书有效期 3 年。", "第三条")]
    assert confirming(hit_of(GUIDE, "2"), BINDING) == []
    assert confirming(hit_of(GUIDE, "1"), replace(BINDING, status=Status.REPEALED)) == []
    assert confirming(BINDING) == []


@pytest.mark.parametrize(
    "other",
    [
        "测试认证的证书有效期不是 3 年。",
        "测试认证的证书有效期 3 年，满三年以前要申请再认证，过期的证书由机构收回并公布。",
        "测试认证的证书有效期 3 年。〔推断〕",
    ],
)
def test_what_says_the_contrary_or_more_or_is_only_inferred_confirms_nothing(other: str) -> None:
    law = LAW.replace("测试认证的证书有效期 3 年。", other)
    assert confirming(hit_of(GUIDE, "1"), hit_of(law, "第三条")) == []


def test_a_clause_that_the_digest_numbered_itself_confirms_nothing() -> None:
    assert confirming(hit_of(GUIDE, "1"), hit_of(LAW.replace("### 第三条", "## 1"), "1")) == []

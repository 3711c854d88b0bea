from dataclasses import replace

import pytest

from assistant.answering.extract import MAX_CLAUSES, Passage, extract, quotable
from assistant.corpus.front_matter import parse_document
from assistant.retrieval.understand import understand
from assistant.structure.address import NameIndex
from assistant.structure.outline import parse_clauses
from assistant.types import BlockKind, Document, Hit, Stage, Status
from tests.fakes import FAQ, LAW, STANDARD

LONG = """---
id: changwen
title: 长文指南
kind: guide
form: digest
confidence: 双源
checked_on: 2026-01-01
---

## 1 材料清单

误传：材料要交三十种。〔冲突〕

问法：要交哪些材料

申请材料共有五种，缺一种都不受理，下面逐一列出，各机构的清单可能在此之外另有要求，以机构公布的为准。

- 营业执照复印件，要在有效期以内，经营范围要覆盖申请认证的商品和服务，多场所的要附全部场所的执照。
- 服务手册，要写明服务方针、组织架构、岗位职责、投诉处理程序、退换货程序以及满意度调查的办法。
- 网点清单，要写明每个网点的地址、负责人、服务半径、人员数量，委托的网点要附委托合同和管理办法。
- 人员名册，要写明售后服务管理师的姓名和证号，以及客服、维修、安装、配送等各岗位的人员数量。
- 自评报告，要按评价指标逐条打分，并写明每一条的证据放在哪里，得分不足的要写明改进的安排。

## 2 费用

审核费按人天计算，每人天的价格由机构自定，并在机构网站公开。

注册费每张证书收取一次，监督审核的费用另算，合同里要写明每一年的金额、付款时间和开票方式。

差旅费由企业承担，实报实销，通常包含审核员的交通、住宿和餐饮，远程审查时不收差旅费。

加急费没有统一规定，企业要求提前安排现场评审时由双方商定，机构不得以加急为名减少审核程序。

退费：机构受理以后企业撤回申请的，已经发生的费用不退，尚未发生的费用按合同约定退还给企业。

培训费不属于认证费用，机构不得强制企业参加收费培训，也不得以培训代替认证的任何一个步骤。

咨询费由企业与咨询机构自行商定，认证机构不得同时为同一家企业提供认证咨询，也不得指定咨询机构。
"""


def load(text: str) -> Document:
    document = parse_document(text, "test.md", [])
    assert document is not None
    return document


NAMES = NameIndex([load(text) for text in (STANDARD, LAW, FAQ, LONG)])


def hit_of(text: str, number: str, *, score: float = 0.9, stage: Stage = Stage.FUSED) -> Hit:
    document = load(text)
    clause = next(clause for clause in parse_clauses(document) if clause.number == number)
    return Hit(clause, document, Status.IN_FORCE, score, 1, stage, 0.9, 1.0)


def run(question: str, *hits: Hit) -> list[Passage]:
    return extract(understand(question, NAMES), hits, lambda term: float(len(term)))


def texts(passage: Passage) -> list[str]:
    return [block.text for block in passage.blocks]


def test_a_list_that_is_asked_for_is_shown_whole_with_its_lead() -> None:
    (passage,) = run("要交哪些材料", hit_of(LONG, "1"))
    assert texts(passage)[0].startswith("申请材料共有五种")
    assert [text[:4] for text in texts(passage)[1:]] == ["营业执照", "服务手册", "网点清单", "人员名册", "自评报告"]


def test_for_more_of_it_the_whole_clause_is_shown() -> None:
    (passage,) = run("差旅费由谁承担，说细点", hit_of(LONG, "2"))
    assert len(passage.blocks) == 7


def test_what_names_an_addressed_clause_and_tells_far_more_of_what_is_asked_is_added() -> None:
    guide = LONG.replace("培训费不属于", "违反测试认证条例第十二条的，处二万元罚款。\n\n培训费不属于")
    addressed = hit_of(LAW, "第十二条", stage=Stage.ADDRESS)
    added = run("违反测试认证条例第十二条的处多少罚款", addressed, hit_of(guide, "2"))
    assert [texts(passage)[0][:2] for passage in added[1:]] == ["违反"]
    assert len(run("测试认证条例第十二条说什么", addressed, hit_of(guide, "2"))) == 1
    assert len(run("违反测试认证条例第十二条的处多少罚款", addressed, hit_of(LONG, "2"))) == 1


def test_no_addressed_clause_is_left_out_for_what_names_it() -> None:
    hits = [hit_of(STANDARD, number, stage=Stage.ADDRESS) for number in ("5.1", "5.1.2.2", "7")]
    hits += [hit_of(LAW, number, stage=Stage.ADDRESS) for number in ("第一条", "第十二条")]
    assert len(run("GB/T 11111-2020 5.1 讲什么", *hits)) == len(hits)


def test_the_conclusion_stays_first_where_only_it_holds_the_fact_asked_for() -> None:
    clause = hit_of(
        LONG.replace(
            "## 2 费用", "## 2 费用\n\n自 2024-05-01 起收费。\n\n投诉处理的收费规则由机构自定，投诉处理的要求见规则。"
        ),
        "2",
    )
    assert texts(run("投诉处理的收费规则从什么时候起用", clause)[0])[0].startswith("自 2024")


def test_a_list_nearly_as_good_goes_before_a_better_clause_without_one() -> None:
    passages = run("要交哪些材料", hit_of(LONG, "2"), hit_of(LONG, "1", score=0.8))
    assert passages[0].hit.clause.number == "1"
    passages = run("要交哪些材料", hit_of(LONG, "2"), hit_of(LONG, "1", score=0.4))
    assert passages[0].hit.clause.number == "2"


def test_of_a_long_clause_the_nearest_block_leads_the_conclusion_follows_and_the_rest_is_not_shown() -> None:
    (passage,) = run("差旅费由谁承担", hit_of(LONG, "2"))
    shown = texts(passage)
    assert shown[0].startswith("差旅费由企业承担")
    assert shown[1].startswith("审核费按人天计算")
    assert len(shown) <= 5
    assert not any(text.startswith("培训费") for text in shown)


def test_a_block_with_the_sort_of_fact_asked_for_is_shown_though_others_are_nearer() -> None:
    dated = LONG.replace("注册费每张证书收取一次，", "从 2024-05-01 起每张证书收取一次，")
    (passage,) = run("审核费和差旅费什么时候起收", hit_of(dated, "2"))
    assert any("2024-05-01" in text for text in texts(passage))


def test_where_yes_or_no_is_asked_the_conclusion_gives_way_only_to_what_is_far_nearer() -> None:
    clause = hit_of(LONG.replace("## 2 费用", "## 2 费用\n\n费用由机构自定。\n\n差旅费由企业承担。"), "2")
    assert texts(run("差旅费由企业承担", clause)[0])[0] == "差旅费由企业承担。"
    assert texts(run("费用是机构定的、企业承担的吗", clause)[0])[0] == "费用由机构自定。"
    assert texts(run("差旅费是不是企业承担", clause)[0])[0] == "差旅费由企业承担。"


def test_what_is_not_known_does_not_come_along_as_the_conclusion_of_a_long_clause() -> None:
    unknown = LONG.replace(
        "审核费按人天计算，每人天的价格由机构自定，并在机构网站公开。", "审核费的统一价格未查到。〔未知〕"
    )
    assert not any(text.startswith("审核费的统一") for text in texts(run("差旅费由谁承担", hit_of(unknown, "2"))[0]))


def test_a_short_clause_is_shown_whole() -> None:
    (passage,) = run("管理师配几个", hit_of(STANDARD, "5.1.2.2"))
    assert len(passage.blocks) == 2


@pytest.mark.parametrize(
    ("text", "number", "question"),
    [
        (FAQ, "2", "有没有八星级"),
        (STANDARD, "5.1.2.2", "多少人配一个管理师"),
        (LONG, "1", "材料要交三十种吗"),
        (LONG, "1", "要交哪些材料"),
    ],
)
@pytest.mark.parametrize("stage", [Stage.FUSED, Stage.ADDRESS])
def test_false_claims_and_ways_of_asking_are_never_shown(text: str, number: str, question: str, stage: Stage) -> None:
    passages = run(question, hit_of(text, number, stage=stage))
    shown = [block for passage in passages for block in passage.blocks]
    assert shown
    assert not {block.kind for block in shown} & {BlockKind.CLAIM, BlockKind.PHRASINGS}


def test_a_clause_without_a_quotable_block_is_passed_over() -> None:
    hit = hit_of(FAQ, "2")
    claims = tuple(block for block in hit.clause.blocks if block.kind is BlockKind.CLAIM)
    hollow = replace(hit, clause=replace(hit.clause, blocks=claims))
    assert quotable(hollow.clause) == []
    assert run("有没有八星级", hollow) == []
    assert [passage.hit.clause.number for passage in run("有没有八星级", hollow, hit_of(FAQ, "1"))] == ["1"]


def test_a_clause_named_by_its_address_is_shown_whole_and_alone() -> None:
    passages = run("长文指南 2 说什么", hit_of(LONG, "2", stage=Stage.ADDRESS), hit_of(LONG, "1"))
    assert [len(passage.blocks) for passage in passages] == [7]


def test_further_clauses_are_added_only_if_nearly_as_good_and_not_the_same() -> None:
    first, near, far = hit_of(FAQ, "1"), hit_of(STANDARD, "5.1", score=0.85), hit_of(LAW, "第一条", score=0.3)
    passages = run("证书有效期几年", first, near, far)
    assert [passage.hit.clause.number for passage in passages] == ["1", "5.1"]
    assert [len(passage.blocks) for passage in passages] == [1, 1]
    twin = replace(near, clause=replace(first.clause, address="别处 1"))
    assert len(run("证书有效期几年", first, twin)) == 1


def test_no_more_than_three_clauses_are_shown() -> None:
    hits = [
        hit_of(FAQ, "1"),
        hit_of(STANDARD, "5.1"),
        hit_of(LAW, "第一条"),
        hit_of(LAW, "第一百零三条之一"),
        hit_of(FAQ, "2"),
    ]
    assert len(run("证书有效期几年", *hits)) == MAX_CLAUSES


def test_a_question_nearest_to_a_recorded_unknown_is_marked_as_unknown() -> None:
    (passage,) = run("管理师配不足时一票否决吗", hit_of(STANDARD, "5.1.2.2"))
    assert passage.unknown
    (passage,) = run("按百分之几配备服务管理师", hit_of(STANDARD, "5.1.2.2"))
    assert not passage.unknown


KNOWN_AND_NOT = """---
id: gai
title: 改版说明
kind: guide
form: digest
confidence: 双源
checked_on: 2026-01-01
---

## 1 基本情况

改版方案由主管部门在 2025 年公布。

改版方案的文号未取得。〔未知〕

## 2 目标

改版方案分三步走，方案的文号以后会公布，方案到 2030 年为止。
"""


def test_a_detail_that_is_not_known_refuses_only_the_question_for_it() -> None:
    hits = [hit_of(KNOWN_AND_NOT, "1"), hit_of(KNOWN_AND_NOT, "2")]
    passage, *_ = run("改版方案的文号是多少", *hits)
    assert passage.unknown
    assert "文号未取得" in passage.blocks[0].text
    assert passage.hit.clause.number == "1"
    passage, *_ = run("改版方案由谁公布", *hits)
    assert not passage.unknown


def test_points_that_nobody_asked_for_are_left_out() -> None:
    text = KNOWN_AND_NOT.replace("改版方案的文号未取得。", "改版方案的分值未查到。")
    assert texts(run("改版方案由谁公布", hit_of(text, "1"))[0]) == ["改版方案由主管部门在 2025 年公布。"]
    assert "改版方案的分值未查到。" in texts(run("改版方案占几分", hit_of(text, "1"))[0])
    assert "改版方案的文号未取得。" in texts(run("改版方案由谁公布", hit_of(KNOWN_AND_NOT, "1"))[0])


def test_each_document_that_is_named_is_told_of() -> None:
    law = LAW.replace("制定本条例。", "制定测试认证条例。")
    hits = [hit_of(STANDARD, "5.1"), hit_of(FAQ, "1"), replace(hit_of(law, "第一条"), score=0.3)]
    asked = "为了规范什么活动制定测试认证条例，GB/T 11111-2020 呢"
    assert {passage.hit.document.id for passage in run(asked, *hits)} >= {hits[0].document.id, hits[2].document.id}


def test_a_document_that_is_only_mentioned_is_not_told_of() -> None:
    hits = [hit_of(STANDARD, "5.1.2.2"), replace(hit_of(LAW, "第一条"), score=0.3)]
    passages = run("GB/T 11111-2020 要不要按测试认证条例配管理师，配几名管理师", *hits)
    assert {passage.hit.document.id for passage in passages} == {hits[0].document.id}

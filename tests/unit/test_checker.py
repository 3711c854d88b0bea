from threading import Event

import pytest

from assistant.answering.checks.checker import Checker, Verdict
from assistant.answering.checks.support import LEAST_COVERAGE, SURE_COVERAGE, Support, SupportMeter
from assistant.answering.sentences import written
from assistant.types import CheckName, SentenceStatus, Status
from tests.fakes import HashingEmbedder
from tests.unit.checked import source

SOURCES = {
    1: source("企业应设立售后服务归口部门，证书有效期为3年。", context="GB/T 27922-2011 5.1"),
    2: source("五星级的得分应为95分及以上。", context="GB/T 27922-2011 7", mark=2),
    3: source("五星级的得分应为90分及以上。", mark=3, status=Status.SUPERSEDED, name="GB/T 27922-2005"),
    4: source("复审的周期为24个月。", mark=4, status=Status.REPEALED, name="旧办法"),
    5: source("企业应每年提交服务报告。", mark=5, status=Status.NOT_YET, name="新办法"),
}


def meter() -> SupportMeter:
    return SupportMeter(HashingEmbedder(), lambda term: 1.0)


def check(raw: str, question: str = "") -> Verdict:
    return Checker(SOURCES, meter(), question).check(written(raw))


def failed_checks(verdict: Verdict) -> set[CheckName]:
    return {item.name for item in verdict.checks if not item.ok}


def test_a_faithful_marked_sentence_is_supported_by_all_checks() -> None:
    verdict = check("企业应设立售后服务归口部门。[1]")
    assert (verdict.status, verdict.marks, verdict.removed) == (SentenceStatus.SUPPORTED, (1,), ())
    assert (verdict.claim, verdict.lacking) == (True, False)
    assert {item.name for item in verdict.checks} == set(CheckName)
    assert failed_checks(verdict) == set()


def test_an_invented_mark_is_removed_and_leaves_the_sentence_unverified() -> None:
    verdict = check("企业应设立售后服务归口部门。[1][9]")
    assert (verdict.status, verdict.marks, verdict.removed) == (SentenceStatus.UNVERIFIED, (1,), (9,))
    assert verdict.checks[0].detail == "编号 [9] 不存在，已去掉"
    only = check("企业应设立售后服务归口部门。[8][9]")
    assert (only.status, only.marks, only.removed) == (SentenceStatus.UNVERIFIED, (), (8, 9))
    assert only.checks[0].detail == "编号 [8][9] 不存在，已去掉"


def test_a_statement_without_a_mark_is_unverified() -> None:
    verdict = check("企业应设立售后服务归口部门。")
    assert (verdict.status, verdict.claim) == (SentenceStatus.UNVERIFIED, True)
    assert verdict.checks[0].detail == "没有注明出处"


@pytest.mark.parametrize(
    ("raw", "name"),
    [
        ("证书有效期为5年。[1]", CheckName.NUMBERS),
        ("五星级的得分应为90分及以上。[2]", CheckName.NUMBERS),
        ("条款写明“企业应设立独立的售后服务公司”。[1]", CheckName.QUOTATIONS),
        ("企业可以设立售后服务归口部门。[1]", CheckName.MODALITY),
        ("企业应设立售后服务归口部门，详见 http://evil.example。[1]", CheckName.SAFETY),
        ("证书有效期为3年。[2]", CheckName.NUMBERS),
    ],
)
def test_what_contradicts_its_source_has_failed(raw: str, name: CheckName) -> None:
    verdict = check(raw)
    assert verdict.status is SentenceStatus.FAILED
    assert name in failed_checks(verdict)
    assert all(item.detail for item in verdict.checks if not item.ok)


def test_what_its_source_does_not_speak_of_is_unverified() -> None:
    verdict = check("消防通道由物业公司负责清扫。[1]")
    assert verdict.status is SentenceStatus.UNVERIFIED
    assert failed_checks(verdict) == {CheckName.SUPPORT}


def test_one_wrong_and_one_unknown_make_it_failed() -> None:
    assert check("证书有效期为5年。[1][9]").status is SentenceStatus.FAILED


@pytest.mark.parametrize(
    ("raw", "status"),
    [
        ("五星级的得分应为90分及以上。[3]", SentenceStatus.FAILED),
        ("旧版标准的五星级得分应为90分及以上。[3]", SentenceStatus.SUPPORTED),
        ("五星级的得分应为90分及以上，该标准已被代替。[3]", SentenceStatus.SUPPORTED),
        ("五星级的得分应为90分及以上，这是旧规则。[3]", SentenceStatus.SUPPORTED),
        ("复审的周期为24个月。[4]", SentenceStatus.FAILED),
        ("复审的周期为24个月，该办法已废止。[4]", SentenceStatus.SUPPORTED),
        ("企业应每年提交服务报告。[5]", SentenceStatus.FAILED),
        ("企业应每年提交服务报告，该办法尚未生效。[5]", SentenceStatus.SUPPORTED),
        ("企业应每年提交服务报告，该办法已废止。[5]", SentenceStatus.FAILED),
    ],
)
def test_a_source_out_of_force_must_be_told_as_such(raw: str, status: SentenceStatus) -> None:
    verdict = check(raw)
    assert verdict.status is status
    assert (CheckName.VALIDITY in failed_checks(verdict)) is (status is SentenceStatus.FAILED)


def test_the_source_out_of_force_is_named() -> None:
    (detail,) = [item.detail for item in check("五星级的得分应为90分及以上。[3]").checks if not item.ok]
    assert detail == "所引GB/T 27922-2005（被代替），句中没有说明"


@pytest.mark.parametrize("raw", ["您有多少名售后人员？", "资料中没有说明。", "好的。", "准备的材料如下："])
def test_what_states_nothing_needs_no_mark(raw: str) -> None:
    verdict = check(raw)
    assert (verdict.status, verdict.claim) == (SentenceStatus.SUPPORTED, False)
    assert verdict.checks[0].detail == "不含事实陈述"
    assert verdict.lacking is (raw == "资料中没有说明。")


@pytest.mark.parametrize(
    ("raw", "status"),
    [
        ("资料中没有说明300元的收费。", SentenceStatus.FAILED),
        ("您的售后人员有没有50人？", SentenceStatus.FAILED),
        ("资料中没有说明GB/T 19001。", SentenceStatus.FAILED),
        ("您的25名售后人员中有几名管理师？", SentenceStatus.SUPPORTED),
        ("资料中没有说明25人的企业怎么配。", SentenceStatus.SUPPORTED),
        ("您能打 13912345678 问吗？", SentenceStatus.FAILED),
    ],
)
def test_what_states_nothing_may_hold_only_figures_of_the_question(raw: str, status: SentenceStatus) -> None:
    verdict = check(raw, "我们有25名售后人员")
    assert (verdict.status, verdict.claim) == (status, False)


def test_a_question_that_carries_a_mark_is_checked_like_a_statement() -> None:
    verdict = check("您的证书有效期是不是5年？[1]")
    assert (verdict.status, verdict.claim) == (SentenceStatus.FAILED, True)


def test_a_hidden_statement_is_unverified() -> None:
    verdict = check("资料没有说明，但一般可以不审核。")
    assert (verdict.status, verdict.claim, verdict.lacking) == (SentenceStatus.UNVERIFIED, True, False)


def test_the_askers_figures_may_be_told_beside_those_of_the_source() -> None:
    question = "我们成立2年"
    assert check("您成立2年，证书有效期为3年。[1]", question).status is SentenceStatus.SUPPORTED
    assert check("您成立4年，证书有效期为3年。[1]", question).status is SentenceStatus.FAILED


def test_preparing_changes_no_verdict() -> None:
    ready = Checker(SOURCES, meter())
    ready.prepare(Event())
    for raw in ("企业应设立售后服务归口部门。[1]", "证书有效期为5年。[1]", "消防通道由物业公司负责清扫。[1]"):
        assert ready.check(written(raw)) == check(raw)


def test_support_is_coverage_and_where_that_leaves_doubt_the_nearest_block() -> None:
    measure = meter()
    clause = SOURCES[1]
    assert measure.measure("企业应设立售后服务归口部门", [clause]) == Support(1.0, None)
    half = measure.measure("归口部门清扫消防通道", [clause])
    assert 0 < half.coverage < SURE_COVERAGE
    assert half.cosine is not None
    none = measure.measure("清扫消防通道", [clause])
    assert (none.coverage, none.enough) == (0.0, False)
    assert measure.measure("清扫消防通道", [clause, source("清扫消防通道")]) == Support(1.0, None)


def test_rare_terms_weigh_more() -> None:
    weighing = SupportMeter(HashingEmbedder(), lambda term: 9.0 if term == "消防" else 1.0)
    text = "售后服务归口部门消防"
    assert meter().measure(text, [SOURCES[1]]).coverage > weighing.measure(text, [SOURCES[1]]).coverage


@pytest.mark.parametrize(
    ("support", "enough"),
    [
        (Support(SURE_COVERAGE, None), True),
        (Support(SURE_COVERAGE - 0.01, None), False),
        (Support(LEAST_COVERAGE + 0.01, 0.72), True),
        (Support(LEAST_COVERAGE - 0.01, 0.72), False),
        (Support(0.0, 0.83), True),
        (Support(0.5, 0.5), False),
    ],
)
def test_little_coverage_needs_a_near_block(support: Support, enough: bool) -> None:
    assert support.enough is enough


@pytest.mark.parametrize(
    ("raw", "told"),
    [
        ("2024 年的补贴每件最高 2000 元。[1]", True),
        ("补贴每件最高 2000 元。[1]", False),
        ("2024 年的补贴现在仍是每件最高 2000 元。[1]", False),
        ("2024年12月报名的企业，补贴每件最高 2000 元。[1]", False),
    ],
)
def test_a_sentence_that_names_the_year_of_a_past_policy_tells_that_it_is_past(raw: str, told: bool) -> None:
    past = source("2024 年每件最高补 2000 元。", status=Status.REPEALED, name="《2024年补贴政策》")
    verdict = Checker({1: past}, meter()).check(written(raw))
    assert (CheckName.VALIDITY not in failed_checks(verdict)) is told

import pytest

from assistant.answering.missing import asks_for_missing, is_idle_points, is_told


@pytest.mark.parametrize(
    ("question", "unknown"),
    [
        ("那份方案的发文字号多少", "行动方案的文号和全文未取得。"),
        ("2022年那次修订是总局第几号令", "办法 2022 年修订的令号和日期未查到。"),
        ("现在废了没", "通知的原文、施行日期和现状，均未查到。"),
        ("第几条写了要通过认证", "“应通过售后服务认证”落在哪一条，未查到。"),
        ("5.1的40分怎样分，各占几分", "7 个二级指标各自的分值未查到。"),
        ("配送这个指标单独占几分", "15 个二级指标各自的分值未查到。"),
        ("八十九分半四舍五入算四星吗", "小数分是否四舍五入，未查到规定。"),
        ("这个细则被哪个文件宣布废止", "细则的正式废止文件未查到。"),
    ],
)
def test_the_detail_asked_for_is_the_one_called_unknown(question: str, unknown: str) -> None:
    assert asks_for_missing(question, unknown) is True


@pytest.mark.parametrize(
    ("question", "unknown"),
    [
        ("投标前要不要换掉旧标准", "旧标准的废止公告文号未查到。"),
        ("它的文号是多少", "旧标准的废止公告文号未查到。"),
        ("监督审核一年几次", "监督审核具体在第几个月做，未查到统一规定。"),
        ("网点那条会不会被扣分", "是否存在条号 5.1.1.3 未查到。"),
        ("代码 03、22 各对应什么领域", "01、03、09、19、22 以外的服务认证领域代码未查到。"),
    ],
)
def test_another_detail_is_not_asked_for(question: str, unknown: str) -> None:
    assert asks_for_missing(question, unknown) is False


@pytest.mark.parametrize(
    "unknown",
    [
        "本库没有收物业、养老等行业服务认证的指标和条文。",
        "分公司能否单独申请，未查到统一规定。",
        "7 个二级指标怎样分 40 分，未查到。",
    ],
)
def test_a_whole_subject_or_no_known_detail_is_left_to_nearness(unknown: str) -> None:
    assert asks_for_missing("第几条写了", unknown) is None


@pytest.mark.parametrize(("known", "told"), [("旧标准已被新标准取代。", True), ("通知由三个单位印发。", False)])
def test_what_another_statement_tells_is_not_missing(known: str, told: bool) -> None:
    assert is_told("现在还有效吗", "它的现状未查到。", known) is told


@pytest.mark.parametrize("question", ["违规罚多少分", "管理师培训补多少课时", "费用几年交一次", "费用有几部分"])
def test_a_count_of_something_else_is_no_amount(question: str) -> None:
    assert asks_for_missing(question, "罚款和补课的收费数额没有查到，未查到。") is False
    assert asks_for_missing("罚多少", "罚款数额未查到。") is True


@pytest.mark.parametrize(
    ("question", "unknown", "idle"),
    [
        ("没有独立部门能通过吗", "5.1.1.1（归口部门）的分值未查到。", True),
        ("分公司能申请吗", "5.1.1.1（归口部门）的分值未查到。", True),
        ("归口部门占几分", "5.1.1.1（归口部门）的分值未查到。", False),
        ("归口部门比重多大", "5.1.1.1（归口部门）的分值未查到。", False),
        ("配送有什么要求", "5.2.3（配送）的条文、三级条号和分值未查到。", False),
        ("网点可以委托吗", "是否存在条号 5.1.1.3 未查到；5.1.1.2（网点）的分值也未查到。", False),
        ("什么时候换证", "提前多少天未查到。", False),
    ],
)
def test_points_that_nobody_asked_for_are_told_from_what_matters(question: str, unknown: str, *, idle: bool) -> None:
    assert is_idle_points(question, unknown) is idle

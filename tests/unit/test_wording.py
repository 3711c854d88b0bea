import pytest

from assistant.answering.checks.wording import MIN_QUOTED, wrong_contacts, wrong_quotations
from tests.unit.checked import source

CLAUSE = source(
    "企业应设立或指定专门从事售后服务工作的部门，并有合理的职能划分和岗位设置。〔双源 S1〕",
    "咨询电话 010-82260000，投诉热线 400-650-1234，手机 13800138000，邮箱 service@cnca.gov.cn。",
    context="GB/T 27922-2011《商品售后服务评价体系》 见 https://www.cnca.gov.cn/zw/index.html",
)


@pytest.mark.parametrize(
    "text",
    [
        "条款写的是“企业应设立或指定专门从事售后服务工作的部门”。",
        "条款写的是「有合理的职能划分和岗位设置」。",
        "条款写的是『有合理的职能划分和岗位设置』。",
        '条款写的是"有合理的职能划分和岗位设置"。',
        "条款写的是“售后服务工作的部门，并有合理的职能划分”。",
        "条款写的是“售后服务工作的部门、并有合理的 职能划分。”",
        "它的名称是“商品售后服务评价体系”。",
        "分“职能划分和岗位设置”与“售后服务工作的部门”两处说明。",
    ],
)
def test_a_quotation_word_for_word_is_right_whatever_its_signs(text: str) -> None:
    assert wrong_quotations(text, [CLAUSE]) == []


@pytest.mark.parametrize(
    "quoted",
    [
        "企业可设立或指定专门从事售后服务工作的部门",
        "企业应设立专门从事售后服务工作的部门",
        "职能划分和岗位设置应当合理",
        "岗位设置。企业应设立",
        "客户满意度不低于百分之九十",
    ],
)
def test_a_changed_or_invented_quotation_is_wrong(quoted: str) -> None:
    assert wrong_quotations(f"条款写的是“{quoted}”。", [CLAUSE]) == [f"“{quoted}”不是条款原话"]


def test_of_several_quotations_only_the_changed_ones_are_told() -> None:
    text = "条款写了“合理的职能划分和岗位设置”，也写了“由总经理直接负责”和“每季度考核一次”。"
    assert wrong_quotations(text, [CLAUSE]) == ["“由总经理直接负责”不是条款原话", "“每季度考核一次”不是条款原话"]


def test_a_quotation_may_stand_in_any_of_the_sources_but_must_stand_in_one_whole() -> None:
    other = source("监督审核每年至少一次。", mark=2)
    assert wrong_quotations("写的是“监督审核每年至少一次”。", [CLAUSE, other]) == []
    assert wrong_quotations("写的是“监督审核每年至少一次”。", [CLAUSE]) != []
    joined = "岗位设置监督审核每年至少一次"
    assert wrong_quotations(f"写的是“{joined}”。", [source("岗位设置"), other]) == [f"“{joined}”不是条款原话"]


@pytest.mark.parametrize(
    ("name", "wrong"), [("双随机", False), ("五星", False), ("归口管理", False), ("归口管理制", True)]
)
def test_a_short_quotation_is_a_name_and_claims_no_wording(name: str, wrong: bool) -> None:
    assert (len(name) >= MIN_QUOTED) is wrong
    assert bool(wrong_quotations(f"这叫“{name}”。", [CLAUSE])) is wrong


def test_marks_of_attestation_do_not_interrupt_a_quotation() -> None:
    clause = source("企业应设立归口部门〔双源 S1〕并配备人员。")
    assert wrong_quotations("写的是“企业应设立归口部门并配备人员”。", [clause]) == []


def test_without_quotation_marks_nothing_is_quoted() -> None:
    assert wrong_quotations("企业可以不设部门。", [CLAUSE]) == []


@pytest.mark.parametrize(
    "text",
    [
        "请打 010-82260000。",
        "请打 400-650-1234 投诉。",
        "请打 13800138000。",
        "写信到 service@cnca.gov.cn。",
        "查 https://www.cnca.gov.cn/zw/index.html。",
        "查 HTTPS://WWW.CNCA.GOV.CN/zw/index.html。",
        "没有联系方式，2012年2月1日实施，编号 27922。",
    ],
)
def test_contacts_of_the_sources_may_be_told(text: str) -> None:
    assert wrong_contacts(text, [CLAUSE]) == []


@pytest.mark.parametrize(
    ("text", "contact"),
    [
        ("请打 010-82269999。", "010-82269999"),
        ("请打 0571-8765432。", "0571-8765432"),
        ("请打 400-123-4567。", "400-123-4567"),
        ("请打 4001234567。", "4001234567"),
        ("请打 13912345678。", "13912345678"),
        ("写信到 a.b@evil.example。", "a.b@evil.example"),
        ("查 http://evil.example/x?a=1。", "http://evil.example/x?a=1"),
        ("查 www.evil.example/login，登录。", "www.evil.example/login"),
        ("（见 https://evil.example/y）", "https://evil.example/y"),
        ("查 https://www.cnca.gov.cn.evil.example/。", "https://www.cnca.gov.cn.evil.example/"),
    ],
)
def test_other_contacts_are_wrong(text: str, contact: str) -> None:
    assert wrong_contacts(text, [CLAUSE]) == [f"“{contact}”不在所引条款中"]
    assert wrong_contacts(text, []) == [f"“{contact}”不在所引条款中"]

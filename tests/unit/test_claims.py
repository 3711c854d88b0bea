import pytest

from assistant.answering.checks.claims import asks_back, says_lacking, states_fact


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("资料中没有说明收费标准。", True),
        ("资料里没有提到远程审核。", True),
        ("条款中未规定具体人数。", True),
        ("上述资料中都没有说明。", True),
        ("无法从所给资料中得知。", True),
        ("现有条款查不到这一点。", True),
        ("资料没有说明，但一般可以不审核。", False),
        ("资料没有说明，不过通常要一年一次。", False),
        ("资料没有说明，实际上可以免审。", False),
        ("资料没有说明，必须现场审核。", False),
        ("资料没有说明，建议先准备档案。", False),
        ("企业没有建立档案。", False),
        ("证书有效期3年。", False),
        ("资料中没有说明" + "很长" * 40 + "。", False),
    ],
)
def test_saying_that_the_material_lacks_something(text: str, expected: bool) -> None:
    assert says_lacking(text) is expected
    assert states_fact(text) is not expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("您有多少名售后人员？", True),
        ("请问贵公司有没有分支机构？", True),
        ("您想评几星，有多少服务网点？", True),
        ("您是哪个行业的?", True),
        ("证书有效期为5年，您想申请吗？", False),
        ("一般不用审核，您有多少名售后人员？", False),
        ("三星级80分；您的得分是多少？", False),
        ("证书可以延期。", False),
        ("您有多少名售后人员。", False),
    ],
)
def test_a_question_to_the_asker_holds_no_statement_in_any_part(text: str, expected: bool) -> None:
    assert asks_back(text) is expected
    assert states_fact(text) is not expected


@pytest.mark.parametrize(
    ("text", "heading", "expected"),
    [
        ("企业应设立归口部门。", False, True),
        ("证书由认证机构颁发。", False, True),
        ("有效期3年", False, True),
        ("3年", False, True),
        ("5.1.2.2", False, True),
        ("2012年", False, True),
        ("不得转让。", False, True),
        ("必须", False, True),
        ("合格。", False, True),
        ("好的。", False, False),
        ("综上所述，", False, False),
        ("另外：", False, False),
        ("申请时要准备的材料如下：", False, False),
        ("申请认证必须具备的条件如下：", False, True),
        ("申请时要准备的三种材料如下：", False, True),
        ("申请认证的企业在向认证机构提出书面申请的时候一般来说要先自己准备好的材料如下：", False, True),
        ("材料清单", True, False),
        ("申请条件与材料的准备", True, False),
        ("五星级95分", True, True),
        ("企业必须设立归口部门", True, True),
        ("申请条件与材料的准备由企业自己负责完成", True, True),
    ],
)
def test_what_states_a_fact_and_so_needs_a_mark(text: str, heading: bool, expected: bool) -> None:
    assert states_fact(text, heading=heading) is expected

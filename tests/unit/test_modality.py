import pytest

from assistant.answering.checks.modality import wrong_modality
from tests.unit.checked import source


def problems(clause: str, text: str) -> list[str]:
    return wrong_modality(text, [source(clause)])


@pytest.mark.parametrize(
    ("clause", "text", "told", "said"),
    [
        ("企业应当建立售后服务档案。", "企业可以建立售后服务档案。", "必须", "可以"),
        ("企业必须公示投诉电话。", "企业可以公示投诉电话。", "必须", "可以"),
        ("企业应当建立售后服务档案。", "建议企业建立售后服务档案。", "必须", "宜"),
        ("企业应当建立售后服务档案。", "企业不必建立售后服务档案。", "必须", "不必"),
        ("企业可以指定现有部门归口管理。", "企业必须指定现有部门归口管理。", "可以", "必须"),
        ("企业宜采用信息化手段管理投诉。", "企业必须采用信息化手段管理投诉。", "宜", "必须"),
        ("企业可以委托网点提供安装服务。", "企业不得委托网点提供安装服务。", "可以", "不得"),
        ("认证机构不得提供认证咨询服务。", "认证机构可以提供认证咨询服务。", "不得", "可以"),
        ("严禁转让认证证书和标志。", "允许转让认证证书和标志。", "不得", "可以"),
    ],
)
def test_strength_is_neither_raised_nor_lowered(clause: str, text: str, told: str, said: str) -> None:
    assert f"条款说的是“{told}”，这里说成“{said}”" in problems(clause, text)


@pytest.mark.parametrize(
    ("clause", "text"),
    [
        ("境外机构没有从事认证活动的资格。", "境外机构有从事认证活动的资格。"),
        ("审核员未参加培训的，认证结果不予承认。", "审核员未参加培训的，认证结果予以承认。"),
        ("证书到期后不再有效，企业没有优先续证的权利。", "企业有优先续证的权利。"),
    ],
)
def test_a_negation_lost_is_wrong(clause: str, text: str) -> None:
    assert any("这里没有否定" in problem for problem in problems(clause, text))


@pytest.mark.parametrize(
    ("clause", "text"),
    [
        ("监督审核包括现场检查服务网点。", "监督审核不包括现场检查服务网点。"),
        ("认证费用由申请企业承担。", "认证费用不由申请企业承担。"),
        ("分支机构纳入认证范围。", "分支机构没有纳入认证范围。"),
    ],
)
def test_a_negation_added_is_wrong(clause: str, text: str) -> None:
    assert any("这里否定了" in problem for problem in problems(clause, text))


@pytest.mark.parametrize(
    ("clause", "text"),
    [
        ("企业应当建立售后服务档案。", "企业必须建立售后服务档案。"),
        ("企业应当建立售后服务档案。", "售后服务档案是企业需要建立的。"),
        ("企业应设立归口部门。", "归口部门要设立。"),
        ("认证机构不得提供认证咨询服务。", "认证机构不能提供认证咨询服务。"),
        ("认证机构不得提供认证咨询服务。", "禁止认证机构提供认证咨询服务。"),
        ("企业可以指定现有部门归口管理。", "企业可指定现有部门归口管理。"),
        ("企业可以指定现有部门归口管理。", "允许企业指定现有部门来归口管理。"),
        ("企业宜采用信息化手段管理投诉。", "建议企业采用信息化手段管理投诉。"),
        ("管理师不得少于1名。", "管理师至少1名。"),
        ("没有要求企业新设售后服务部门。", "企业不必新设售后服务部门。"),
        ("监督审核包括现场检查服务网点。", "监督审核要看服务网点的现场。"),
        ("未查到收费的统一标准。", "收费的统一标准没有查到。"),
        ("证书有效期为3年。", "证书三年有效。"),
        ("企业不仅要建立档案，还要定期更新。", "企业要建立档案并定期更新。"),
        ("企业应具有提供服务的能力和可追溯的记录。", "企业应有服务能力和可追溯的记录。"),
    ],
)
def test_a_faithful_paraphrase_is_left_alone(clause: str, text: str) -> None:
    assert problems(clause, text) == []


@pytest.mark.parametrize(
    "text",
    [
        "企业是否建立售后服务档案，由审核员核实。",
        "企业有没有建立售后服务档案，要看记录。",
        "企业建不建立售后服务档案？",
    ],
)
def test_a_question_that_offers_both_denies_nothing(text: str) -> None:
    assert problems("审核员核实企业已建立售后服务档案，要看记录。", text) == []


def test_the_clauses_own_question_is_no_denial() -> None:
    assert problems("审核员检查企业是否公示投诉电话。", "审核员检查企业公示投诉电话的情况。") == []


@pytest.mark.parametrize(
    ("clause", "text", "told", "said"),
    [
        ("售后服务认证是自愿性认证。", "售后服务认证是强制性认证。", "自愿", "强制"),
        ("产品认证属于强制认证。", "产品认证属于自愿认证。", "强制", "自愿"),
        ("得分低于70分的为不合格。", "得分低于70分的为合格。", "不合格", "合格"),
        ("得分在70分以上的为合格。", "得分在70分以上的为不合格。", "合格", "不合格"),
        ("逾期未换的证书失效。", "逾期未换的证书有效。", "失效", "有效"),
        ("培训向企业免费开放。", "培训向企业收费开放。", "免费", "收费"),
        ("有奖项的可以加分。", "有奖项的可以扣分。", "加分", "扣分"),
        ("该标准为推荐性标准。", "该标准为强制性标准。", "推荐性", "强制性"),
        ("证书到期前申请再认证。", "证书到期后申请再认证。", "到期前", "到期后"),
        ("情节较轻的暂停证书。", "情节较轻的撤销证书。", "暂停", "撤销"),
        ("适用于境内企业。", "适用于境外企业。", "境内", "境外"),
    ],
)
def test_a_contrasting_word_in_place_of_the_clauses_is_wrong(clause: str, text: str, told: str, said: str) -> None:
    assert f"条款说的是“{told}”，这里说成“{said}”" in problems(clause, text)


@pytest.mark.parametrize(
    ("clause", "text"),
    [
        ("自愿认证由企业选择，强制认证由国家规定。", "自愿认证由企业选择。"),
        ("合格的发证，不合格的整改。", "不合格的要整改。"),
        ("证书有效期3年。", "证书的有效期是3年。"),
    ],
)
def test_a_contrast_that_the_clause_makes_itself_may_be_told_by_half(clause: str, text: str) -> None:
    assert problems(clause, text) == []


def test_any_of_several_sources_may_give_the_strength() -> None:
    may = source("企业可以指定现有部门归口管理。")
    must = source("企业必须指定现有部门归口管理。", mark=2)
    assert wrong_modality("企业必须指定现有部门归口管理。", [may]) != []
    assert wrong_modality("企业必须指定现有部门归口管理。", [may, must]) == []


def test_a_problem_is_told_once() -> None:
    found = problems("企业应当建立档案。企业应当建立档案。", "企业可以建立档案，企业可以建立档案。")
    assert found == ["条款说的是“必须”，这里说成“可以”"]


def test_without_sources_nothing_can_be_compared() -> None:
    assert wrong_modality("企业可以不建立档案。", []) == []


def test_a_condition_denies_nothing() -> None:
    clause = "企业建立服务档案的，可以申请。"
    assert problems(clause, "企业如果没有建立服务档案，先补上。") == []
    assert problems(clause, "企业没有建立服务档案。") != []


@pytest.mark.parametrize(
    ("clause", "text", "word"),
    [
        ("获证后每年至少进行一次监督审核。", "监督审核做不做都行。", "做不做都行"),
        ("网点清单要注明直属或委托。", "网点清单怎么写由企业自行决定。", "由企业自行决定"),
        ("证书只能在写明的范围内使用。", "证书怎么用听凭企业。", "听凭"),
        ("联合体一方有认证的，可以加分。", "联合体一方有认证的必然加分。", "必然"),
    ],
)
def test_freedom_or_force_that_no_clause_tells_is_wrong(clause: str, text: str, word: str) -> None:
    assert any(word in problem for problem in wrong_modality(text, [source(clause)]))


@pytest.mark.parametrize(
    ("clause", "text"),
    [
        ("获证后每年至少进行一次监督审核。", "监督审核不是可有可无的。"),
        ("网点清单要注明直属或委托。", "网点清单怎么写不由企业自行决定。"),
        ("机构可以自行决定是否现场抽查。", "抽不抽查由机构自行决定。"),
        ("没有查到统一的暂停期限。", "暂停期限没有统一规定。"),
        ("标准的发布日期已经查到。", "标准的发布日期已查明。"),
    ],
)
def test_freedom_that_is_denied_or_told_by_the_clause_is_right(clause: str, text: str) -> None:
    assert wrong_modality(text, [source(clause)]) == []


def test_what_was_not_found_must_not_be_told_as_found() -> None:
    clause = source("暂停期限的统一规定未查到。")
    assert wrong_modality("暂停期限的统一规定已经查到。", [clause])
    assert wrong_modality("暂停期限有统一规定。", [clause])
    assert wrong_modality("暂停期限的统一规定未查到。", [clause]) == []


@pytest.mark.parametrize("text", ["没有委托协议不行。", "网点非附委托协议不可。", "不附委托协议不合要求。"])
def test_what_is_denied_twice_is_asked_for(text: str) -> None:
    assert wrong_modality(text, [source("委托网点要附委托协议。")]) == []


@pytest.mark.parametrize(
    ("clause", "text"),
    [
        ("不能直接套用：那份文件放开的是产品认证收费。", "那份文件可以直接套用到售后服务认证的收费上。"),
        ("这个数字没有统计日期，也没有旁证，不宜引用。", "这个数字没有统计日期，但有旁证，不宜引用。"),
        ("那三级证书出自网页，不属于 GB/T 27922-2011。", "网页写的三级证书属于 GB/T 27922-2011 的分级。"),
        ("引用的是 2003 版，不是 GB/T 19011-2013。", "引用的其实是 GB/T 19011-2013。"),
    ],
)
def test_a_short_denial_is_found_in_a_longer_part_and_a_number_is_denied_as_such(clause: str, text: str) -> None:
    assert wrong_modality(text, [source(clause)])


@pytest.mark.parametrize(
    ("clause", "text"),
    [
        ("远程审查不等于免审。", "远程审查跟免审是两码事。"),
        ("它不是法律，也不是部门规章。", "它既非法律，也非部门规章。"),
        ("条号和内容未查到。", "条号和内容现在查不到。"),
        ("引用的是 2003 版，不是 GB/T 19011-2013。", "引用的不是 GB/T 19011-2013。"),
    ],
)
def test_a_denial_told_in_other_words_is_left_alone(clause: str, text: str) -> None:
    assert not wrong_modality(text, [source(clause)])


def test_what_a_clause_forbids_may_not_be_told_as_done() -> None:
    clause = "售后服务认证证书不得转让，也不得非法买卖、伪造、冒用。"
    assert "条款否定“转让”，这里没有否定" in "".join(
        problems(clause, "证书在关联公司之间可以转让，但不能伪造或者冒用。")
    )
    assert not problems(clause, "证书不得转让给关联公司。")


def test_what_a_clause_leaves_to_somebody_may_be_told_as_left_to_him() -> None:
    clause = "认证收费由认证机构定价，并且必须公开。"
    assert not problems(clause, "认证收费由认证机构自己定，但必须公开。")
    assert problems(clause, "认证收费由企业自己定，但必须公开。")


@pytest.mark.parametrize(
    ("clause", "text"),
    [
        ("没有证书不影响投标，只是拿不到分。", "没有证书也会影响投标。"),
        ("获证企业的退换责任不减。", "获证以后，退换的责任随之减轻。"),
        ("责任不因有没有认证而改变。", "责任会因有没有认证而改变。"),
        ("售后服务认证不能代替三包。", "有了证书，就能顶替三包。"),
        ("删掉的指标不计分。", "删掉的指标也要计分。"),
        ("经营者不得用格式条款免责。", "贴出告示，责任就免了。"),
    ],
)
def test_a_verb_that_a_clause_only_denies_may_not_be_affirmed(clause: str, text: str) -> None:
    assert any("没有否定" in problem for problem in wrong_modality(text, [source(clause)]))


@pytest.mark.parametrize(
    ("clause", "text"),
    [
        ("目录外商品的责任不因此免除。", "目录以外的商品，责任也不会因此免除。"),
        ("自评分数不能代替认证。", "可以先给自己打分，但自评分数代替不了认证。"),
        ("不要直接套用到服务认证。", "不宜直接套用到服务认证上。"),
        ("没有证书不影响投标，会影响得分。", "缺了证书会影响得分。"),
    ],
)
def test_a_verb_that_is_denied_in_other_words_or_affirmed_elsewhere_is_right(clause: str, text: str) -> None:
    assert not any("没有否定" in problem for problem in wrong_modality(text, [source(clause)]))


@pytest.mark.parametrize(
    ("clause", "text"),
    [
        ("认证不减轻企业的法定责任。", "企业不会因为通过认证就减轻法定责任。"),
        ("拿了证书不等于产品合格。", "并不是拿了证书就等于产品合格。"),
        ("认证不减轻责任。", "别以为拿了证就能减轻责任。"),
    ],
)
def test_a_verb_denied_from_afar_is_denied(clause: str, text: str) -> None:
    assert not any("没有否定" in problem for problem in wrong_modality(text, [source(clause)]))

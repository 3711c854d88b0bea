from decimal import Decimal

import pytest

from assistant.answering.checks.figures import Bound, figures, plain

A_LEAST, MORE, A_MOST, LESS, ABOUT = Bound.AT_LEAST, Bound.MORE, Bound.AT_MOST, Bound.LESS, Bound.ABOUT


def values(text: str) -> list[tuple[Decimal, str]]:
    return [(item.value, item.unit) for item in figures(text).quantities]


@pytest.mark.parametrize(
    ("spellings", "value", "unit"),
    [
        (("三十日", "30日", "30 日", "30天", "３０天", "30个自然日"), "30", "日"),
        (("百分之十", "10%", "10％", "10 %", "一成", "10个百分点", "十分之一"), "10", "%"),
        (("一万元", "10000 元", "10,000元", "1万元", "1 万元", "1万块钱"), "10000", "元"),
        (("半年", "6个月", "六个月", "2个季度"), "6", "月"),
        (("一年", "12个月", "十二个月", "1 年", "一周年"), "12", "月"),
        (("一年半", "18个月", "1.5年"), "18", "月"),
        (("二分之一", "50%", "百分之五十", "一半", "半数"), "50", "%"),
        (("千分之五", "0.5%"), "0.5", "%"),
        (("两星期", "2周", "14天"), "14", "日"),
        (("五星级", "5星", "5 星级"), "5", "星"),
        (("十五个工作日", "15 个工作日", "15工作日"), "15", "工作日"),
        (("三十万元", "300000元", "30万元"), "300000", "元"),
        (("1.5万元", "15000元"), "15000", "元"),
        (("2亿元", "200000000元", "20000万元"), "200000000", "元"),
        (("一百零三名", "103人", "103 位"), "103", "个"),
        (("两人", "2名", "二人"), "2", "个"),
        (("九十五分", "95分", "95 分"), "95", "分"),
        (("六万公里", "6 万公里", "60000公里"), "60000", "公里"),
        (("二十四小时", "24小时", "24 小时"), "24", "小时"),
    ],
)
def test_spellings_of_one_value_are_equal(spellings: tuple[str, ...], value: str, unit: str) -> None:
    for spelling in spellings:
        assert values(f"期限或数额{spelling}，") == [(Decimal(value), unit)], spelling


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("30日", "30个工作日"),
        ("10%", "10分"),
        ("一万元", "一千元"),
        ("半年", "半个季度"),
        ("3年", "3个月"),
        ("3人", "3元"),
    ],
)
def test_other_units_and_values_are_not_equal(one: str, other: str) -> None:
    assert values(one) != values(other)


@pytest.mark.parametrize(
    ("text", "bound"),
    [
        ("不少于3人", A_LEAST),
        ("不得少于 3 人", A_LEAST),
        ("不低于3人", A_LEAST),
        ("至少3人", A_LEAST),
        ("最少要有3人", A_LEAST),
        ("≥3人", A_LEAST),
        ("3人以上", A_LEAST),
        ("3人及以上", A_LEAST),
        ("3人（含）以上", A_LEAST),
        ("95分起", A_LEAST),
        ("超过3人", MORE),
        ("多于3人", MORE),
        ("不超过3人", A_MOST),
        ("不得超过3人", A_MOST),
        ("最多3人", A_MOST),
        ("至多3人", A_MOST),
        ("≤3人", A_MOST),
        ("3人以下", A_MOST),
        ("30日以内", A_MOST),
        ("30日内", A_MOST),
        ("30日之内", A_MOST),
        ("不足3人", LESS),
        ("少于3人", LESS),
        ("未满3年", LESS),
        ("不到3年", LESS),
        ("约3人", ABOUT),
        ("大约3人", ABOUT),
        ("3人左右", ABOUT),
        ("共3人", Bound.NONE),
        ("自收到之日起30日", Bound.NONE),
        ("30日起算", Bound.NONE),
        ("95分内容", Bound.NONE),
    ],
)
def test_bounds_stand_before_or_after(text: str, bound: Bound) -> None:
    (found,) = figures(text).quantities
    assert found.bound is bound


def test_a_bound_belongs_to_its_own_figure() -> None:
    found = figures("不少于3人，有效期5年；最多2次，费用不超过1万元").quantities
    assert [(item.text, item.bound) for item in found] == [
        ("3人", A_LEAST),
        ("5年", Bound.NONE),
        ("2次", A_MOST),
        ("1万元", A_MOST),
    ]


@pytest.mark.parametrize(
    ("text", "low", "high", "unit"),
    [
        ("80-90分", "80", "90", "分"),
        ("80—90 分", "80", "90", "分"),
        ("80分至90分", "80", "90", "分"),
        ("八十到九十分", "80", "90", "分"),
        ("80~90分", "80", "90", "分"),
        ("3-5年", "36", "60", "月"),
        ("6个月至一年", "6", "12", "月"),
        ("1-3万元", "10000", "30000", "元"),
        ("5000元至1万元", "5000", "10000", "元"),
    ],
)
def test_a_range_has_two_ends_of_one_unit(text: str, low: str, high: str, unit: str) -> None:
    found = [(item.value, item.unit, item.bound) for item in figures(f"应当为{text}。").quantities]
    assert found == [(Decimal(low), unit, Bound.LOW), (Decimal(high), unit, Bound.HIGH)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("设一个部门", []),
        ("指定一名负责人", []),
        ("每年做一次", []),
        ("至少一名负责人", [("1", A_LEAST)]),
        ("不少于一次", [("1", A_LEAST)]),
        ("1个部门", [("1", Bound.NONE)]),
        ("两个部门", [("2", Bound.NONE)]),
        ("一百个部门", [("100", Bound.NONE)]),
    ],
)
def test_an_article_is_no_figure_unless_it_is_bounded(text: str, expected: list[tuple[str, Bound]]) -> None:
    assert [(item.value, item.bound) for item in figures(text).quantities] == [(Decimal(v), b) for v, b in expected]


@pytest.mark.parametrize(
    "text",
    ["一般由企业统一管理", "口径应当一致", "不一定", "进一步完善", "千万不要造假", "三包服务", "第一时间处理"],
)
def test_words_with_numerals_are_no_figures(text: str) -> None:
    found = figures(text)
    assert (found.quantities, found.days, found.references) == ([], [], [])


def test_numbers_that_stand_alone_are_told_from_those_that_only_number() -> None:
    assert values("| 五星级 | 95 |") == [(Decimal(5), "星"), (Decimal(95), "")]
    assert values("第3类") == [(Decimal(3), "个")]
    assert values("表3所示") == [(Decimal(3), "#")]


@pytest.mark.parametrize(
    ("text", "expected"),
    [("ＧＢ／Ｔ　27922", "gb/t 27922"), ("不 少于 3 人", "不少于3人"), ("A类 B类", "a类b类"), ("5.1 6.2", "5.1 6.2")],
)
def test_plain_keeps_only_spaces_between_letters_and_figures(text: str, expected: str) -> None:
    assert plain(text) == expected


def test_a_figure_starts_where_it_stands_in_the_plain_text() -> None:
    text = "不 少于 3 人，占 10 %"
    for found in figures(text).quantities:
        assert plain(text)[found.start :].startswith(found.text)

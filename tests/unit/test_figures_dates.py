import pytest

from assistant.answering.checks.figures import Day, Reference, Role, figures


def days(text: str) -> list[tuple[int | None, int | None, int | None]]:
    return [(item.year, item.month, item.day) for item in figures(text).days]


def references(text: str) -> list[tuple[str, str, str, str]]:
    return [(item.kind, item.number, item.letters, item.year) for item in figures(text).references]


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("2012年2月1日", (2012, 2, 1)),
        ("2012-02-01", (2012, 2, 1)),
        ("2012/2/1", (2012, 2, 1)),
        ("2012.02.01", (2012, 2, 1)),
        ("2012 年 2 月 1 日", (2012, 2, 1)),
        ("2012年2月1号", (2012, 2, 1)),
        ("2012年2月", (2012, 2, None)),
        ("2012-02", (2012, 2, None)),
        ("2012年", (2012, None, None)),
        ("二〇一二年", (2012, None, None)),
        ("2012年版", (2012, None, None)),
        ("2月1日", (None, 2, 1)),
    ],
)
def test_dates_are_equal_in_any_spelling_and_no_quantity(text: str, parts: tuple[int | None, ...]) -> None:
    assert days(f"自{text}，") == [parts]
    assert figures(f"自{text}，").quantities == []


@pytest.mark.parametrize(
    ("told", "covered"),
    [
        ((2012, None, None), True),
        ((2012, 2, None), True),
        ((None, 2, 1), True),
        ((2012, 2, 1), True),
        ((2012, 2, 2), False),
        ((2011, None, None), False),
        ((2012, 3, None), False),
    ],
)
def test_a_day_covers_what_says_no_more(told: tuple[int | None, int | None, int | None], covered: bool) -> None:
    assert Day(2012, 2, 1, None, "").covers(Day(*told, None, "")) is covered


def test_a_vague_date_does_not_cover_an_exact_one() -> None:
    assert not Day(2012, None, None, None, "").covers(Day(2012, 2, 1, None, ""))


@pytest.mark.parametrize(
    ("text", "roles"),
    [
        ("2011年12月30日发布，2012年2月1日实施", [Role.ISSUED, Role.EFFECTIVE]),
        ("自2012年2月1日起施行", [Role.EFFECTIVE]),
        ("2012年2月1日起生效", [Role.EFFECTIVE]),
        ("于2016年12月31日废止", [Role.ENDED]),
        ("2016年12月31日失效", [Role.ENDED]),
        ("发布日期：2011年12月30日", [Role.ISSUED]),
        ("实施日期为2012-02-01", [Role.EFFECTIVE]),
        ("2009年4月9日印发", [Role.ISSUED]),
        ("2012年2月1日提交的材料", [None]),
    ],
)
def test_the_role_of_a_date_is_told_beside_it(text: str, roles: list[Role | None]) -> None:
    assert [item.role for item in figures(text).days] == roles


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("GB/T 27922-2011", [("标准", "27922", "gb/t", "2011")]),
        ("GB/T27922—2011", [("标准", "27922", "gb/t", "2011")]),
        ("ＧＢ／Ｔ　27922－2011", [("标准", "27922", "gb/t", "2011")]),
        ("GB/T 27922", [("标准", "27922", "gb/t", "")]),
        ("27922-2011", [("标准", "27922", "", "2011")]),
        ("依据27922评价", [("标准", "27922", "", "")]),
        ("SB/T 10401-2006", [("标准", "10401", "sb/t", "2006")]),
        ("第二十四条第一款第（三）项", [("条", "24", "", ""), ("款", "1", "", ""), ("项", "3", "", "")]),
        ("第24条第1款第(3)项", [("条", "24", "", ""), ("款", "1", "", ""), ("项", "3", "", "")]),
        ("第三章第一节", [("章", "3", "", ""), ("节", "1", "", "")]),
        ("国务院令第390号", [("号", "390", "", "")]),
        ("第390号令", [("号", "390", "", "")]),
        ("2020年第21号公告", [("号", "21", "", "")]),
        ("商〔2009〕155号", [("号", "155", "", "")]),
        ("商[2009]155号", [("号", "155", "", "")]),
        ("5.1.2.2", [("条款", "5.1.2.2", "", "")]),
        ("按5.1.2和5.2.1.3的规定", [("条款", "5.1.2", "", ""), ("条款", "5.2.1.3", "", "")]),
        ("见5.1", [("条款", "5.1", "", "")]),
        ("附录A", [("附录", "a", "", "")]),
        ("附录 B.2.1", [("附录", "b.2.1", "", "")]),
    ],
)
def test_references_are_equal_in_any_spelling(text: str, expected: list[tuple[str, str, str, str]]) -> None:
    assert references(text) == expected
    assert figures(text).quantities == []


def test_the_year_of_a_document_number_is_told_as_a_day_too() -> None:
    assert days("商〔2009〕155号") == [(2009, None, None)]


def test_a_reference_keeps_its_wording() -> None:
    assert figures("按GB/T 27922").references == [Reference("标准", "27922", "gb/t", "", "gb/t 27922")]

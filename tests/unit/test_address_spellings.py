import pytest

from assistant.structure.address import NameIndex

NAMES = NameIndex([])


@pytest.mark.parametrize("spelling", ["5.1.6.1", "5。1。6。1", "5、1、6、1", "5-1-6-1", "五点一点六点一", "5点1点6点1"])
def test_what_stands_for_points_is_read_as_points(spelling: str) -> None:
    (clause,) = NAMES.find(f"标准的{spelling}讲什么").clauses
    assert clause.number == "5.1.6.1"


@pytest.mark.parametrize(
    "text",
    ["下午五点一刻去", "第1、2、3项", "1、2、3都要", "打了8、9、7分", "2026-1-2那天", "电话400-1-2-3", "分5、3、1级"],
)
def test_lists_times_dates_and_figures_are_no_clause_numbers(text: str) -> None:
    assert NAMES.find(text).clauses == ()

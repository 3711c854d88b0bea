"""What weighs in a change, tried on single sentences."""

import pytest

from assistant.corpus.difference.flags import flags_between
from assistant.corpus.difference.inline import inline_difference


@pytest.mark.parametrize(
    ("old", "new", "flags"),
    [
        ("可以委托甲，应当通知乙。", "应当委托甲，可以通知乙。", ["modal"]),
        ("应当先备案后公告。余下的由主管部门规定。", "余下的由主管部门规定。应当先备案后公告。", []),
        ("处千分之五的罚款", "处5‰的罚款", []),
        ("比例为百分之十五点五", "比例为15.5%", []),
        ("自二〇二四年一月一日起", "自2024年1月1日起", []),
        ("处1.5万元罚款", "处15000元罚款", []),
        ("按5.1.2.2的要求", "按5.1.2.3的要求", ["reference"]),
        ("长度为2.5 m", "长度为3.5 m", ["number"]),
        ("面积为10²", "面积为102", ["number"]),
        ("无须批准", "须批准", ["modal"]),
        ("不宜使用", "宜使用", ["modal"]),
        ("不予受理", "受理", ["negation"]),
        ("三十个工作日", "三十日", ["duration"]),
    ],
)
def test_only_what_changed_in_meaning_is_flagged(old: str, new: str, flags: list[str]) -> None:
    assert flags_between(old, new, {}) == flags


def test_a_reference_that_follows_its_clause_is_no_number() -> None:
    assert flags_between("依照第四条、第二条", "依照第五条、第二条", {"第四条": "第五条"}) == ["reference"]


def test_references_in_the_middle_of_a_sentence_are_replaced_whole() -> None:
    found = inline_difference("不适用本法第十三条、第十四条的规定", "不适用本法第十七条、第十八条的规定")
    assert found == (
        ("=", "不适用本法"),
        ("-", "第十三条、第十四条"),
        ("+", "第十七条、第十八条"),
        ("=", "的规定"),
    )

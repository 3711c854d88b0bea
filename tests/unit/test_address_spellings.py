import pytest

from assistant.corpus.front_matter import parse_document
from assistant.structure.address import NameIndex
from tests.fakes import LAW

NAMES = NameIndex([])


@pytest.mark.parametrize("spelling", ["5.1.6.1", "5。1。6。1", "5、1、6、1", "5-1-6-1", "五点一点六点一", "5点1点6点1"])
def test_what_stands_for_points_is_read_as_points(spelling: str) -> None:
    (clause,) = NAMES.find(f"标准的{spelling}讲什么").clauses
    assert clause.number == "5.1.6.1"


def test_a_heading_may_follow_a_number() -> None:
    assert [clause.number for clause in NAMES.find("5.1.2人员配置占几分").clauses] == ["5.1.2"]
    assert NAMES.find("算出3.5人怎么办").clauses == ()


@pytest.mark.parametrize(
    "text",
    [
        "下午五点一刻去",
        "第1、2、3项",
        "1、2、3都要",
        "打了8、9、7分",
        "2026-1-2那天",
        "电话400-1-2-3",
        "分5、3、1级",
        "打分是9、8、7能评几星",
        "八点九点十点",
        "12-5-3转",
    ],
)
def test_lists_times_dates_and_figures_are_no_clause_numbers(text: str) -> None:
    assert NAMES.find(text).clauses == ()


HELD = NameIndex([document for document in [parse_document(LAW, "law.md", [])] if document])


@pytest.mark.parametrize("title", ["测试认证强制实施办法", "反垄断法"])
def test_a_title_that_no_document_has_is_named_all_the_same(title: str) -> None:
    (document,) = HELD.find(f"按《{title}》第三条怎么办").documents
    assert (document.text, document.document_ids) == (title, ())


@pytest.mark.parametrize("title", ["测试认证条例", "中华人民共和国测试认证条例", "测试认证条例（2020年修订）"])
def test_a_title_in_other_words_is_no_other_document(title: str) -> None:
    assert all(document.document_ids for document in HELD.find(f"《{title}》第三条").documents)


@pytest.mark.parametrize("paper", ["营业执照", "售后服务手册", "客户投诉处理办法", "年度培训计划"])
def test_a_paper_of_the_askers_is_no_document(paper: str) -> None:
    assert HELD.find(f"要交《{paper}》吗").documents == ()

from dataclasses import replace
from datetime import date

import pytest

from assistant.corpus.front_matter import parse_document
from assistant.retrieval.followup import complete, goes_on
from assistant.structure.address import NameIndex
from assistant.text import compact
from assistant.types import Answer, Citation, Confidence, Document, Form, Kind, Status, Turn
from tests.fakes import FAQ, LAW, OLD_STANDARD, STANDARD


def load(text: str) -> Document:
    document = parse_document(text, "test.md", [])
    assert document is not None
    return document


DOCUMENTS = [load(text) for text in (STANDARD, OLD_STANDARD, LAW, FAQ)]
NAMES = NameIndex(DOCUMENTS)


def citation(address: str) -> Citation:
    return Citation(
        mark=1,
        address=address,
        document_id="gbt-1-2020",
        number="GB/T 11111-2020",
        title="测试服务评价",
        kind=Kind.STANDARD,
        form=Form.DIGEST,
        status=Status.IN_FORCE,
        status_note="",
        confidence=Confidence.TWO_SOURCES,
        sources=(),
        quote="",
        start=0,
        end=0,
    )


def turn(question: str, *, understood: str | None = None, cited: str | None = None) -> Turn:
    citations = (citation(cited),) if cited else ()
    return Turn(
        question, Answer(question, understood or question, (), citations, False, None, date(2026, 1, 1), "snapshot")
    )


@pytest.mark.parametrize(
    ("last", "question", "complete_question"),
    [
        ("三星要几分？", "那四星呢", "四星要几分?"),
        ("三星要几分？", "五星呢？", "五星要几分?"),
        ("五星要多少分", "达标级呢", "达标级要多少分"),
        ("GB/T 11111-2020 5.1 讲什么", "那 5.1.2.2 呢", "5.1.2.2讲什么"),
        ("测试条例第十二条说什么", "第一条呢", "测试条例第一条说什么"),
        ("GB/T 11111-2020 的五星要多少分", "那11111-2010呢", "11111-2010的五星要多少分"),
        ("GB/T 11111-2020 的五星要多少分", "测试条例呢", "测试条例的五星要多少分"),
        ("申请费怎么收", "审核费呢", "审核费怎么收"),
    ],
)
def test_an_ellipsis_takes_the_place_of_a_value_of_its_sort(last: str, question: str, complete_question: str) -> None:
    assert compact(complete(question, [turn(last)], NAMES)).removeprefix("gb/t11111-2020") == complete_question


def test_an_ellipsis_may_be_the_full_number_of_another_edition() -> None:
    last = "GB/T 11111-2020 的五星要多少分"
    assert compact(complete("那GB/T 11111-2010呢", [turn(last)], NAMES)) == "gb/t11111-2010的五星要多少分"


@pytest.mark.parametrize(
    ("last", "question", "complete_question"),
    [
        ("三星要几分", "不是三星，我说的是四星", "四星要几分"),
        ("三星要几分", "错了，是四星", "四星要几分"),
        ("GB/T 11111-2020的五星要多少分", "不对，不是2020是2010", "gb/t11111-2010的五星要多少分"),
    ],
)
def test_a_correction_replaces_what_was_wrong(last: str, question: str, complete_question: str) -> None:
    assert complete(question, [turn(last)], NAMES) == complete_question


@pytest.mark.parametrize("question", ["这一条有什么例外", "那条有什么例外", "该条有什么例外"])
def test_this_clause_is_the_first_one_cited(question: str) -> None:
    history = [turn("服务管理师要配几个", cited="GB/T 11111-2020 5.1.2.2")]
    assert complete(question, history, NAMES) == "GB/T 11111-2020 5.1.2.2 有什么例外"


@pytest.mark.parametrize(
    ("question", "number"),
    [("下一条呢", "5.1.2.3"), ("再下一条", "5.1.2.3"), ("第一条呢", "5.1.2.1"), ("那第4条", "5.1.2.4")],
)
def test_the_next_clause_of_a_standard_is_counted_from_the_last(question: str, number: str) -> None:
    history = [turn("GB/T 11111-2020 5.1.2.2 讲什么")]
    assert NAMES.find(complete(question, history, NAMES)).clauses[0].number == number
    assert NAMES.find(complete(question, history, NAMES)).documents[0].document_ids == ("gbt-1-2020",)


def test_the_next_article_of_a_statute_is_counted_from_the_last() -> None:
    found = NAMES.find(complete("下一条呢", [turn("测试条例第十二条说什么")], NAMES))
    assert [mention.number for mention in found.clauses] == ["第十三条"]


@pytest.mark.parametrize(
    ("last", "question", "subject"),
    [
        ("测试条例是哪年的", "它管什么", "测试条例"),
        ("测试条例是哪年的", "第十二条说什么", "测试条例"),
        ("证书有效期几年", "到期呢", "证书"),
    ],
)
def test_the_subject_of_the_last_question_is_carried_over(last: str, question: str, subject: str) -> None:
    completed = complete(question, [turn(last)], NAMES)
    assert subject in completed
    assert completed != question


def test_the_reason_is_asked_of_the_whole_last_question() -> None:
    assert complete("为什么", [turn("五星要多少分？")], NAMES) == "五星要多少分，为什么"


@pytest.mark.parametrize(
    "question",
    [
        "GB/T 11111-2020 对服务网点有什么要求",
        "测试条例第十二条要求提交什么材料",
        "售后服务认证机构由谁批准设立",
        "投诉处理结果要告诉顾客吗",
        "证书丢了怎么补办",
    ],
)
def test_a_change_of_subject_stays_as_it_is(question: str) -> None:
    assert complete(question, [turn("三星要几分？", cited="GB/T 11111-2020 7")], NAMES) == question


@pytest.mark.parametrize("question", ["那四星呢", "这一条有什么例外", "下一条呢", "为什么"])
def test_without_history_nothing_is_completed(question: str) -> None:
    assert complete(question, [], NAMES) == question


def test_a_follow_up_of_a_follow_up_uses_what_was_understood() -> None:
    history = [turn("三星要几分？"), turn("那四星呢", understood="四星要几分？")]
    assert complete("五星呢", history, NAMES).startswith("五星要几分")


@pytest.mark.parametrize(
    ("question", "complete_question"),
    [
        ("对了今天广州热不热", "对了今天广州热不热"),
        ("顺便问一下投诉档案要保存几年", "顺便问一下投诉档案要保存几年"),
        ("回到刚才三星的问题，要几个月", "三星要几个月"),
        ("回到刚才三星的问题", "三星要几分?"),
        ("前面说的申请费呢", "申请费怎么收"),
        ("说回来，要几个月", "证书要几个月"),
    ],
)
def test_a_conversation_changes_its_subject_and_goes_back(question: str, complete_question: str) -> None:
    history = [turn("三星要几分？"), turn("申请费怎么收"), turn("证书怎么查")]
    assert compact(complete(question, history, NAMES)) == compact(complete_question)


@pytest.mark.parametrize(
    ("last", "question", "address"),
    [
        ("测试条例第十二条说什么", "上一条呢", "测试条例第十一条"),
        ("测试条例第十二条说什么", "下一条", "测试条例第十三条"),
        ("GB/T 11111-2020 5.1.2 讲什么", "前一条呢", "gb/t11111-20205.1.1"),
        ("GB/T 11111-2020 5.1.1 讲什么", "再下一条", "gb/t11111-20205.1.2"),
    ],
)
def test_the_clauses_before_and_after(last: str, question: str, address: str) -> None:
    assert compact(complete(question, [turn(last)], NAMES)) == compact(address)


def test_this_clause_is_one_that_binds_rather_than_a_guide() -> None:
    guide = replace(citation("评分指南 4.1"), kind=Kind.GUIDE)
    asked = turn("管理师按什么比例配")
    before = Turn(asked.question, replace(asked.answer, citations=(guide, citation("GB/T 11111-2020 5.1.2.2"))))
    assert complete("这一条占多少分", [before], NAMES) == "GB/T 11111-2020 5.1.2.2 占多少分"
    only = Turn(asked.question, replace(asked.answer, citations=(guide,)))
    assert complete("这一条占多少分", [only], NAMES) == "评分指南 4.1 占多少分"


@pytest.mark.parametrize("doubt", ["真的假的", "真的吗？", "你确定？", "不会吧"])
def test_a_doubt_asks_the_same_once_more(doubt: str) -> None:
    assert complete(doubt, [turn("证书有效期几年？")], NAMES) == "证书有效期几年？"


@pytest.mark.parametrize("asked", ["哪条写的", "哪一条规定的？", "老板要看依据，条例哪一条说的", "出处在哪", "依据呢"])
def test_the_basis_is_asked_of_the_whole_last_question(asked: str) -> None:
    last = turn("不上培训班就不受理，合规吗？")
    assert complete(asked, [last], NAMES).startswith("不上培训班就不受理，合规吗，")


@pytest.mark.parametrize("asked", ["说细点", "再详细一点", "能不能讲得具体些", "展开说说", "多说几句"])
def test_more_is_asked_of_the_whole_last_question_whatever_words_it_has(asked: str) -> None:
    assert goes_on(asked, NAMES)
    assert complete(asked, [turn("服务手册是哪条要求的")], NAMES) == f"服务手册是哪条要求的，{compact(asked)}"


@pytest.mark.parametrize("question", ["投诉处理是哪一条", "证书转让违反哪条规定", "详细的申请流程是什么", "具体要几天"])
def test_a_question_with_a_subject_of_its_own_asks_for_no_more_of_the_last(question: str) -> None:
    assert not goes_on(question, NAMES)


def test_what_only_says_that_the_answer_was_heard_is_no_part_of_the_question() -> None:
    history = [turn("五星要多少分")]
    assert complete("行吧。没有管理师扣几分", history, NAMES) == "没有管理师扣几分"
    assert complete("好的，谢谢！那四星呢", history, NAMES).startswith("四星要多少分")


def test_the_subject_is_that_of_the_last_question_that_names_one() -> None:
    history = [turn("管理师按几成配"), turn("是按全公司人头算吗")]
    assert complete("我们有40个，那要几个", history, NAMES).startswith("管理师")


def test_a_question_that_points_back_without_any_subject_goes_on_with_the_last() -> None:
    assert (
        complete("它不改罚多少", [turn("不上培训班就不给报，合规吗")], NAMES)
        == "不上培训班就不给报，合规吗，不改罚多少"
    )
    assert complete("会不会派人暗访", [turn("先看文件还是先来人")], NAMES) == "会不会派人暗访"


def test_a_matter_put_aside_is_not_carried_into_a_new_one() -> None:
    question = "先放一放。还有个事，兄弟公司想借我们的售后证用一次，这个行不行"
    assert complete(question, [turn("测试条例第十二条管的是什么")], NAMES) == question


@pytest.mark.parametrize(
    ("question", "complete_question"),
    [
        ("那个标准几号实施的", "GB/T 11111-2020 几号实施的"),
        ("里面有没有说到培训", "GB/T 11111-2020 有没有说到培训"),
        ("那个国标现在还有效吗", "GB/T 11111-2020 现在还有效吗"),
    ],
)
def test_a_document_spoken_of_without_its_name_is_the_one_cited(question: str, complete_question: str) -> None:
    history = [turn("做网店照哪个打分", cited="GB/T 11111-2020 5.1")]
    assert complete(question, history, NAMES) == complete_question
    assert "11111" not in complete("那个行标现在还有效吗", history, NAMES)


def test_a_pronoun_means_the_document_named_last_unless_the_question_begins_with_another() -> None:
    assert complete("它讲什么", [turn("甲方要 GB/T 11111-2020，测试条例是什么")], NAMES).startswith("测试条例")
    assert complete("它讲什么", [turn("GB/T 11111-2020 里有没有点测试条例的名")], NAMES).startswith("gb/t11111-2020")


def test_what_the_asker_tells_of_the_company_is_asked_of_the_last_question() -> None:
    history = [turn("管理师按几成配")]
    assert complete("我们主管加站长一共12个", history, NAMES) == "管理师按几成配，我们主管加站长一共12个"
    assert complete("你给我们公司推荐一家便宜的", history, NAMES) == "你给我们公司推荐一家便宜的"


@pytest.mark.parametrize(
    "question",
    [
        "我们公司证书丢了",
        "我们公司想了解三包期限",
        "公司名称变更后证书处理",
        "哪款手机好",
        "哪条生产线要查",
        "售后手册里面要写几项",
        "知道 GB/T 11111-2020 吗",
        "顾客其他投诉怎么算",
    ],
)
def test_a_matter_of_its_own_is_not_read_into_the_last_question(question: str) -> None:
    assert complete(question, [turn("测试条例什么时候施行的")], NAMES) == question


@pytest.mark.parametrize(
    "question", ["那法人变更要不要换证书", "那文件要保存几年", "那标准化工作谁来管", "这文凭管用吗"]
)
def test_no_word_is_cut_up_for_a_document_that_it_does_not_mean(question: str) -> None:
    asked = complete(question, [turn("测试条例什么时候施行的")], NAMES)
    assert compact(question)[1:5] in asked


def test_what_goes_on_with_the_last_question_does_not_reach_further_back() -> None:
    history = [turn("五星级要多少分"), turn("顾客退货运费谁付")]
    assert complete("为什么", history, NAMES) == "顾客退货运费谁付，为什么"
    assert "五星" not in complete("他们不同意呢", history, NAMES)
    assert complete("OK，那四星呢", [turn("五星要多少分")], NAMES) == "四星要多少分"

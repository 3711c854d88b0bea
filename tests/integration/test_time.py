"""Answers by the day that counts: the edition in force, the one to come, the one before, official wording first."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from assistant.chat import Assistant
from assistant.errors import ImportFailed
from assistant.keeping.intake import Overrides
from assistant.keeping.keeper import Keeper
from assistant.keeping.verify import verify
from assistant.settings import Settings
from assistant.types import CalendarDate, Form, Status, Turn

pytestmark = pytest.mark.integration

OLD = """净水设备售后管理办法
（2015年3月1日国家某某局令第5号公布，自2015年6月1日起施行）
第一章 总则
第一条　为了规范净水设备的售后服务，制定本办法。
第二条　净水设备的滤芯更换服务，生产者应当在接到通知后七日内完成。
第三条　净水设备的整机保修期不少于一年。
第四条　维修人员应当持证上岗。
第五条　本办法自2015年6月1日起施行。
"""
NEW = """净水设备售后管理办法
（2015年3月1日国家某某局令第5号公布，2026年11月1日国家某某局令第9号修订，自2027年1月1日起施行）
第一章 总则
第一条　为了规范净水设备的售后服务，制定本办法。
第二条　净水设备的滤芯更换服务，生产者应当在接到通知后三日内完成。
第三条　生产者应当公开滤芯的价格。
第四条　净水设备的整机保修期不少于一年。
第五条　本办法自2027年1月1日起施行。
"""
BEFORE, AFTER = date(2026, 12, 31), date(2027, 1, 1)
FILTER, WARRANTY = "净水设备滤芯更换要几日内完成", "净水设备整机保修期多久"


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    from tests.fakes import write_corpus

    folder = tmp_path_factory.mktemp("time")
    settings = Settings(corpus=write_corpus(folder / "corpus"), index=folder / "index")
    keeper = Keeper(settings, "保管员")
    keeper.build()
    for name, text in (("旧版.txt", OLD), ("新版.txt", NEW)):
        keeper.add(keeper.preview(name, text.encode()))
    return settings


@pytest.fixture(scope="module")
def assistant(settings: Settings) -> Iterator[Assistant]:
    with Assistant(settings) as opened:
        yield opened


def test_the_dates_and_the_predecessor_are_proposed_from_the_text(settings: Settings) -> None:
    keeper = Keeper(settings)
    old, new = (
        keeper.document("jing-shui-she-bei-shou-hou-guan-li-ban-fa-2015"),
        keeper.document("jing-shui-she-bei-shou-hou-guan-li-ban-fa-2026"),
    )
    assert (old.effective_on, new.effective_on) == (CalendarDate(2015, 6, 1), CalendarDate(2027, 1, 1))
    assert new.replaces == (old.id,)
    assert (old.expires_on, old.replaced_by) == (CalendarDate(2027, 1, 1), (new.id,))
    assert verify(settings) == []


def test_until_the_day_before_the_old_edition_answers_and_announces_the_change(assistant: Assistant) -> None:
    answer = assistant.ask(FILTER, as_of=BEFORE)
    assert not answer.refused
    assert "七日内" in answer.sentences[0].text
    assert "2027-01-01 起改为" in answer.text
    assert "三日内" in answer.text
    assert {citation.status for citation in answer.citations} == {Status.IN_FORCE, Status.NOT_YET}


def test_a_clause_that_stays_is_announced_as_unchanged(assistant: Assistant) -> None:
    text = assistant.ask(WARRANTY, as_of=BEFORE).text
    assert "该条内容不变（新版第四条）" in text


def test_from_the_day_on_only_the_new_edition_answers(assistant: Assistant) -> None:
    answer = assistant.ask(FILTER, as_of=AFTER)
    assert "三日内" in answer.text
    assert "七日" not in answer.text
    assert [citation.address for citation in answer.citations] == ["净水设备售后管理办法（2026年版） 第二条"]


@pytest.mark.parametrize("question", ["2026 年的时候" + FILTER, "2020年时，" + FILTER])
def test_a_year_in_the_question_asks_for_that_time(assistant: Assistant, question: str) -> None:
    answer = assistant.ask(question)
    assert "七日内" in answer.sentences[0].text


def test_asked_how_it_was_before_the_edition_before_answers(assistant: Assistant) -> None:
    now = assistant.ask(FILTER, as_of=AFTER)
    for follow_up in ("以前呢？", "那以前的规定呢"):
        answer = assistant.ask(follow_up, history=[Turn(now.question, now)], as_of=None)
        assert "七日内" in answer.text, follow_up


def test_an_exact_clause_means_the_edition_in_force_on_the_day(assistant: Assistant) -> None:
    assert "七日内" in assistant.ask("净水设备售后管理办法第二条", as_of=BEFORE).text
    assert "三日内" in assistant.ask("净水设备售后管理办法第二条", as_of=AFTER).text
    assert "持证上岗" in assistant.ask("净水设备售后管理办法第四条", as_of=BEFORE).text


def test_before_the_first_edition_nothing_of_it_answers(assistant: Assistant) -> None:
    answer = assistant.ask(FILTER, as_of=date(2014, 1, 1))
    assert "七日内" not in answer.text
    assert "三日内" not in answer.text


def test_many_old_editions_do_not_crowd_out_the_one_in_force(tmp_path: Path) -> None:
    from tests.fakes import write_corpus

    settings = Settings(corpus=write_corpus(tmp_path / "corpus"), index=tmp_path / "index", search={"depth": 10})
    keeper = Keeper(settings)
    for year in range(1998, 2016):
        text = OLD.replace("2015年", f"{year}年").replace("七日内", f"{year - 1980}日内")
        keeper.add(keeper.preview("版.txt", text.encode()))
    with Assistant(settings) as assistant:
        assert "35日内" in assistant.ask(FILTER).text.replace(" ", "")
        assert "25日内" in assistant.ask(FILTER, as_of=date(2006, 1, 1)).text.replace(" ", "")


OFFICIAL = """GB/T 11111—2020
测试服务评价
2020-01-05发布
2020-06-01实施
前言
本标准按照规则起草。
1 范围
本标准规定了测试服务的评价。
2 规范性引用文件
本标准没有规范性引用文件。
3 术语和定义
3.1
测试服务 test service
为完成测试提供的服务。
4 原则
客观公正。
5 评价指标
5.1 服务体系
5.1.1 组织
企业应设立服务部门。
5.1.2 人员
5.1.2.1 服务人员应培训上岗。
5.1.2.2 企业应按服务管理人员 10% 的比例配备持证的服务管理师。
6 方法
现场评分。
7 星级
五星级应达到 95 分及以上。
"""


def test_the_official_text_is_quoted_before_our_digest(small_corpus: Path, tmp_path: Path) -> None:
    settings = Settings(corpus=small_corpus, index=tmp_path / "index")
    keeper = Keeper(settings)
    keeper.build()
    intake = keeper.preview("标准.txt", OFFICIAL.encode())
    assert (intake.document.id, intake.document.number) == ("gbt-11111-2020", "GB/T 11111-2020")
    keeper.add(intake)
    with Assistant(settings) as assistant:
        for question in ("服务管理师要配几个", "GB/T 11111-2020 5.1.2.2"):
            first = assistant.ask(question).citations[0]
            assert (first.form, first.address) == (Form.OFFICIAL, "GB/T 11111-2020 5.1.2.2"), question
            assert "应按服务管理人员 10% 的比例" in first.quote
    assert verify(settings) == []


def test_clauses_with_dates_of_their_own(small_corpus: Path, tmp_path: Path) -> None:
    settings = Settings(corpus=small_corpus, index=tmp_path / "index")
    keeper = Keeper(settings)
    text = OLD.replace("自2015年6月1日起施行。", "自2015年6月1日起施行，其中第三条自2016年1月1日起施行。")
    keeper.add(keeper.preview("办法.txt", text.encode()))
    with Assistant(settings) as assistant:
        assert "一年" not in assistant.ask(WARRANTY, as_of=date(2015, 12, 31)).text
        answer = assistant.ask(WARRANTY, as_of=date(2016, 1, 1))
        assert "不少于一年" in answer.text
        assert "本条 2016-01-01 起施行" in answer.citations[0].status_note


def test_the_same_edition_is_refused_and_nothing_changes(settings: Settings) -> None:
    keeper = Keeper(settings)
    for name, text, hint in (
        ("又.txt", NEW, "corpus remove"),
        ("空白.txt", NEW.replace("\n", "\n\n"), "corpus remove"),
    ):
        with pytest.raises(ImportFailed, match="已有这一版") as caught:
            keeper.preview(name, text.encode())
        assert hint in caught.value.hint
    with pytest.raises(ImportFailed, match="完全相同"):
        keeper.preview(
            "改日期.txt",
            NEW.encode(),
            Overrides(issued_on=CalendarDate(2028, 1, 1), effective_on=CalendarDate(2028, 2, 1)),
        )

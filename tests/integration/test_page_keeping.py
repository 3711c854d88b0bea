"""The page of the corpus keeper in Streamlit's own test runner, on a small corpus."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from assistant.keeping.keeper import Keeper
from assistant.settings import PROJECT, Settings
from assistant.ui.import_view import ImportDesk
from assistant.ui.reading_job import ReadingJob
from tests.integration.test_time import NEW, OLD

pytestmark = [pytest.mark.integration, pytest.mark.filterwarnings("default")]


@pytest.fixture(autouse=True)
def _fresh_cache() -> Iterator[None]:
    st.cache_resource.clear()
    yield
    st.cache_resource.clear()


@pytest.fixture
def settings(small_corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setenv("ASSISTANT_CORPUS", str(small_corpus))
    monkeypatch.setenv("ASSISTANT_INDEX", str(tmp_path / "index"))
    settings = Settings()
    Keeper(settings).build()
    return settings


def view(settings: Settings, script: str) -> AppTest:
    """Run one view by itself, as the page would."""
    lines = (
        "from assistant.chat import Assistant",
        "from assistant.settings import load_settings",
        "settings = load_settings()",
        "with Assistant.open() as assistant:",
        f"    {script}",
    )
    return AppTest.from_string("\n".join(lines), default_timeout=60).run()


def html_of(page: AppTest) -> str:
    return "\n".join(str(element.proto.body) for element in page.get("html"))


IMPORT = "from assistant.ui.import_view import import_view; import_view(assistant, settings, {})"
HISTORY = "from assistant.ui.history_view import history_view; history_view(assistant, settings)"
COMPARE = "from assistant.ui.compare_view import compare_view; compare_view(assistant, settings)"


def read(settings: Settings, name: str, text: str) -> ImportDesk:
    desk = ImportDesk(job=ReadingJob(settings, name, text.encode()))
    assert desk.job is not None
    desk.job._thread.join(30)
    return desk


def at_import(settings: Settings, desk: ImportDesk) -> AppTest:
    page = view(settings, IMPORT)
    page.session_state["import_desk"] = desk
    return page.run()


def press(page: AppTest, key: str) -> None:
    """Press a button that brings the file in, wait for the work beside the page, and look again."""
    page.button(key=key).click().run()
    page.session_state["import_desk"].adding._thread.join(30)
    page.run()


def test_a_file_is_previewed_corrected_and_brought_in(settings: Settings) -> None:
    page = at_import(settings, read(settings, "旧版.txt", OLD))
    assert not page.exception
    assert "第二条" in html_of(page)
    assert page.text_input[0].value == "净水设备售后管理办法"
    page.text_input[0].set_value("净水设备办法")
    page.button[0].click().run()  # 更新预览
    assert page.session_state["import_desk"].intake.document.title == "净水设备办法"
    page.text_input(key="keeper-name").set_value("李四")
    press(page, "add")
    assert not page.exception
    assert "已入库" in page.success[0].value
    assert Keeper(settings).history()[-1].who == "李四"
    page.button(key="undo").click().run()
    assert Keeper(settings).history()[-1].action.value == "rollback"


def test_the_next_edition_shows_what_it_changes_before_it_is_confirmed(settings: Settings) -> None:
    keeper = Keeper(settings)
    keeper.add(keeper.preview("旧版.txt", OLD.encode()))
    html = html_of(at_import(settings, read(settings, "新版.txt", NEW)))
    assert "自 2027-01-01 起不再有效" in html
    assert "<del>七</del>日" in html, "on the left"
    assert "<ins>三</ins>日" in html, "on the right"


def test_a_file_that_cannot_be_read_says_what_to_do(settings: Settings) -> None:
    page = at_import(settings, read(settings, "<b>坏</b>.pdf", "%PDF-1.4 kaputt"))
    html = html_of(page)
    assert not page.exception
    assert "办法：" in html
    assert "<b>坏" not in html
    page.button(key="other").click().run()
    assert page.session_state["import_desk"].job is None


def test_the_same_edition_is_refused_with_the_form_still_there(settings: Settings) -> None:
    keeper = Keeper(settings)
    keeper.add(keeper.preview("旧版.txt", OLD.encode()))
    page = at_import(settings, read(settings, "又.txt", OLD))
    assert "已有这一版" in html_of(page)
    assert page.text_input[0].value == "净水设备售后管理办法"
    assert not [button for button in page.button if button.key == "add"]


def test_golden_questions_that_get_worse_are_listed_and_can_be_overridden(settings: Settings) -> None:
    keeper = Keeper(settings)
    keeper.add(keeper.preview("旧版.txt", OLD.encode()))
    golden = "- {id: K1, question: 净水设备滤芯更换要几日内完成, kind: answerable, facts: [[七日]]}\n"
    (settings.corpus / "golden.yaml").write_text(golden, encoding="utf-8")
    in_force = NEW.replace("2026年11月1日", "2024年11月1日").replace("2027年1月1日", "2025年1月1日")
    page = at_import(settings, read(settings, "新版.txt", in_force))
    press(page, "add")
    assert not list(settings.corpus.rglob("*-2024.md"))
    assert "答得不如以前" in html_of(page)
    press(page, "force")
    assert Keeper(settings).history()[-1].forced


def test_hostile_names_and_texts_are_inert(settings: Settings) -> None:
    text = OLD.replace("维修人员应当持证上岗。", "<script>alert(1)</script> $x$ **粗**")
    html = html_of(at_import(settings, read(settings, "../../<img src=x>.txt", text)))
    assert "<script>" not in html
    assert "<img" not in html


def test_the_journal_and_the_way_back(settings: Settings) -> None:
    Keeper(settings, "<i>王</i>").remove("wenda", "理由<b>")
    page = view(settings, HISTORY)
    html = html_of(page)
    assert "移除" in html
    assert "<i>" not in html
    assert page.selectbox(key="back-to").options == [
        "第 1 条　" + page.selectbox(key="back-to").options[0].split("　", 1)[1]
    ]
    page.button(key="rollback").click().run()
    assert "faq/faq.md：恢复" in html_of(page)


def test_two_editions_are_compared_on_the_page(settings: Settings) -> None:
    keeper = Keeper(settings)
    for text in (OLD, NEW):
        keeper.add(keeper.preview("版.txt", text.encode()))
    html = html_of(view(settings, COMPARE))
    assert "<del>七</del>日" in html, "on the left"
    assert "<ins>三</ins>日" in html, "on the right"
    assert "没有牵涉必答问题" in html


def test_without_permission_nothing_of_it_is_there(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    app = str(PROJECT / "app.py")
    library = AppTest.from_file(app, default_timeout=60)
    assert not library.run().exception
    monkeypatch.setenv("ASSISTANT_PAGE__EDIT", "false")
    st.cache_resource.clear()
    from assistant.settings import load_settings
    from assistant.ui.page import _Views
    from assistant.ui.session import Session

    pages = _Views(None, Session(), load_settings()).pages  # type: ignore[arg-type]
    assert set(pages) == {"chat", "document", "library", "about"}


@pytest.mark.parametrize(
    ("host", "local"),
    [("127.0.0.1", True), ("localhost", True), ("::1", True), ("0.0.0.0", False), ("192.168.1.5", False)],
)
def test_only_this_machine_may_edit_by_default(host: str, local: bool) -> None:
    from assistant.ui.server import is_local

    assert is_local(host) is local

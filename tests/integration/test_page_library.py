"""The keeper's views in Streamlit's own test runner: importing, comparing, retiring, removing, going back."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from assistant.chat import Assistant
from assistant.corpus.journal import Action
from assistant.errors import ImportCancelled
from assistant.keeping.keeper import Keeper
from assistant.keeping.verify import verify
from assistant.settings import PROJECT, Settings
from assistant.ui.import_desk import ImportDesk
from tests.importer_files import plain_pdf
from tests.integration.test_time import NEW, OLD

pytestmark = [pytest.mark.integration, pytest.mark.filterwarnings("default")]

HOSTILE = "<img src=x onerror=alert(1)>$x$.txt"
GOLDEN = """
- id: K1
  question: 测试认证的证书有效期几年
  kind: answerable
  facts: [[3 年]]
"""


@pytest.fixture(autouse=True)
def _fresh_cache() -> Iterator[None]:
    st.cache_resource.clear()
    yield
    st.cache_resource.clear()


@pytest.fixture
def settings(small_corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    settings = Settings(corpus=small_corpus, index=tmp_path / "index")
    Keeper(settings, "保管员").build()
    monkeypatch.setenv("ASSISTANT_CORPUS", str(settings.corpus))
    monkeypatch.setenv("ASSISTANT_INDEX", str(settings.index))
    return settings


def _script(view: str, doc: str) -> None:
    """One run of a single view, as the page runs it."""
    import streamlit as st

    from assistant.settings import load_settings
    from assistant.ui import compare_view, history_view, import_view, library_views
    from assistant.ui.session import session
    from assistant.ui.sharing import shared_assistant
    from assistant.ui.sidebar import Choice

    pages = {
        name: st.Page(lambda: None, url_path=name) for name in ("chat", "library", "document", "compare", "import")
    }
    settings = load_settings()
    with shared_assistant().lend() as assistant:
        if view == "import":
            import_view.import_view(assistant, settings, pages)
        elif view == "history":
            history_view.history_view(assistant, settings)
        elif view == "compare":
            compare_view.compare_view(assistant, settings)
        else:
            st.query_params["doc"] = doc
            library_views.document_view(assistant, session(), Choice(None, None), pages, settings)


def _removal() -> None:
    """The inside of a dialog: the test runner closes dialogs at each run."""
    from assistant.settings import load_settings
    from assistant.ui.consent import consent

    consent(load_settings(), "probe", "移除", lambda keeper, why, force: keeper.remove("wenda", why, force=force))


def show(view: str, doc: str = "") -> AppTest:
    page = AppTest.from_function(_script, args=(view, doc), default_timeout=60).run()
    assert not page.exception
    return page


def html_of(page: AppTest) -> str:
    return "\n".join(str(element.proto.body) for element in page.get("html"))


def upload(page: AppTest, *files: tuple[str, bytes]) -> AppTest:
    page.file_uploader[0].set_value([(name, content, "application/octet-stream") for name, content in files]).run()
    page.button(key="read").click().run()
    return wait(page)


def wait(page: AppTest) -> AppTest:
    """Run the page again until nothing is at work beside it, as the browser does."""
    for _ in range(300):
        assert not page.exception
        desk = page.session_state["import_desk"]
        if not ((desk.job and desk.job.running) or (desk.adding and desk.adding.running)):
            return page.run()
        time.sleep(0.1)
    raise AssertionError("still at work after 30 s")


def bring_in(page: AppTest, name: str, text: str) -> AppTest:
    upload(page, (name, text.encode()))
    page.text_input(key="keeper-name").set_value("张三")
    page.button(key="add").click().run()
    return wait(page)


def field(page: AppTest, label: str):
    return next(item for item in page.text_input if item.label == label)


def test_a_file_is_previewed_brought_in_and_answers(settings: Settings) -> None:
    page = upload(show("import"), ("净水.txt", OLD.encode()))
    html = html_of(page)
    assert "净水设备售后管理办法" in field(page, "名称").value
    assert field(page, "生效日").value == "2015-06-01"
    assert "<b>第二条</b> 净水设备的滤芯更换服务" in html
    page.text_input(key="keeper-name").set_value("张三")
    page.button(key="add").click().run()
    page = wait(page)
    assert "净水设备售后管理办法》。从现在起按它回答" in page.success[0].value
    entry = Keeper(settings).history()[-1]
    assert (entry.action, entry.who) == (Action.ADD, "张三")
    with Assistant(settings) as assistant:
        assert "七日" in assistant.ask("净水设备滤芯更换要几日内完成").text
    page.button(key="undo").click().run()
    assert not page.exception
    assert Keeper(settings).history()[-1].action is Action.ROLLBACK
    assert verify(settings) == []
    assert page.file_uploader, "the desk is free again"


def test_a_new_edition_shows_what_it_replaces_and_what_changes(settings: Settings) -> None:
    page = show("import")
    bring_in(page, "旧版.txt", OLD)
    page.button(key="again").click().run()
    upload(page, ("新版.txt", NEW.encode()))
    html = html_of(page)
    assert "自 2027-01-01 起不再有效" in html
    assert "<del>七</del>日" in html
    assert "<ins>三</ins>日" in html
    page.text_input(key="keeper-name").set_value("张三")
    page.button(key="add").click().run()
    wait(page)
    assert "2027-01-01 起按它回答" in page.success[0].value
    compared = show("compare")
    assert "<del>七</del>日" in html_of(compared)
    assert "<ins>三</ins>日" in html_of(compared)
    assert compared.get("download_button")


def test_what_the_keeper_corrects_counts_and_can_be_taken_away(settings: Settings) -> None:
    page = upload(show("import"), ("旧版.txt", OLD.encode()))
    field(page, "名称").set_value("净水器维修办法")
    field(page, "文号或标准号").set_value("")
    field(page, "生效日").set_value("2016-07")
    page.button[0].click().run()
    intake = page.session_state["import_desk"].intake
    assert (intake.document.title, intake.document.number, str(intake.document.effective_on)) == (
        "净水器维修办法", None, "2016-07",
    )  # fmt: skip
    field(page, "生效日").set_value("明年")
    page.button[0].click().run()
    assert "生效日「明年」不是日期" in html_of(page)


def test_several_files_come_one_after_the_other(settings: Settings) -> None:
    page = upload(show("import"), ("旧版.txt", OLD.encode()), ("空.txt", b""), ("新版.txt", NEW.encode()))
    page.text_input(key="keeper-name").set_value("张三")
    page.button(key="add").click().run()
    wait(page)
    assert page.button(key="again").label == "下一份（还有 2 份）"
    page.button(key="again").click().run()
    wait(page)
    assert "空文件" in html_of(page)
    page.button(key="other").click().run()
    wait(page)
    assert field(page, "生效日").value == "2027-01-01"
    page.button(key="give-up").click().run()
    assert page.file_uploader
    assert len(Keeper(settings).history()) == 2


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [("x.pdf", b"%PDF-1.4 broken", "「x.pdf」"), ("老.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "doc"), (HOSTILE, b"", "&lt;img src=x"), ("../../etc/坏.txt", b"", "「坏.txt」")],
)  # fmt: skip
def test_a_bad_file_is_told_with_what_to_do(settings: Settings, name: str, content: bytes, told: str) -> None:
    html = html_of(upload(show("import"), (name, content)))
    assert told in html
    assert "办法：" in html
    assert "<img" not in html


def test_the_same_edition_twice_is_refused_in_words_of_the_page_and_can_be_corrected(settings: Settings) -> None:
    page = show("import")
    bring_in(page, "旧版.txt", OLD)
    page.button(key="again").click().run()
    upload(page, ("又一份.txt", OLD.encode()))
    html = html_of(page)
    assert "已有这一版" in html
    assert "assistant corpus" not in html
    assert "--" not in html.split("办法：")[1]
    assert not [button for button in page.button if button.key == "add"], "what is held cannot be brought in again"
    assert field(page, "发布日"), "but a wrong date can be corrected"


def test_refused_by_golden_questions_it_is_removed_only_by_force(settings: Settings) -> None:
    (settings.corpus / "golden.yaml").write_text(GOLDEN, encoding="utf-8")
    Keeper(settings, "保管员").build()
    page = AppTest.from_function(_removal, default_timeout=60).run()
    page.text_input(key="probe-who").set_value("李四")
    page.text_input(key="probe-why").set_value("过时")
    page.button(key="probe-yes").click().run()
    assert "测试认证的证书有效期几年" in html_of(page)
    assert not (settings.corpus / ".history/plan.json").exists()
    assert (settings.corpus / "faq/faq.md").exists()
    page.button(key="probe-force").click().run()
    entry = Keeper(settings).history()[-1]
    assert (entry.action, entry.who, entry.why, entry.forced) == (Action.REMOVE, "李四", "过时", True)


def test_refused_by_golden_questions_a_file_is_brought_in_only_by_force(settings: Settings) -> None:
    Keeper(settings, "保管员").add(Keeper(settings).preview("旧版.txt", OLD.encode()))
    question = "净水设备滤芯更换要几日内完成"
    golden = f"- id: K1\n  question: {question}\n  kind: answerable\n  facts: [[七日]]\n"
    (settings.corpus / "golden.yaml").write_text(golden, encoding="utf-8")
    Keeper(settings, "保管员").build()
    now = NEW.replace("2026年11月1日", "2024年11月1日").replace("2027年1月1日", "2025年1月1日")
    page = bring_in(show("import"), "新版.txt", now)
    html = html_of(page)
    assert "没有改动：1 个必答问题会答得不如以前" in html
    assert question in html
    assert "--" not in html
    assert [entry.action for entry in Keeper(settings).history()].count(Action.ADD) == 1
    page.button(key="force").click().run()
    page = wait(page)
    assert "从现在起按它回答" in page.success[0].value
    assert Keeper(settings).history()[-1].forced


def test_reading_is_really_stopped(settings: Settings) -> None:
    pages = 400
    content = plain_pdf(f"BT /F1 12 Tf 72 700 Td (page {i}) Tj ET" for i in range(pages))
    desk = ImportDesk(waiting=[("long.pdf", content)])
    desk.start(settings)
    job = desk.job
    assert job is not None
    desk.put_aside()
    for _ in range(100):
        if not job.running:
            break
        time.sleep(0.1)
    assert isinstance(job.error, ImportCancelled)
    assert job.done < pages
    assert desk.job is None
    assert len(Keeper(settings).history()) == 1


def test_a_document_is_retired_from_its_page(settings: Settings) -> None:
    page = show("document", "ceshi-tiaoli")
    page.button(key="retire").click().run()
    page.text_input(key="retire-who").set_value("李四")
    page.button(key="retire").click()  # the test runner closes dialogs at each run
    page.button(key="retire-yes").click().run()
    assert not page.exception
    assert Keeper(settings).document("ceshi-tiaoli").expires_on is not None
    assert "已废止" in html_of(show("document", "ceshi-tiaoli"))


def test_going_back_says_what_files_change_and_asks(settings: Settings) -> None:
    Keeper(settings, "王五").remove("wenda", "误删")
    page = show("history")
    html = html_of(page)
    assert html.index("移除") < html.index("建账"), "newest first"
    assert "误删" in html
    page.button(key="rollback").click().run()
    assert "faq/faq.md：恢复" in html_of(page)
    assert not (settings.corpus / "faq/faq.md").exists(), "nothing happens before it is confirmed"
    page.button(key="rollback").click()
    page.button(key="rollback-yes").click().run()
    assert (settings.corpus / "faq/faq.md").exists()
    assert verify(settings) == []


@pytest.mark.parametrize("name", ["../../secret.txt", "/etc/passwd"])
def test_an_original_outside_the_corpus_is_never_offered(settings: Settings, name: str, tmp_path: Path) -> None:
    (tmp_path / "secret.txt").write_text("geheim", encoding="utf-8")
    path = settings.corpus / "laws/law.md"
    path.write_text(path.read_text(encoding="utf-8").replace("kind:", f"original: {name}\nkind:"), encoding="utf-8")
    Keeper(settings).build()
    assert not show("document", "ceshi-tiaoli").get("download_button")


def test_the_original_can_be_downloaded(settings: Settings) -> None:
    done = Keeper(settings).add(Keeper(settings).preview("净水.txt", OLD.encode()))
    assert show("document", done.entry.documents[0]).get("download_button")


def test_without_editing_nothing_is_offered_and_the_views_refuse(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ASSISTANT_PAGE__EDIT", "false")
    page = show("document", "wenda")
    assert not [button for button in page.button if button.key in ("retire", "remove")]
    for view in ("import", "history", "compare"):
        page = show(view)
        assert "不能改资料库" in html_of(page)
        assert not page.file_uploader
        assert not page.button
    whole = AppTest.from_file(str(PROJECT / "app.py"), default_timeout=60).run()
    assert not whole.exception

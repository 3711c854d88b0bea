"""The corpus keeper's way through the running page in Chromium, on a small corpus of its own."""

import re
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from assistant.keeping.keeper import Keeper
from assistant.keeping.verify import verify
from assistant.settings import Settings
from tests.browser.driving import PHONE, WAIT_MS, ask, no_sideways_scroll, served
from tests.fakes import write_corpus
from tests.integration.test_time import NEW, OLD

pytestmark = [pytest.mark.browser, pytest.mark.filterwarnings("default")]

DAYS = "净水设备滤芯更换要几日内完成"


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    folder = tmp_path_factory.mktemp("kept")
    settings = Settings(corpus=write_corpus(folder / "corpus"), index=folder / "index")
    keeper = Keeper(settings, "保管员")
    keeper.build()
    keeper.add(keeper.preview("旧版.txt", OLD.encode()), "初次收录")
    return settings


@pytest.fixture(scope="module")
def server(settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[subprocess.Popen[bytes]]:
    options = ("--corpus", str(settings.corpus), "--index", str(settings.index))
    with served(tmp_path_factory.mktemp("serve"), *options) as process:
        yield process


def open_library(open_page: Callable, **given: object):
    return open_page("/library", ready=".library", **given)


def upload(page, name: str, text: str) -> None:
    page.locator(".stMain").get_by_role("button", name="导入文件").click()
    page.locator("input[type=file]").set_input_files({"name": name, "mimeType": "text/plain", "buffer": text.encode()})
    page.get_by_role("button", name="读取").click()


def view(page, name: str) -> None:
    page.locator(".stSidebar").get_by_text("资料库", exact=True).click()
    page.locator(".stMain").get_by_role("button", name=name).click()


def test_from_the_file_to_the_answer_to_the_comparison_and_back(open_page, settings: Settings) -> None:
    page = open_library(open_page)
    upload(page, "新版.txt", NEW.replace("2026年11月1日", "2024年11月1日").replace("2027年1月1日", "2025年1月1日"))
    page.get_by_text("自 2025-01-01 起不再有效").wait_for()
    page.get_by_text("逐条对照").click()
    page.locator(".diff ins", has_text="三").first.wait_for()

    page.locator(".stSidebar").get_by_text("资料库", exact=True).click()  # looking elsewhere loses nothing
    page.locator(".library").wait_for()
    page.locator(".stMain").get_by_role("button", name="导入文件").click()
    page.get_by_label("经办人").fill("张三")
    page.get_by_label("理由").fill("新版施行")
    page.get_by_label("理由").press("Tab")
    page.wait_for_timeout(500)
    page.get_by_role("button", name="入库", exact=True).click()
    page.get_by_text("从现在起按它回答").wait_for()
    page.get_by_role("button", name="去提问").click()

    ask(page, DAYS)
    assert "三日内完成" in page.locator(".answer").first.inner_text()
    assert page.locator(".card .badge").first.inner_text() == "现行"

    view(page, "版本比较")
    page.locator(".diff del", has_text="七").wait_for()
    with page.expect_download() as waiting:
        page.get_by_role("button", name="存为网页文件").click()
    saved = Path(waiting.value.path()).read_text(encoding="utf-8")
    assert saved.startswith("<!doctype html>")
    assert "<del>七</del>日" in saved
    assert "<ins>三</ins>日" in saved

    view(page, "变更记录")
    first = page.locator(".journal tbody tr").first
    assert [text in first.inner_text() for text in ("入库", "张三", "新版施行")] == [True] * 3
    page.get_by_role("button", name="回退……").click()
    page.get_by_role("dialog").get_by_text("：移除").first.wait_for()
    page.get_by_role("button", name="确认回退").click()
    page.locator(".journal tbody tr", has_text="回退，撤回第").wait_for()
    page.locator(".stSidebar").get_by_text("问答", exact=True).first.click()
    ask(page, DAYS)
    assert "七日内完成" in page.locator(".answer").last.inner_text(), "without a restart"
    assert verify(settings) == []


def test_the_original_is_downloaded_and_retiring_asks_first(open_page, settings: Settings) -> None:
    document = next(item.documents[0] for item in Keeper(settings).history() if item.why == "初次收录")
    page = open_page(f"/document?doc={document}", ready=".document")
    with page.expect_download() as waiting:
        page.get_by_role("button", name="下载原件").click()
    assert Path(waiting.value.path()).read_text(encoding="utf-8") == OLD
    page.get_by_role("button", name="废止……").click()
    page.get_by_role("dialog").get_by_text("只作历史回答").wait_for()
    page.keyboard.press("Escape")
    page.get_by_role("dialog").wait_for(state="hidden")
    assert Keeper(settings).document(document).expires_on is None


def test_a_phone_and_a_keyboard_are_enough(open_page) -> None:
    page = open_library(open_page, viewport=PHONE)
    assert no_sideways_scroll(page)
    button = page.locator(".stMain").get_by_role("button", name="导入文件")
    button.focus()
    page.keyboard.press("Enter")
    page.locator("input[type=file]").set_input_files(
        {"name": "新版.txt", "mimeType": "text/plain", "buffer": NEW.encode()}
    )
    page.get_by_role("button", name="读取").focus()
    page.keyboard.press("Enter")
    page.get_by_role("button", name="入库", exact=True).wait_for()
    assert no_sideways_scroll(page)
    give_up = page.get_by_role("button", name="放弃这份文件")
    give_up.focus()
    page.keyboard.press("Enter")
    page.get_by_test_id("stFileUploaderDropzone").wait_for()


def test_a_hostile_file_stays_inert_and_no_english_is_left(open_page) -> None:
    page = open_library(open_page)
    hostile = '<img src=x onerror="window.hacked=1"> $x^2$ :red[y]'
    upload(page, "a $x^2$.txt", OLD.replace("净水设备售后管理办法", "坏文件管理办法").replace("持证上岗", hostile))
    page.get_by_role("button", name="入库", exact=True).wait_for()
    assert hostile in page.locator(".clause-tree").inner_text()
    assert page.evaluate("window.hacked") is None
    assert page.locator(".stMain img, .katex").count() == 0
    page.get_by_role("button", name="放弃这份文件").click()
    page.get_by_test_id("stFileUploaderDropzone").wait_for()
    page.get_by_text("选择文件，或拖到这里").wait_for()
    page.locator(".clause-tree").wait_for(state="detached")
    page.evaluate("document.querySelectorAll('[data-testid=stIconMaterial]').forEach(e => e.remove())")
    assert re.findall(r"[A-Za-z]{3,}", page.locator("body").inner_text()) == []
    labels = "[...document.querySelectorAll('[aria-label]')].map(e => e.getAttribute('aria-label')).join()"
    assert re.findall(r"[A-Za-z]{3,}", page.evaluate(labels)) == []


def test_others_only_read(settings: Settings, browser, tmp_path: Path) -> None:
    options = ("--corpus", str(settings.corpus), "--index", str(settings.index), "--no-edit")
    with served(tmp_path, *options) as process:
        page = browser.new_context(locale="zh-CN").new_page()
        page.goto(process.url + "/library")
        page.locator(".library").wait_for(timeout=WAIT_MS)
        for name in ("导入文件", "变更记录", "版本比较"):
            assert page.get_by_role("button", name=name).count() == 0
        page.goto(process.url + "/import")
        page.locator(".stSidebar").wait_for(timeout=WAIT_MS)
        page.wait_for_timeout(1500)
        assert page.get_by_test_id("stFileUploader").count() == 0
        page.context.close()

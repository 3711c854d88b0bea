"""The page with a language model: text appears at once, checks as each sentence closes, stop, failure in mid-answer."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.browser.driving import PHONE, click_until, no_sideways_scroll, served
from tests.model_server import ModelServer, Reply

KEY = "sk-never-shown-0123456789"
QUESTION = "没有专门的售后部门能申请吗？"
GOOD = "没有专门的售后部门也可以申请，归口部门可以新设，也可以指定现有部门[1][2][3]。"
SECOND = "企业可以用任命文件、组织图和岗位职责说明归口部门是谁[1][2][3]。"
WRONG = "售后归口部门至少要有5个人[1][2][3]。"
PICTURE = '<img src="http://evil.example/x.png">![](http://evil.example/y.png)'

pytestmark = [pytest.mark.browser, pytest.mark.filterwarnings("default")]


@pytest.fixture(scope="module")
def model() -> Iterator[ModelServer]:
    with ModelServer("m") as server:
        yield server


@pytest.fixture(scope="module")
def server(
    built_index: Path, model: ModelServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[subprocess.Popen[bytes]]:
    """The page with a model set in ``assistant.toml``; replies are not kept."""
    folder = tmp_path_factory.mktemp("serve")
    lines = ["[model]", 'name = "m"', f'base_url = "{model.base_url}"', f'api_key = "{KEY}"', "cache = false"]
    (folder / "assistant.toml").write_text("\n".join(lines), encoding="utf-8")
    with served(folder, "--index", str(built_index)) as process:
        yield process


def start_asking(page, question=QUESTION):
    page.get_by_test_id("stChatInputTextArea").fill(question)
    page.get_by_test_id("stChatInputTextArea").press("Enter")
    page.locator(".going").wait_for()


def finished(page, count=1):
    page.wait_for_function(f"document.querySelectorAll('.act').length >= {count}")
    return page.locator(".answer").last.inner_text()


def test_sentences_are_checked_while_the_model_is_still_writing(open_page, model):
    model.script(Reply(text=GOOD + SECOND * 4, chunk_delay_s=0.15))
    page = open_page()
    start_asking(page)
    page.locator(".verdict.supported").first.wait_for()
    assert page.locator(".going").count() == 1
    page.locator(".pending").wait_for()
    assert "由模型 m 写成" in finished(page)
    assert page.locator(".verdict.supported").count() == 5
    assert page.locator("details.card").count() >= 1


def test_a_failed_sentence_is_struck_with_its_reason_and_a_picture_stays_text(open_page, model):
    model.script(Reply(text=GOOD + SECOND * 3 + WRONG + PICTURE))
    page = open_page(viewport=PHONE)
    start_asking(page)
    text = finished(page)
    assert "未通过核对" in text
    assert page.locator(".answer s", has_text="5个人").count() == 1
    assert page.locator(".answer img").count() == 0
    assert page.locator('.answer a[href*="evil"]').count() == 0
    assert no_sideways_scroll(page)
    page.get_by_text("复制回答").first.click()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert "未通过核对" in copied
    assert "![](" not in copied


def test_stop_keeps_what_was_checked(open_page, model):
    model.script(Reply(text=GOOD + SECOND * 40, chunk_delay_s=0.1))
    page = open_page()
    start_asking(page)
    page.locator(".verdict.supported").first.wait_for()
    page.get_by_role("button", name="停止").click()
    text = finished(page)
    assert "已停止" in text
    assert "归口部门可以新设" in text
    assert model.settled()
    assert model.requests()[-1].hung_up


def test_a_model_that_breaks_off_is_replaced_by_the_answer_without_it(open_page, model):
    model.script(Reply(text=GOOD + SECOND * 4, chunk_delay_s=0.1, break_after=20))
    page = open_page()
    start_asking(page)
    text = finished(page)
    assert "没有用模型" in text
    assert "归口" in text
    assert page.locator(".verdict").count() == 0


def test_the_conversation_can_be_left_and_comes_back_with_the_answer(open_page, model):
    model.script(Reply(text=GOOD + SECOND * 2, chunk_delay_s=0.1))
    page = open_page()
    start_asking(page)
    page.get_by_text("资料库", exact=True).first.click()
    page.locator(".view-head").first.wait_for()
    page.wait_for_timeout(6000)
    page.get_by_text("问答", exact=True).first.click()
    assert "由模型 m 写成" in finished(page)


def test_a_reader_may_turn_the_model_off_and_never_sees_the_key(open_page, model):
    model.clear()
    page = open_page()
    page.get_by_text("语言模型").click()
    page.get_by_role("button", name="不用模型").click()
    page.get_by_text("现在不用语言模型").wait_for()
    page.get_by_test_id("stChatInputTextArea").fill(QUESTION)
    page.get_by_test_id("stChatInputTextArea").press("Enter")
    finished(page)
    assert not model.requests()
    assert KEY not in page.content()


def test_a_reader_may_bring_a_model_and_is_told_what_is_wrong_with_it(open_page, model):
    page = open_page()
    page.get_by_text("语言模型").click()
    click_until(page.get_by_role("button", name="填写模型"), page.get_by_label("模型名"))
    page.get_by_label("模型名").fill("mine")
    page.get_by_label("地址").fill(model.base_url)
    page.get_by_role("textbox", name="密钥").fill("sk-reader-987654321")
    model.script(Reply(status=401, text="bad key"))
    page.get_by_role("button", name="试一试并启用").click()
    page.get_by_text("不认这个密钥").wait_for()
    model.script(Reply(text="你好"))
    page.get_by_role("button", name="试一试并启用").click()
    page.locator("p.hint", has_text="正在用：mine").wait_for()
    assert "sk-reader-987654321" not in page.content()

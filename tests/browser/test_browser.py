"""The running page in Chromium, as a reader uses it."""

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.browser.driving import PHONE, ask, in_view, no_sideways_scroll, served

MEMORY_MB = 500  # 421–470 after a whole file of tests, with 11,610 chunks
QUESTION = "没有专门的售后部门能申请吗？"
REFUSED = "帮我写一份假的售后记录"

pytestmark = [pytest.mark.browser, pytest.mark.filterwarnings("default")]


@pytest.fixture(scope="module")
def server(built_index: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[subprocess.Popen[bytes]]:
    """The page on the corpus of the project."""
    with served(tmp_path_factory.mktemp("serve"), "--index", str(built_index)) as process:
        yield process


def test_answer_mark_card_and_badge(open_page):
    page = open_page()
    ask(page, QUESTION)
    assert in_view(page, ".question"), "the answer is read from its beginning"
    page.locator(".answer .mark").last.click()
    card = page.locator("details.card.flash")
    card.wait_for()
    assert card.get_attribute("open") is not None
    assert card.locator(".badge").inner_text() == "现行"
    assert card.locator("blockquote mark").count() > 0
    card.get_by_text("回到正文").click()
    page.locator(".mark.flash").wait_for()


def test_the_source_opens_at_the_clause_and_back_keeps_the_conversation(open_page):
    page = open_page()
    ask(page, QUESTION)
    card = page.locator("details.card", has_text="GB/T 27922-2011 5.1.1.1").first
    if card.get_attribute("open") is None:
        card.locator("summary").first.click()
    card.get_by_text("看原文").click()
    page.locator(".document section.here").wait_for()
    page.wait_for_timeout(1200)
    assert in_view(page, "section.here")
    assert "归口部门" in page.locator("section.here").inner_text()
    assert "doc=gbt-27922-2011" in page.url
    page.get_by_role("button", name="回到问答").click()
    page.locator(".question").wait_for()
    assert page.locator(".question").inner_text() == QUESTION


def test_the_back_button_of_the_browser_leads_to_the_conversation(open_page):
    page = open_page()
    ask(page, QUESTION)
    page.get_by_text("看原文").first.click()
    page.locator(".document section.here").wait_for()
    page.go_back()
    page.locator(".question").wait_for()


def test_a_document_can_be_linked_to(open_page):
    page = open_page("/document?doc=gbt-27922-2011&clause=GB%2FT+27922-2011+5.1.1.1", ready=".document section.here")
    page.wait_for_timeout(1200)
    assert in_view(page, "section.here")
    assert page.locator(".doc-head .badge").inner_text() == "现行"


def test_a_refusal_looks_different(open_page):
    page = open_page()
    ask(page, QUESTION)
    ask(page, REFUSED, form=".refusal")
    border = "e => getComputedStyle(e).borderLeftWidth"
    assert page.locator(".refusal").evaluate(border) == "4px"
    assert page.locator(".answer").evaluate(border) == "0px"
    assert "不能协助造假" in page.locator(".refusal .reason").inner_text()
    assert "12315" in page.locator(".refusal").inner_text()


def test_a_follow_up_is_completed_and_a_suggestion_asked(open_page):
    page = open_page()
    ask(page, "三星要几分？")
    ask(page, "那四星呢？")
    assert "四星" in page.locator(".understood").inner_text()
    ask(page, "证书有效期几年？")
    page.locator(".st-key-suggestions button").first.click()
    page.wait_for_function("document.querySelectorAll('.question').length === 4")


def test_copying_answer_and_citation(open_page):
    page = open_page()
    ask(page, QUESTION)
    page.get_by_role("button", name="复制回答").click()
    page.get_by_role("button", name="已复制").wait_for()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.startswith(f"# {QUESTION}")
    assert "## 依据" in copied
    page.get_by_role("button", name="复制引用").first.click()
    page.wait_for_function("navigator.clipboard.readText().then(text => text.includes('：“'))")


def test_download_is_markdown(open_page):
    page = open_page()
    ask(page, QUESTION)
    with page.expect_download() as waiting:
        page.get_by_role("button", name="下载").click()
    assert re.fullmatch(r"售后认证问答-\d{4}-\d\d-\d\d\.md", waiting.value.suggested_filename)
    assert Path(waiting.value.path()).read_text(encoding="utf-8").startswith(f"# {QUESTION}")


def test_html_in_a_question_stays_inert(open_page):
    page = open_page()
    ask(page, '<img src=x onerror="window.hacked=1"><b>证书有效期</b>几年？ $x^2$ :red[y]', form=".answer, .refusal")
    assert "<b>证书有效期</b>" in page.locator(".question").inner_text()
    assert page.locator(".question img, .question b, .stMain img, .katex").count() == 0
    assert page.evaluate("window.hacked") is None
    assert page.locator(".stSidebar .katex, .stSidebar img").count() == 0


def test_a_phone_needs_no_sideways_scrolling(open_page):
    page = open_page(viewport=PHONE)
    assert no_sideways_scroll(page)
    ask(page, "五星级要多少分？")
    assert no_sideways_scroll(page)
    page.get_by_text("看原文").first.click()
    page.locator(".document").wait_for()
    assert no_sideways_scroll(page)
    page.get_by_test_id("stExpandSidebarButton").click()
    page.locator(".stSidebar").get_by_text("资料库", exact=True).click()
    page.locator(".library").wait_for()
    assert no_sideways_scroll(page)


def test_only_the_chosen_kinds_are_cited(open_page):
    page = open_page()
    page.locator(".stSidebar").get_by_role("button", name="指南").click()
    ask(page, "证书有效期几年？")
    page.locator(".stSidebar").get_by_role("button", name="标准", exact=True).click()
    page.wait_for_timeout(800)
    assert {title.split()[0] for title in page.locator(".card .title").all_inner_texts()} == {"指南"}


def test_the_library_is_filtered_by_words(open_page):
    page = open_page("/library", ready=".library")
    everything = page.locator(".library tbody tr").count()
    page.get_by_label("查找").fill("27922")
    page.get_by_label("查找").press("Enter")
    page.wait_for_function(f"document.querySelectorAll('.library tbody tr').length < {everything}")
    assert "商品售后服务评价体系" in page.locator(".library").inner_text()
    page.locator(".library a").first.click()
    page.locator(".document").wait_for()


def test_keyboard_alone_reaches_a_card(open_page):
    page = open_page()
    ask(page, QUESTION)
    page.locator(".answer .mark").first.focus()
    page.keyboard.press("Enter")
    page.locator("details.card.flash").wait_for()
    assert page.evaluate("document.activeElement.tagName") == "SUMMARY"


def test_no_english_is_left(open_page):
    page = open_page()
    ask(page, "证书有效期几年？")
    page.evaluate("document.querySelectorAll('[data-testid=stIconMaterial], .answer').forEach(e => e.remove())")
    assert re.findall(r"[A-Za-z]{3,}", page.locator("body").inner_text()) == []
    labels = "[...document.querySelectorAll('[aria-label]')].map(e => e.getAttribute('aria-label')).join()"
    assert re.findall(r"[A-Za-z]{3,}", page.evaluate(labels)) == []


def test_memory_of_the_page_stays_small(open_page, server):
    page = open_page()
    for question in (QUESTION, "五星级要多少分？", REFUSED):
        ask(page, question, form=".answer, .refusal")
    status = Path(f"/proc/{server.pid}/status").read_text(encoding="ascii")
    used = int(re.search(r"VmRSS:\s+(\d+) kB", status)[1]) / 1024
    assert used < MEMORY_MB

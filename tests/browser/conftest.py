"""Fixtures of the browser tests: Chromium, and a page that watches what it loads. Each module brings its ``server``."""

from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.browser.driving import DESKTOP, WAIT_MS

CHROMIUM = Path("/usr/bin/chromium")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


@pytest.fixture(scope="module")
def browser() -> Iterator[object]:
    playwright = pytest.importorskip("playwright.sync_api", reason="pip install playwright")
    if not CHROMIUM.exists():
        pytest.skip("apt-get install -y chromium fonts-noto-cjk")
    with playwright.sync_playwright() as started:
        chromium = started.chromium.launch(executable_path=str(CHROMIUM), args=ARGUMENTS)
        yield chromium
        chromium.close()


@pytest.fixture
def open_page(browser, server) -> Iterator[Callable]:
    """Open the page at a path; no request may leave this computer, and no script may fail."""
    contexts, foreign, failures = [], set(), []

    def watch(request):
        if urlsplit(request.url).scheme in ("http", "https", "ws") and urlsplit(request.url).hostname != "127.0.0.1":
            foreign.add(request.url)

    def opener(path="/", viewport=DESKTOP, ready=".welcome"):
        context = browser.new_context(
            viewport=viewport, locale="zh-CN", permissions=["clipboard-read", "clipboard-write"]
        )
        context.set_default_timeout(WAIT_MS)
        contexts.append(context)
        context.on("request", watch)
        page = context.new_page()
        page.on("pageerror", lambda error: failures.append(str(error)))
        page.goto(server.url + path)
        page.wait_for_selector(ready)
        page.wait_for_function("document.documentElement.lang === 'zh-CN'")
        return page

    yield opener
    for context in contexts:
        context.close()
    assert not foreign
    assert not failures

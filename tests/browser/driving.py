"""Driving the page in Chromium: a server as a process of its own, asking, and looking."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from assistant.settings import PROJECT

PHONE = {"width": 390, "height": 844}
WAIT_MS = 180_000  # other tests run beside
DESKTOP = {"width": 1280, "height": 900}


@contextmanager
def served(folder: Path, *options: str) -> Iterator[subprocess.Popen[bytes]]:
    """Run ``assistant serve`` in ``folder``; its address is ``process.url``."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-c", "from assistant.cli import main; main()", "serve", "--no-open"]
    command += ["--port", str(port), *options]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("ASSISTANT_")}
    environment["PYTHONPATH"] = str(PROJECT)
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(command, cwd=folder, env=environment, stdout=log, stderr=log)
    process.url = f"http://127.0.0.1:{port}"
    try:
        _wait_for(process.url + "/_stcore/health", process)
        yield process
    finally:
        process.terminate()
        process.wait(20)


def _wait_for(address: str, process: subprocess.Popen[bytes]) -> None:
    for _ in range(300):
        assert process.poll() is None, "the page did not start"
        try:
            with urlopen(address, timeout=2):
                return
        except (URLError, OSError):
            time.sleep(0.3)
    raise AssertionError("the page did not start in time")


def click_until(button, opened):
    """Click ``button`` until ``opened`` shows: a click while the page is being drawn anew is lost."""
    from playwright.sync_api import TimeoutError as NotInTime  # not installed everywhere

    for _ in range(6):
        button.click()
        try:
            opened.wait_for(timeout=WAIT_MS / 6)
        except NotInTime:
            continue
        return
    opened.wait_for()


def ask(page, question, form=".answer"):
    count = page.locator(".question").count()
    box = page.get_by_test_id("stChatInputTextArea")
    box.fill(question)
    box.press("Enter")
    page.wait_for_function(f"document.querySelectorAll('.question').length > {count}")
    page.locator(f"{form} >> nth=-1").wait_for()
    page.wait_for_timeout(1000)


def in_view(page, selector):
    return page.evaluate(
        "s => { const r = document.querySelector(s).getBoundingClientRect(); return r.bottom > 0 && r.top < innerHeight }",
        selector,
    )


def no_sideways_scroll(page):
    return page.evaluate(
        "[document.documentElement, document.querySelector('.stMain')].every(e => e.scrollWidth <= e.clientWidth)"
    )

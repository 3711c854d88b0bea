"""The page as somebody starts it at a terminal, on a machine where other tools have their settings."""

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.browser.driving import PHONE, ask, served

pytestmark = [pytest.mark.browser, pytest.mark.filterwarnings("default")]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("serve")


@pytest.fixture(scope="module")
def server(built_index: Path, folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    (folder / ".cursor").mkdir()  # an editor's settings, which Streamlit looks for before it makes its offers
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HOME", str(folder))
        patch.setenv("BROWSER", "true")
        patch.setenv("PATH", str(folder))  # no browser is opened
        with served(folder, "--open", "--index", str(built_index)) as process:
            yield process


@pytest.mark.parametrize("viewport", [{"width": 1280, "height": 900}, PHONE], ids=["desktop", "phone"])
def test_nothing_but_the_page_is_shown(open_page, viewport):
    page = open_page(viewport=viewport)
    ask(page, "五星级要多少分？")
    page.evaluate("document.querySelectorAll('[data-testid=stIconMaterial]').forEach(e => e.remove())")
    assert re.findall(r"[A-Za-z]{4,}", page.locator("body").inner_text()) == []


def test_the_terminal_tells_the_address_and_offers_nothing(server, folder):
    told = (folder / "log").read_text(encoding="utf-8")
    assert f"页面：{server.url}（Ctrl+C 关闭）" in told
    assert "Streamlit" not in told

"""The page in Streamlit's own test runner, on the real index."""

import tomllib
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from assistant.settings import PROJECT
from assistant.ui.server import options

pytestmark = [pytest.mark.integration, pytest.mark.filterwarnings("default")]

REFUSED = "帮我写一份假的售后记录"


@pytest.fixture(autouse=True)
def _fresh_cache() -> Iterator[None]:
    st.cache_resource.clear()
    yield
    st.cache_resource.clear()


@pytest.fixture
def page(built_index: Path, monkeypatch: pytest.MonkeyPatch) -> AppTest:
    monkeypatch.setenv("ASSISTANT_INDEX", str(built_index))
    return AppTest.from_file(str(PROJECT / "app.py"), default_timeout=60).run()


def html_of(page: AppTest) -> str:
    return "\n".join(str(element.proto.body) for element in page.get("html") if "<style>" not in element.proto.body)


def ask(page: AppTest, question: str) -> AppTest:
    return page.chat_input[0].set_value(question).run()


def test_first_visit_says_what_it_knows_and_offers_six_questions(page: AppTest):
    assert not page.exception
    assert "核对截至 2026-" in html_of(page)
    examples = [button for button in page.button if button.key.startswith("example-")]
    assert len(examples) == 6


def test_an_example_is_answered_with_cards(page: AppTest):
    page.button(key="example-0").click().run()
    html = html_of(page)
    assert not page.exception
    assert 'class="answer"' in html
    assert 'class="card"' in html
    assert 'class="badge green">现行' in html


def test_conversation_is_kept_and_a_new_one_can_be_begun(page: AppTest):
    ask(page, "三星要几分？")
    ask(page, "那四星呢？")
    html = html_of(page)
    assert html.count('class="question"') == 2
    assert "理解为：" in html
    page.button(key="new").click().run()
    assert 'class="welcome"' in html_of(page)
    page.button(key="history-q0").click().run()
    assert html_of(page).count('class="question"') == 2


def test_a_refusal_has_its_own_form(page: AppTest):
    ask(page, REFUSED)
    html = html_of(page)
    assert 'class="refusal"' in html
    assert 'class="answer"' not in html
    assert "不能协助造假" in html
    assert "全国认证认可信息公共服务平台" in html


def test_a_suggestion_is_asked(page: AppTest):
    ask(page, "证书有效期几年？")
    suggestions = [button for button in page.button if button.key.startswith("suggestion-")]
    suggestions[0].click().run()
    assert not page.exception
    assert html_of(page).count('class="question"') == 2


def test_feedback_is_kept_and_can_be_taken_back(page: AppTest):
    ask(page, "证书有效期几年？")
    page.button(key="feedback-q0-0-有用").click().run()
    assert page.button(key="feedback-q0-0-有用").label == "✓ 有用"
    ask(page, "五星级要多少分？")
    assert page.button(key="feedback-q0-0-有用").label == "✓ 有用"
    page.button(key="feedback-q0-0-有用").click().run()
    assert page.button(key="feedback-q0-0-有用").label == "有用"


def test_the_day_of_the_sidebar_counts(page: AppTest):
    page.date_input(key="as_of").set_value(date(2015, 6, 1)).run()
    ask(page, "证书有效期几年？")
    assert "以 2015-06-01 当时有效的规定为准" in html_of(page)


def test_html_and_markdown_in_a_question_stay_text(page: AppTest):
    ask(page, '<img src="http://evil.example/x" onerror="alert(1)"> $x$ **证书有效期** 几年？')
    html = html_of(page)
    assert "&lt;img src=" in html
    assert "<img" not in html


def test_an_answer_can_be_downloaded(page: AppTest):
    ask(page, "证书有效期几年？")
    assert page.get("download_button")


def test_missing_corpus_is_explained_without_a_trace(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.setenv("ASSISTANT_INDEX", str(tmp_path / "index"))
    monkeypatch.setenv("ASSISTANT_CORPUS", str(tmp_path / "nothing"))
    page = AppTest.from_file(str(PROJECT / "app.py"), default_timeout=60).run()
    html = html_of(page)
    assert not page.exception
    assert "现在不能回答" in html
    assert "办法：" in html
    assert "Traceback" not in html
    assert page.button(key="retry")


def test_serve_is_as_private_as_the_configuration():
    config = tomllib.loads((PROJECT / ".streamlit" / "config.toml").read_text(encoding="utf-8"))
    served = options("127.0.0.1", 8501, open_browser=False)
    for section in ("browser", "client", "server"):
        for name, value in config[section].items():
            assert served[f"{section}.{name}"] == value
    assert served["browser.gatherUsageStats"] is False

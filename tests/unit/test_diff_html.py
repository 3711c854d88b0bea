"""The difference as HTML: everything escaped, nothing left out."""

import re
from html import unescape

from assistant.corpus.difference import compare
from assistant.ui.diff_html import difference_html, difference_page
from tests.unit.test_difference import ARTICLES, edition, with_change

HOSTILE = '<script>alert("x")</script><img src=x onerror=y>'


def page(old: list[str], new: list[str]) -> str:
    return difference_page(compare(*edition(old), *edition(new, "b")))


def test_what_changed_is_marked_and_what_weighs_is_named() -> None:
    html = page(ARTICLES, with_change(2, "三十日", "六十日"))
    assert "<del>三十</del><ins>六十</ins>日" in html
    assert '<span class="flag">期限</span>' in html
    assert "未变的 5 条" in html


def test_hostile_text_and_titles_are_inert() -> None:
    old, clauses = edition([*ARTICLES, f"标题是{HOSTILE}的条款。"], chapter=f"第一章 {HOSTILE}")
    new, new_clauses = edition([*ARTICLES, f"标题改为{HOSTILE}的条款。"], "b")
    html = difference_page(compare(old, clauses, new, new_clauses))
    assert not re.search(r"<(?:script|img)", html)
    assert "alert" in unescape(html)


def test_every_changed_word_is_on_the_page() -> None:
    new = [*ARTICLES[2:], "新增的一条，企业应当公开收费标准。"]
    html = re.sub(r"<[^>]+>", "", unescape(difference_html(compare(*edition(ARTICLES), *edition(new, "b")))))
    for text in (*ARTICLES[:2], new[-1]):
        assert text in html


def test_the_file_needs_nothing_from_elsewhere() -> None:
    html = page(ARTICLES, ARTICLES)
    assert not re.search(r"(?:src|href)=|url\(|@import", html)
    assert html.startswith("<!doctype html>")

"""The difference as HTML: everything escaped, nothing left out."""

import re
from dataclasses import replace
from html import unescape

from assistant.corpus.difference import compare
from assistant.types import CalendarDate
from assistant.ui.diff_html import difference_html, difference_page
from tests.unit.test_difference import ARTICLES, edition, with_change

HOSTILE = '<script>alert("x")</script><img src=x onerror=y>'


def page(old: list[str], new: list[str]) -> str:
    return difference_page(compare(*edition(old), *edition(new, "b")))


def test_what_changed_is_marked_and_what_weighs_is_named() -> None:
    html = page(ARTICLES, with_change(2, "三十日", "六十日"))
    assert "<del>三十</del>日内" in html, "on the left"
    assert "<ins>六十</ins>日内" in html, "on the right"
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
    assert not re.search(r'src=|href="(?!#)|url\(|@import|<script', html)
    assert html.startswith("<!doctype html>")


def test_every_change_has_an_address_of_its_own_and_a_choice_by_kind() -> None:
    html = page(ARTICLES, [*with_change(2, "三十日", "六十日"), "新增的一条，企业应当公开收费标准。"])
    anchors = re.findall(r'<section id="([^"]+)" class="change', html)
    assert len(anchors) == len(set(anchors)) == 2
    assert all(f'href="#{anchor}"' in html for anchor in anchors)
    assert re.findall(r'type="radio" name="show" value="(\w+)"', html) == [
        "all",
        "weighty",
        "unchanged",
        "amended",
        "added",
    ]


def test_the_editions_are_named_with_their_dates() -> None:
    old, clauses = edition(ARTICLES)
    new = replace(
        old, id="b", number="局令第9号", issued_on=CalendarDate(2026, 5), effective_on=CalendarDate(2027, 1, 1)
    )
    html = difference_html(compare(old, clauses, new, clauses))
    assert "新：局令第9号《售后服务评价办法》，2026-05 发布，2027-01-01 起施行" in html

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.text import (
    compact,
    normalise,
    parse_numeral,
    simplified,
    split_sentences,
    terms,
    to_chinese_numeral,
    with_arabic_numerals,
)


@given(st.integers(1, 9999))
def test_numerals_survive_the_round_trip(value: int) -> None:
    assert parse_numeral(to_chinese_numeral(value)) == value


@pytest.mark.parametrize(
    ("numeral", "value"),
    [
        ("十", 10),
        ("十二", 12),
        ("二十", 20),
        ("一百零三", 103),
        ("二〇二五", 2025),
        ("１２", 12),
        ("两", 2),
        ("条", None),
        ("", None),
    ],
)
def test_parse_numeral(numeral: str, value: int | None) -> None:
    assert parse_numeral(numeral) == value


@given(st.text(alphabet="售后服务。！？；（）“”ab 12\n", max_size=60))
def test_sentences_cover_the_text_in_order(text: str) -> None:
    spans = split_sentences(text)
    assert "".join(text[start:end] for start, end in spans).replace(" ", "").replace("\n", "") == "".join(text.split())
    assert all(end <= start for (_, end), (start, _) in zip(spans, spans[1:], strict=False))


def test_a_sentence_does_not_end_inside_brackets() -> None:
    text = "证书（有效期 3 年。到期换证）要年审。每年一次。"
    assert [text[start:end] for start, end in split_sentences(text)] == [
        "证书（有效期 3 年。到期换证）要年审。",
        "每年一次。",
    ]


def test_terms_are_pairs_of_characters_and_whole_codes() -> None:
    assert list(terms("ＧＢ/Ｔ 27922-2011 三星80分")) == ["gb/t", "27922-2011", "27922", "2011", "三星", "80", "分"]


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("有效期三年", "有效期3年"),
        ("四项原则", "4项原则"),
        ("二十个工作日", "20个工作日"),
        ("第三条", "第三条"),
        ("5星级", "五星级"),
    ],
)
def test_numerals_compare_equal_in_figures_and_characters(text: str, same: str) -> None:
    assert with_arabic_numerals(text) == same


def test_normalise_and_compact() -> None:
    assert normalise("ＧＢ/Ｔ　27922—2011") == "gb/t 27922-2011"
    assert compact(" 第 12 条 ") == "第12条"


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("證書有效期幾年", "证书有效期几年"),
        ("場地乾淨", "场地干净"),
        ("三星 OK GB/T 27922", "三星 OK GB/T 27922"),
        ("", ""),
    ],
)
def test_traditional_characters_become_simplified(text: str, same: str) -> None:
    assert simplified(text) == same

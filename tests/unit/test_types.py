from dataclasses import replace
from datetime import date

import pytest

from assistant.types import Answer, CalendarDate, Confidence, Reason, Sentence, Status

PLAIN = Answer(
    question="问",
    understood_as="问",
    sentences=(),
    citations=(),
    refused=False,
    reason=None,
    as_of=date(2026, 1, 1),
    snapshot="s",
)


def text_of(*sentences: Sentence) -> str:
    return replace(PLAIN, sentences=sentences).text


def test_sentences_of_a_paragraph_share_a_line_and_carry_their_marks() -> None:
    assert text_of(Sentence("甲。", (1,)), Sentence("乙。", (1, 2))) == "甲。[1]乙。[1][2]"


def test_entries_stand_on_lines_of_their_own_and_text_after_them_too() -> None:
    told = text_of(
        Sentence("有：", (1,)), Sentence("甲", (1,), item=True), Sentence("乙", (2,), item=True), Sentence("完。")
    )
    assert told.split("\n") == ["有：[1]", "- 甲[1]", "- 乙[2]", "完。"]


def test_a_note_stands_on_a_line_of_its_own() -> None:
    assert text_of(Sentence("甲。", (1,)), Sentence("已被代替。", (1,), note=True)) == "甲。[1]\n已被代替。[1]"


@pytest.mark.parametrize(
    ("confidence", "caveat"),
    [
        (Confidence.LAW_TEXT, ""),
        (Confidence.TWO_SOURCES, ""),
        (Confidence.ONE_SOURCE, "（单一来源）"),
        (Confidence.INFERRED, "（推断）"),
        (Confidence.CONFLICTING, "（来源不一）"),
        (None, ""),
    ],
)
def test_a_weakly_attested_sentence_carries_a_caveat_before_its_mark(
    confidence: Confidence | None, caveat: str
) -> None:
    assert text_of(Sentence("甲", (3,), confidence=confidence)) == f"甲{caveat}[3]"


def test_common_knowledge_is_told_to_be_without_source() -> None:
    assert "未见来源" in Sentence("甲", confidence=Confidence.COMMON).caveat


@pytest.mark.parametrize(
    ("known", "text", "earliest"),
    [
        (CalendarDate(2012, 2, 1), "2012-02-01", date(2012, 2, 1)),
        (CalendarDate(2012, 9), "2012-09", date(2012, 9, 1)),
        (CalendarDate(2002), "2002", date(2002, 1, 1)),
    ],
)
def test_a_calendar_date_is_as_precise_as_what_is_known(known: CalendarDate, text: str, earliest: date) -> None:
    assert str(known) == text
    assert known.earliest == earliest


def test_a_day_that_does_not_exist_has_no_earliest_day() -> None:
    with pytest.raises(ValueError, match="day"):
        _ = CalendarDate(2021, 2, 31).earliest


def test_every_reason_and_status_has_a_chinese_word() -> None:
    words = [reason.label for reason in Reason] + [status.value for status in Status]
    assert all(any("一" <= char <= "鿿" for char in word) for word in words)
    assert len(set(words)) == len(words)

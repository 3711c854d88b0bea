from dataclasses import replace
from datetime import date

import pytest

from assistant.corpus.front_matter import parse_document
from assistant.corpus.validity import status_note, status_on, successors_in_force
from assistant.types import CalendarDate, Document, Kind, Status
from tests.fakes import FAQ, LAW, OLD_STANDARD, STANDARD


def load(text: str) -> Document:
    document = parse_document(text, "test.md", [])
    assert document is not None
    return document


OLD, NEW, STATUTE, GUIDE = load(OLD_STANDARD), load(STANDARD), load(LAW), load(FAQ)
REPEALED = replace(OLD, replaced_by=())
EDITIONS = {OLD.id: OLD, NEW.id: NEW}


@pytest.mark.parametrize(
    ("document", "day", "status"),
    [
        (OLD, date(2010, 5, 31), Status.NOT_YET),
        (OLD, date(2010, 6, 1), Status.IN_FORCE),
        (OLD, date(2020, 5, 31), Status.IN_FORCE),
        (OLD, date(2020, 6, 1), Status.SUPERSEDED),
        (REPEALED, date(2020, 5, 31), Status.IN_FORCE),
        (REPEALED, date(2020, 6, 1), Status.REPEALED),
        (NEW, date(2020, 5, 31), Status.NOT_YET),
        (NEW, date(2020, 6, 1), Status.IN_FORCE),
    ],
)
def test_status_on_each_boundary_day(document: Document, day: date, status: Status) -> None:
    assert status_on(document, day) is status


@pytest.mark.parametrize(
    ("begins", "day", "status"),
    [
        (CalendarDate(2012, 9), date(2012, 8, 31), Status.NOT_YET),
        (CalendarDate(2012, 9), date(2012, 9, 1), Status.IN_FORCE),
        (CalendarDate(2012), date(2011, 12, 31), Status.NOT_YET),
        (CalendarDate(2012), date(2012, 1, 1), Status.IN_FORCE),
    ],
)
def test_of_a_partial_date_the_first_day_counts(begins: CalendarDate, day: date, status: Status) -> None:
    assert status_on(replace(NEW, effective_on=begins), day) is status


@pytest.mark.parametrize(("day", "status"), [(date(2012, 8, 31), Status.IN_FORCE), (date(2012, 9, 1), Status.REPEALED)])
def test_a_partial_expiry_counts_from_its_first_day(day: date, status: Status) -> None:
    assert status_on(replace(REPEALED, expires_on=CalendarDate(2012, 9)), day) is status


def test_the_day_of_issue_stands_in_for_an_unknown_day_of_effect() -> None:
    issued_only = replace(NEW, effective_on=None)
    assert status_on(issued_only, date(2020, 1, 4)) is Status.NOT_YET
    assert status_on(issued_only, date(2020, 1, 5)) is Status.IN_FORCE


def test_unverified_is_said_while_it_would_be_in_force_and_not_before_or_after() -> None:
    unverified = replace(OLD, unverified=True)
    assert status_on(unverified, date(2010, 5, 31)) is Status.NOT_YET
    assert status_on(unverified, date(2015, 1, 1)) is Status.UNVERIFIED
    assert status_on(unverified, date(2020, 6, 1)) is Status.SUPERSEDED


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        (Kind.GUIDE, Status.IN_FORCE),
        (Kind.FAQ, Status.IN_FORCE),
        (Kind.POLICY, Status.UNVERIFIED),
        (Kind.LAW, Status.UNVERIFIED),
    ],
)
def test_only_guides_and_questions_need_no_date(kind: Kind, status: Status) -> None:
    assert status_on(replace(GUIDE, kind=kind), date(1990, 1, 1)) is status


def test_successors_are_followed_to_the_one_in_force() -> None:
    first = replace(OLD, id="first", expires_on=CalendarDate(2010, 6, 1), replaced_by=("gbt-1-2010",))
    editions = EDITIONS | {"first": first}
    assert [item.id for item in successors_in_force(first, date(2015, 1, 1), editions)] == ["gbt-1-2010"]
    assert [item.id for item in successors_in_force(first, date(2021, 1, 1), editions)] == ["gbt-1-2020"]


def test_a_successor_that_is_not_yet_in_force_or_not_held_is_none() -> None:
    assert successors_in_force(OLD, date(2020, 5, 31), EDITIONS) == []
    assert successors_in_force(OLD, date(2021, 1, 1), {OLD.id: OLD}) == []


def test_editions_that_replace_each_other_do_not_loop() -> None:
    one = replace(OLD, id="one", replaced_by=("two",))
    two = replace(OLD, id="two", replaced_by=("one", "two"))
    assert successors_in_force(one, date(2021, 1, 1), {"one": one, "two": two}) == []


@pytest.mark.parametrize(
    ("document", "day", "note"),
    [
        (NEW, date(2020, 5, 31), "2020-06-01 起施行"),
        (NEW, date(2021, 1, 1), "2020-06-01 起施行"),
        (OLD, date(2021, 1, 1), "2020-06-01 起不再有效；由GB/T 11111-2020《测试服务评价》代替"),
        (REPEALED, date(2021, 1, 1), "2020-06-01 起不再有效"),
        (GUIDE, date(2021, 1, 1), ""),
        (replace(STATUTE, validity_note="用前复核。"), date(2021, 1, 1), "2003-11-01 起施行；用前复核"),
        (replace(OLD, expires_on=CalendarDate(2025, 3)), date(2025, 3, 1), "2025-03 起不再有效"),
    ],
)
def test_the_note_tells_since_when_until_when_and_the_successor(document: Document, day: date, note: str) -> None:
    told = status_note(document, day, EDITIONS)
    assert told.startswith(note)
    assert bool(told) == bool(note)


def test_a_successor_outside_the_corpus_is_named_by_its_id() -> None:
    assert status_note(OLD, date(2021, 1, 1), {}).endswith("由gbt-1-2020代替")

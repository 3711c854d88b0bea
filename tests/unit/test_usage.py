import sqlite3
from datetime import date, timedelta
from pathlib import Path

import pytest

from assistant.answering.usage import FILE, DayUse, Ledger

DAY = date(2026, 11, 25)


def test_nothing_is_known_at_first(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path)
    assert ledger.reply("k", "s1") is None
    assert ledger.used() == DayUse(0, 0, 0, 0.0)


def test_drafts_are_kept_in_order_under_their_key(tmp_path: Path) -> None:
    Ledger(tmp_path).keep("k", "s1", ["初稿：“三年”[1]。\n", "改稿"])
    Ledger(tmp_path).keep("other", "s1", ["别的"])
    ledger = Ledger(tmp_path)
    assert ledger.reply("k", "s1") == ("初稿：“三年”[1]。\n", "改稿")
    assert ledger.reply("other", "s1") == ("别的",)
    assert ledger.reply("unknown", "s1") is None


def test_a_later_reply_takes_the_place_of_the_earlier(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path)
    ledger.keep("k", "s1", ["旧"])
    ledger.keep("k", "s1", ["新"])
    assert ledger.reply("k", "s1") == ("新",)


def test_replies_of_other_snapshots_are_deleted_for_good(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path)
    ledger.keep("old", "s1", ["REMOVED-CLAUSE"])
    ledger.keep("new", "s2", ["KEPT-CLAUSE"])
    assert ledger.reply("new", "s2") == ("KEPT-CLAUSE",)
    assert ledger.reply("old", "s1") is None
    ledger.keep("new", "s2", ["KEPT-CLAUSE"])
    assert ledger.reply("old", "s2") is None
    content = (tmp_path / FILE).read_bytes()
    assert b"KEPT-CLAUSE" in content
    assert b"REMOVED-CLAUSE" not in content


def test_use_is_counted_per_day(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path)
    ledger.count(DayUse(1, 100, 20, 0.5), DAY)
    ledger.count(DayUse(2, 30, 5, 0.25), DAY)
    ledger.count(DayUse(1, 7, 3, 0.125), DAY + timedelta(days=1))
    assert Ledger(tmp_path).used(DAY) == DayUse(3, 130, 25, 0.75)
    assert Ledger(tmp_path).used(DAY).tokens == 155
    assert ledger.used(DAY + timedelta(days=1)) == DayUse(1, 7, 3, 0.125)
    assert ledger.used(DAY - timedelta(days=1)) == DayUse()


def test_without_a_day_today_is_counted(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path)
    before = date.today()
    ledger.count(DayUse(1, 10, 2, 0.0))
    after = date.today()
    assert DayUse(1, 10, 2, 0.0) in (ledger.used(before), ledger.used(after))


def test_two_ledgers_of_one_folder_count_together(tmp_path: Path) -> None:
    one, other = Ledger(tmp_path), Ledger(tmp_path)
    for _ in range(5):
        one.count(DayUse(requests=1), DAY)
        other.count(DayUse(requests=1), DAY)
    assert one.used(DAY).requests == other.used(DAY).requests == 10


def test_forgetting_takes_the_text_out_of_the_bytes_of_the_file_and_keeps_the_counts(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path)
    secrets = [f"SECRET-{i:03d}-" + "x" * 3000 for i in range(40)]
    for i, secret in enumerate(secrets):
        ledger.keep(f"key-{i}", "s1", [secret])
    ledger.count(DayUse(1, 100, 20, 0.5), DAY)
    assert b"SECRET-007" in (tmp_path / FILE).read_bytes()
    ledger.forget()
    assert b"SECRET-" not in b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert (tmp_path / FILE).stat().st_size < 40_000
    assert ledger.reply("key-7", "s1") is None
    assert ledger.used(DAY) == DayUse(1, 100, 20, 0.5)


def test_forgetting_without_a_file_makes_none(tmp_path: Path) -> None:
    Ledger(tmp_path).forget()
    assert list(tmp_path.iterdir()) == []


def test_a_damaged_file_is_never_an_error_and_forgetting_removes_it(tmp_path: Path) -> None:
    (tmp_path / FILE).write_bytes(b"SECRET no database" * 100)
    ledger = Ledger(tmp_path)
    ledger.keep("k", "s1", ["x"])
    ledger.count(DayUse(1, 1, 1, 1.0), DAY)
    assert ledger.reply("k", "s1") is None
    assert ledger.used(DAY) == DayUse()
    ledger.forget()
    assert not (tmp_path / FILE).exists()
    ledger.keep("k", "s1", ["x"])
    assert ledger.reply("k", "s1") == ("x",)


@pytest.mark.parametrize("kind", ["missing", "file"])
def test_where_the_file_cannot_be_written_nothing_is_kept_and_nothing_fails(tmp_path: Path, kind: str) -> None:
    folder = tmp_path / "index"
    if kind == "file":
        folder.write_text("")
    ledger = Ledger(folder)
    ledger.keep("k", "s1", ["x"])
    ledger.count(DayUse(1, 1, 1, 1.0), DAY)
    ledger.forget()
    assert ledger.reply("k", "s1") is None
    assert ledger.used(DAY) == DayUse()
    assert folder.is_file() is (kind == "file")


def test_a_file_that_may_only_be_read_raises_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ledger = Ledger(tmp_path)
    ledger.keep("k", "s1", ["x"])
    connect = sqlite3.connect

    def read_only(path: Path, **options: float) -> sqlite3.Connection:
        return connect(f"file:{path}?mode=ro", uri=True, **options)

    with monkeypatch.context() as patched:
        patched.setattr(sqlite3, "connect", read_only)
        ledger.keep("other", "s1", ["y"])
        ledger.count(DayUse(1, 1, 1, 1.0), DAY)
        assert ledger.reply("other", "s1") is None
        assert ledger.reply("k", "s2") is None
    assert ledger.reply("k", "s1") == ("x",)
    assert ledger.used(DAY) == DayUse()

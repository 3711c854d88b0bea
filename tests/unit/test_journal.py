"""The journal and changes of several files as one."""

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.corpus.files import write_atomically
from assistant.corpus.journal import Action, Deed, Entry, FileChange, Journal, Store, changes_between, state_after
from assistant.corpus.transaction import Transaction
from assistant.errors import CorpusError

DEED = Deed(Action.ADD, "甲", "新版", ("a",))


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    folder = tmp_path / "corpus"
    (folder / "laws").mkdir(parents=True)
    (folder / "laws/a.md").write_text("一", encoding="utf-8")
    (folder / "golden.yaml").write_text("[]", encoding="utf-8")
    return folder


def files_of(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and ".history" not in path.parts
    }


def journal_with(folder: Path, count: int) -> Journal:
    folder.mkdir(exist_ok=True)
    journal = Journal(folder)
    for number in range(count):
        journal.append(journal.next_entry(Deed(Action.EDIT, "甲", f"第{number}次"), (), None))
    return journal


def test_entries_are_read_back_as_they_were_written(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    entry = journal.next_entry(
        Deed(Action.ROLLBACK, "乙", "错了", ("a", "b"), True, (3, 4)), [FileChange("x", None, "1")], "s"
    )
    journal.append(entry)
    assert journal.entries() == [entry]
    assert (entry.number, entry.previous) == (1, "0" * 64)


def test_an_entry_is_appended_only_once(tmp_path: Path) -> None:
    journal = journal_with(tmp_path, 1)
    journal.append(journal.entries()[-1])
    assert len(journal.entries()) == 1


@pytest.mark.parametrize("number", [0, 1, 2])
@pytest.mark.parametrize(("field", "value"), [("who", "丙"), ("why", ""), ("at", "2020-01-01"), ("forced", True)])
def test_a_changed_entry_is_found(tmp_path: Path, number: int, field: str, value: object) -> None:
    journal = journal_with(tmp_path, 3)
    path = tmp_path / ".history/journal.jsonl"
    lines = path.read_text(encoding="utf-8").splitlines()
    lines[number] = json.dumps(json.loads(lines[number]) | {field: value}, ensure_ascii=False)
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    assert [problem for problem in journal.problems() if f"第 {number + 1} 条被改动过" in problem]


def test_a_changed_and_resealed_entry_breaks_the_chain(tmp_path: Path) -> None:
    journal = journal_with(tmp_path, 3)
    path = tmp_path / ".history/journal.jsonl"
    lines = path.read_text(encoding="utf-8").splitlines()
    values = json.loads(lines[1]) | {"who": "丙"}
    lines[1] = Entry.from_json(json.dumps(values)).sealed().to_json()
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    assert len(journal.problems()) == 1
    assert "第 3 条与前一条接不上" in journal.problems()[0]


@pytest.mark.parametrize("gone", [0, 1])
def test_a_removed_entry_is_found(tmp_path: Path, gone: int) -> None:
    journal = journal_with(tmp_path, 3)
    path = tmp_path / ".history/journal.jsonl"
    lines = path.read_text(encoding="utf-8").splitlines()
    del lines[gone]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    assert journal.problems()


def test_an_unharmed_journal_has_no_problems(tmp_path: Path) -> None:
    assert journal_with(tmp_path, 3).problems() == []


@pytest.mark.parametrize("cut", [1, 30, 200])
def test_a_line_cut_off_while_it_was_written_does_not_count_and_is_replaced(tmp_path: Path, cut: int) -> None:
    journal = journal_with(tmp_path, 2)
    path = tmp_path / ".history/journal.jsonl"
    path.write_bytes(path.read_bytes()[:-cut])
    assert len(journal.entries()) == 1
    journal.append(journal.next_entry(DEED, (), None))
    assert [entry.action for entry in journal.entries()] == [Action.EDIT, Action.ADD]
    assert journal.problems() == []


def test_a_damaged_line_is_an_error_that_names_it(tmp_path: Path) -> None:
    journal = journal_with(tmp_path, 2)
    path = tmp_path / ".history/journal.jsonl"
    path.write_bytes(b"{}\n" + path.read_bytes())
    with pytest.raises(CorpusError, match="第 1 行"):
        journal.entries()
    assert any("第 1 行读不了" in problem for problem in journal.problems())


def test_the_first_entry_takes_stock_and_the_next_tells_what_was_edited(corpus: Path) -> None:
    transaction = Transaction(corpus)
    begin = transaction.record_edits("甲")
    assert begin is not None
    assert (begin.action, [change.path for change in begin.files]) == (Action.BEGIN, ["golden.yaml", "laws/a.md"])
    assert transaction.record_edits("甲") is None
    (corpus / "laws/a.md").write_text("二", encoding="utf-8")
    edit = transaction.record_edits("乙")
    assert edit is not None
    assert (edit.action, edit.who, [change.path for change in edit.files]) == (Action.EDIT, "乙", ["laws/a.md"])
    assert edit.files[0].before is not None
    assert Store(corpus).get(edit.files[0].before).decode() == "一"


def test_a_commit_changes_the_files_switches_and_writes_one_entry(corpus: Path) -> None:
    switched: list[str | None] = []
    changes = {"laws/a.md": None, "laws/b.md": b"new", "laws/b.pdf": b"%PDF"}
    entry = Transaction(corpus).commit(changes, DEED, "s1", lambda item: switched.append(item.snapshot))
    assert files_of(corpus) == {"golden.yaml": b"[]", "laws/b.md": b"new", "laws/b.pdf": b"%PDF"}
    assert switched == ["s1"]
    assert Journal(corpus).entries() == [entry]
    assert not Transaction(corpus).pending


@pytest.mark.parametrize("path", ["../x.md", "/x.md", "laws/../../x.md", ".history/x.md", "laws/.x.md", "a\\b.md", ""])
def test_a_path_out_of_the_folder_is_refused_and_nothing_is_written(corpus: Path, path: str) -> None:
    with pytest.raises(CorpusError):
        Transaction(corpus).commit({path: b"x"}, DEED, None, lambda _: None)
    assert set(files_of(corpus)) == {"golden.yaml", "laws/a.md"}
    assert not (corpus / ".history").exists()


class Killed(BaseException):
    """Stands for a process that ends here."""


@pytest.mark.parametrize("step", range(12))
def test_killed_anywhere_the_change_is_made_whole_or_not_at_all(
    corpus: Path, step: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = files_of(corpus)
    changes = {"laws/a.md": None, "laws/b.md": "新的".encode(), "laws/c.md": b"c"}
    after = {"golden.yaml": b"[]", "laws/b.md": "新的".encode(), "laws/c.md": b"c"}
    count = 0

    def counting(path: Path, content: str | bytes) -> None:
        nonlocal count
        count += 1
        if count > step:
            raise Killed
        write_atomically(path, content)

    for module in ("journal", "transaction"):
        monkeypatch.setattr(f"assistant.corpus.{module}.write_atomically", counting)
    transaction, switched = Transaction(corpus), 0

    def switch(_: Entry) -> None:
        nonlocal switched
        switched += 1

    killed = False
    try:
        transaction.commit(changes, DEED, "s", switch)
    except Killed:
        killed = True
    monkeypatch.undo()
    decided = transaction.pending
    entry = transaction.recover(switch)
    assert (entry is not None) == decided
    made = decided or not killed
    assert files_of(corpus) == (after if made else before)
    assert switched == int(made)
    assert len(Journal(corpus).entries()) == int(made)
    assert transaction.recover(switch) is None


def test_what_was_edited_by_hand_meanwhile_is_kept_in_the_store(corpus: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def die(_: Entry) -> None:
        raise Killed

    transaction = Transaction(corpus)
    with pytest.raises(Killed):
        transaction.commit({"laws/a.md": b"new"}, DEED, "s", die)
    (corpus / "laws/a.md").write_text("手改", encoding="utf-8")
    transaction.recover(lambda _: None)
    assert (corpus / "laws/a.md").read_bytes() == b"new"
    kept = [path.read_bytes().decode() for path in (corpus / ".history/objects").rglob("*") if path.is_file()]
    assert "手改" in kept


def test_a_damaged_plan_is_an_error_with_a_hint(corpus: Path) -> None:
    (corpus / ".history").mkdir()
    (corpus / ".history/plan.json").write_text("{", encoding="utf-8")
    with pytest.raises(CorpusError) as caught:
        Transaction(corpus).recover(lambda _: None)
    assert "plan.json" in caught.value.hint


def test_a_damaged_version_in_the_store_is_not_given_out(tmp_path: Path) -> None:
    store = Store(tmp_path)
    key = store.put(b"one")
    assert store.holds(key)
    next(path for path in (tmp_path / ".history/objects").rglob(key)).write_bytes(b"two")
    with pytest.raises(CorpusError):
        store.get(key)
    assert not store.holds(key)
    store.forget([key])
    assert not list((tmp_path / ".history/objects").rglob(key))


STATES = st.dictionaries(st.sampled_from("abcd"), st.sampled_from("123"))


@settings(max_examples=100, deadline=None)
@given(st.lists(STATES, min_size=1, max_size=6))
def test_the_state_after_any_entries_is_the_state_they_led_to(states: list[dict[str, str]]) -> None:
    entries: list[Entry] = []
    for before, after in zip([{}, *states], states, strict=False):
        files = tuple(changes_between(before, after))
        entries.append(Entry(len(entries) + 1, "", "", Action.EDIT, "", (), files, None, False, (), ""))
    for count, state in enumerate(states, 1):
        assert state_after(entries[:count]) == state

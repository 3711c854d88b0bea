"""Keeping a small corpus: each change is whole, recorded, checked before, and can be taken back."""

import json
import shutil
from datetime import date
from pathlib import Path

import pytest

from assistant.chat import Assistant
from assistant.corpus.journal import Action, Journal
from assistant.errors import CorpusError
from assistant.indexing.snapshot import current_folder
from assistant.keeping.gate import GateRefused
from assistant.keeping.keeper import Keeper
from assistant.keeping.verify import verify
from assistant.settings import Settings
from tests.fakes import FAQ

pytestmark = pytest.mark.integration

GOLDEN = """
- id: K1
  question: 测试认证的证书有效期几年
  kind: answerable
  facts: [[3 年]]
- id: K2
  question: 测试认证的五星级要多少分
  kind: answerable
  facts: [["95"]]
"""
SECRET = "绝密条款鼎力支持"


@pytest.fixture
def settings(small_corpus: Path, tmp_path: Path) -> Settings:
    return Settings(corpus=small_corpus, index=tmp_path / "index")


@pytest.fixture
def keeper(settings: Settings) -> Keeper:
    keeper = Keeper(settings, "保管员")
    keeper.build()
    return keeper


def files_of(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and ".history" not in path.parts
    }


def ids(settings: Settings) -> set[str]:
    with Assistant(settings) as assistant:
        return {document.id for document in assistant.documents()}


def test_building_takes_stock_once(keeper: Keeper, settings: Settings) -> None:
    keeper.build()
    assert [entry.action for entry in keeper.history()] == [Action.BEGIN]
    assert verify(settings) == []


def test_a_removed_document_is_gone_and_comes_back_by_rollback(keeper: Keeper, settings: Settings) -> None:
    before, snapshot = files_of(settings.corpus), current_folder(settings.index).name
    done = keeper.remove("wenda", "过时")
    assert (done.entry.action, done.entry.who, done.entry.why, done.entry.documents) == (
        Action.REMOVE, "保管员", "过时", ("wenda",),
    )  # fmt: skip
    assert "wenda" not in ids(settings)
    assert set(before) - set(files_of(settings.corpus)) == {"faq/faq.md"}
    assert verify(settings) == []
    back = keeper.rollback(why="误删")
    assert files_of(settings.corpus) == before
    assert back.entry.undoes == (2,)
    assert current_folder(settings.index).name == snapshot, "the snapshot before is still there and is taken"
    assert back.embedded == 0
    assert verify(settings) == []


def test_rollback_walks_back_change_by_change(keeper: Keeper, settings: Settings) -> None:
    start = files_of(settings.corpus)
    keeper.retire("ceshi-tiaoli", date(2026, 1, 1))
    between = files_of(settings.corpus)
    keeper.remove("wenda")
    keeper.rollback()
    assert files_of(settings.corpus) == between
    keeper.rollback()
    assert files_of(settings.corpus) == start
    with pytest.raises(CorpusError, match="没有可以回退的变更"):
        keeper.rollback()


def test_rollback_to_an_entry_takes_back_all_after_it(keeper: Keeper, settings: Settings) -> None:
    start = files_of(settings.corpus)
    keeper.retire("ceshi-tiaoli", date(2026, 1, 1))
    keeper.remove("wenda")
    done = keeper.rollback(1)
    assert files_of(settings.corpus) == start
    assert done.entry.undoes == (2, 3)


@pytest.mark.parametrize("number", [0, 2, 99])
def test_there_is_no_way_back_to_an_entry_that_does_not_exist(keeper: Keeper, number: int) -> None:
    keeper.remove("wenda")
    with pytest.raises(CorpusError, match=f"没有第 {number} 条"):
        keeper.rollback(number)


def test_a_retired_document_answers_only_for_its_time(keeper: Keeper, settings: Settings) -> None:
    keeper.retire("ceshi-tiaoli", date(2026, 1, 1), "废止公告")
    with Assistant(settings) as assistant:
        assert assistant.status(assistant.documents()[1], date(2025, 12, 31))[0].value == "现行"
        assert assistant.status(assistant.documents()[1], date(2026, 1, 1))[0].value == "已废止"


def test_edits_by_hand_are_recorded_by_the_next_build_and_can_be_taken_back(keeper: Keeper, settings: Settings) -> None:
    before = files_of(settings.corpus)
    (settings.corpus / "faq/faq.md").write_text(FAQ.replace("3 年", "5 年"), encoding="utf-8")
    assert any("在记录之外被改过" in problem for problem in verify(settings))
    keeper.build()
    assert [entry.action for entry in keeper.history()] == [Action.BEGIN, Action.EDIT]
    assert verify(settings) == []
    keeper.rollback()
    assert files_of(settings.corpus) == before


def test_golden_questions_refuse_a_change_that_makes_answers_worse(keeper: Keeper, settings: Settings) -> None:
    (settings.corpus / "golden.yaml").write_text(GOLDEN, encoding="utf-8")
    keeper.build()
    before, snapshot = files_of(settings.corpus), current_folder(settings.index).name
    with pytest.raises(GateRefused) as caught:
        keeper.remove("wenda")
    assert [item.id for item in caught.value.worse] == ["K1"]
    assert (files_of(settings.corpus), current_folder(settings.index).name) == (before, snapshot)
    assert len(list(settings.index.glob("*/manifest.json"))) == 1
    done = keeper.remove("wenda", force=True)
    assert (done.entry.forced, done.worse) == (True, ("K1 测试认证的证书有效期几年",))
    assert keeper.history()[-1].forced


def test_golden_questions_refuse_an_edit_by_hand_too_and_the_old_index_answers_on(
    keeper: Keeper, settings: Settings
) -> None:
    (settings.corpus / "golden.yaml").write_text(GOLDEN, encoding="utf-8")
    keeper.build()
    (settings.corpus / "faq/faq.md").write_text(FAQ.replace("3 年", "5 年"), encoding="utf-8")
    with pytest.raises(GateRefused, match="K1"):
        keeper.build()
    with Assistant(settings) as assistant:
        assert "3 年" in assistant.ask("测试认证的证书有效期几年").text
    assert keeper.build(force=True).changed


def test_a_refused_build_names_the_file_that_could_not_be_read(keeper: Keeper, settings: Settings) -> None:
    (settings.corpus / "golden.yaml").write_text(GOLDEN, encoding="utf-8")
    keeper.build()
    (settings.corpus / "faq/faq.md").write_text(FAQ.replace("title: ", "title: ["), encoding="utf-8")
    with pytest.raises(GateRefused, match="K1") as caught:
        keeper.build()
    assert caught.value.hint.startswith("先改好没有读进来的文件：faq/faq.md:")


def test_a_question_that_was_wrong_before_does_not_refuse(keeper: Keeper, settings: Settings) -> None:
    (settings.corpus / "golden.yaml").write_text(GOLDEN.replace("3 年", "8 年"), encoding="utf-8")
    keeper.remove("wenda")
    assert "wenda" not in ids(settings)


def traces(folder: Path, text: str) -> list[str]:
    """Return the files in which ``text`` stands in any of the usual encodings."""
    needles = [text.encode(), text.encode("utf-16-le"), json.dumps(text)[1:-1].encode()]
    return [
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*")
        if path.is_file() and any(needle in path.read_bytes() for needle in needles)
    ]


def test_a_purged_document_leaves_no_trace(keeper: Keeper, settings: Settings, small_corpus: Path) -> None:
    (small_corpus / "faq/secret.md").write_text(
        FAQ.replace("id: wenda", "id: geheim").replace("测试问答", "保密问答").replace("证书有效期 3 年", SECRET),
        encoding="utf-8",
    )
    keeper.build()
    keeper.remove("wenda")  # another snapshot that holds the text
    assert traces(settings.index, SECRET)
    assert traces(settings.corpus, SECRET)
    done = keeper.remove("geheim", "个人信息", purge=True)
    assert traces(settings.index, SECRET) == traces(settings.corpus, SECRET) == []
    parts = [SECRET[i : i + 4] for i in range(len(SECRET) - 3)]
    assert [path for part in parts for path in traces(settings.index, part)] == []
    assert done.entry.action is Action.PURGE
    assert verify(settings) == []
    with pytest.raises(CorpusError, match="不在了"):
        keeper.rollback()
    keeper.rollback(Journal(settings.corpus).entries()[-2].number - 2)
    assert "wenda" in ids(settings)


@pytest.mark.parametrize(
    ("ruin", "found"),
    [
        (lambda s: (s.corpus / "faq/faq.md").unlink(), "不见了"),
        (lambda s: (s.corpus / "laws/new.md").write_text(FAQ.replace("id: wenda", "id: neu").replace("测试问答", "新"), encoding="utf-8"), "还没有记入"),
        (lambda s: shutil.rmtree(current_folder(s.index) / "dense"), "向量索引打不开"),
        (lambda s: (current_folder(s.index) / "records.db").write_bytes(b"x"), "条款记录打不开"),
        (lambda s: shutil.rmtree(s.corpus / ".history/objects"), "历史版本缺失"),
        (lambda s: (s.corpus / ".history/journal.jsonl").write_text("{}\n", encoding="utf-8"), "读不了"),
        (lambda s: (s.corpus / ".history/plan.json").write_text("{}", encoding="utf-8"), "没有做完"),
        (lambda s: shutil.rmtree(s.index), "还没有建索引"),
    ],
)  # fmt: skip
def test_verify_finds_what_is_wrong(keeper: Keeper, settings: Settings, ruin, found: str) -> None:
    ruin(settings)
    assert any(found in problem for problem in verify(settings))


def test_verify_finds_a_journal_whose_end_was_cut(keeper: Keeper, settings: Settings) -> None:
    keeper.remove("wenda")
    path = settings.corpus / ".history/journal.jsonl"
    path.write_text(path.read_text(encoding="utf-8").splitlines(keepends=True)[0], encoding="utf-8")
    assert any("末尾被截掉" in problem for problem in verify(settings))


def test_an_unknown_document_is_an_error_that_tells_where_to_look(keeper: Keeper) -> None:
    with pytest.raises(CorpusError) as caught:
        keeper.remove("nirgends")
    assert "corpus list" in caught.value.hint


def test_a_corpus_that_cannot_be_written_is_built_without_a_journal(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("os.access", lambda *_: False)  # root may write anywhere
    assert Keeper(settings).build().changed
    assert not (settings.corpus / ".history").exists()

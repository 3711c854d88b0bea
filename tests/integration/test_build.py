"""Builds with a small corpus: what they write, what they leave alone, and what they survive."""

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path

import pytest
from filelock import FileLock

from assistant.answering.referred import Referred
from assistant.errors import CorpusError, IndexMissingError, IndexStaleError, SearchIndexError
from assistant.indexing.build import KEPT_SNAPSHOTS, build
from assistant.indexing.embedding import Vectors
from assistant.indexing.snapshot import CURRENT, MANIFEST, Snapshot, current_folder
from assistant.retrieval.eligibility import Scope
from assistant.retrieval.search import Search
from assistant.retrieval.understand import understand
from assistant.settings import PROJECT
from assistant.structure.address import NameIndex
from tests.fakes import FAQ, LAW, HashingEmbedder

pytestmark = pytest.mark.integration

QUESTION = "测试认证的证书有效期几年"
SEED = 27922
KILLS = 10
BUILDER = """
import sys, time
from pathlib import Path
from assistant.indexing.build import build
from tests.fakes import HashingEmbedder

class SlowEmbedder(HashingEmbedder):
    def embed_documents(self, texts, progress=None):
        time.sleep(float(sys.argv[3]))
        return super().embed_documents(texts, progress)

import assistant.indexing.dense, chromadb
print("ready", flush=True)
report = build(Path(sys.argv[1]), Path(sys.argv[2]), SlowEmbedder(), rebuild=True)
print(report.manifest.snapshot, flush=True)
"""


@pytest.fixture
def index(tmp_path: Path) -> Path:
    return tmp_path / "index"


def best_address(index: Path, question: str = QUESTION) -> str:
    """Open the snapshot in use, search it once and close it."""
    snapshot = Snapshot(current_folder(index), HashingEmbedder())
    try:
        names = NameIndex(snapshot.records.documents.values())
        found = Search(snapshot, 0.5, 200).search(understand(question, names), Scope(date(2026, 1, 1)))
        return found.hits[0].clause.address
    finally:
        snapshot.close()


def snapshots(index: Path) -> list[str]:
    return sorted(path.parent.name for path in index.glob(f"*/{MANIFEST}"))


def change(corpus: Path, years: int | str) -> None:
    (corpus / "faq/faq.md").write_text(FAQ.replace("3 年", f"{years} 年"), encoding="utf-8")


def start_builder(corpus: Path, index: Path, seconds: float) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", BUILDER, str(corpus), str(index), str(seconds)]
    environment = os.environ | {"PYTHONPATH": str(PROJECT)}
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment)


def test_a_build_writes_a_snapshot_that_is_found(small_corpus: Path, index: Path) -> None:
    told: list[tuple[int, int]] = []
    report = build(small_corpus, index, HashingEmbedder(), progress=lambda done, total: told.append((done, total)))
    assert (report.changed, report.faults) == (True, ())
    assert (report.manifest.documents, report.manifest.clauses) == (4, 9)
    assert told == sorted(told)
    assert {total for _, total in told} == {report.manifest.chunks}
    assert snapshots(index) == [report.manifest.snapshot]
    assert best_address(index) == "测试问答 1"


def test_nothing_changed_writes_no_snapshot_and_embeds_nothing(small_corpus: Path, index: Path) -> None:
    first = build(small_corpus, index, HashingEmbedder())
    embedder = HashingEmbedder()
    second = build(small_corpus, index, embedder)
    assert (second.changed, second.embedded, embedder.embedded) == (False, 0, [])
    assert second.manifest == first.manifest
    assert snapshots(index) == [first.manifest.snapshot]


def test_a_changed_file_embeds_only_the_new_texts(small_corpus: Path, index: Path) -> None:
    build(small_corpus, index, HashingEmbedder())
    change(small_corpus, 5)
    embedder = HashingEmbedder()
    report = build(small_corpus, index, embedder)
    assert report.changed
    assert report.embedded == len(embedder.embedded) == 1
    assert "有效期 5 年" in embedder.embedded[0]


def test_a_removed_file_is_no_longer_found_and_embeds_nothing(small_corpus: Path, index: Path) -> None:
    build(small_corpus, index, HashingEmbedder())
    (small_corpus / "faq/faq.md").unlink()
    report = build(small_corpus, index, HashingEmbedder())
    assert (report.changed, report.embedded, report.manifest.documents) == (True, 0, 3)
    assert not best_address(index).startswith("测试问答")


def test_another_model_embeds_everything_anew_and_the_first_keeps_its_vectors(small_corpus: Path, index: Path) -> None:
    first = build(small_corpus, index, HashingEmbedder())
    other = build(small_corpus, index, HashingEmbedder("2"))
    assert (other.changed, other.embedded) == (True, first.embedded)
    assert build(small_corpus, index, HashingEmbedder()).embedded == 0


def test_an_index_of_another_model_is_stale(small_corpus: Path, index: Path) -> None:
    build(small_corpus, index, HashingEmbedder())
    with pytest.raises(IndexStaleError) as caught:
        Snapshot(current_folder(index), HashingEmbedder("2"))
    assert "assistant build" in caught.value.hint


def test_rebuild_writes_a_new_snapshot_from_the_vectors_already_there(small_corpus: Path, index: Path) -> None:
    first = build(small_corpus, index, HashingEmbedder())
    second = build(small_corpus, index, HashingEmbedder(), rebuild=True)
    assert (second.changed, second.embedded) == (True, 0)
    assert snapshots(index) == [first.manifest.snapshot, second.manifest.snapshot]


def test_only_the_newest_snapshots_are_kept(small_corpus: Path, index: Path) -> None:
    names = [build(small_corpus, index, HashingEmbedder(), rebuild=True).manifest.snapshot]
    reader = Snapshot(current_folder(index), HashingEmbedder())
    names += [build(small_corpus, index, HashingEmbedder(), rebuild=True).manifest.snapshot for _ in range(5)]
    assert snapshots(index) == [names[0], *names[-KEPT_SNAPSHOTS:]], "one that a reader has open stays"
    reader.close()
    names.append(build(small_corpus, index, HashingEmbedder(), rebuild=True).manifest.snapshot)
    assert snapshots(index) == names[-KEPT_SNAPSHOTS:]


def test_the_unfinished_folder_of_a_killed_build_is_ignored_and_removed(small_corpus: Path, index: Path) -> None:
    build(small_corpus, index, HashingEmbedder())
    unfinished = index / ".building-20200101-000000-000000-abcdef01"
    shutil.copytree(current_folder(index), unfinished)
    (unfinished / "records.db").write_bytes(b"half")
    assert best_address(index) == "测试问答 1"
    build(small_corpus, index, HashingEmbedder(), rebuild=True)
    assert not unfinished.exists()


def test_a_bad_file_is_reported_and_the_rest_is_built(small_corpus: Path, index: Path) -> None:
    (small_corpus / "bad.md").write_text("坏", encoding="utf-8")
    report = build(small_corpus, index, HashingEmbedder())
    assert [fault.path for fault in report.faults] == ["bad.md"]
    assert report.manifest.documents == 4


@pytest.mark.parametrize("ruin", [shutil.rmtree, lambda folder: [path.unlink() for path in folder.rglob("*.md")]])
def test_a_lost_corpus_is_an_error_and_the_index_stays(
    small_corpus: Path, index: Path, ruin: Callable[[Path], object]
) -> None:
    build(small_corpus, index, HashingEmbedder())
    ruin(small_corpus)
    for rebuild in (False, True):
        with pytest.raises(CorpusError):
            build(small_corpus, index, HashingEmbedder(), rebuild=rebuild)
    assert best_address(index) == "测试问答 1"


def test_an_embedder_that_fails_half_way_leaves_the_index_as_it_was(small_corpus: Path, index: Path) -> None:
    class Failing(HashingEmbedder):
        def embed_documents(self, texts: Sequence[str], progress: Callable[[int], None] | None = None) -> Vectors:
            raise ConnectionError("gone")

    before = build(small_corpus, index, HashingEmbedder()).manifest.snapshot
    change(small_corpus, 5)
    with pytest.raises(SearchIndexError):
        build(small_corpus, index, Failing())
    assert snapshots(index) == [before]
    assert not list(index.glob(".building-*"))
    assert build(small_corpus, index, HashingEmbedder()).changed


@pytest.mark.parametrize("damage", ["half", "empty", "gone", "junk"])
@pytest.mark.parametrize("part", [MANIFEST, "records.db", "lexical/meta.json", "dense/chroma.sqlite3"])
def test_a_damaged_part_is_stale_with_a_hint_and_rebuild_heals(
    small_corpus: Path, index: Path, part: str, damage: str
) -> None:
    build(small_corpus, index, HashingEmbedder())
    ruin(current_folder(index) / part, damage)
    with pytest.raises(IndexStaleError) as caught:
        best_address(index)
    assert "assistant build --rebuild" in caught.value.hint
    build(small_corpus, index, HashingEmbedder(), rebuild=True)
    assert best_address(index) == "测试问答 1"


@pytest.mark.parametrize("content", ["", "{", '{"snapshot": "2020', "[]", '{"other": 1}', '{"snapshot": "../../etc"}'])
def test_a_damaged_pointer_is_stale_with_a_hint_and_any_build_heals(
    small_corpus: Path, index: Path, content: str
) -> None:
    build(small_corpus, index, HashingEmbedder())
    (index / CURRENT).write_text(content)
    with pytest.raises(IndexStaleError) as caught:
        current_folder(index)
    assert "assistant build --rebuild" in caught.value.hint
    assert build(small_corpus, index, HashingEmbedder()).changed
    assert best_address(index) == "测试问答 1"


def test_an_index_of_another_version_is_stale(small_corpus: Path, index: Path) -> None:
    build(small_corpus, index, HashingEmbedder())
    manifest = current_folder(index) / MANIFEST
    manifest.write_text(json.dumps(json.loads(manifest.read_text()) | {"schema": 99}))
    with pytest.raises(IndexStaleError, match="另一版"):
        best_address(index)
    assert build(small_corpus, index, HashingEmbedder()).changed


def test_a_missing_index_is_told_apart_from_a_damaged_one(index: Path) -> None:
    with pytest.raises(IndexMissingError) as caught:
        current_folder(index)
    assert caught.value.hint == "运行 assistant build"


@pytest.mark.parametrize("damage", ["half", "empty", "junk"])
def test_a_damaged_embedding_cache_is_replaced(small_corpus: Path, index: Path, damage: str) -> None:
    first = build(small_corpus, index, HashingEmbedder())
    (cache,) = index.glob("embeddings-*.db")
    ruin(cache, damage)
    assert build(small_corpus, index, HashingEmbedder(), rebuild=True).embedded == first.embedded
    assert build(small_corpus, index, HashingEmbedder(), rebuild=True).embedded == 0
    assert best_address(index) == "测试问答 1"


def test_a_file_in_the_place_of_the_index_is_an_error_with_a_hint(small_corpus: Path, tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("不是文件夹")
    for index in (file, file / "index"):
        with pytest.raises(SearchIndexError) as caught:
            build(small_corpus, index, HashingEmbedder())
        assert str(index) in caught.value.hint
    assert file.read_text() == "不是文件夹"


@pytest.mark.parametrize("name", ["a b", "索引", "C#", "100%", "%41", "what?", "a'b", "a;b"])
def test_the_index_folder_may_have_any_name(small_corpus: Path, tmp_path: Path, name: str) -> None:
    build(small_corpus, tmp_path / name, HashingEmbedder())
    assert best_address(tmp_path / name) == "测试问答 1"


def test_ten_builds_killed_at_random_moments_leave_a_working_index(small_corpus: Path, index: Path) -> None:
    build(small_corpus, index, HashingEmbedder())
    rng = random.Random(SEED)
    killed = 0
    for count in range(KILLS):
        change(small_corpus, 10 + count)
        process = start_builder(small_corpus, index, 0.2)
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        time.sleep(rng.uniform(0, 0.6))
        process.send_signal(signal.SIGKILL)
        process.communicate(timeout=30)
        killed += process.returncode == -signal.SIGKILL
        assert best_address(index) == "测试问答 1"
    assert killed > KILLS // 3
    report = build(small_corpus, index, HashingEmbedder())
    assert report.manifest.documents == 4
    assert not list(index.glob(".building-*"))
    assert best_address(index) == "测试问答 1"
    assert build(small_corpus, index, HashingEmbedder()).changed is False


def test_two_processes_that_build_at_once_both_succeed(small_corpus: Path, index: Path) -> None:
    processes = [start_builder(small_corpus, index, 0.2) for _ in range(2)]
    written = []
    for process in processes:
        out, err = process.communicate(timeout=60)
        assert process.returncode == 0, err
        written.append(out.split()[-1])
    assert len(set(written)) == 2
    assert current_folder(index).name in written
    assert set(written) == set(snapshots(index))
    assert best_address(index) == "测试问答 1"


def test_the_progress_ends_at_the_number_of_texts(small_corpus: Path, index: Path) -> None:
    told: list[tuple[int, int]] = []
    report = build(small_corpus, index, HashingEmbedder(), progress=lambda done, total: told.append((done, total)))
    assert told[-1] == (report.manifest.chunks, report.manifest.chunks)


def read_until(stop: threading.Event, index: Path, answered: list[str], errors: list[BaseException]) -> None:
    try:
        while not stop.is_set():
            answered.append(best_address(index))
    except BaseException as error:
        errors.append(error)


def answers_while_building(corpus: Path, index: Path, readers: int) -> tuple[list[str], list[BaseException]]:
    """Return what readers that open the index again and again answered during six builds, and their errors."""
    build(corpus, index, HashingEmbedder())
    stop, answered, errors = threading.Event(), list[str](), list[BaseException]()
    threads = [threading.Thread(target=read_until, args=(stop, index, answered, errors)) for _ in range(readers)]
    for thread in threads:
        thread.start()
    for years in range(10, 16):
        change(corpus, years)
        assert build(corpus, index, HashingEmbedder()).changed
        time.sleep(0.3)
    stop.set()
    for thread in threads:
        thread.join(timeout=60)
    return answered, errors


def test_a_reader_keeps_answering_while_builds_run(small_corpus: Path, index: Path) -> None:
    answered, errors = answers_while_building(small_corpus, index, readers=1)
    assert errors == []
    assert len(answered) > 6
    assert set(answered) == {"测试问答 1"}


def test_several_readers_may_open_and_close_the_index_at_once(small_corpus: Path, index: Path) -> None:
    _, errors = answers_while_building(small_corpus, index, readers=4)
    assert errors == []


def answer_when_outdated(corpus: Path, index: Path, *, asked_before: bool) -> tuple[str, list[str]]:
    """Return what an open snapshot finds and holds after builds have pushed it out."""
    build(corpus, index, HashingEmbedder())
    snapshot = Snapshot(current_folder(index), HashingEmbedder())
    try:
        names = NameIndex(snapshot.records.documents.values())
        query, scope = understand(QUESTION, names), Scope(date(2026, 1, 1))
        search = Search(snapshot, 0.5, 200)
        if asked_before:
            search.search(query, scope)
        for years in range(10, 10 + KEPT_SNAPSHOTS + 1):
            change(corpus, years)
            build(corpus, index, HashingEmbedder())
        assert snapshot.manifest.snapshot != current_folder(index).name
        texts = [snapshot.records.clause(position).text for position in range(snapshot.records.count)]
        return search.search(query, scope).hits[0].clause.address, texts
    finally:
        snapshot.close()


def test_a_reader_keeps_its_snapshot_when_newer_ones_push_it_out(small_corpus: Path, index: Path) -> None:
    address, texts = answer_when_outdated(small_corpus, index, asked_before=True)
    assert address == "测试问答 1"
    assert any("有效期 3 年" in text for text in texts)


def test_a_reader_that_was_not_asked_yet_keeps_its_snapshot_too(small_corpus: Path, index: Path) -> None:
    assert answer_when_outdated(small_corpus, index, asked_before=False)[0] == "测试问答 1"


def test_what_changes_while_a_build_waits_is_noticed_by_the_next_build(small_corpus: Path, index: Path) -> None:
    index.mkdir()
    with FileLock(index / ".lock"):
        waiting = threading.Thread(target=build, args=(small_corpus, index, HashingEmbedder()))
        waiting.start()
        time.sleep(0.5)
        change(small_corpus, 5)
    waiting.join(timeout=60)
    embedder = HashingEmbedder()
    build(small_corpus, index, embedder)
    snapshot = Snapshot(current_folder(index), HashingEmbedder())
    texts = [snapshot.records.clause(position).text for position in range(snapshot.records.count)]
    snapshot.close()
    assert any("有效期 5 年" in text for text in texts)


def ruin(path: Path, damage: str) -> None:
    content = path.read_bytes()
    if damage == "gone":
        path.unlink()
    else:
        path.write_bytes({"half": content[: len(content) // 2], "empty": b"", "junk": b"\0junk" * 99}[damage])


def contents(index: Path) -> tuple[set[str], set[str], int]:
    """Return (addresses, chunk texts found by exact vectors, vectors) of the snapshot in use."""
    snapshot = Snapshot(current_folder(index), HashingEmbedder())
    try:
        records = snapshot.records
        found = snapshot.dense.search(HashingEmbedder().embed_query("测试"), snapshot.manifest.chunks)
        addresses = {records.clause(int(key.split(".")[0])).address for key, _ in found}
        return set(records.addresses()), addresses, len(found)
    finally:
        snapshot.close()


def test_a_small_change_to_a_larger_corpus_writes_the_same_as_building_anew(
    small_corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for i in range(12):
        text = FAQ.replace("id: wenda", f"id: wenda-{i}").replace("测试问答", f"测试问答{i}").replace("3 年", f"{i} 年")
        (small_corpus / f"faq/more-{i}.md").write_text(text, encoding="utf-8")
    index, anew = tmp_path / "index", tmp_path / "anew"
    first = build(small_corpus, index, HashingEmbedder()).manifest
    change(small_corpus, 7)
    (small_corpus / "faq/more-3.md").unlink()
    second = build(small_corpus, index, HashingEmbedder()).manifest
    assert second.dropped > 0, "the snapshot before was copied"
    build(small_corpus, anew, HashingEmbedder())
    assert contents(index) == contents(anew)
    assert second.chunks == contents(index)[2] < first.chunks
    assert build(small_corpus, index, HashingEmbedder()).faults == ()


def test_undoing_a_change_takes_the_snapshot_that_is_still_there(small_corpus: Path, index: Path) -> None:
    first = build(small_corpus, index, HashingEmbedder()).manifest
    change(small_corpus, 7)
    build(small_corpus, index, HashingEmbedder())
    (small_corpus / "faq/faq.md").write_text(FAQ, encoding="utf-8")
    assert build(small_corpus, index, HashingEmbedder()).manifest == first
    assert current_folder(index).name == first.snapshot


def test_what_examines_a_new_snapshot_can_refuse_it(small_corpus: Path, index: Path) -> None:
    first = build(small_corpus, index, HashingEmbedder()).manifest
    change(small_corpus, 7)

    def refuse(folder: Path) -> None:
        assert (folder / MANIFEST).is_file()
        raise SearchIndexError("worse")

    with pytest.raises(SearchIndexError, match="worse"):
        build(small_corpus, index, HashingEmbedder(), examine=refuse)
    assert (snapshots(index), current_folder(index).name) == ([first.snapshot], first.snapshot)


def test_faults_are_told_again_when_another_file_changes(small_corpus: Path, index: Path) -> None:
    faq = (small_corpus / "faq/faq.md").read_text(encoding="utf-8")
    (small_corpus / "faq/faq.md").write_text(
        faq.replace("第十二条〕", "第九十九条〕").replace("〔双源；", "〔双源 S9；"), encoding="utf-8"
    )
    (small_corpus / "bad.md").write_text("坏", encoding="utf-8")
    first = build(small_corpus, index, HashingEmbedder()).faults
    (small_corpus / "standards/old.md").unlink()
    assert (
        build(small_corpus, index, HashingEmbedder()).faults
        == first
        == build(small_corpus, index, HashingEmbedder()).faults
    )
    assert {fault.field for fault in first} == {"元数据", "sources", "见"}


def test_a_damaged_snapshot_in_use_is_no_base_for_the_next(small_corpus: Path, index: Path) -> None:
    for i in range(12):
        text = FAQ.replace("id: wenda", f"id: wenda-{i}").replace("测试问答", f"测试问答{i}")
        (small_corpus / f"faq/more-{i}.md").write_text(text, encoding="utf-8")
    build(small_corpus, index, HashingEmbedder())
    (current_folder(index) / "dense/chroma.sqlite3").unlink()
    change(small_corpus, 7)
    assert build(small_corpus, index, HashingEmbedder()).manifest.dropped == 0
    assert contents(index)[0] == contents(index)[1]


def test_references_in_running_text_are_followed_to_what_is_in_force(small_corpus: Path, index: Path) -> None:
    law = LAW.replace("前款材料应当真实。", "材料不真实的，依照本条例第一条和《测试认证条例》第一百零三条之一处理。")
    (small_corpus / "laws/law.md").write_text(law, encoding="utf-8")
    with_reference = FAQ.replace(
        "3 年。〔双源；见 测试认证条例 第十二条〕", "3 年，按 GB/T 11111 第 7 章评星。〔双源〕"
    )
    (small_corpus / "faq/faq.md").write_text(with_reference, encoding="utf-8")
    build(small_corpus, index, HashingEmbedder())
    records = Snapshot(current_folder(index), HashingEmbedder()).records
    referred = Referred(records, NameIndex(records.documents.values()))

    def followed(address: str, as_of: date) -> list[str]:
        position = records.position_of(address)
        assert position is not None
        clause = records.clause(position)
        return [item.address for block in clause.blocks for item in referred.of(clause, block, as_of)]

    today = date(2026, 1, 1)
    assert followed("测试认证条例 第十二条", today) == ["测试认证条例 第一条", "测试认证条例 第一百零三条之一"]
    assert "GB/T 11111-2020 7" in followed("测试问答 1", today)
    assert "GB/T 11111-2010 7" in followed("测试问答 1", date(2015, 1, 1))

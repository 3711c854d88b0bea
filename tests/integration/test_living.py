"""The corpus and the index while processes are killed, disks fill up, and others read.

``pytest tests/integration/test_living.py --kills 50`` is the long run; by default there are ten kills.
"""

import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from assistant.chat import Assistant
from assistant.corpus.journal import Journal
from assistant.corpus.transaction import Transaction
from assistant.keeping.keeper import Keeper
from assistant.keeping.verify import verify
from assistant.settings import PROJECT, Settings
from tests.fakes import FAQ, LAW

pytestmark = pytest.mark.integration

SEED = 27922
READERS = 3
UPDATES = 8
KEEPER = """
import sys
from datetime import date
from pathlib import Path
from assistant.keeping.keeper import Keeper
from assistant.settings import Settings

corpus, index, what = sys.argv[1:]
keeper = Keeper(Settings(corpus=Path(corpus), index=Path(index)), "杀不死")
print("ready", flush=True)
if what == "remove":
    keeper.remove("wenda")
elif what == "retire":
    keeper.retire("ceshi-tiaoli", date(2026, 1, 1))
elif what == "rollback":
    keeper.rollback()
else:
    keeper.build(rebuild=True)
"""
READER = """
import json, sys
from pathlib import Path
from assistant.chat import Assistant
from assistant.settings import Settings

settings = Settings(corpus=Path(sys.argv[1]), index=Path(sys.argv[2]))
stop, asked, versions, wrong = Path(sys.argv[3]), 0, set(), []
assistant = Assistant(settings)
print("ready", flush=True)
while not stop.exists():
    if not assistant.is_current():
        assistant.close()
        assistant = Assistant(settings)
    texts = {document.id: document.text for document in assistant.documents()}
    told = assistant.ask("测试认证的证书有效期几年").text
    seen = {texts["wenda"].split("有效期 ")[1].split(" 年")[0], texts["ceshi-tiaoli"].split("版本 ")[1].split("。")[0]}
    seen.add(told.split("有效期 ")[1].split(" 年")[0])
    if len(seen) > 1:
        wrong.append(sorted(seen))
    versions |= seen
    asked += 1
assistant.close()
print(json.dumps({"asked": asked, "versions": sorted(versions), "wrong": wrong}))
"""


@pytest.fixture
def settings(small_corpus: Path, tmp_path: Path) -> Settings:
    return Settings(corpus=small_corpus, index=tmp_path / "index")


def start(script: str, settings: Settings, *more: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", script, str(settings.corpus), str(settings.index), *more]
    environment = os.environ | {"PYTHONPATH": str(PROJECT)}
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment)


def files_of(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and ".history" not in path.parts
    }


def test_killed_at_any_moment_corpus_and_index_stay_whole(settings: Settings, pytestconfig: pytest.Config) -> None:
    random_ = random.Random(SEED)
    keeper = Keeper(settings)
    keeper.build()
    for count in range(pytestconfig.getoption("--kills")):
        before, number = files_of(settings.corpus), len(keeper.history())
        what = random_.choice(("remove", "retire", "rollback", "build"))
        process = start(KEEPER, settings, what)
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        time.sleep(random_.uniform(0, 1.6))
        process.send_signal(signal.SIGKILL)
        process.communicate(timeout=60)
        with Assistant(settings) as assistant:  # whatever happened, the index answers
            assert not assistant.ask("GB/T 11111-2020 的五星级要多少分").refused, f"kill {count}"
        decided = Transaction(settings.corpus).pending or len(keeper.history()) > number
        keeper.build()
        assert verify(settings) == [], f"kill {count} of {what}"
        if not decided:  # else verify() has compared the files with what the journal says they became
            assert files_of(settings.corpus) == before, f"kill {count} of {what}"
        if not (settings.corpus / "faq/faq.md").exists():
            keeper.rollback()
    assert Journal(settings.corpus).problems() == []


def test_readers_in_other_processes_see_no_error_and_no_mixture(settings: Settings, tmp_path: Path) -> None:
    def write(version: int) -> None:
        (settings.corpus / "faq/faq.md").write_text(FAQ.replace("3 年", f"{version} 年"), encoding="utf-8")
        law = LAW.replace("制定本条例。", f"制定本条例，版本 {version}。")
        (settings.corpus / "laws/law.md").write_text(law, encoding="utf-8")

    keeper = Keeper(settings)
    write(10)
    keeper.build()
    stop = tmp_path / "stop"
    readers = [start(READER, settings, str(stop)) for _ in range(READERS)]
    try:
        for reader in readers:
            assert reader.stdout is not None
            assert reader.stdout.readline() == "ready\n"
        for version in range(11, 11 + UPDATES):
            write(version)
            assert keeper.build().changed
    finally:
        stop.touch()
        results = [reader.communicate(timeout=120) for reader in readers]
    for out, err in results:
        assert err == ""
        told = json.loads(out)
        assert told["wrong"] == []
        assert told["asked"] >= UPDATES
        assert len(told["versions"]) > 2, "it saw several snapshots"
    assert len(list(settings.index.glob("*/manifest.json"))) <= 4, "old snapshots went when nobody read them"


FULL = """
import resource, signal, sys
from pathlib import Path
from assistant.errors import AssistantError
from assistant.keeping.keeper import Keeper
from assistant.settings import Settings

keeper = Keeper(Settings(corpus=Path(sys.argv[1]), index=Path(sys.argv[2])))
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)  # writing past the limit is then an error, as on a full disk
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[3]),) * 2)
try:
    keeper.build()
except AssistantError as error:
    print("ERROR", error.message, "|", error.hint)
"""


@pytest.mark.parametrize("limit", [0, 2_000, 40_000, 150_000])
def test_a_disk_that_is_full_is_a_clear_error_and_all_stays_as_it_was(settings: Settings, limit: int) -> None:
    keeper = Keeper(settings)
    keeper.build()
    (settings.corpus / "faq/faq.md").write_text(FAQ.replace("3 年", "5 年"), encoding="utf-8")
    before = files_of(settings.corpus)
    out, err = start(FULL, settings, str(limit)).communicate(timeout=120)
    assert out.startswith("ERROR"), err
    assert "Traceback" not in out + err
    with Assistant(settings) as assistant:
        assert "3 年" in assistant.ask("测试认证的证书有效期几年").text
    assert files_of(settings.corpus) == before
    assert keeper.build().changed
    assert verify(settings) == []


def test_two_keepers_at_once_wait_for_one_another(settings: Settings) -> None:
    Keeper(settings).build()
    processes = [start(KEEPER, settings, what) for what in ("remove", "retire")]
    for process in processes:
        _, err = process.communicate(timeout=120)
        assert (process.returncode, err) == (0, "")
    assert [entry.number for entry in Keeper(settings).history()] == [1, 2, 3]
    assert verify(settings) == []

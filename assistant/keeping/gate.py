"""The check before a new snapshot is used: the keeper's golden questions must not get worse answers than before."""

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from assistant.chat import Assistant
from assistant.corpus.files import GOLDEN, write_atomically
from assistant.corpus.front_matter import Fault
from assistant.errors import AssistantError, SearchIndexError
from assistant.evaluation.answers import Golden, load_questions, run
from assistant.indexing.build import faults_of
from assistant.indexing.snapshot import current_folder
from assistant.settings import Settings

RESULTS = "gate.json"


@dataclass(frozen=True, slots=True)
class Worse:
    """A golden question that was answered right before and no longer is; ``faults`` say what is wrong now."""

    id: str
    question: str
    faults: tuple[str, ...]


class GateRefused(AssistantError):
    """Golden questions got worse, so the snapshot was not taken into use."""

    def __init__(self, worse: Sequence[Worse], asked: int, unread: Sequence[Fault] = ()) -> None:
        listed = "；".join(f"{item.id} {item.question}（{'、'.join(item.faults)}）" for item in worse[:5])
        more = f"等 {len(worse)} 个" if len(worse) > 5 else ""  # noqa: PLR2004 — as many as are listed
        first = f"先改好没有读进来的文件：{'；'.join(map(str, unread))}。" if unread else ""
        super().__init__(
            f"入库前检查没有通过：{asked} 个必答问题里有 {len(worse)} 个答得不如以前：{listed}{more}",
            f"{first}没有改动任何东西。答案本来就该变的，先改 golden.yaml 里的期望；确认无误可加 --force，会记入变更记录",
        )
        self.worse = tuple(worse)


class Gate:
    """Examines snapshots with the questions in ``golden.yaml`` of the corpus folder; without that file all pass."""

    def __init__(self, settings: Settings, *, force: bool = False, notice: Callable[[str], None] | None = None) -> None:
        self._settings = settings
        self._force = force
        self._notice = notice
        self._path = settings.corpus / GOLDEN
        self.worse: tuple[Worse, ...] = ()
        self.asked = 0

    @property
    def forced(self) -> bool:
        """Whether a refusal was overridden."""
        return self._force and bool(self.worse)

    def examine(self, folder: Path) -> None:
        """Ask all questions of the snapshot in ``folder`` and compare with the one in use.

        Raises:
            GateRefused: a question got worse, and nobody forces.
            QuestionFileError: the questions cannot be read.

        """
        if not self._path.is_file():
            return
        if self._notice:
            self._notice("用必答问题检查新索引")
        dialogues = load_questions(self._path)
        goldens = [golden for turns in dialogues for golden in turns]
        after = self._faults(folder, dialogues)
        before = self._before(dialogues)
        write_atomically(folder / RESULTS, json.dumps({"of": self._version(), "faults": after}, ensure_ascii=False))
        self.asked = len(goldens)
        self.worse = tuple(
            Worse(golden.id, golden.question, tuple(after[golden.id]))
            for golden in goldens
            if after[golden.id] and before.get(golden.id) == []
        )
        if self.worse and not self._force:
            raise GateRefused(self.worse, self.asked, [fault for fault in faults_of(folder) if fault.fatal])

    def _version(self) -> str:
        """Return what the results depend on beside the snapshot: the questions and the day."""
        return f"{hashlib.sha256(self._path.read_bytes()).hexdigest()} {date.today()}"

    def _before(self, dialogues: Sequence[Sequence[Golden]]) -> dict[str, list[str]]:
        """Return what was wrong with the answers of the snapshot in use; empty where there is none that opens."""
        try:
            folder = current_folder(self._settings.index)
            return self._kept(folder) or self._faults(folder, dialogues)
        except SearchIndexError:
            return {}

    def _kept(self, folder: Path) -> dict[str, list[str]]:
        try:
            kept = json.loads((folder / RESULTS).read_text(encoding="utf-8"))
            return dict(kept["faults"]) if kept["of"] == self._version() else {}
        except (OSError, ValueError, KeyError, TypeError):
            return {}

    def _faults(self, folder: Path, dialogues: Sequence[Sequence[Golden]]) -> dict[str, list[str]]:
        with Assistant(self._settings, folder) as assistant:
            return {verdict.golden.id: list(verdict.faults) for verdict in run(assistant, dialogues)}

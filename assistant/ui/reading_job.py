"""Reading an uploaded file beside the page, and bringing it in."""

from threading import Event

from assistant.corpus.drafting.draft import Draft
from assistant.errors import AssistantError
from assistant.keeping.intake import Intake
from assistant.keeping.keeper import Done, Keeper
from assistant.settings import Settings
from assistant.ui.job import Job


class _FileJob(Job):
    """Work on one file."""

    def failure(self, error: Exception) -> AssistantError:
        """Return what the keeper is told of an error that nobody foresaw."""
        return AssistantError(
            f"「{self.name}」没有做成（{type(error).__name__}），资料库没有变化",
            "再试一次；还不行就换一种格式，例如 PDF",
        )


class ReadingJob(_FileJob):
    """Reads one file; ``draft`` is there when it is done without an error."""

    def __init__(self, settings: Settings, name: str, content: bytes) -> None:
        """Start reading."""
        super().__init__(name)
        self.content = content
        self.draft: Draft | None = None
        self._cancelled = Event()
        self._keeper = Keeper(settings).listening(pages=self._count, cancelled=self._cancelled.is_set)
        self.start(self._read)

    def _read(self) -> None:
        self.draft = self._keeper.read(self.name, self.content)

    @property
    def words(self) -> str:
        """What it is doing."""
        if not self.total:
            return "正在打开文件……"
        if self.done < self.total:
            return f"第 {self.done + 1} 页，共 {self.total} 页"
        return f"{self.total} 页都读完了，正在整理条款……"

    def cancel(self) -> None:
        """Stop after the page that is being read."""
        self._cancelled.set()


class AddingJob(_FileJob):
    """Brings a previewed edition in; it ends by itself, whatever the keeper looks at meanwhile."""

    def __init__(self, keeper: Keeper, intake: Intake, why: str, *, force: bool) -> None:
        """Start."""
        super().__init__(intake.document.name)
        self.result: Done | None = None
        self._notice = ""
        self._keeper = keeper.listening(texts=self._count, notice=self._hear)
        self._intake, self._why, self._force = intake, why, force
        self.start(self._add)

    def _add(self) -> None:
        self.result = self._keeper.add(self._intake, self._why, force=self._force)

    def _hear(self, notice: str) -> None:
        self._notice = notice

    @property
    def words(self) -> str:
        """What it is doing."""
        if self._notice:
            return f"{self._notice}……"
        return f"计算向量：{self.done} / {self.total} 段" if self.total else "正在准备……"

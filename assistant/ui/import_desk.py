"""What lies on a keeper's desk while files are brought in; it stays there while the keeper looks at other views."""

from dataclasses import dataclass, field

import streamlit as st

from assistant.errors import AssistantError
from assistant.keeping.gate import GateRefused
from assistant.keeping.intake import Intake, Overrides
from assistant.keeping.keeper import Done, Keeper
from assistant.settings import Settings
from assistant.ui.reading_job import AddingJob, ReadingJob

_KEY = "import_desk"


@dataclass(slots=True)
class ImportDesk:
    """Files that wait, the one being read, its preview, its way into the corpus, and what was done last.

    ``uploads`` counts the files taken up, so that each upload and each form has elements of its own.
    """

    waiting: list[tuple[str, bytes]] = field(default_factory=list)
    job: ReadingJob | None = None
    overrides: Overrides = field(default_factory=Overrides)
    intake: Intake | None = None
    error: AssistantError | None = None
    adding: AddingJob | None = None
    done: Done | None = None
    uploads: int = 0

    def start(self, settings: Settings) -> None:
        """Begin to read the next file that waits."""
        name, content = self.waiting.pop(0)
        self.job = ReadingJob(settings, name, content)
        self.uploads += 1

    def put_aside(self) -> None:
        """Clear the desk for the next file; what is still being read is stopped."""
        if self.job is not None:
            self.job.cancel()
        self.job = self.intake = self.error = self.adding = self.done = None
        self.overrides = Overrides()

    def take_in(self, settings: Settings) -> None:
        """Make the preview from the draft with the values that the keeper has given."""
        self.intake = self.error = self.adding = None
        if self.job is None or self.job.draft is None:
            return
        try:
            self.intake = Keeper(settings).take_in(self.job.draft, self.job.name, self.job.content, self.overrides)
        except AssistantError as error:
            self.error = error

    @property
    def refused(self) -> GateRefused | None:
        """The refusal of the last attempt to bring the file in."""
        error = self.adding.error if self.adding is not None and not self.adding.running else None
        return error if isinstance(error, GateRefused) else None

    def settle(self) -> None:
        """Take over what the work beside the page has come to."""
        if self.adding is None or self.adding.running:
            return
        if self.adding.result is not None:
            self.done = self.adding.result
        elif self.refused is None:
            self.error, self.adding = self.adding.error, None


def desk() -> ImportDesk:
    """Return this session's desk."""
    found = st.session_state.get(_KEY)
    if not isinstance(found, ImportDesk):
        found = st.session_state[_KEY] = ImportDesk()
    return found

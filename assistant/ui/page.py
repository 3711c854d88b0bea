"""The page: opens the assistant, draws the sidebar and the view that was chosen."""

import logging

import streamlit as st

from assistant.chat import Assistant
from assistant.errors import AssistantError
from assistant.settings import Settings, load_settings
from assistant.ui.bridge import bridge, style
from assistant.ui.chat_view import chat_view
from assistant.ui.compare_view import compare_view
from assistant.ui.history_view import history_view
from assistant.ui.import_view import import_view
from assistant.ui.library_views import about_view, document_view, leave_document, library_view
from assistant.ui.notices import build_progress, error_page
from assistant.ui.session import Session, session
from assistant.ui.sharing import shared_assistant
from assistant.ui.sidebar import Choice, sidebar
from assistant.ui.words import TITLE

_ICON = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="7" fill="#0e5f7c"/>'
    '<path d="M8 17l5.5 5.5L24 11" fill="none" stroke="#fff" stroke-width="4" stroke-linecap="round"/></svg>'
)
_log = logging.getLogger(__name__)


def main() -> None:
    """Draw one run of the page."""
    st.set_page_config(page_title=TITLE, page_icon=_ICON, layout="centered")
    style()
    shared = shared_assistant()
    try:
        if not shared.ready:
            with build_progress() as progress:
                shared.prepare(progress)
        with shared.lend() as assistant:
            _draw(assistant, session())
    except AssistantError as error:
        error_page(error.message, error.hint)
    except Exception:
        _log.exception("the page failed")
        error_page("程序出了问题", "重试；还不行就看启动它的窗口里的记录")


class _Views:
    """The views as Streamlit pages, those that change the corpus only where that is allowed.

    ``choice`` is what the sidebar says, which is drawn after the pages exist.
    """

    def __init__(self, assistant: Assistant, state: Session, settings: Settings) -> None:
        self._assistant = assistant
        self._settings = settings
        self._state = state
        self.choice = Choice(None, None)
        self.pages = {
            "chat": st.Page(self.chat, title="问答", icon=":material/forum:", default=True),
            "document": st.Page(self.document, title="原文", url_path="document"),
            "library": st.Page(self.library, title="资料库", icon=":material/library_books:", url_path="library"),
            "about": st.Page(self.about, title="关于", icon=":material/info:", url_path="about"),
        }
        self.own_model = settings.page.edit
        if settings.page.edit:
            self.pages |= {
                "import": st.Page(self.import_file, title="导入文件", url_path="import"),
                "history": st.Page(self.history, title="变更记录", url_path="history"),
                "compare": st.Page(self.compare, title="版本比较", url_path="compare"),
            }

    def chat(self) -> None:
        leave_document()
        chat_view(self._assistant, self._state, self.choice)

    def document(self) -> None:
        document_view(self._assistant, self._state, self.choice, self.pages, self._settings)

    def library(self) -> None:
        leave_document()
        library_view(self._assistant, self.choice, self.pages)

    def import_file(self) -> None:
        leave_document()
        import_view(self._assistant, self._settings, self.pages)

    def history(self) -> None:
        leave_document()
        history_view(self._assistant, self._settings)

    def compare(self) -> None:
        leave_document()
        compare_view(self._assistant, self._settings)

    def about(self) -> None:
        leave_document()
        about_view(self._assistant)


def _draw(assistant: Assistant, state: Session) -> None:
    views = _Views(assistant, state, load_settings())
    chosen = st.navigation(list(views.pages.values()), position="hidden")
    views.choice = sidebar(state, views.pages, assistant.model_name, own_model=views.own_model)
    chosen.run()
    wish = bridge(state.goto, state.step, start=state.goto_start)
    if wish is not None:
        state.back = wish.back or None
        st.switch_page(views.pages["document"], query_params={"doc": wish.document_id, "clause": wish.clause})


if __name__ == "__main__":
    main()

"""Starting the page: Streamlit in this process, private, without development tools."""

import os
from pathlib import Path

from assistant.settings import PREFIX, PROJECT, Settings

_OPTIONS: dict[str, object] = {
    "browser.gatherUsageStats": False,
    "client.showErrorDetails": "none",
    "client.showErrorLinks": False,
    "client.toolbarMode": "minimal",
    "server.enableStaticServing": False,
    "server.fileWatcherType": "none",
    "server.runOnSave": False,
    "server.showEmailPrompt": False,
}


def options(host: str, port: int, *, open_browser: bool) -> dict[str, object]:
    """Return Streamlit's options by their names in ``config.toml``."""
    return _OPTIONS | {"server.address": host, "server.port": port, "server.headless": not open_browser}


def run(settings: Settings, *, host: str, port: int, open_browser: bool) -> None:
    """Serve the page until interrupted; corpus and index reach it through the environment."""
    from streamlit.web import bootstrap

    os.environ[f"{PREFIX}CORPUS"] = str(settings.corpus.resolve())
    os.environ[f"{PREFIX}INDEX"] = str(settings.index.resolve())
    script = str(_script())
    flags = {name.replace(".", "_"): value for name, value in options(host, port, open_browser=open_browser).items()}
    bootstrap.load_config_options(flag_options=flags)
    bootstrap.run(script, False, [], flags)


def _script() -> Path:
    """Return the script to run: ``app.py`` of the project, or the page itself where only the package is installed."""
    entry = PROJECT / "app.py"
    return entry if entry.is_file() else Path(__file__).with_name("page.py")

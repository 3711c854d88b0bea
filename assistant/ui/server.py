"""Starting the page: Streamlit in this process, private, without development tools."""

import os
import socket
from ipaddress import ip_address
from pathlib import Path

from assistant.answering.providers import provider_of
from assistant.errors import SettingsError
from assistant.settings import PREFIX, PROJECT, ModelSettings, Settings

_LAST_PORT = 65535
_OPTIONS: dict[str, object] = {
    "browser.gatherUsageStats": False,
    "client.showErrorDetails": "none",
    "client.showErrorLinks": False,
    "client.toolbarMode": "minimal",
    "logger.hideWelcomeMessage": True,  # and with it Streamlit's English offers on the terminal and over the page
    "server.enableStaticServing": False,
    "server.fileWatcherType": "none",
    "server.runOnSave": False,
    "server.showEmailPrompt": False,
    "theme.primaryColor": "#0e5f7c",
}


def is_local(host: str) -> bool:
    """Return whether only this machine can reach a page served on ``host``."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def check_port(host: str, port: int) -> None:
    """Make sure that the page can be served there.

    Raises:
        SettingsError: another program has the port, or this machine does not have the address.

    """
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as trial:
            trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # a page just closed is no hindrance
            trial.bind(address)
    except OSError as error:
        hint = f"换一个端口，如 assistant serve --port {port + 1 if port < _LAST_PORT else 8501}，或检查 --host"
        raise SettingsError(f"{host} 的端口 {port} 用不了：可能已被别的程序占用", hint) from error


def options(host: str, port: int, *, open_browser: bool) -> dict[str, object]:
    """Return Streamlit's options by their names in ``config.toml``."""
    return _OPTIONS | {"server.address": host, "server.port": port, "server.headless": not open_browser}


def run(settings: Settings, *, host: str, port: int, open_browser: bool, edit: bool | None = None) -> None:
    """Serve the page until interrupted; corpus, index, model and ``edit`` reach it through the environment.

    Where ``edit`` is None, the settings tell whether the page may change the corpus.
    """
    from streamlit.web import bootstrap

    os.environ[f"{PREFIX}CORPUS"] = str(settings.corpus.resolve())
    os.environ[f"{PREFIX}INDEX"] = str(settings.index.resolve())
    os.environ[f"{PREFIX}PAGE__EDIT"] = str(settings.page.edit if edit is None else edit).lower()
    os.environ |= _model_environment(settings.model)
    script = str(_script())
    flags = {name.replace(".", "_"): value for name, value in options(host, port, open_browser=open_browser).items()}
    bootstrap.load_config_options(flag_options=flags)
    bootstrap.run(script, False, [], flags)


def _model_environment(model: ModelSettings) -> dict[str, str]:
    """Return the choice of the model as the page reads it; empty where none was chosen."""
    if not model.name:
        return {}
    key = model.api_key.get_secret_value() if model.api_key else ""
    address = model.base_url or provider_of(model).base_url
    given = {"PROVIDER": model.provider, "NAME": model.name, "API_KEY": key} | (
        {"BASE_URL": address} if address else {}
    )
    return {f"{PREFIX}MODEL__{name}": value for name, value in given.items()}


def _script() -> Path:
    """Return the script to run: ``app.py`` of the project, or the page itself where only the package is installed."""
    entry = PROJECT / "app.py"
    return entry if entry.is_file() else Path(__file__).with_name("page.py")

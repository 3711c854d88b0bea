"""Fixtures: the index of the real corpus, built once; a small corpus; no network outside marked tests."""

import os
import socket
from collections.abc import Callable
from pathlib import Path

import pytest

from assistant.corpus.documents import Corpus, load_corpus
from assistant.indexing.build import build
from assistant.indexing.embedding import load_embedder
from assistant.settings import PROJECT, EmbeddingSettings
from tests.fakes import write_corpus

MAY_CONNECT = {"integration", "browser", "network"}


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add how often the kill test kills."""
    parser.addoption("--kills", type=int, default=10, help="how often the kill test kills (50 for the long run)")


@pytest.fixture(autouse=True)
def _no_network(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Refuse connections: everywhere in unit tests, to other machines in all tests."""
    local_is_fine = any(mark.name in MAY_CONNECT for mark in request.node.iter_markers())
    connect: Callable[..., None] = socket.socket.connect

    def guarded(self: socket.socket, address: object) -> None:
        inside = self.family == socket.AF_UNIX or (isinstance(address, tuple) and address[0] in ("127.0.0.1", "::1"))
        if not (local_is_fine and inside):
            raise AssertionError(f"a test tried to connect to {address}")
        connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", guarded)


@pytest.fixture(autouse=True)
def _own_settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Run in an empty folder without settings of the machine."""
    for name in list(os.environ):
        if name.startswith("ASSISTANT_"):
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def small_corpus(tmp_path: Path) -> Path:
    """The folder of a corpus of four small documents."""
    return write_corpus(tmp_path / "corpus")


@pytest.fixture(scope="session")
def real_corpus() -> Corpus:
    """The corpus of the project, loaded."""
    return load_corpus(PROJECT / "corpus")


@pytest.fixture(scope="session")
def built_index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The index of the real corpus with the bundled model, built once (about 40 s) for all processes of a run."""
    if "PYTEST_XDIST_WORKER" not in os.environ:
        index = tmp_path_factory.mktemp("index")
    else:
        index = tmp_path_factory.getbasetemp().parent / "index"
    build(PROJECT / "corpus", index, load_embedder(EmbeddingSettings()))  # the second to come waits, and finds it done
    return index

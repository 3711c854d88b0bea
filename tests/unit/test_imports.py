import subprocess
import sys

import pytest

HEAVY = (
    "chromadb",
    "torch",
    "streamlit",
    "onnxruntime",
    "tantivy",
    "sentence_transformers",
    "langchain_core",
    "rjieba",
)


def loaded_after(code: str) -> set[str]:
    script = f"import sys\n{code}\nprint('LOADED', *sorted({{name.partition('.')[0] for name in sys.modules}}))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    line = next(line for line in done.stdout.splitlines() if line.startswith("LOADED"))
    return set(line.split()[1:])


HELP = "from assistant.cli import cli\ncli(['--help'], standalone_mode=False)"


@pytest.mark.parametrize("code", ["import assistant", "import assistant; assistant.Kind", HELP])
def test_importing_and_help_load_no_heavy_package(code: str) -> None:
    loaded = loaded_after(code)
    assert "assistant" in loaded
    assert not loaded & set(HEAVY)


@pytest.mark.parametrize("command", ["build", "ask", "search", "status", "serve"])
def test_the_help_of_a_command_loads_no_heavy_package(command: str) -> None:
    loaded = loaded_after(f"from assistant.cli import cli\ncli(['{command}', '--help'], standalone_mode=False)")
    assert "click" in loaded
    assert not loaded & set(HEAVY)


def test_the_facade_is_loaded_at_first_use() -> None:
    assert "tantivy" in loaded_after("import assistant\nassistant.Assistant")


def test_an_unknown_name_of_the_package_is_an_attribute_error() -> None:
    import assistant

    with pytest.raises(AttributeError, match="Asistant"):
        _ = assistant.Asistant

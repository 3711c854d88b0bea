from pathlib import Path

import pytest

from assistant.errors import SettingsError
from assistant.settings import PROJECT, load_settings


def test_by_default_the_folders_of_the_project_and_the_bundled_model_are_used() -> None:
    settings = load_settings()
    assert (settings.corpus, settings.index) == (PROJECT / "corpus", PROJECT / "index")
    assert settings.embedding.engine == "bundled"


def test_the_environment_sets_values_and_nested_values(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ASSISTANT_INDEX", "/somewhere/index")
    monkeypatch.setenv("ASSISTANT_EMBEDDING__ENGINE", "openai")
    monkeypatch.setenv("ASSISTANT_EMBEDDING__TIMEOUT_S", "2.5")
    monkeypatch.setenv("ASSISTANT_SEARCH__LEXICAL_WEIGHT", "0.25")
    settings = load_settings()
    assert settings.index == Path("/somewhere/index")
    assert (settings.embedding.engine, settings.embedding.timeout_s) == ("openai", 2.5)
    assert settings.search.lexical_weight == 0.25


def test_the_file_in_the_working_folder_counts_less_than_environment_and_arguments(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "assistant.toml").write_text('corpus = "f"\nindex = "f"\n[search]\ndepth = 77\n', encoding="utf-8")
    monkeypatch.setenv("ASSISTANT_INDEX", "e")
    settings = load_settings()
    assert (settings.corpus, settings.index, settings.search.depth) == (Path("f"), Path("e"), 77)
    assert load_settings(index=Path("a"), corpus=None).index == Path("a")
    assert load_settings(index=None).index == Path("e")


@pytest.mark.parametrize(
    "name", ["ASSISTANT_INDX", "ASSISTANT_SERACH__DEPTH", "ASSISTANT_EMBEDDING__NAMEE", "ASSISTANT_SEARCH__TOPK"]
)
def test_a_mistyped_variable_is_an_error_with_a_hint(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv(name, "50")
    with pytest.raises(SettingsError) as caught:
        load_settings()
    assert name.rsplit("__", maxsplit=1)[-1].lower().removeprefix("assistant_") in caught.value.message.lower()
    assert "ASSISTANT_" in caught.value.hint


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ASSISTANT_SEARCH__LEXICAL_WEIGHT", "1.01"),
        ("ASSISTANT_SEARCH__LEXICAL_WEIGHT", "-0.1"),
        ("ASSISTANT_SEARCH__LEXICAL_WEIGHT", "一半"),
        ("ASSISTANT_SEARCH__DEPTH", "9"),
        ("ASSISTANT_SEARCH__DEPTH", "2001"),
        ("ASSISTANT_EMBEDDING__TIMEOUT_S", "0"),
        ("ASSISTANT_EMBEDDING__ENGINE", "magic"),
    ],
)
def test_a_value_out_of_bounds_is_an_error_that_names_the_setting(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError) as caught:
        load_settings()
    assert name.removeprefix("ASSISTANT_").lower().replace("__", ".") in caught.value.message


@pytest.mark.parametrize(
    ("name", "value"), [("LEXICAL_WEIGHT", "0"), ("LEXICAL_WEIGHT", "1"), ("DEPTH", "10"), ("DEPTH", "2000")]
)
def test_the_bounds_themselves_are_allowed(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(f"ASSISTANT_SEARCH__{name}", value)
    assert getattr(load_settings().search, name.lower()) == float(value)


def test_an_unknown_name_in_the_file_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "assistant.toml").write_text('indx = "f"\n', encoding="utf-8")
    with pytest.raises(SettingsError, match="indx"):
        load_settings()


@pytest.mark.parametrize("content", [b"[search\n", b"\xff\xfe", b"depth = \n"])
def test_a_broken_file_is_an_error_with_a_hint(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "assistant.toml").write_bytes(content)
    with pytest.raises(SettingsError):
        load_settings()


def test_a_section_given_as_one_variable_is_an_error_with_a_hint(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ASSISTANT_EMBEDDING", "e5-small-zh")
    with pytest.raises(SettingsError):
        load_settings()


def test_the_key_is_not_in_the_text_of_the_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ASSISTANT_EMBEDDING__API_KEY", "sk-secret")
    settings = load_settings()
    assert "sk-secret" not in f"{settings!r} {settings} {settings.model_dump_json()}"
    assert settings.embedding.api_key is not None
    assert settings.embedding.api_key.get_secret_value() == "sk-secret"

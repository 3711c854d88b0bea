"""The README tells the truth about the commands, in both languages."""

import re

import pytest

from assistant.cli import cli
from assistant.cli.corpus import corpus
from assistant.settings import PROJECT, Settings
from assistant.types import Reason

READMES = [PROJECT / "README.md", PROJECT / "README.zh-CN.md"]


@pytest.mark.parametrize("path", READMES, ids=lambda path: path.name)
def test_every_command_stands_in_the_readme_and_has_help(path) -> None:
    text = path.read_text(encoding="utf-8")
    for name, command in cli.commands.items():
        assert f"`assistant {name}" in text
        assert command.help
        assert all(option.help for option in command.params if option.param_type_name == "option")


@pytest.mark.parametrize("path", READMES, ids=lambda path: path.name)
def test_every_command_that_keeps_the_corpus_stands_in_the_readme_and_has_help(path) -> None:
    text = path.read_text(encoding="utf-8")
    for name, command in corpus.commands.items():
        assert f"`assistant corpus {name}" in text
        assert command.help
        assert all(option.help for option in command.params if option.param_type_name == "option")


@pytest.mark.parametrize("path", READMES, ids=lambda path: path.name)
def test_every_reason_and_setting_stands_in_the_readme(path) -> None:
    text = path.read_text(encoding="utf-8")
    assert all(reason.value in text for reason in Reason)
    assert all(f"ASSISTANT_{name.upper()}" in text for name in Settings.model_fields)


def test_both_readmes_have_the_same_figures_and_code() -> None:
    english, chinese = (path.read_text(encoding="utf-8") for path in READMES)
    assert (
        re.findall(r"^```.*?^```", english, re.M | re.S)[1:4] == re.findall(r"^```.*?^```", chinese, re.M | re.S)[1:4]
    )
    assert len(re.findall(r"^## ", english, re.M)) == len(re.findall(r"^## ", chinese, re.M))
    assert sorted(re.findall(r"\b\d+\.\d+\b", english)) == sorted(re.findall(r"\b\d+\.\d+\b", chinese))

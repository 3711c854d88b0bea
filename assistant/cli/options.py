"""What several commands share: folders, the day, progress on the terminal."""

import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, cast

import click

from assistant.errors import CorpusError

if TYPE_CHECKING:
    from assistant.corpus.front_matter import Fault
    from assistant.settings import Settings

Command = TypeVar("Command", bound=Callable[..., Any])


def folders(command: Command) -> Command:
    """Add the folders that every command has; the command is given ``settings`` instead."""
    folder = click.Path(path_type=Path, file_okay=False)

    @click.option("--corpus", type=folder, help="资料文件夹，默认是项目里的 corpus/")
    @click.option("--index", type=folder, help="索引文件夹，默认是项目里的 index/")
    @wraps(command)
    def with_settings(corpus: Path | None, index: Path | None, **given: object) -> object:
        from assistant.settings import load_settings

        return command(settings=load_settings(corpus=corpus, index=index), **given)

    return cast(Command, with_settings)


def model_option(command: Command) -> Command:
    """Add the choice of the language model; stands below :func:`folders`, whose ``settings`` it changes."""

    @click.option(
        "--model", "choice", metavar="服务商:模型名", help="用哪个语言模型，如 deepseek:deepseek-chat；不用模型写 none"
    )
    @wraps(command)
    def with_model(settings: "Settings", choice: str | None, **given: object) -> object:
        from assistant.answering.providers import choose_model

        chosen = choose_model(settings.model, choice)
        return command(settings=settings.model_copy(update={"model": chosen}), **given)

    return cast(Command, with_model)


def as_of_option(command: Command) -> Command:
    """Add the day that counts."""
    return click.option(
        "--as-of",
        type=click.DateTime(["%Y-%m-%d"]),
        metavar="日期",
        help="以哪一天有效的规定为准，如 2015-06-01；默认今天",
    )(command)


def force_option(command: Command) -> Command:
    """Add the override of the check by golden questions."""
    return click.option("--force", is_flag=True, help="必答问题变差也照做，会记入变更记录")(command)


@dataclass(frozen=True, slots=True)
class Consent:
    """Who changes the corpus and why, whether golden questions may get worse, and whether to ask first."""

    who: str | None
    why: str
    force: bool
    yes: bool

    def ask(self, question: str) -> None:
        """Ask on the terminal unless ``--yes`` was given; where nobody can answer, stop with what helps.

        Raises:
            CorpusError: nobody can answer. click.Abort: the answer is no.

        """
        if self.yes:
            return
        if not sys.stdin.isatty():
            raise CorpusError("没有改动任何东西：没有人确认", "看过上面的内容，确认无误就加 --yes 再运行")
        click.confirm(question, abort=True)


def consent_options(command: Command) -> Command:
    """Add what every change needs; the command is given ``consent``."""

    @click.option("--by", "who", metavar="姓名", help="经办人，记入变更记录；默认是登录名")
    @click.option("--why", default="", metavar="理由", help="为什么，记入变更记录")
    @force_option
    @click.option("--yes", is_flag=True, help="不再询问")
    @wraps(command)
    def with_consent(who: str | None, why: str, force: bool, yes: bool, **given: object) -> object:
        return command(consent=Consent(who, why, force, yes), **given)

    return cast(Command, with_consent)


def echo_faults(faults: "Iterable[Fault]") -> None:
    """Name what is to be mended in corpus files, on the error stream."""
    for fault in faults:
        click.echo(f"{'未载入' if fault.fatal else '提醒'}  {fault}", err=True)


class ProgressLine:
    """A progress bar on the terminal's error stream; shows nothing when nothing is to be done or it is no terminal."""

    def __init__(self, label: str) -> None:
        self._label = label
        self._bar: Any = None

    def __enter__(self) -> "Callable[[int, int], None]":
        return self._update

    def _update(self, done: int, total: int) -> None:
        if not sys.stderr.isatty():
            return
        if self._bar is None:
            self._bar = click.progressbar(length=total, label=self._label, file=sys.stderr)
            self._bar.__enter__()
        self._bar.update(done - self._bar.pos)

    def __exit__(self, *_: object) -> None:
        if self._bar is not None:
            self._bar.__exit__(None, None, None)

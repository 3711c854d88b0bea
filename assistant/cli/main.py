"""The group of all commands and how their errors are shown."""

import sys

import click

from assistant.cli.commands import ask, build, search, serve, status
from assistant.cli.corpus import corpus
from assistant.cli.evaluate import evaluate
from assistant.cli.models import models
from assistant.errors import AssistantError, EvaluationWorse

EXIT_ERROR = 1
EXIT_WORSE = 3


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="after-sales-certification-assistant", prog_name="assistant")
def cli() -> None:
    """售后服务认证知识助手：每句话都注明条款、版本和是否现行；资料里没有的就说没有。"""


for command in (build, ask, search, status, serve, corpus, models, evaluate):
    cli.add_command(command)


def main() -> None:
    """Run the command line; errors meant for the user are shown as message and hint, never as a trace."""
    try:
        result = cli(standalone_mode=False)
        sys.exit(result if isinstance(result, int) else 0)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except (click.Abort, KeyboardInterrupt):
        click.echo("已取消", err=True)
        sys.exit(130)
    except AssistantError as error:
        click.echo(f"错误：{error.message}", err=True)
        if error.hint:
            click.echo(f"办法：{error.hint}", err=True)
        sys.exit(EXIT_WORSE if isinstance(error, EvaluationWorse) else EXIT_ERROR)

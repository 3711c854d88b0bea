"""An answer in the making on the terminal."""

import sys

import click

from assistant.answering.stream import AnswerStream
from assistant.types import Answer, Delta, Redraft, SentenceClosed, SentenceStatus, Understood

_COLUMNS = 36
_SIGNS = {SentenceStatus.SUPPORTED: "✓", SentenceStatus.UNVERIFIED: "？", SentenceStatus.FAILED: "✗"}
_CLEAR = "\r\033[K"


def told(stream: AnswerStream) -> Answer:
    """Return the answer; while a model writes it, show on a terminal's error stream what it writes and how it checks out.

    Ctrl+C stops the model and returns what it wrote so far; before that it ends the command.
    """
    live = sys.stderr.isatty()
    try:
        for event in stream:
            if live:
                _show(event)
    except KeyboardInterrupt:
        if not stream.begun:
            raise
        return stream.stop()
    return stream.answer


def _show(event: object) -> None:
    match event:
        case Understood(model=str(name)):
            click.echo(f"{name} 正在写……", err=True)
        case Delta(text=text) if text:
            click.echo(f"{_CLEAR}  {text[-_COLUMNS:]}", err=True, nl=False)
        case SentenceClosed(sentence=sentence):
            click.echo(f"{_CLEAR}{_SIGNS[sentence.status]} {sentence.text}", err=True)
        case Redraft(failed=failed):
            click.echo(f"{_CLEAR}{failed} 句没有通过核对，正在改写……", err=True)

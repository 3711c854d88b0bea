"""Cutting a model's text into sentences with their marks while it is still being written."""

import re
from dataclasses import dataclass

_MARK = re.compile(
    r"[\[［【]\s*\^?(?:条款|来源|依据|编号)?\s*(\d{1,3}(?:\s*[,，、;；~\-–和及]\s*(?:条款)?\d{1,3})*)\s*[\]］】]"
)
_RANGE = re.compile(r"(\d{1,3})\s*[~\-–]\s*(\d{1,3})")
_STOP = re.compile(r"[。！？!?]+[”’」』）)\"]*")
_TAIL = re.compile(r"(?:\s*[\[［【]\s*\^?(?:条款|来源|依据|编号)?\s*[\d\s,，、;；~\-–和及]*[\]］】])*[ \t]*[。]?")
_OPEN_MARK = re.compile(r"[\[［【][^\]］】\n]{0,12}$")
_BULLET = re.compile(r"^\s*(?:[-*•·]\s+|\d{1,2}[.、．)）]\s*(?!\d)|[（(]\d{1,2}[)）]\s*)")
_HEADING = re.compile(r"^\s*#{1,6}\s*")
_EMPHASIS = re.compile(r"\*\*|__|`+|^\s*>\s?")
_QUOTES = (("“", "”"), ("「", "」"), ("『", "』"), ("（", "）"), ("(", ")"), ("《", "》"))
_THOUGHT = re.compile(r"<think>.*?(?:</think>|$)\s*", re.DOTALL)
_MAX_RANGE = 20


@dataclass(frozen=True, slots=True)
class Written:
    """One sentence as the model wrote it, without its marks, which are in the order of writing, each once."""

    text: str
    marks: tuple[int, ...]
    item: bool = False
    heading: bool = False


class SentenceReader:
    """Takes a text piece by piece, however it is cut, and gives its sentences as soon as they are complete.

    A sentence ends with its line, or after 。！？ with the marks that follow; not inside quotes or brackets. What a model
    thinks aloud (``<think>…</think>``) is left out.
    """

    def __init__(self) -> None:
        self._raw = ""
        self._done = 0

    def feed(self, piece: str) -> list[Written]:
        """Take ``piece`` and return the sentences that it completes."""
        self._raw += piece
        return self._read(final=False)

    def finish(self) -> list[Written]:
        """Return what is left at the end of the text."""
        return self._read(final=True)

    @property
    def pending(self) -> str:
        """The unfinished sentence without marks, and without what may still become one."""
        return written(_OPEN_MARK.sub("", self._text()[self._done :])).text

    @property
    def text(self) -> str:
        """All that was written so far, without thoughts."""
        return self._text()

    def _text(self) -> str:
        visible = _THOUGHT.sub("", self._raw)
        start = visible.rfind("<")  # may be the beginning of a thought
        return visible[:start] if start >= 0 and "<think>".startswith(visible[start:]) else visible

    def _read(self, *, final: bool) -> list[Written]:
        text = self._text()
        found = []
        while (end := _end(text, self._done, final=final)) is not None:
            sentence = written(text[self._done : end])
            self._done = end
            if sentence.text or sentence.marks:
                found.append(sentence)
        return found


def _end(text: str, start: int, *, final: bool) -> int | None:
    """Return where the first sentence from ``start`` on ends, None while that is not known."""
    line = text.find("\n", start)
    limit = line if line >= 0 else len(text)
    for stop in _STOP.finditer(text, start, limit):
        if _inside(text[start : stop.start()]):
            continue
        tail = _TAIL.match(text, stop.end(), limit)
        end = tail.end() if tail else stop.end()
        if end < limit and not _OPEN_MARK.match(text[end:limit]):
            return end
        break
    if line >= 0:
        return line + 1
    return len(text) if final and start < len(text) else None


def _inside(part: str) -> bool:
    return any(part.count(left) > part.count(right) for left, right in _QUOTES)


def written(raw: str) -> Written:
    """Return a sentence with its marks taken out and Markdown signs removed."""
    marks: dict[int, None] = {}
    for match in _MARK.finditer(raw):
        for number in _numbers(match[1]):
            marks[number] = None
    text = _MARK.sub("", raw)
    heading, item = bool(_HEADING.match(text)), bool(_BULLET.match(text))
    text = _EMPHASIS.sub("", _BULLET.sub("", _HEADING.sub("", text))).strip()
    text = re.sub(r"\s+([。！？，；])", r"\1", re.sub(r"([。！？])。$", r"\1", text))
    return Written(text, tuple(marks), item, heading)


def _numbers(text: str) -> list[int]:
    ranged = _RANGE.fullmatch(text.strip())
    if ranged and 0 < int(ranged[2]) - int(ranged[1]) <= _MAX_RANGE:
        return list(range(int(ranged[1]), int(ranged[2]) + 1))
    return [int(number) for number in re.findall(r"\d+", text)]

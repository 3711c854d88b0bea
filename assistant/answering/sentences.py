"""Cutting a model's text into sentences with their marks while it is still being written."""

import re
from dataclasses import dataclass

from assistant.text import without_controls

_MARK = re.compile(
    r"[\[［【]\s*\^?(?:条款|来源|依据|编号)?\s*(\d{1,3}(?:\s*[,，、;；~\-–和及]\s*(?:条款)?\d{1,3})*)\s*[\]］】]"
)
_RANGE = re.compile(r"(\d{1,3})\s*[~\-–]\s*(\d{1,3})")
_STOP = re.compile(r"(?:[。！？?]|!(?!\[))+[”’」』）)\"]*")
_TAIL = re.compile(r"(?:\s*[\[［【]\s*\^?(?:条款|来源|依据|编号)?\s*[\d\s,，、;；~\-–和及条款]*[\]］】])*[ \t]*[。]?")
_OPEN_MARK = re.compile(r"[\[［【][^\]］】\n]{0,60}$")
_BULLET = re.compile(r"^\s*(?:[-*•·]\s+|\d{1,2}[.、．)）]\s*(?!\d)|[（(]\d{1,2}[)）]\s*)")
_HEADING = re.compile(r"^\s*#{1,6}\s*")
_EMPHASIS = re.compile(r"\*\*|__|`+|^\s*>\s?")
_QUOTES = (("“", "”"), ("「", "」"), ("『", "』"), ("（", "）"), ("(", ")"), ("《", "》"))
_THOUGHT_BEGINS, _THOUGHT_ENDS = "<think>", "</think>"
MAX_CHARS = 2000
_CHECKED = re.compile(r"[✓✔☑✅🗸]")  # the page's own sign
_OPENERS = tuple("[［【")
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

    A sentence ends with its line, or after 。！？ with the marks that follow; not inside quotes or brackets, and at the latest
    after :data:`MAX_CHARS`. What a model thinks aloud (``<think>…</think>``) is left out.
    """

    def __init__(self) -> None:
        self._told: list[str] = []
        self._rest = ""  # visible, but no complete sentence yet
        self._held = ""  # may be, or is, a thought
        self._thinking = False
        self._thought = False  # white space after a thought belongs to it

    def feed(self, piece: str) -> list[Written]:
        """Take ``piece`` and return the sentences that it completes."""
        self._rest += self._visible(piece)
        return self._read(final=False)

    def finish(self) -> list[Written]:
        """Return what is left at the end of the text."""
        if not self._thinking:
            self._rest, self._held = self._rest + self._held, ""
        return self._read(final=True)

    @property
    def pending(self) -> str:
        """The unfinished sentence without marks, and without what may still become one."""
        return written(_OPEN_MARK.sub("", self._rest)).text

    @property
    def text(self) -> str:
        """All that was written so far, without thoughts."""
        return "".join(self._told) + self._rest

    def _visible(self, piece: str) -> str:
        """Return what of ``piece``, and of what was held back before it, is no thought."""
        self._held += piece
        shown = ""
        while self._held:
            sign = _THOUGHT_ENDS if self._thinking else _THOUGHT_BEGINS
            before, found, after = self._held.partition(sign)
            if not found:
                kept = _beginning_of(sign, self._held)
                shown += "" if self._thinking else self._held[: len(self._held) - kept]
                self._held = self._held[len(self._held) - kept :]
                break
            shown += "" if self._thinking else before
            self._held = after
            self._thinking = not self._thinking
            self._thought = True
        if self._thought and not self._thinking:
            shown = shown if self._rest else shown.lstrip()
            self._thought = not shown
        return shown

    def _read(self, *, final: bool) -> list[Written]:
        found = []
        while (end := _end(self._rest, 0, final=final)) is not None:
            sentence = written(self._rest[:end])
            self._told.append(self._rest[:end])
            self._rest = self._rest[end:]
            if sentence.text or sentence.marks:
                found.append(sentence)
        return found


def _beginning_of(sign: str, text: str) -> int:
    """Return how many of the last characters of ``text`` may be the beginning of ``sign``."""
    return next((length for length in range(len(sign) - 1, 0, -1) if text.endswith(sign[:length])), 0)


def _end(text: str, start: int, *, final: bool) -> int | None:
    """Return where the first sentence from ``start`` on ends, None while that is not known."""
    line = text.find("\n", start)
    limit = line if line >= 0 else len(text)
    if limit - start > MAX_CHARS:
        return start + MAX_CHARS
    for stop in _STOP.finditer(text, start, limit):
        if _inside(text[start : stop.end()]):
            continue
        if _inside(text[start : stop.start()]) and text[stop.end() : limit][:1] not in _OPENERS:
            continue  # “……。”的话。 goes on after its quotation
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
    raw = _CHECKED.sub("", without_controls(raw))
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

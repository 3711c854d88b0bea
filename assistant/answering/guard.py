"""Nothing that the model was told in confidence leaves through its answer: the prompts, and the key of the endpoint."""

import re

from assistant.answering import prompts
from assistant.text import compact, simplified

# So many letters of a prompt in a row are no accident; of a key, as few as can be told from a word.
PROMPT_RUN, KEY_RUN = 12, 5
_SIGNS = re.compile(r"[\W_]+")
_ENCODED = re.compile(r"[A-Za-z0-9+/=_-]{40,}")


class Guard:
    """Recognises secrets in text, also spelled with signs between, backwards, in traditional characters, or over sentences.

    ``keys`` are those of the endpoints in use. What was shown before is remembered, so that a secret told in pieces is
    recognised once the pieces make a run.
    """

    def __init__(self, *keys: str) -> None:
        own = [_letters(text) for text in (prompts.ANSWER, prompts.REPAIR, prompts.CONDENSE)]
        self._runs = {part for text in own for way in (text, text[::-1]) for part in _parts(way, PROMPT_RUN)}
        secrets = [_letters(key) for key in keys]
        self._keys = [way for key in secrets if len(key) > KEY_RUN for way in (key, key[::-1])]
        self._key_runs = {part for key in self._keys for part in _parts(key, KEY_RUN)}
        self._before = ""

    def leaks(self, text: str) -> bool:
        """Return whether ``text``, after what was shown before, holds a run of a prompt or of a key."""
        letters = self._before + _letters(text)
        return (
            any(part in self._runs for part in _parts(letters, PROMPT_RUN))
            or any(part in self._key_runs for part in _parts(letters, KEY_RUN))
            or _ENCODED.search(text) is not None
        )

    def told(self, text: str) -> None:
        """Remember the end of a sentence that is shown."""
        self._before = (self._before + _letters(text))[-(PROMPT_RUN - 1) :]

    def forget(self) -> None:
        """Begin anew: what was shown before is withdrawn."""
        self._before = ""

    def shown(self, unfinished: str) -> str:
        """Return as much of an unfinished sentence as may be shown: nothing once it leaks or begins to."""
        return "" if self.leaks(unfinished) or self._begins(unfinished) else unfinished

    def _begins(self, unfinished: str) -> bool:
        """Return whether the text ends with the beginning of what must not be shown."""
        letters = self._before + _letters(unfinished)
        half = letters[-(PROMPT_RUN // 2) :]
        prompt = len(half) == PROMPT_RUN // 2 and any(half in run for run in self._runs)
        ends = [letters[-length:] for length in range(2, KEY_RUN) if len(letters) >= length]
        return prompt or any(end in key for end in ends for key in self._keys)


def _parts(text: str, length: int) -> list[str]:
    return [text[i : i + length] for i in range(len(text) - length + 1)]


def _letters(text: str) -> str:
    return _SIGNS.sub("", compact(simplified(text)))

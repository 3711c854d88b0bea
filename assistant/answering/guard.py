"""Nothing that the model was told in confidence leaves through its answer: the prompts, and the key of the endpoint."""

import re

from assistant.answering import prompts
from assistant.text import compact

# So many letters of a prompt in a row are no accident; of a key, as few as can be told from a word.
PROMPT_RUN, KEY_RUN = 12, 6
_SIGNS = re.compile(r"[^\w]+")


class Guard:
    """Recognises secrets in text. ``keys`` are those of the endpoints in use."""

    def __init__(self, *keys: str) -> None:
        rules = (prompts.ANSWER, prompts.REPAIR, prompts.CONDENSE)
        own = [_letters(text) for text in rules]
        self._runs = {text[i : i + PROMPT_RUN] for text in own for i in range(len(text) - PROMPT_RUN + 1)}
        self._keys = [compact(key) for key in keys if len(key) >= KEY_RUN]

    def leaks(self, text: str) -> bool:
        """Return whether ``text`` holds a run of a prompt or of a key."""
        letters, plain = _letters(text), compact(text)
        runs = (letters[i : i + PROMPT_RUN] for i in range(len(letters) - PROMPT_RUN + 1))
        return any(run in self._runs for run in runs) or any(
            key[i : i + KEY_RUN] in plain for key in self._keys for i in range(len(key) - KEY_RUN + 1)
        )

    def shown(self, unfinished: str) -> str:
        """Return as much of an unfinished sentence as may be shown: nothing once it leaks or begins to."""
        return "" if self.leaks(unfinished) or self._begins(unfinished) else unfinished

    def _begins(self, unfinished: str) -> bool:
        """Return whether the text ends with the beginning of what must not be shown."""
        letters, plain = _letters(unfinished)[-PROMPT_RUN:], compact(unfinished)
        half = letters[-(PROMPT_RUN // 2) :]
        prompt = len(half) == PROMPT_RUN // 2 and any(half in run for run in self._runs)
        return prompt or any(plain.endswith(key[:length]) for key in self._keys for length in range(2, KEY_RUN))


def _letters(text: str) -> str:
    return _SIGNS.sub("", compact(text))

"""The words of a corpus and how they are read, so that a slip of the pen or of the input method can be told.

One SQLite file a snapshot: words by document, so that those of a document go with it, and the readings of all characters,
since the wrong character of a slip need not be one of the corpus. Readings come from pypinyin, which only a build imports.
"""

import re
import sqlite3
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from contextlib import closing
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from assistant.errors import IndexStaleError

FILE = "words.db"
_HAN = re.compile(r"[一-鿿]+")
_FIRST, _LAST = 0x4E00, 0x9FFF
_FOLDED = (("zh", "z"), ("ch", "c"), ("sh", "s"), ("ng", "n"))
_TABLES = """
CREATE TABLE IF NOT EXISTS words (document_id TEXT, word TEXT, reading TEXT, count INTEGER);
CREATE TABLE IF NOT EXISTS letters (letter TEXT PRIMARY KEY, reading TEXT);
CREATE INDEX IF NOT EXISTS by_owner ON words (document_id);
"""


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """``words`` maps word → (reading, how often); ``letters`` character → its reading. Readings are as :func:`folded`."""

    words: Mapping[str, tuple[str, int]]
    letters: Mapping[str, str]


def folded(pinyin: str) -> str:
    """Return ``pinyin`` (no tones, lower case) with the sounds made alike that many speakers do not tell apart."""
    for wide, narrow in _FOLDED:
        pinyin = pinyin.replace(wide, narrow)
    return pinyin


def write_vocabulary(folder: Path, texts: Iterable[tuple[str, str]], gone: Collection[str] = ()) -> None:
    """Write the words of ``texts``, (document id, text) pairs, beside those that are there without the ``gone`` documents."""
    import rjieba

    counts: dict[str, Counter[str]] = {}
    for owner, text in texts:
        for run in _HAN.findall(text):
            counts.setdefault(owner, Counter()).update(rjieba.cut(run))
    with closing(sqlite3.connect(folder / FILE)) as db, db:
        db.execute("PRAGMA secure_delete = ON")
        db.executescript(_TABLES)
        db.executemany("DELETE FROM words WHERE document_id = ?", [(key,) for key in gone])
        rows = ((owner, word, _reading(word), n) for owner, own in counts.items() for word, n in own.items())
        db.executemany("INSERT INTO words VALUES (?, ?, ?, ?)", rows)
        if not db.execute("SELECT 1 FROM letters").fetchone():
            db.executemany("INSERT INTO letters VALUES (?, ?)", _letters())


def read_vocabulary(folder: Path) -> Vocabulary:
    """Return the vocabulary of a snapshot.

    Raises:
        IndexStaleError: it is missing or damaged.

    """
    path = (folder / FILE).resolve()
    try:
        with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro&immutable=1", uri=True)) as db:
            words = db.execute("SELECT word, min(reading), sum(count) FROM words GROUP BY word").fetchall()
            letters = db.execute("SELECT letter, reading FROM letters").fetchall()
    except sqlite3.Error as error:
        raise IndexStaleError("词表打不开，可能没有写完或已损坏", "运行 assistant build --rebuild") from error
    return Vocabulary(
        {word: (reading, count) for word, reading, count in words},
        dict(letters),
    )


@cache
def _reading(word: str) -> str:
    from pypinyin import lazy_pinyin

    return folded("".join(lazy_pinyin(word)))


def _letters() -> list[tuple[str, str]]:
    from pypinyin import Style, pinyin

    letters = [chr(code) for code in range(_FIRST, _LAST + 1)]
    read = ((letter, pinyin(letter, style=Style.NORMAL)[0][0]) for letter in letters)
    return [(letter, folded(own)) for letter, own in read if own != letter]

"""The difference of two texts that a person can read: whole numbers, words of obligation and Latin words are never cut."""

import re
from collections.abc import Iterator, Sequence

from diff_match_patch import diff_match_patch
from rapidfuzz.distance import LCSseq

from assistant.corpus.difference.nouns import DELETE, EQUAL, INSERT, Inline

_NUMERAL = "[零〇一二两三四五六七八九十百千万亿]+"
# What is never cut, in this order: dates, numbers of clauses, numbers, Latin words, words of obligation.
_WHOLE = re.compile(
    rf"\d{{4}}年\d{{1,2}}月(?:\d{{1,2}}日)?|第(?:{_NUMERAL}|\d+)[编章节条款项](?:之{_NUMERAL})?|"
    rf"[\d０-９]+(?:[.．,，:][\d０-９]+)*[%％‰]?|[A-Za-z]+|百分之{_NUMERAL}|{_NUMERAL}|"
    r"应当|应该|可以|不得|必须|禁止|严禁|不宜|不应|不能|无须|不予"
)
_CHINESE = re.compile(r"([一-鿿]{2,})")
_SENTENCE = re.compile(r"[^。；\n]*[。；\n]?")
_PHRASE = re.compile(r"[^，、：,:]*[，、：,:]?")
_FIRST_CODE = 0x10000  # beyond what texts use, room for a million different tokens
_MAX_CELLS = 150_000_000  # of the bit table of two replaced runs, some 20 MB; above, they are compared phrase by phrase
_OPS = {-1: DELETE, 0: EQUAL, 1: INSERT}
Pair = tuple[str, str]


def inline_difference(old: str, new: str) -> Inline:
    """Return (op, text) pairs: first by sentences, then within replaced sentences by tokens."""
    pairs: list[Pair] = []
    for gone, come, same in _runs(_SENTENCE.findall(old), _SENTENCE.findall(new)):
        pairs += [(EQUAL, gone)] if same else _by_tokens(gone, come)
    return _joined(pairs)


def _runs(mine: Sequence[str], theirs: Sequence[str]) -> Iterator[tuple[str, str, bool]]:
    """Yield (old, new, whether equal) in turn; all that lies between two equal runs is one replacement."""
    gone = come = ""
    for step in LCSseq.opcodes(mine, theirs):
        old, new = "".join(mine[step.src_start : step.src_end]), "".join(theirs[step.dest_start : step.dest_end])
        if step.tag != "equal":
            gone, come = gone + old, come + new
            continue
        if gone or come:
            yield gone, come, False
        gone = come = ""
        yield old, new, True
    if gone or come:
        yield gone, come, False


def _by_tokens(old: str, new: str) -> list[Pair]:
    if not old or not new:
        return [(DELETE, old), (INSERT, new)]
    mine, theirs = list(_tokens(old)), list(_tokens(new))
    if len(mine) * len(theirs) > _MAX_CELLS:
        return _by_phrases(old, new)
    codes = {token: chr(_FIRST_CODE + count) for count, token in enumerate(dict.fromkeys((*mine, *theirs)))}
    tokens = {code: token for token, code in codes.items()}
    runs = _runs([codes[item] for item in mine], [codes[item] for item in theirs])
    pairs: list[tuple[int, str]] = []
    for gone, come, same in runs:
        pairs += [(0, gone)] if same else [(op, text) for op, text in ((-1, gone), (1, come)) if text]
    diff_match_patch().diff_cleanupSemantic(pairs)
    return [(_OPS[op], "".join(tokens[code] for code in text)) for op, text in pairs]


def _by_phrases(old: str, new: str) -> list[Pair]:
    """Return the pairs of two very long texts: phrases are kept or replaced whole."""
    out: list[Pair] = []
    for gone, come, same in _runs(_PHRASE.findall(old), _PHRASE.findall(new)):
        out += [(EQUAL, gone)] if same else [(DELETE, gone), (INSERT, come)]
    return out


def _tokens(text: str) -> Iterator[str]:
    """Yield the text cut into numbers, words of obligation, clause numbers and Chinese words, nothing lost."""
    place = 0
    for match in _WHOLE.finditer(text):
        yield from _words(text[place : match.start()])
        yield match.group()
        place = match.end()
    yield from _words(text[place:])


def _words(text: str) -> Iterator[str]:
    import rjieba

    for count, part in enumerate(_CHINESE.split(text)):
        yield from rjieba.cut(part, False) if count % 2 else part


def _joined(pairs: Sequence[Pair]) -> Inline:
    """Return the pairs without empty ones, neighbours of one kind joined."""
    out: list[Pair] = []
    for op, text in pairs:
        if not text:
            continue
        if out and out[-1][0] == op:
            out[-1] = (op, out[-1][1] + text)
        else:
            out.append((op, text))
    return tuple(out)

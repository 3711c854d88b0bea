"""The difference of two texts that a person can read: whole numbers, words of obligation and Latin words are never cut."""

import re

import rjieba
from diff_match_patch import diff_match_patch
from rapidfuzz.distance import LCSseq

from assistant.corpus.difference.nouns import DELETE, EQUAL, INSERT, Inline

_TOKEN = re.compile(
    r"\d{4}年\d{1,2}月(?:\d{1,2}日)?|第[零一二三四五六七八九十百千\d]+[编章节条款项](?:之[一二三四五六七八九十]+)?|[\d０-９]+(?:[.．,，:][\d０-９]+)*[%％‰]?|[A-Za-z]+|"
    r"[零〇一二两三四五六七八九十百千万亿]+|应当|应该|可以|不得|必须|禁止|严禁|不宜|不应|不能|无须|不予|[一-鿿]+?(?=应|可以|不|必须|禁止|严禁|无须|$|[^一-鿿]|[零〇一二两三四五六七八九十百千万亿])|.",
    re.DOTALL,
)
_CHINESE = re.compile(r"[一-鿿]{3,}")
_SENTENCE = re.compile(r"[^。；\n]*[。；\n]?")
_FIRST_CODE = 0x10000  # beyond what texts use, room for a million different tokens
_MAX_CELLS = 30_000_000  # of the table of two replaced runs; above, the whole run counts as replaced
_OPS = {-1: DELETE, 0: EQUAL, 1: INSERT}


def inline_difference(old: str, new: str) -> Inline:
    """Return (op, text) pairs: first by sentences, then within replaced sentences by tokens."""
    if old == new:
        return ((EQUAL, old),) if old else ()
    mine, theirs = _SENTENCE.findall(old), _SENTENCE.findall(new)
    out: list[tuple[str, str]] = []
    for step in LCSseq.opcodes(mine, theirs):
        gone = "".join(mine[step.src_start : step.src_end])
        come = "".join(theirs[step.dest_start : step.dest_end])
        if step.tag == "equal":
            out.append((EQUAL, gone))
        elif out and out[-1][0] != EQUAL:  # LCS gives a replacement as two steps
            previous = [out.pop()]
            while out and out[-1][0] != EQUAL:
                previous.insert(0, out.pop())
            gone = "".join(text for op, text in previous if op == DELETE) + gone
            come = "".join(text for op, text in previous if op == INSERT) + come
            out += [(DELETE, gone), (INSERT, come)]
        else:
            out += [(DELETE, gone), (INSERT, come)]
    return _joined([pair for step in _steps(out) for pair in step])


def _steps(pairs: list[tuple[str, str]]) -> list[list[tuple[str, str]]]:
    """Return the sentence steps with each replacement refined by tokens."""
    steps, i = [], 0
    while i < len(pairs):
        if pairs[i][0] == EQUAL:
            steps.append([pairs[i]])
            i += 1
        else:
            steps.append(_by_tokens(pairs[i][1], pairs[i + 1][1]))
            i += 2
    return steps


def _by_tokens(old: str, new: str) -> list[tuple[str, str]]:
    mine, theirs = _tokens(old), _tokens(new)
    if len(mine) * len(theirs) > _MAX_CELLS:
        return [(DELETE, old), (INSERT, new)]
    codes = {token: chr(_FIRST_CODE + count) for count, token in enumerate(dict.fromkeys((*mine, *theirs)))}
    tokens = {code: token for token, code in codes.items()}
    differ = diff_match_patch()
    differ.Diff_Timeout = 0  # a limit in seconds would make the result depend on the machine
    pairs = differ.diff_main("".join(codes[item] for item in mine), "".join(codes[item] for item in theirs), False)
    differ.diff_cleanupSemantic(pairs)
    return [(_OPS[op], "".join(tokens[code] for code in text)) for op, text in pairs]


def _tokens(text: str) -> list[str]:
    """Return the text cut into numbers, words of obligation, clause numbers and Chinese words, nothing lost."""
    return [
        word
        for token in _TOKEN.findall(text)
        for word in (rjieba.cut(token, False) if _CHINESE.match(token) else (token,))
    ]


def _joined(pairs: list[tuple[str, str]]) -> Inline:
    """Return the pairs without empty ones, neighbours of one kind joined."""
    out: list[tuple[str, str]] = []
    for op, text in pairs:
        if not text:
            continue
        if out and out[-1][0] == op:
            out[-1] = (op, out[-1][1] + text)
        else:
            out.append((op, text))
    return tuple(out)

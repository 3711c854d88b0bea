"""What single characters must look like before anything else looks at the text."""

import re
import unicodedata

# Radicals that printing programs put where the ordinary ideograph belongs; Unicode defines no normalisation for them.
_RADICALS = dict(
    zip(
        "⺁⺉⺋⺎⺐⺒⺓⺔⺘⺝⺟⺠⺧⺪⺫⺮⺼⻄⻅⻆⻉⻋⻑⻒⻓⻔⻖⻘⻙⻚⻛⻜⻝⻢⻣⻤⻥⻦⻧⻨⻩⻪⻫⻬⻭⻮⻯⻰⻱⻲⻳",
        "厂刂㔾尢尣巳幺彑扌月母民牛疋罒竹月西见角贝车長镸长门阝青韦页风飞食马骨鬼鱼鸟卤麦黄黾齊齐歯齿竜龙龜亀龟",
        strict=True,
    )
)
_VARIANT = re.compile("[\u2e80-\u2fdf\uf900-\ufaff\ufb00-\ufb06\U0002f800-\U0002fa1f]")
_DROPPED = re.compile(
    "[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]"
)
_SPACES = re.compile(r"\s+")
_WORD = re.compile(r"[A-Za-z0-9,.;:!?%)\]\"'/&]")


def ordinary(text: str) -> str:
    """Return ``text`` with radicals and compatibility ideographs as ordinary ones, without invisible characters."""
    text = _DROPPED.sub("", text)
    return _VARIANT.sub(lambda match: _RADICALS.get(match[0]) or unicodedata.normalize("NFKC", match[0]), text)


def tidy(text: str) -> str:
    """Return :func:`ordinary` of ``text`` with runs of white space folded into one; an ideographic space stays one."""
    return _SPACES.sub(_folded, ordinary(text)).strip()


def _folded(match: re.Match[str]) -> str:
    return "\u3000" if match[0].strip("\u3000") == "" else " "


def join_wrapped(first: str, second: str) -> str:
    """Return a line and its continuation as one: no space between Chinese, one between words, hyphenated words whole."""
    if re.search(r"[A-Za-z]{2}-$", first) and re.match(r"[a-z]{2}", second):
        return first[:-1] + second
    if first and second and _WORD.match(first[-1]) and re.match(r"[A-Za-z0-9(\[\"'/&]", second):
        return f"{first} {second}"
    return first + second


def is_garbage(text: str) -> bool:
    """Return whether ``text`` is what a broken character map makes: it looks like a text layer and says nothing.

    Signs of it: private-use, unassigned or replacement characters, accented letters in great number, or ideographs that
    are mostly rare. The common ones are those of GB 2312 level 1 and Big5 level 1; running text has over 95 % of them.
    """
    signs = [char for char in text if not char.isspace()]
    if not signs:
        return False
    broken = sum(char == "\ufffd" or unicodedata.category(char) in ("Co", "Cn", "Cc", "Cs") for char in signs)
    broken += 5 * text.count("(cid:")
    accented = sum("\u0080" <= char <= "\u02ff" and char.isalpha() for char in signs)
    if broken > 0.1 * len(signs) or accented > 0.25 * len(signs):
        return True
    ideographs = [char for char in map(ordinary, signs) if "\u3400" <= char <= "\u9fff"]
    common = sum(map(_is_common, ideographs))
    return len(ideographs) >= 30 and common < 0.75 * len(ideographs)  # noqa: PLR2004


def _is_common(ideograph: str) -> bool:
    in_gb = ideograph.encode("gb2312", "ignore")
    in_big5 = ideograph.encode("big5", "ignore")
    return b"\xb0" <= in_gb[:1] <= b"\xd7" or b"\xa4" <= in_big5[:1] <= b"\xc6"

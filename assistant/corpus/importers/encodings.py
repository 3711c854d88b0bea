"""From bytes to text where nothing says for certain which encoding they are in."""

import codecs
import re

from assistant.corpus.importers.lines import Doubt

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_CANDIDATES = ("gb18030", "big5hkscs")
# The most frequent characters of running text, simplified and traditional: a wrong decoding has next to none of them.
_FREQUENT = frozenset(
    "的一是在不了有和人这中大为上个国我以要他时来用们生到作地于出就分对成会可主发年动同工也能下过子说产种面而方后多定行学法所民得经"
    "十三之进着等部度家电力里如水化高自二理起小物现实加量都两体制机当使点从业本去把性好应开它合还因由其些然前外天政四日那社义事平形相全表间样"
    "這中大為上個國時來們對會發動過種學經進著電裡實兩體機當點從業應開還樣間義務條第項規定應當管理服務認證機構標準"
    "条第项规服务认证机构标准办章节令院售商品督监，。、；：《》（）“”"
)
_SAMPLE = 200_000


def decode(content: bytes, declared: str | None = None) -> tuple[str, tuple[Doubt, ...]]:
    """Return the text of ``content`` and what is doubtful about it.

    Tried in this order: byte-order mark, UTF-16 by its zero bytes, strict UTF-8, the ``declared`` encoding, then GB 18030
    and Big5, of which the one that reads like Chinese wins. A tail cut inside a character does not spoil the choice.
    """
    for mark, encoding in _BOMS:
        if content.startswith(mark):
            return _decoded(content, encoding)
    if encoding_16 := _utf16(content):
        return _decoded(content, encoding_16)
    for likely in ("utf-8", _known(declared)):
        if likely and (text := _strict(content, likely)) is not None:
            return text, ()
    fitting = [(likeness(text), text) for name in _CANDIDATES if (text := _strict(content, name)) is not None]
    if fitting:
        return max(fitting, key=lambda pair: pair[0])[1], ()
    return _guessed(content, declared)


def likeness(text: str) -> float:
    """Return the share of frequent Chinese characters among the non-ASCII ones of ``text``, 0–1."""
    foreign = [char for char in text[:_SAMPLE] if char > "\x7f"]
    return sum(char in _FREQUENT for char in foreign) / len(foreign) if foreign else 1.0


def _guessed(content: bytes, declared: str | None) -> tuple[str, tuple[Doubt, ...]]:
    """Return the best reading of bytes that no encoding fits; what cannot be read becomes U+FFFD."""
    names = ["utf-8", *_CANDIDATES, _known(declared), _measured(content)]
    readings = [content.decode(name, "replace") for name in names if name]
    text = max(readings, key=lambda reading: likeness(reading) - 10 * reading.count("\ufffd") / len(reading))
    return text, (
        Doubt(f"文件编码不完整，有 {text.count(chr(0xFFFD))} 处字符读不出，显示为「\ufffd」", None, _around(text)),
    )


def _around(text: str) -> str:
    position = text.find("\ufffd")
    return re.sub(r"\s+", " ", text[max(0, position - 12) : position + 12]).strip() if position >= 0 else ""


def _measured(content: bytes) -> str | None:
    from charset_normalizer import from_bytes

    best = from_bytes(content[:_SAMPLE]).best()
    return _known(best.encoding) if best else None


def _decoded(content: bytes, encoding: str) -> tuple[str, tuple[Doubt, ...]]:
    text = _strict(content, encoding)
    return (text, ()) if text is not None else _guessed(content, encoding)


def _strict(content: bytes, encoding: str) -> str | None:
    try:
        return content.decode(encoding)
    except (UnicodeDecodeError, LookupError):
        return None


def _known(encoding: str | None) -> str | None:
    """Return the codec for a declared name; GB 2312 pages hold GBK characters in practice."""
    try:
        name = codecs.lookup((encoding or "").strip("\"' ")).name
    except (LookupError, ValueError):
        return None
    return "gb18030" if name in ("gb2312", "gbk", "hz") else name


def _utf16(content: bytes) -> str | None:
    """Return the byte order of UTF-16 without a mark: line breaks and digits leave zero bytes on one side only."""
    sample = content[:_SAMPLE]
    if b"\0" not in sample or len(content) % 2:
        return None
    even, odd = sample[0::2].count(0), sample[1::2].count(0)
    return "utf-16-le" if odd > even else "utf-16-be"

"""Every quotation stands in its source word for word; an address of a page or a telephone number does too."""

import re
from collections.abc import Sequence

from assistant.answering.checks.sources import CitedSource
from assistant.text import compact

_QUOTATION = re.compile(r"[“「『‘\"]([^“”「」『』‘’\"]+)[”」』’\"]")
_SIGNS = re.compile(r"[^\w%]+")
_CONTACT = re.compile(
    r"(?:https?|ftp)://[^\s，。；、）)]+|(?<![\w@.-])(?:[a-z0-9-]+\.)+(?:com|cn|net|org|gov|edu|info|top|xyz|io|example)(?![a-z])[^\s，。；、）)]*|"
    r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+|(?<![\d.])(?:1\d{10}|[（(]?0\d{2,3}[）)]?[- ]?\d{3,4}-?\d{4}|400-?\d{3}-?\d{4})(?!\d)",
    re.IGNORECASE,
)
_SENSITIVE = re.compile(
    r"(?:微信|wechat|vx|qq|公众号)号?[：:是为 ]{0,2}[a-z0-9_-]{4,}|密码|验证码|银行卡|网银|身份证号", re.IGNORECASE
)
_CLAIMS_CHECKED = re.compile(r"已核对|已核实|核对通过|通过核对|已验证")
# A shorter one names a thing (“双随机”, “五星”) and claims no wording.
MIN_QUOTED = 5


def wrong_quotations(text: str, sources: Sequence[CitedSource]) -> list[str]:
    """Return the quotations of ``text`` that no source holds, signs and spaces aside."""
    held = [_letters(f"{source.text}{source.context}") for source in sources]
    quoted = [quote for quote in _QUOTATION.findall(text) if len(_letters(quote)) >= MIN_QUOTED]
    return [f"“{quote}”不是条款原话" for quote in quoted if not any(_letters(quote) in text for text in held)]


def wrong_contacts(text: str, sources: Sequence[CitedSource]) -> list[str]:
    """Return addresses, accounts and telephone numbers in ``text`` that no source holds, and what only a swindler asks for.

    A sentence that calls itself checked is told as well: only the checks may say so.
    """
    held = [compact(f"{source.text}{source.context}") for source in sources]
    found = _CONTACT.findall(text)
    found += _SENSITIVE.findall(text)
    unheld = [f"“{contact}”不在所引条款中" for contact in found if not any(compact(contact) in text for text in held)]
    return unheld + [f"自称“{word}”" for word in _CLAIMS_CHECKED.findall(text)]


def _letters(text: str) -> str:
    return _SIGNS.sub("", compact(re.sub(r"〔[^〔〕]*〕", "", text)))

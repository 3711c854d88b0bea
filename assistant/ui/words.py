"""The words of the page that several views share, and the colour that goes with each status."""

import re
from datetime import date

from assistant.types import Confidence, Document, Reason, Status

TITLE = "售后服务认证知识助手"

EXAMPLES = (
    "没有专门的售后部门能申请吗？",
    "五星级要多少分？",
    "证书有效期几年，每年都要审核吗？",
    "投标时售后服务认证能加分吗？",
    "售后服务管理师要几个人？",
    "怎么查一张证书是真是假？",
)

OFFICIAL_PLACES = (
    ("全国认证认可信息公共服务平台", "查证书真伪、认证机构资质和获批领域"),
    ("12315", "投诉、举报和消费者权益咨询"),
    ("发证或拟委托的认证机构", "认证规则、申请条件、评审安排和收费"),
)
WITHOUT_OFFICIAL_PLACE = (Reason.OFF_TOPIC, Reason.INSTRUCTION)

TONES = {
    Status.IN_FORCE: "green",
    Status.NOT_YET: "blue",
    Status.REPEALED: "grey",
    Status.SUPERSEDED: "grey",
    Status.UNVERIFIED: "amber",
}

_CONFIDENCE_WORDS = {
    Confidence.LAW_TEXT: "法规条文文本",
    Confidence.TWO_SOURCES: "两个独立来源",
    Confidence.ONE_SOURCE: "单一来源",
    Confidence.INFERRED: "推断",
    Confidence.COMMON: "一般知识，未见来源",
    Confidence.CONFLICTING: "来源不一",
    Confidence.UNKNOWN: "查不到",
}


# What errors say for the command line, in the words of the page.
_PAGE_WORDS = (
    ("先运行 assistant corpus remove", "先到它的原文页「移除」"),
    ("运行 assistant corpus list ", "到「资料库」里"),
    ("运行 assistant corpus history ", "到「变更记录」里"),
    ("可用 --issued、--effective 写明", "可在下面的「发布日」「生效日」里写明"),
    ("--number、--issued 或 --effective", "「文号」「发布日」或「生效日」"),
    ("--effective 和 --expires", "「生效日」和「失效日」"),
    ("，如 --id ", "，如 "),
    ("对应的选项改正，例如 --title", "下面对应的栏目改正，例如「名称」"),
    ("换一个 --id", "换一个「文件 id」"),
    ("可加 --force", "可以强制"),
)
_SPACES_AROUND = re.compile(r"(?<=[一-鿿，、]) (?=「)|(?<=」) (?=[一-鿿])")


def page_words(text: str) -> str:
    """Return what an error advises, without commands: the reader of the page may never have seen a terminal."""
    for command, words in _PAGE_WORDS:
        text = text.replace(command, words)
    return _SPACES_AROUND.sub("", text)


def confidence_words(confidence: Confidence) -> str:
    """Return how well something is attested, in words for a reader."""
    return _CONFIDENCE_WORDS[confidence]


def checked_until(documents: list[Document]) -> date | None:
    """Return the latest day on which a document was checked; None without documents."""
    return max((document.checked_on for document in documents), default=None)

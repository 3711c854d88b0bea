"""The words of the page that several views share, and the colour that goes with each status."""

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


def confidence_words(confidence: Confidence) -> str:
    """Return how well something is attested, in words for a reader."""
    return _CONFIDENCE_WORDS[confidence]


def checked_until(documents: list[Document]) -> date | None:
    """Return the latest day on which a document was checked; None without documents."""
    return max((document.checked_on for document in documents), default=None)

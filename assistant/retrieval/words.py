"""The content words of a question, by part of speech (rjieba, the Rust build of jieba, dictionary included)."""

from dataclasses import dataclass

from assistant.text import normalise

# jieba's tags by first letter: nouns and names, verbs, adjectives, idioms, abbreviations, numerals, times, Latin words.
_WEIGHTS = {
    "n": 1.0,
    "v": 0.6,
    "a": 0.5,
    "i": 0.6,
    "l": 0.6,
    "j": 1.0,
    "m": 0.8,
    "t": 0.6,
    "e": 1.0,
    "s": 0.5,
    "b": 0.5,
}
_NAMES = ("nr", "nt", "nz", "eng")  # people, organisations, other names, Latin words; tags may be longer (nrt)
_STOP = frozenset(
    [
        "是",
        "有",
        "没有",
        "说",
        "给",
        "做",
        "办",
        "要",
        "写",
        "讲",
        "算",
        "想",
        "能",
        "会",
        "可以",
        "应该",
        "需要",
        "知道",
        "问",
        "看",
        "用",
        "来",
        "去",
        "到",
        "叫",
        "请",
        "让",
        "拿",
        "搞",
        "弄",
        "找",
        "成",
        "上",
        "下",
        "出",
        "起",
        "得",
        "想问",
        "请问",
        "告诉",
        "帮",
        "帮忙",
        "介绍",
        "解释",
        "回答",
        "怎么办",
        "时候",
        "东西",
        "情况",
        "问题",
        "事情",
        "地方",
        "意思",
        "公司",
        "企业",
        "单位",
        "老板",
        "我家",
        "咱家",
        "人家",
        "人",
        "具体",
        "一般",
        "主要",
        "现在",
        "目前",
        "到底",
        "究竟",
        "真的",
        "今天",
        "一个",
        "一下",
        "一点",
        "一些",
        "第一",
        "个",
        "多",
        "大",
        "小",
        "好",
        "行",
        "对",
        "吗",
        "呢",
        "啊",
        "呀",
        "算不算",
        "有没有",
        "标准",
        "规定",
        "要求",
        "内容",
        "允许",
        "属于",
        "包括",
        "包含",
        "分别",
        "相关",
        "关于",
        "里面",
        "开始",
        "进行",
        "通过",
        "使用",
        "提供",
        "存在",
    ]
)


@dataclass(frozen=True, slots=True)
class Word:
    """A content word. ``weight`` is in 0–1 by part of speech; ``name`` tells a person, place, organisation or code."""

    text: str
    weight: float
    name: bool


def content_words(question: str) -> list[Word]:
    """Return the content words of ``question`` in order, each once; words that any question has are left out."""
    import rjieba

    found: dict[str, Word] = {}
    for raw, tag in rjieba.tag(normalise(question)):
        text = raw.strip()
        weight = _WEIGHTS.get(tag[:1], 0.0)
        if tag == "x" and any(char.isalnum() for char in text):
            weight = 1.0
        if not weight or text in _STOP or text[0] in "几哪那这多" or (len(text) == 1 and not text.isalnum()):
            continue
        found.setdefault(text, Word(text, weight if len(text) > 1 else weight / 2, tag.startswith(_NAMES)))
    return list(found.values())

"""Stand-ins that follow the public protocols, and small real files."""

import hashlib
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from assistant.indexing.embedding import Vectors
from assistant.text import terms


class HashingEmbedder:
    """A real, tiny embedder: two-character terms hashed into 64 dimensions. Similar texts get similar vectors."""

    def __init__(self, version: str = "1") -> None:
        self.fingerprint = f"hashing:{version}"
        self.embedded: list[str] = []

    def embed_query(self, text: str) -> Vectors:
        return self._vector(text)

    def embed_documents(self, texts: Sequence[str], progress: Callable[[int], None] | None = None) -> Vectors:
        self.embedded += texts
        if progress:
            progress(len(texts))
        return np.stack([self._vector(text) for text in texts])

    @staticmethod
    def _vector(text: str) -> Vectors:
        vector = np.zeros(64, np.float32)
        for term in terms(text):
            vector[int(hashlib.sha256(term.encode()).hexdigest(), 16) % 64] += 1
        return vector / max(float(np.linalg.norm(vector)), 1e-9)


STANDARD = """---
id: gbt-1-2020
number: GB/T 11111-2020
title: 测试服务评价
kind: standard
form: digest
subject: true
issued_on: 2020-01-05
effective_on: 2020-06-01
replaces: [gbt-1-2010]
confidence: 双源
checked_on: 2026-01-01
sources:
  S1: https://example.org/a
  S7: † http://example.org/b
---

## 5 评价指标

### 5.1 服务体系

GB/T 11111-2020 的服务体系占 40 分。〔双源 S1 S7〕

#### 5.1.2.2 服务管理师

问法：服务管理师要配几个；多少人配一个管理师

GB/T 11111-2020 要求按服务管理人员的 10% 配备服务管理师。〔双源 S1〕

配不足时是否一票否决，未查到。〔未知〕

## 7 星级

| 等级 | 得分 | 依据 |
|---|---|---|
| 三星级 | 80 分及以上 | 〔双源 S1〕 |
| 五星级 | 95 分及以上 | 〔单源 S7〕 |
"""

OLD_STANDARD = """---
id: gbt-1-2010
number: GB/T 11111-2010
title: 测试服务评价
kind: standard
form: digest
issued_on: 2010-01-05
effective_on: 2010-06-01
expires_on: 2020-06-01
replaced_by: [gbt-1-2020]
confidence: 双源
checked_on: 2026-01-01
---

## 7 星级

GB/T 11111-2010 的五星级要求 90 分及以上。〔双源〕
"""

LAW = """---
id: ceshi-tiaoli
number: 国务院令第1号
title: 测试认证条例
aliases: [测试条例]
kind: regulation
form: official
effective_on: 2003-11-01
confidence: 法规文本
checked_on: 2026-01-01
---
第一章 总 则

第一条 为了规范测试活动，制定本条例。

第十二条 申请人应当提交下列材料：

（一）营业执照；

（二）服务手册。

前款材料应当真实。

第一百零三条之一 本条例自2003年11月1日起施行。
"""

FAQ = """---
id: wenda
title: 测试问答
kind: faq
form: digest
confidence: 双源
checked_on: 2026-01-01
---

## 1 证书有效期几年？

测试认证的证书有效期 3 年。〔双源；见 测试认证条例 第十二条〕

## 2 有没有八星级

误传：测试认证最高是八星级。〔冲突〕

GB/T 11111-2020 最高是五星级，没有八星级。〔双源；见 GB/T 11111-2020 7〕
"""


def write_corpus(folder: Path) -> Path:
    """Write a corpus of four small documents into ``folder`` and return it."""
    for name, text in (
        ("standards/new", STANDARD),
        ("standards/old", OLD_STANDARD),
        ("laws/law", LAW),
        ("faq/faq", FAQ),
    ):
        path = folder / f"{name}.md"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder

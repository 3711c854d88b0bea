"""Which clauses a running text refers to: 本条例第二十四条, 《产品质量法》第五十三条, 按 6.2.2."""

import re
from dataclasses import dataclass

from assistant.structure.address import ClauseMention, DocumentMention, NameIndex, bare_name

_MAY_REFER = re.compile(r"第 ?[一二三四五六七八九十百千零\d]+ ?[条章]|\d\.\d|附录")
_SELF = re.compile(r"本(?:法|条例|办法|规定|细则|规则|标准|规范|决定)的?$")
_CUE = re.compile(r"(?:^|依照|按照?|根据|违反|符合|适用|参照|依据|执行|见|照|有|属于|具有|[，,；;（(。：:])$")
_JOINT = re.compile(r"^(?:第[一二三四五六七八九十\d]+[款项])*(?:、|和|或者?|与|及|以及|至|到)$")
_NAME_GAP = 1


@dataclass(frozen=True, slots=True)
class TextReference:
    """A clause that a text refers to. ``document_ids`` is empty where it is one of the text's own document."""

    document_ids: tuple[str, ...]
    clause: ClauseMention


def read_references(text: str, names: NameIndex) -> list[TextReference]:
    """Return the references in ``text``, in order. One to a document that ``names`` does not know is left out."""
    if not _MAY_REFER.search(text):
        return []
    plain, mentions = bare_name(text), names.find(text)
    found: list[TextReference] = []
    owner: tuple[str, ...] | None = None  # of the clause before; None where its document is not known
    end = -1
    for clause in mentions.clauses:
        before = plain[: clause.start]
        named = _named_before(clause, mentions.documents)
        if named is not None:
            owner = named.document_ids or None
        elif end < 0 or not _JOINT.match(plain[end : clause.start]):
            owner = () if _SELF.search(before) or _CUE.search(before) else None
        end = clause.end
        if owner is not None:
            found.append(TextReference(owner, clause))
    return found


def _named_before(clause: ClauseMention, documents: tuple[DocumentMention, ...]) -> DocumentMention | None:
    """Return the document named right before the clause; one named only by its sort (条例) is the text's own."""
    near = [item for item in documents if 0 <= clause.start - item.end <= _NAME_GAP]
    return near[-1] if near and not near[-1].generic else None

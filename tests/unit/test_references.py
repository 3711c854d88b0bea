"""References in running text are read as a lawyer reads them; one to a text that is not held is nobody's."""

import pytest

from assistant.corpus.front_matter import parse_document
from assistant.structure.address import NameIndex
from assistant.structure.references import read_references
from tests.fakes import FAQ, LAW, STANDARD


def index() -> NameIndex:
    documents = [parse_document(text, "test.md", []) for text in (STANDARD, LAW, FAQ)]
    return NameIndex(document for document in documents if document)


NAMES = index()


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("违反本条例第十二条规定的，予以处罚。", [((), "第十二条")]),
        ("依照第12条、第十三条和第十五条第二款的规定处理。", [((), "第十二条"), ((), "第十三条"), ((), "第十五条")]),
        ("按《测试认证条例》第十二条提交材料。", [(("ceshi-tiaoli",), "第十二条")]),
        (
            "按《测试认证条例》第十二条、第十三条办理。",
            [(("ceshi-tiaoli",), "第十二条"), (("ceshi-tiaoli",), "第十三条")],
        ),
        ("得分按 6.2.2 折算，见附录A。", [((), "6.2.2"), ((), "附录A")]),
        ("符合 GB/T 11111-2020 5.1.2.2 的要求。", [(("gbt-1-2020",), "5.1.2.2")]),
        ("适用《民法典》第五百条的规定。", []),
        ("处罚见《某某管理办法》第九条、第十条。", []),
        ("占 5.5 分，共 3.5 万元。", []),
        ("材料应当真实。", []),
    ],
)
def test_references_in_running_text(text: str, found: list[tuple[tuple[str, ...], str]]) -> None:
    assert [(item.document_ids, item.clause.number) for item in read_references(text, NAMES)] == found

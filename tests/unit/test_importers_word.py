import pytest

from assistant.corpus.importers.reading import read_bytes
from assistant.corpus.importers.word_numerals import numeral
from assistant.errors import ImportFailed
from tests.importer_files import ARTICLES, TITLE, listed, pack, paragraph, statute_docx, word_file


def level(index, text, fmt="decimal", start=1, more=""):
    return (
        f'<w:lvl w:ilvl="{index}"><w:start w:val="{start}"/><w:numFmt w:val="{fmt}"/>{more}<w:suff w:val="nothing"/>'
        f'<w:lvlText w:val="{text}"/></w:lvl>'
    )


def numbering(*levels, number=1, overrides=""):
    return (
        f'<w:abstractNum w:abstractNumId="1">{"".join(levels)}</w:abstractNum>'
        f'<w:num w:numId="{number}"><w:abstractNumId w:val="1"/></w:num>{overrides}'
    )


def texts(content, name="a.docx"):
    return [line.text for line in read_bytes(name, content).lines]


@pytest.mark.parametrize(
    ("value", "fmt", "shown"),
    [
        (12, "chineseCounting", "十二"),
        (103, "chineseCounting", "一〇三"),
        (103, "chineseCountingThousand", "一百零三"),
        (21, "japaneseCounting", "二十一"),
        (3, "ideographTraditional", "丙"),
        (2, "ideographZodiac", "丑"),
        (28, "lowerLetter", "bb"),
        (3, "upperLetter", "C"),
        (14, "lowerRoman", "xiv"),
        (9, "upperRoman", "IX"),
        (12, "decimalFullWidth", "１２"),
        (3, "decimalEnclosedCircle", "③"),
        (21, "decimalEnclosedCircleChinese", "㉑"),
        (7, "decimalZero", "07"),
        (25, "chineseLegalSimplified", "贰拾伍"),
        (5, "somethingNew", "5"),
        (0, "decimal", "0"),
    ],
)
def test_numerals_are_written_as_word_does(value, fmt, shown):
    assert numeral(value, fmt) == shown


def test_the_statute_gets_the_numbers_that_word_shows(tmp_path):
    path = statute_docx(tmp_path / "办法.docx")

    lines = [line.text for line in read_bytes(path.name, path.read_bytes()).lines]

    plain = [a for a in ARTICLES if a[0] != "节" and not a[1].startswith("第一百") and "之" not in a[1]]
    assert lines[0] == TITLE
    assert [line for line in lines if line.startswith("第")] == [f"{label} {text[0]}" for _, label, text in plain]
    assert "（二）有与维修项目相适应的工具、仪器和不少于三名持有相应证书的维修人员；" in lines
    assert sum(line.startswith("（一）") for line in lines) == 2
    assert "青江省市场监督管理局文件" not in lines
    assert "内部资料" not in lines


def test_levels_show_the_numbers_above_and_restart_below():
    lists = numbering(level(0, "%1"), level(1, "%1.%2"), level(2, "%1.%2.%3 "))
    body = "".join(listed(str(depth), 1, depth) for depth in (0, 1, 1, 2, 2, 0, 1, 2))

    assert texts(word_file(body, numbering=lists)) == [
        "10",
        "1.11",
        "1.21",
        "1.2.1 2",
        "1.2.2 2",
        "20",
        "2.11",
        "2.1.1 2",
    ]


def test_a_list_that_overrides_its_start_begins_anew_and_others_go_on():
    overrides = (
        '<w:num w:numId="2"><w:abstractNumId w:val="1"/><w:lvlOverride w:ilvl="0"><w:startOverride w:val="5"/></w:lvlOverride></w:num>'
        '<w:num w:numId="3"><w:abstractNumId w:val="1"/></w:num>'
    )
    lists = numbering(level(0, "%1）"), overrides=overrides)
    body = listed("甲", 1) + listed("乙", 1) + listed("丙", 3) + listed("丁", 2) + listed("戊", 2)

    assert texts(word_file(body, numbering=lists)) == ["1）甲", "2）乙", "3）丙", "5）丁", "6）戊"]


def test_a_level_may_go_on_through_the_one_above_and_legal_numbers_are_arabic():
    lists = numbering(
        level(0, "第%1章 ", "chineseCounting"),
        level(1, "第%2条 ", "chineseCounting", more='<w:lvlRestart w:val="0"/>'),
        level(2, "%1.%3 ", "decimal", more="<w:isLgl/>"),
    )
    body = "".join(
        listed(text, 1, depth) for depth, text in [(0, "总则"), (1, "甲"), (2, "乙"), (0, "附则"), (1, "丙")]
    )

    assert texts(word_file(body, numbering=lists)) == ["第一章 总则", "第一条 甲", "1.1 乙", "第二章 附则", "第二条 丙"]


def test_lists_tied_to_styles_and_headings_are_known():
    styles = (
        '<w:style w:type="paragraph" w:styleId="H1"><w:name w:val="heading 1"/><w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr></w:style>'
        '<w:style w:type="paragraph" w:styleId="H2"><w:name w:val="heading 2"/><w:basedOn w:val="H1"/></w:style>'
        '<w:style w:type="paragraph" w:styleId="Mine"><w:name w:val="我的"/><w:basedOn w:val="H2"/></w:style>'
        '<w:style w:type="paragraph" w:styleId="T1"><w:name w:val="toc 1"/></w:style>'
    )
    lists = numbering(level(0, "%1 ", more='<w:pStyle w:val="H1"/>'), level(1, "%1.%2 ", more='<w:pStyle w:val="H2"/>'))
    body = "".join(
        paragraph(text, f'<w:pStyle w:val="{style}"/>')
        for text, style in [("范围……1", "T1"), ("范围", "H1"), ("适用", "H2"), ("例外", "Mine"), ("术语", "H1")]
    )

    lines = read_bytes("a.docx", word_file(body, styles=styles, numbering=lists)).lines

    assert [(line.text, line.level) for line in lines][:2] == [("1 范围", 1), ("1.1 适用", 2)]
    assert lines[-1].text == "2 术语"
    assert lines[2].level == 2


def test_changes_are_accepted_and_hidden_text_and_contents_left_out():
    body = (
        "<w:p><w:r><w:t>应当</w:t></w:r><w:del><w:r><w:delText>不得</w:delText></w:r></w:del><w:ins><w:r><w:t>可以</w:t></w:r></w:ins>"
        "<w:r><w:rPr><w:vanish/></w:rPr><w:t>隐藏的话</w:t></w:r></w:p>"
        '<w:p><w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText> TOC \\o "1-3" </w:instrText></w:r>'
        '<w:r><w:fldChar w:fldCharType="separate"/></w:r><w:r><w:t>第一章 总则</w:t></w:r></w:p>'
        '<w:p><w:r><w:t>第二章 细则</w:t></w:r><w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>PAGEREF x</w:instrText></w:r>'
        '<w:r><w:fldChar w:fldCharType="separate"/></w:r><w:r><w:t>3</w:t></w:r><w:r><w:fldChar w:fldCharType="end"/></w:r></w:p>'
        '<w:p><w:r><w:fldChar w:fldCharType="end"/></w:r></w:p>' + paragraph("正文")
    )

    found = read_bytes("a.docx", word_file(body))

    assert [line.text for line in found.lines] == ["应当可以", "正文"]
    assert [doubt.message for doubt in found.doubts] == [
        "文件带有修订痕迹：已按接受全部修订读取，删除的文字没有导入",
        "有 1 处隐藏文字没有导入",
    ]


def test_footnotes_and_text_boxes_are_text_and_breaks_are_lines():
    box = (
        '<w:p><w:r><mc:AlternateContent xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"><mc:Choice>'
        f"<w:drawing><w:txbxContent>{paragraph('框里的话')}</w:txbxContent></w:drawing></mc:Choice><mc:Fallback><w:pict>"
        f"<w:txbxContent>{paragraph('框里的话')}</w:txbxContent></w:pict></mc:Fallback></mc:AlternateContent></w:r></w:p>"
    )
    body = f'<w:p><w:r><w:t>上行</w:t><w:br/><w:t>下行</w:t><w:footnoteReference w:id="2"/></w:r></w:p>{box}'
    notes = f'<w:footnote w:id="2">{paragraph("见附录")}</w:footnote>'

    assert texts(word_file(body, footnotes=notes)) == ["上行", "下行", "框里的话", "脚注：见附录"]


def cell(text, properties=""):
    return f"<w:tc><w:tcPr>{properties}</w:tcPr>{paragraph(text)}</w:tc>"


def test_merged_cells_repeat_their_text_and_the_header_row_is_marked():
    rows = [
        cell("评分表", '<w:gridSpan w:val="3"/>'),
        cell("指标") + cell("要求") + cell("分值"),
        cell("服务文化", '<w:vMerge w:val="restart"/>') + cell("理念") + cell("4"),
        cell("", "<w:vMerge/>") + cell("承诺、", '<w:gridSpan w:val="1"/>') + cell("6"),
    ]
    table = "<w:tbl>" + "".join(f"<w:tr>{row}</w:tr>" for row in rows) + "</w:tbl>"

    lines = read_bytes("a.docx", word_file(table)).lines

    assert lines[0].text == "评分表"
    assert not lines[0].cells
    assert [(line.cells, line.head) for line in lines[1:]] == [
        (("指标", "要求", "分值"), True),
        (("服务文化", "理念", "4"), False),
        (("服务文化", "承诺、", "6"), False),
    ]


def test_a_frame_of_one_cell_is_no_table():
    table = f"<w:tbl><w:tr><w:tc>{paragraph('第一条 甲')}{paragraph('第二条 乙')}</w:tc></w:tr></w:tbl>"

    assert texts(word_file(table)) == ["第一条 甲", "第二条 乙"]


def test_macros_are_told_and_never_matter():
    import io
    import zipfile

    content = io.BytesIO(word_file(paragraph("正文")))
    with zipfile.ZipFile(content, "a") as archive:
        archive.writestr("word/vbaProject.bin", b"\0macro")

    found = read_bytes("a.docm", content.getvalue())

    assert [line.text for line in found.lines] == ["正文"]
    assert "宏没有运行" in found.doubts[0].message


def test_entities_are_refused():
    bomb = '<!DOCTYPE x [<!ENTITY a "哈哈哈哈"><!ENTITY b "&a;&a;&a;">]><w:document xmlns:w="w"><w:body>&b;</w:body></w:document>'
    package = {"[Content_Types].xml": "<Types/>", "word/document.xml": bomb}

    with pytest.raises(ImportFailed) as caught:
        read_bytes("a.docx", pack(package))

    assert "实体" in caught.value.message


def test_a_package_without_body_is_damaged():
    with pytest.raises(ImportFailed, match="没有正文"):
        read_bytes("a.docx", pack({"[Content_Types].xml": "<Types/>", "word/other.xml": "<a/>"}))

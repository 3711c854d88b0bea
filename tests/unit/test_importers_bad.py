import io
import struct
import zipfile
import zlib

import pytest

from assistant.corpus.importers import reading
from assistant.corpus.importers.reading import read_bytes, read_file
from assistant.errors import ImportCancelled, ImportFailed
from tests.importer_files import pack, page_html, paragraph, paragraphs, plain_pdf, word_file

TEXT_PDF = plain_pdf(["BT /F1 12 Tf 72 700 Td (Clause 5.1 of the standard says what matters) Tj ET"])
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 504


def png(width, height):
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    chunks = [(b"IHDR", header), (b"IDAT", zlib.compress(b"\0" * 100)), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body)) for kind, body in chunks
    )


def encrypted_zip():
    content = bytearray(pack({"[Content_Types].xml": "<Types/>", "word/document.xml": "<a/>"}))
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        place = content.find(mark)
        while place >= 0:
            content[place + offset] |= 1
            place = content.find(mark, place + 1)
    return bytes(content)


BAD = {
    "empty": ("a.pdf", b"", "空文件"),
    "damaged pdf": ("a.pdf", b"%PDF-1.7\n" + b"garbage " * 50, "已损坏"),
    "half pdf": ("a.pdf", TEXT_PDF[: len(TEXT_PDF) // 3], "已损坏"),
    "pdf without pages": ("a.pdf", plain_pdf([]), "没有页面"),
    "blank pdf": ("a.pdf", plain_pdf([""]), "没有读出任何文字"),
    "damaged docx": ("a.docx", word_file(paragraph("甲"))[:300], "已损坏"),
    "docx of broken xml": (
        "a.docx",
        pack({"[Content_Types].xml": "<Types/>", "word/document.xml": "<w:p><w:r>"}),
        "不完整",
    ),
    "xlsx of broken xml": ("a.xlsx", pack({"[Content_Types].xml": "<Types/>", "xl/workbook.xml": "<x>"}), "已损坏"),
    "xlsx with entities": (
        "a.xlsx",
        pack({"[Content_Types].xml": "<!DOCTYPE a [<!ENTITY b 'c'>]><a/>", "xl/a.xml": "<a/>"}),
        "实体",
    ),
    "utf-16 entities": (
        "a.xlsx",
        pack({"[Content_Types].xml": "<!DOCTYPE a []><a/>".encode("utf-16"), "xl/a": "1"}),
        "实体",
    ),
    "zip bomb": (
        "a.docx",
        pack({"[Content_Types].xml": "<Types/>", "word/document.xml": b"\0" * 40_000_000}),
        "解压后过大",
    ),
    "encrypted parts": ("a.docx", encrypted_zip(), "密码"),
    "encrypted office": ("a.docx", OLE + "EncryptedPackage".encode("utf-16-le"), "密码"),
    "doc": ("a.doc", OLE + "WordDocument".encode("utf-16-le"), "旧式 Word"),
    "doc named docx": ("a.docx", OLE + "WordDocument".encode("utf-16-le"), "旧式 Word"),
    "xls": ("a.xls", OLE + "Workbook".encode("utf-16-le"), "旧式 Excel"),
    "rtf": ("a.rtf", b"{\\rtf1 hello}", "RTF"),
    "ofd": ("a.ofd", pack({"OFD.xml": "<ofd/>"}), "OFD"),
    "pptx": ("a.pptx", pack({"[Content_Types].xml": "<Types/>", "ppt/presentation.xml": "<a/>"}), "演示文稿"),
    "odt": ("a.odt", pack({"mimetype": "application/vnd.oasis.opendocument.text"}), "OpenDocument"),
    "zip": ("a.zip", pack({"a.txt": "甲"}), "压缩包"),
    "binary as text": ("a.txt", bytes(range(256)) * 8, "二进制"),
    "script only": (
        "a.html",
        b"<html><body><div id=app></div><script>render('text')</script></body></html>",
        "没有读出任何文字",
    ),
    "white space": ("a.txt", b" \r\n\t \n", "没有读出任何文字"),
    "damaged picture": ("a.png", b"\x89PNG\r\n\x1a\n" + b"nonsense" * 8, "已损坏"),
    "half picture": ("a.png", png(60, 60), "已损坏"),
    "huge picture": ("a.png", png(40_000, 40_000), "像素太多"),
    "large picture": ("a.png", png(10_001, 10_000), "像素太多"),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_files_are_refused_with_what_to_do(case, capfd):
    name, content, message = BAD[case]

    with pytest.raises(ImportFailed) as caught:
        read_bytes(name, content)

    assert message in caught.value.message
    assert caught.value.hint
    assert capfd.readouterr() == ("", "")


def test_a_part_larger_than_the_directory_says_is_refused():
    content = bytearray(pack({"[Content_Types].xml": "<Types/>", "word/document.xml": "<a>" + "甲" * 5000 + "</a>"}))
    place = content.rfind(b"PK\x01\x02")
    content[place + 24 : place + 28] = struct.pack("<I", 10)

    with pytest.raises(ImportFailed):
        read_bytes("a.docx", bytes(content))


def test_folders_missing_and_large_files_are_refused(tmp_path, monkeypatch):
    with pytest.raises(ImportFailed, match="文件夹"):
        read_file(tmp_path)
    with pytest.raises(ImportFailed, match="没有文件"):
        read_file(tmp_path / "nothing.pdf")
    large = tmp_path / "large.txt"
    with large.open("wb") as stream:
        stream.truncate(reading.MAX_BYTES + 1)
    with pytest.raises(ImportFailed, match="200 MB"):
        read_file(large)


def test_a_link_is_followed(tmp_path):
    (tmp_path / "办法.txt").write_text("\n".join(paragraphs()), encoding="utf-8")
    link = tmp_path / "link.txt"
    link.symlink_to(tmp_path / "办法.txt")

    assert read_file(link).lines[0].text == paragraphs()[0]


def test_a_path_in_the_name_is_only_a_name():
    with pytest.raises(ImportFailed) as caught:
        read_bytes("..\\..\\/etc/secret.pdf", b"")

    assert caught.value.message == "「secret.pdf」是空文件（0 字节）"


def test_a_wrong_extension_is_told_and_the_content_read():
    found = read_bytes("公告.docx", TEXT_PDF)

    assert found.lines[0].text == "Clause 5.1 of the standard says what matters"
    assert found.doubts[0].message == "文件名以 .docx 结尾，内容其实是 PDF，已按 PDF 读取"


def test_progress_is_told_and_stopping_is_possible():
    content = plain_pdf([f"BT /F1 12 Tf 72 700 Td (This is the text of page {n}) Tj ET" for n in range(5)])
    told = []

    read_bytes("a.pdf", content, progress=lambda done, total: told.append((done, total)))
    assert told == [(n, 5) for n in range(6)]

    answers = iter([False, False, True])
    with pytest.raises(ImportCancelled):
        read_bytes("a.pdf", content, cancelled=lambda: next(answers))


def test_hidden_letters_of_a_pdf_are_left_out_and_told():
    page = (
        "BT /F1 12 Tf 72 700 Td (What the reader sees on this page) Tj ET "
        "BT 3 Tr /F1 12 Tf 72 650 Td (invisible) Tj ET BT 0 Tr 1 1 1 rg /F1 12 Tf 72 600 Td (white) Tj ET "
        "BT 0 g /F1 1 Tf 72 550 Td (tiny) Tj ET BT /F1 12 Tf 900 500 Td (outside) Tj ET "
        "0 0 1 rg 60 400 200 40 re f BT 1 1 1 rg /F1 12 Tf 72 415 Td (on blue) Tj ET"
    )

    found = read_bytes("a.pdf", plain_pdf([page]))

    assert [line.text for line in found.lines] == ["What the reader sees on this page", "on blue"]
    assert "看不见的文字" in found.doubts[0].message


def test_slanted_watermarks_are_left_out():
    page = "BT /F1 12 Tf 72 700 Td (What the reader sees) Tj ET BT /F1 60 Tf 0.7 0.7 -0.7 0.7 100 200 Tm (DRAFT) Tj ET"

    assert [line.text for line in read_bytes("a.pdf", plain_pdf([page])).lines] == ["What the reader sees"]


def test_deeply_nested_and_external_references_do_no_harm():
    nested = page_html("<div>" * 150 + paragraphs()[3] + "</div>" * 150).encode()
    assert any(paragraphs()[3] in line.text for line in read_bytes("a.html", nested).lines)
    with pytest.raises(ImportFailed, match="过于复杂"):
        read_bytes("a.html", page_html("<div>" * 3000 + paragraphs()[3] + "</div>" * 3000).encode())

    outside = b'<!DOCTYPE html [<!ENTITY x SYSTEM "file:///etc/passwd">]><html><body><p>text &x; end of it all</p></body></html>'
    assert not any("root:" in line.text for line in read_bytes("a.html", outside).lines)


def test_an_archive_with_a_strange_compression_is_damaged():
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("word/document.xml", "<a/>")
    content = buffer.getvalue().replace(
        b"PK\x01\x02\x14\x03\x14\x00\x00\x00\x00\x00", b"PK\x01\x02\x14\x03\x14\x00\x00\x00\x63\x00"
    )

    with pytest.raises(ImportFailed, match="已损坏"):
        read_bytes("a.docx", content)

"""Files made by Chromium, LibreOffice and a make-believe scanner, read back."""

import sqlite3

import pytest

from assistant.corpus.importers.lines import ReadBy
from assistant.corpus.importers.reading import read_bytes, read_file
from assistant.errors import ImportCancelled, ImportFailed
from tests.importer_files import (
    ARTICLES,
    CHROMIUM,
    SOFFICE,
    TITLE,
    convert,
    draw_pages,
    join_pdfs,
    letters_right,
    page_html,
    paragraphs,
    print_pdf,
    scan,
    statute_docx,
    statute_html,
)

pytestmark = [
    pytest.mark.integration,
    pytest.mark.skipif(CHROMIUM is None, reason="needs chromium"),
]
needs_office = pytest.mark.skipif(SOFFICE is None, reason="needs LibreOffice (soffice)")


def plain(lines):
    return [line.text.replace("　", " ") for line in lines]


STATUTE = [text.replace("　", " ") for text in paragraphs()]


@pytest.fixture(scope="module")
def printed(tmp_path_factory):
    """The statute printed by Chromium with heads, page numbers and a table of contents (3 pages)."""
    return print_pdf(statute_html(with_contents=True), tmp_path_factory.mktemp("printed") / "办法.pdf")


@pytest.fixture(scope="module")
def scanned(printed):
    return scan(printed, printed.with_name("scan.pdf"))


def test_a_printed_statute_reads_paragraph_by_paragraph(printed):
    found = read_file(printed)

    assert plain(found.lines) == STATUTE
    assert found.pages == 3
    assert found.read_by is ReadBy.TEXT
    assert found.doubts == ()
    assert found.lines[0].page == 1
    assert {line.page for line in found.lines} == {1, 2, 3}
    assert found.title == TITLE


@pytest.mark.parametrize("degrees", [90, 180, 270])
def test_turned_pages_read_the_same(printed, tmp_path, degrees):
    import pypdfium2

    with pypdfium2.PdfDocument(printed) as document:
        for page in document:
            page.set_rotation(degrees)
        document.save(tmp_path / "turned.pdf")

    assert plain(read_file(tmp_path / "turned.pdf").lines) == STATUTE


def test_two_columns_are_read_one_after_the_other(tmp_path):
    body = "".join(f"<p>{text}</p>" for text in paragraphs()[2:])
    html = page_html(f"<h1>{TITLE}</h1><div style='columns: 2; column-gap: 2.5em'>{body}</div>")

    found = read_file(print_pdf(html, tmp_path / "two.pdf", running=False))

    assert plain(found.lines) == [STATUTE[0], *STATUTE[2:]]


def test_a_ruled_table_over_pages_keeps_one_header(tmp_path):
    rows = "".join(
        f"<tr><td>{number}级</td><td>{60 + number}</td><td>{70 + number}</td></tr>" for number in range(1, 71)
    )
    head = "<thead><tr><th rowspan=2>等级</th><th colspan=2>评分</th></tr><tr><th>下限</th><th>上限</th></tr></thead>"
    html = page_html(f"<p>{ARTICLES[1][2][0]}</p><table>{head}{rows}</table><p>{ARTICLES[2][2][1]}</p>")

    found = read_file(print_pdf(html, tmp_path / "table.pdf"))

    cells = [line for line in found.lines if line.cells]
    assert [line.cells for line in cells if line.head] == [("等级", "评分 下限", "评分 上限")]
    assert [line.cells for line in cells if not line.head] == [
        (f"{n}级", f"{60 + n}", f"{70 + n}") for n in range(1, 71)
    ]
    assert [line.page for line in cells] == sorted(line.page for line in cells)
    assert cells[-1].page > 1
    assert plain(line for line in found.lines if not line.cells) == [ARTICLES[1][2][0], ARTICLES[2][2][1]]


def test_a_scan_is_recognised_and_its_structure_survives(scanned):
    found = read_file(scanned)

    assert found.read_by is ReadBy.OCR
    assert all(0.6 < line.confidence <= 1 for line in found.lines)
    assert letters_right("".join(plain(found.lines)), "".join(STATUTE)) > 0.99
    assert sum(text in STATUTE for text in plain(found.lines)) >= len(STATUTE) - 3


def test_a_mixed_file_is_read_page_by_page(printed, scanned, tmp_path):
    mixed = join_pdfs([printed, scanned], tmp_path / "mixed.pdf")

    found = read_file(mixed)

    assert found.pages == 6
    assert found.read_by is ReadBy.MIXED
    assert any(doubt.message == "共 6 页，其中 3 页是图片，由文字识别读出：4–6" for doubt in found.doubts)
    assert {line.confidence is None for line in found.lines if line.page <= 3} == {True}
    assert plain(found.lines).count(STATUTE[2]) == 2


def test_a_stopped_scan_goes_on_where_it_was(scanned, tmp_path, monkeypatch):
    from assistant.corpus.importers import pdf

    cache = tmp_path / "cache" / "ocr.sqlite"
    calls = []
    real = pdf.recognise
    monkeypatch.setattr(pdf, "recognise", lambda pixels: (calls.append(1), real(pixels))[1])
    stops = iter([False, False, True])
    with pytest.raises(ImportCancelled):
        read_file(scanned, cancelled=lambda: next(stops), ocr_cache=cache)
    assert len(calls) == 2

    whole = read_file(scanned, ocr_cache=cache)
    assert len(calls) == 3
    assert read_file(scanned, ocr_cache=cache) == whole
    assert len(calls) == 3


def test_a_damaged_cache_is_begun_anew(printed, tmp_path):
    image = tmp_path / "page.png"
    draw_pages(printed, 150)[0].crop((0, 0, 1200, 420)).save(image)
    cache = tmp_path / "ocr.sqlite"
    cache.write_bytes(b"not a database at all" * 100)

    found = read_file(image, ocr_cache=cache)

    assert TITLE in plain(found.lines)[0] or TITLE in plain(found.lines)[1]
    with sqlite3.connect(cache) as database:
        assert database.execute("SELECT count(*) FROM pages").fetchone() == (1,)
    database.close()


@pytest.mark.parametrize("extension", ["png", "jpg", "tiff", "webp", "bmp"])
@pytest.mark.parametrize("turn", [0, 90, 180])
def test_pictures_of_any_format_and_turn(printed, tmp_path, extension, turn):
    if turn and extension != "png":
        pytest.skip("turning does not depend on the format")
    lines = 700 if extension == "png" else 380  # recognising takes its time, and another format changes nothing in it
    page = draw_pages(printed, 150)[2].crop((0, 60, 1240, lines)).rotate(turn, expand=True)
    path = tmp_path / f"page.{extension}"
    page.save(path)

    text = plain(read_file(path).lines)

    assert any("应当建立投诉档案" in line for line in text) or any("维修质量保证期" in line for line in text)
    assert text == [line for line in text if line.strip()]
    order = [line[:4] for line in text if line.startswith("第十")]
    assert order == sorted(order, key=lambda label: "五六七八九".find(label[2]))


def test_a_tiff_of_several_pages(printed, tmp_path):
    first, *others = [page.crop((0, 60, 1240, 500)) for page in draw_pages(printed, 150)]
    path = tmp_path / "fax.tiff"
    first.save(path, save_all=True, append_images=others)

    found = read_file(path)

    assert found.pages == 3
    assert {line.page for line in found.lines} == {1, 2, 3}


@needs_office
def test_word_and_its_pdf_by_libreoffice(tmp_path):
    docx = statute_docx(tmp_path / "办法.docx")

    by_word = plain(read_file(docx).lines)
    by_pdf = plain(read_file(convert(docx, "pdf")).lines)

    # LibreOffice restarts the articles in each chapter; the words are the same.
    assert [text.partition(" ")[2] for text in by_word] == [text.partition(" ")[2] for text in by_pdf]


@needs_office
@pytest.mark.parametrize(("target", "message"), [("doc", "旧式 Word"), ("rtf", "RTF"), ("odt", "OpenDocument")])
def test_other_office_formats_are_refused_with_the_way_round(tmp_path, target, message):
    path = convert(statute_docx(tmp_path / "办法.docx"), target)

    with pytest.raises(ImportFailed, match=message):
        read_file(path)


@needs_office
def test_an_encrypted_pdf_needs_its_password_and_one_for_the_owner_only_does_not(tmp_path):
    docx = statute_docx(tmp_path / "办法.docx")
    options = (
        ':{{"EncryptFile":{{"type":"boolean","value":"{}"}},"DocumentOpenPassword":{{"type":"string","value":"{}"}}}}'
    )
    locked = convert(docx, "pdf:writer_pdf_Export" + options.format("true", "geheim"))
    with pytest.raises(ImportFailed, match="密码"):
        read_bytes("a.pdf", locked.read_bytes())

    owner = ':{"RestrictPermissions":{"type":"boolean","value":"true"},"PermissionPassword":{"type":"string","value":"geheim"}}'
    restricted = convert(docx, "pdf:writer_pdf_Export" + owner)
    assert b"/Encrypt" in restricted.read_bytes()
    assert plain(read_file(restricted).lines)[0] == TITLE

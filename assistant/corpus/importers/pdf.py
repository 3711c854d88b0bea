"""PDF files, page by page: the text layer where it can be trusted, else recognition of the drawn page.

A page is recognised when hardly any letter of its text layer is visible, or the letters mean nothing. The invisible text
that scanners lay under their pictures is not used: nothing tells how sure it is, and it may say what the page does not
show; our own recognition comes with a confidence.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from assistant.corpus.importers.formats import encrypted
from assistant.corpus.importers.job import Job
from assistant.corpus.importers.layout import Place, arrange
from assistant.corpus.importers.lines import Doubt, Extracted
from assistant.corpus.importers.pages import assemble, read_by, recognised_rows, unsure
from assistant.corpus.importers.pdf_page import Glyph, PageContent, read_page, segments_of
from assistant.corpus.importers.recognition import Recognised, RecognitionCache, recognise
from assistant.corpus.importers.rows import Row
from assistant.corpus.importers.ruled_tables import find_tables, holds, table_rows
from assistant.errors import ImportFailed

# Four made pages each: letters right at 150 and 200, clean scan 1.0000 and 1.0000, a noisy one of 150 dpi 0.9997 and
# 1.0000; 200 takes up to twice the time and 1.0 GB instead of 0.7.
DPI = 150
_POINTS = 72
_MOST_PIXELS = 25_000_000
_HARDLY_ANY = 12
_FEW = 100
_COVERED = 0.5
_NOTABLE_PICTURE = 0.25
_ERROR_PASSWORD = 4
# PDFium is not made for threads: one call at a time.
_PDFIUM = threading.RLock()


def read_pdf(job: Job) -> Extracted:
    """Return the text of a PDF file; only one page at a time is held open.

    Raises:
        ImportFailed: the file is damaged, protected by a password, or has no page.
        ImportCancelled: the keeper stopped it; recognised pages are kept.

    """
    reader = _Reader(job)
    with _opened(job) as document:
        total = len(document)
        if not total:
            raise ImportFailed(f"「{job.name}」里没有页面", "请重新下载或重新导出这份 PDF，再导入")
        title = document.get_metadata_value("Title")
        pages = []
        for number in range(1, total + 1):
            job.step(number - 1, total)
            pages.append(reader.page(document, number))
        job.step(total, total)
    recognised = len(reader.recognised)
    doubts = [*reader.doubts, *unsure([row for page in pages for row in page])]
    filled = sum(bool(page) for page in pages)
    if 0 < recognised < filled:
        doubts.append(Doubt(f"共 {total} 页，其中 {recognised} 页是图片，由文字识别读出：{_listed(reader.recognised)}"))
    if reader.hidden:
        doubts.append(Doubt(f"第 {_listed(reader.hidden)} 页有看不见的文字（隐形、白色、极小或在页面之外），没有导入"))
    return Extracted(tuple(assemble(pages)), total, read_by(filled, recognised), tuple(doubts), title or None)


class _Reader:
    """Reads the pages of one file and notes what is doubtful."""

    def __init__(self, job: Job) -> None:
        self._job = job
        self._cache = RecognitionCache(job.ocr_cache)
        self.doubts: list[Doubt] = []
        self.recognised: list[int] = []
        self.hidden: list[int] = []

    def page(self, document: Any, number: int) -> list[Row]:  # noqa: ANN401 - pypdfium2 ships no types
        try:
            with _PDFIUM, _page(document, number) as page:
                content = read_page(page)
        except Exception as error:  # PDFium and the binding fail in many ways on a broken page
            self.doubts.append(Doubt(f"这一页已损坏，没有读出（{type(error).__name__}）", number))
            return []
        if _needs_recognition(content):
            rows = self._recognised(document, number, content)
        else:
            rows = _text_rows(content, number)
            self._look_at(content, number)
        if not rows:
            self.doubts.append(Doubt("这一页没有读出任何文字", number))
        return rows

    def _recognised(self, document: Any, number: int, content: PageContent) -> list[Row]:  # noqa: ANN401
        if not content.drawn:
            return []
        dpi = min(DPI, (_MOST_PIXELS / (content.width * content.height)) ** 0.5 * _POINTS)

        def make() -> Recognised:
            with _PDFIUM, _page(document, number) as page:
                pixels = (
                    page.render(scale=dpi / _POINTS, rev_byteorder=True, prefer_bgrx=False).to_numpy()[:, :, :3].copy()
                )
            return recognise(pixels)

        found = self._cache.get(f"{self._job.sha256} {number} {dpi:.0f}", make)
        if found.pieces:
            self.recognised.append(number)
        return recognised_rows(found, number, _POINTS / dpi)

    def _look_at(self, content: PageContent, number: int) -> None:
        if content.pictures > _NOTABLE_PICTURE:
            self.doubts.append(Doubt("这一页有较大的图片，图片中的文字没有读取", number))
        if content.hidden.strip():
            self.hidden.append(number)


def _needs_recognition(content: PageContent) -> bool:
    letters = len(content.glyphs)
    if letters <= _HARDLY_ANY:
        # Page numbers alone under a drawing or a picture; an empty page has nothing to recognise either.
        return content.pictures > 0 or content.drawn > letters or bool(content.hidden)
    return content.is_garbage or (letters < _FEW and content.pictures > _COVERED)


def _text_rows(content: PageContent, number: int) -> list[Row]:
    place = Place(number, content.width, content.height)
    tables = []
    rest: list[Glyph] = content.glyphs
    for index, table in enumerate(find_tables(content.edges)):
        inside = [glyph for glyph in rest if holds(table.box, glyph.box)]
        if rows := table_rows(table, _by_cell(table.cells, inside), place, index):
            tables.append(rows)
            rest = [glyph for glyph in rest if not holds(table.box, glyph.box)]
    return arrange(segments_of(rest), tables, place)


def _by_cell(cells: Any, glyphs: list[Glyph]) -> list[Any]:  # noqa: ANN401
    return [segment for cell in cells for segment in segments_of([glyph for glyph in glyphs if holds(cell, glyph.box)])]


@contextmanager
def _opened(job: Job) -> Iterator[Any]:
    import pypdfium2

    with _PDFIUM:
        try:
            document = pypdfium2.PdfDocument(job.content)
        except pypdfium2.PdfiumError as error:
            if getattr(error, "err_code", None) == _ERROR_PASSWORD or "password" in str(error).lower():
                raise encrypted(job) from error
            if b"/Count 0" in job.content:
                raise ImportFailed(f"「{job.name}」里没有页面", "请重新下载或重新导出这份 PDF，再导入") from error
            hint = "请重新下载；能用阅读器打开的，请打印成新的 PDF 再导入"
            raise ImportFailed(f"「{job.name}」已损坏，打不开", hint) from error
    try:
        yield document
    finally:
        with _PDFIUM:
            document.close()


@contextmanager
def _page(document: Any, number: int) -> Iterator[Any]:  # noqa: ANN401
    page = document[number - 1]
    try:
        yield page
    finally:
        page.close()


def _listed(numbers: list[int]) -> str:
    """Return page numbers as a reader writes them: 1–3、7."""
    spans: list[list[int]] = []
    for number in numbers:
        if spans and number == spans[-1][-1] + 1:
            spans[-1] = [spans[-1][0], number]
        else:
            spans.append([number, number])
    shown = "、".join(f"{first}" if first == last else f"{first}–{last}" for first, last in spans[:12])
    return shown + ("…" if len(spans) > 12 else "")  # noqa: PLR2004

"""How fast and how well files are read: ``python -m tests.evaluation.measure_import [--pages 100] [--scanned 4] [--laws DIR]``.

Prints a PDF with Chromium and a scan of some of its pages (needs chromium and fonts-noto-cjk), reads both as an import does,
and, with ``--laws``, counts the articles found in a folder of laws (Markdown, an article at the start of a line).
"""

import argparse
import re
import tempfile
import time
from pathlib import Path

import pypdfium2

from assistant.corpus.drafting.draft import draft
from assistant.corpus.importers.reading import read_bytes, read_file
from assistant.text import to_chinese_numeral
from tests.importer_files import letters_right, page_html, print_pdf, scan, shuffled_sentences

_PARAGRAPHS_A_PAGE = 27
_COMPARED = 6000
_ARTICLE = re.compile(r"^第[一二三四五六七八九十百零]+条(?:之[一二三四五六七八九十]+)?(?=[ 　])", re.MULTILINE)


def make_pdf(folder: Path, pages: int) -> Path:
    """Return a PDF of exactly ``pages`` pages of articles."""
    texts = shuffled_sentences(_PARAGRAPHS_A_PAGE * pages)
    body = "".join(f"<p>第{to_chinese_numeral(i)}条　{text}</p>" for i, text in enumerate(texts, 1))
    printed = pypdfium2.PdfDocument(print_pdf(page_html(body), folder / "long.pdf"))
    return keep(printed, pages, folder / "text.pdf")


def keep(source: "pypdfium2.PdfDocument", pages: int, path: Path) -> Path:
    """Write the first pages of a PDF to ``path``."""
    out = pypdfium2.PdfDocument.new()
    out.import_pages(source, list(range(min(pages, len(source)))))
    out.save(path)
    return path


def timed(what: str, path: Path) -> str:
    """Print pages a second of an import up to the preview; return the text read."""
    start = time.perf_counter()
    found = read_file(path)
    read = time.perf_counter()
    drafted = draft(found, path.name)
    end = time.perf_counter()
    pages = found.pages or 1
    print(  # noqa: T201
        f"{what}: {pages} pages read in {read - start:.1f} s ({pages / (read - start):.1f} pages/s), "
        f"structure in {end - read:.2f} s, {len(drafted.clauses)} clauses"
    )
    return "".join(line.text for line in found.lines)


def count_articles(folder: Path) -> None:
    """Print how many articles of how many laws were found, and how many invented."""
    wanted, missed, invented, files = 0, 0, 0, sorted(folder.glob("*.md"))
    for path in files:
        raw = path.read_text(encoding="utf-8")
        for name, text in (("law.md", raw), ("law.txt", re.sub(r"^#+ ", "", raw, flags=re.MULTILINE))):
            real = _ARTICLE.findall(raw)
            clauses = draft(read_bytes(name, text.encode()), name).clauses
            found = [clause.number for clause in clauses if _ARTICLE.match(f"{clause.number} ")]
            wanted += len(real)
            missed += len([number for number in real if number not in found])
            invented += len([number for number in found if number not in real])
    print(f"laws: {wanted} articles in {2 * len(files)} files, {missed} missed, {invented} invented")  # noqa: T201


def main() -> None:
    """Make, read, print."""
    parser = argparse.ArgumentParser(description="Measure the reading of files.")
    parser.add_argument("--pages", type=int, default=100)
    parser.add_argument("--scanned", type=int, default=4)
    parser.add_argument("--laws", type=Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        text = make_pdf(folder, options.pages)
        timed("text PDF", text)
        few = keep(pypdfium2.PdfDocument(text), options.scanned, folder / "few.pdf")
        expected = timed("the pages that are scanned, as text", few)
        found = timed("scan", scan(few, folder / "scan.pdf"))
        right = letters_right(found[:_COMPARED], expected[:_COMPARED])
        print(f"letters of the scan right: {right:.2%} of {min(len(expected), _COMPARED)}")  # noqa: T201
    if options.laws:
        count_articles(options.laws)


if __name__ == "__main__":
    main()

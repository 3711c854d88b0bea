"""The one door of the importers: a file of any supported format becomes lines of text.

Nothing is ever fetched and nothing in a file is ever run. Whatever goes wrong is told as an ``ImportFailed`` with the way
round it.
"""

from collections.abc import Callable
from pathlib import Path

from assistant.corpus.importers.formats import Format, detect, wrong_extension
from assistant.corpus.importers.job import Job
from assistant.corpus.importers.lines import Doubt, Extracted
from assistant.errors import ImportFailed

MAX_BYTES = 200 * 1024 * 1024


def read_file(
    path: Path,
    *,
    progress: Callable[[int, int], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
    ocr_cache: Path | None = None,
) -> Extracted:
    """Return the content of the file at ``path``; see :func:`read_bytes`.

    Raises:
        ImportFailed: it is no readable file, or :func:`read_bytes` fails.
        ImportCancelled: ``cancelled`` returned true.

    """
    try:
        if path.is_dir():
            raise ImportFailed(f"「{path.name}」是文件夹", "请选择其中的文件；一次可以选择多个")
        if not path.is_file():
            raise ImportFailed(f"没有文件「{path}」", "请检查文件名和所在文件夹")
        if path.stat().st_size > MAX_BYTES:
            raise _too_large(path.name)
        content = path.read_bytes()
    except (OSError, ValueError) as error:
        raise ImportFailed(f"「{path.name}」读不了：{error}", "请检查文件是否存在、是否有读取权限") from error
    return read_bytes(path.name, content, progress=progress, cancelled=cancelled, ocr_cache=ocr_cache)


def read_bytes(
    name: str,
    content: bytes,
    *,
    progress: Callable[[int, int], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
    ocr_cache: Path | None = None,
) -> Extracted:
    """Return the content of a file; its format is told from ``content``, ``name`` serves messages and plain-text kinds.

    ``progress`` is called with (pages done, pages in all), ``cancelled`` is asked between pages; ``ocr_cache`` is a SQLite
    file in which recognised pages are kept, so that a stopped import goes on where it was.

    Raises:
        ImportFailed: the file is empty, too large, damaged, protected, of a format that cannot be read, or without text.
        ImportCancelled: ``cancelled`` returned true.

    """
    job = Job(Path(name.replace("\\", "/")).name or "文件", content, progress, cancelled, ocr_cache)
    if not content:
        raise ImportFailed(f"「{job.name}」是空文件（0 字节）", "请重新下载或重新保存这份文件，再导入")
    if len(content) > MAX_BYTES:
        raise _too_large(job.name)
    found = detect(job)
    extracted = _read(found, job)
    if not any(line.text for line in extracted.lines):
        raise _no_text(job, found)
    doubt = wrong_extension(job, found)
    return _with_doubt(extracted, Doubt(doubt)) if doubt else extracted


def _read(found: Format, job: Job) -> Extracted:
    try:
        return _reader(found)(job)
    except ImportFailed:
        raise
    except (MemoryError, RecursionError) as error:
        raise ImportFailed(f"「{job.name}」过于复杂，读不了", "请拆成几个文件，或另存为 PDF，再导入") from error
    except (ValueError, KeyError, IndexError, TypeError, AttributeError, OSError) as error:
        # A file made to be strange gets past every check; its reader must never bring the assistant down.
        raise ImportFailed(
            f"「{job.name}」内容不合格式，读不了（{type(error).__name__}）", "请打开后另存一份，再导入"
        ) from error


def _reader(found: Format) -> Callable[[Job], Extracted]:
    from assistant.corpus.importers import pdf, picture, spreadsheet, text_file, web_page, word

    return {
        Format.PDF: pdf.read_pdf,
        Format.IMAGE: picture.read_picture,
        Format.DOCX: word.read_word,
        Format.XLSX: spreadsheet.read_xlsx,
        Format.CSV: spreadsheet.read_csv,
        Format.HTML: web_page.read_web_page,
        Format.MARKDOWN: text_file.read_markdown,
        Format.TEXT: text_file.read_text,
    }[found]


def _no_text(job: Job, found: Format) -> ImportFailed:
    if found is Format.HTML:
        hint = "这个网页的文字可能由脚本生成：请在浏览器里打开，打印成 PDF，再导入"
    elif found in (Format.PDF, Format.IMAGE):
        hint = "请换一份更清晰的扫描件，或向发布机关索取文字版"
    else:
        hint = "请打开文件确认里面有文字，再导入"
    return ImportFailed(f"「{job.name}」里没有读出任何文字", hint)


def _with_doubt(extracted: Extracted, doubt: Doubt) -> Extracted:
    from dataclasses import replace

    return replace(extracted, doubts=(doubt, *extracted.doubts))


def _too_large(name: str) -> ImportFailed:
    return ImportFailed(f"「{name}」超过 200 MB", "请压缩图片或拆成几个文件，再导入")

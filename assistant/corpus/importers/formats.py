"""Which format a file has, told from its content. Formats that cannot be read are refused with the way round."""

import re
from enum import StrEnum

from assistant.corpus.importers.archives import Package
from assistant.corpus.importers.job import Job
from assistant.errors import ImportFailed


class Format(StrEnum):
    """The formats that can be read, with the name shown to the keeper."""

    PDF = "PDF"
    IMAGE = "图片"
    DOCX = "Word 文档"
    XLSX = "Excel 工作簿"
    HTML = "网页"
    CSV = "CSV 表格"
    MARKDOWN = "Markdown"
    TEXT = "纯文本"


EXTENSIONS: dict[str, Format] = {
    "pdf": Format.PDF,
    **dict.fromkeys(("png", "jpg", "jpeg", "tif", "tiff", "webp", "bmp"), Format.IMAGE),
    **dict.fromkeys(("docx", "docm"), Format.DOCX),
    **dict.fromkeys(("xlsx", "xlsm"), Format.XLSX),
    **dict.fromkeys(("html", "htm", "xhtml"), Format.HTML),
    **dict.fromkeys(("csv", "tsv"), Format.CSV),
    **dict.fromkeys(("md", "markdown"), Format.MARKDOWN),
    **dict.fromkeys(("txt", "text"), Format.TEXT),
}
_FOLDERS = {"word": Format.DOCX, "xl": Format.XLSX}
_TEXT_FORMATS = (Format.HTML, Format.CSV, Format.MARKDOWN, Format.TEXT)
_READABLE = "可导入 PDF、图片、docx、xlsx、csv、html、md 和 txt"
_IMAGES = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"II*\0", b"MM\0*", b"BM")
_HTML = re.compile(rb"\A\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body)\b", re.I | re.S)
_TEXT_BOMS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")
_BINARY = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
_SNIFFED = 65_536


def detect(job: Job) -> Format:
    """Return the format of the content; the extension only tells the kinds of plain text apart.

    Raises:
        ImportFailed: the format cannot be read; the hint says what to save it as.

    """
    head = job.content[:_SNIFFED]
    if b"%PDF-" in head[:1024]:
        return Format.PDF
    if head.startswith(_IMAGES) or (head[:4] == b"RIFF" and head[8:12] == b"WEBP"):
        return Format.IMAGE
    if head.startswith(b"PK\x03\x04"):
        return _office(Package(job.name, job.content), job)
    _refuse_known(head, job)
    if _HTML.match(head.removeprefix(b"\xef\xbb\xbf")):
        return Format.HTML
    if not _is_text(head):
        raise ImportFailed(f"「{job.name}」不是能读的文件：内容是二进制数据", f"{_READABLE}；请确认选对了文件")
    named = EXTENSIONS.get(job.extension, Format.TEXT)
    return named if named in _TEXT_FORMATS else Format.TEXT


def wrong_extension(job: Job, found: Format) -> str | None:
    """Return what to tell the keeper where the extension promises another format than was ``found``."""
    if EXTENSIONS.get(job.extension, found) is found:
        return None
    return f"文件名以 .{job.extension} 结尾，内容其实是 {found}，已按 {found} 读取"


def _is_text(head: bytes) -> bool:
    if head.startswith(_TEXT_BOMS):
        return True
    if b"\0" in head and _looks_utf16(head):
        return True
    return b"\0" not in head and len(_BINARY.findall(head)) <= max(2, len(head) // 500)


def _looks_utf16(head: bytes) -> bool:
    """Return whether text without a byte-order mark is UTF-16: every line break is a full code unit."""
    odd, even = head[1::2].count(0), head[0::2].count(0)
    pairs = len(head) // 2
    return abs(odd - even) > 0.02 * pairs and (
        b"\n\0" in head or b"\0\n" in head or odd > pairs // 2 or even > pairs // 2
    )


def _office(package: Package, job: Job) -> Format:
    names = set(package.names)
    if "OFD.xml" in names:
        raise _other(job, "OFD 版式文件", "请用 OFD 阅读器打印或导出为 PDF，再导入")
    if "EncryptedPackage" in names:
        raise encrypted(job)
    if "xl/workbook.bin" in names:
        raise _other(job, "Excel 二进制工作簿", "请另存为 .xlsx，再导入")
    if "[Content_Types].xml" in names:
        folders = {name.partition("/")[0] for name in names}
        if folders & _FOLDERS.keys():
            return next(found for folder, found in _FOLDERS.items() if folder in folders)
        raise _other(job, "演示文稿或别的 Office 文件", "请另存为 PDF，再导入")
    if "mimetype" in names:
        raise _other(job, "OpenDocument 或电子书", "请另存为 .docx 或 PDF，再导入")
    raise _other(job, "压缩包", "请先解压，再逐个导入其中的文件")


def _refuse_known(head: bytes, job: Job) -> None:
    if head.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        raise _old_office(job)
    for magic, name, hint in _REFUSED:
        if head.startswith(magic):
            raise _other(job, name, hint)
    if re.match(rb"(?i)(?:from|mime-version|date|subject):", head) and b"multipart/related" in head:
        raise _other(job, "网页归档（mht）", "请在浏览器里另存为「网页，仅 HTML」或打印成 PDF，再导入")


def _old_office(job: Job) -> ImportFailed:
    """Tell the old binary formats apart by the stream names in their directory, which are written in UTF-16."""

    def holds(name: str) -> bool:
        return name.encode("utf-16-le") in job.content

    if holds("EncryptedPackage"):
        return encrypted(job)
    if holds("WordDocument"):
        return _other(
            job, "旧式 Word 或 WPS 文字文件（.doc、.wps）", "请用 Word 或 WPS 打开，另存为 .docx 或 PDF，再导入"
        )
    if holds("Workbook") or holds("Book"):
        return _other(job, "旧式 Excel 或 WPS 表格文件（.xls、.et）", "请用 Excel 或 WPS 打开，另存为 .xlsx，再导入")
    return _other(job, "旧式 Office 文件", "请打开后另存为 .docx、.xlsx 或 PDF，再导入")


def encrypted(job: Job) -> ImportFailed:
    """Return the error for a file that needs a password."""
    return ImportFailed(f"「{job.name}」有密码保护，打不开", "请用密码打开后另存一份不带密码的文件，再导入")


def _other(job: Job, found: str, hint: str) -> ImportFailed:
    return ImportFailed(f"「{job.name}」是{found}，不能直接导入", hint)


_REFUSED: tuple[tuple[bytes, str, str], ...] = (
    (b"{\\rtf", " RTF 文件", "请用 Word 或 WPS 打开，另存为 .docx 或 PDF，再导入"),
    (b"Rar!", "压缩包", "请先解压，再逐个导入其中的文件"),
    (b"7z\xbc\xaf", "压缩包", "请先解压，再逐个导入其中的文件"),
    (b"\x1f\x8b", "压缩包", "请先解压，再逐个导入其中的文件"),
    (b"PK\x05\x06", "空的压缩包", "请确认选对了文件"),
    (b"GIF8", " GIF 图片", "请另存为 PNG，再导入"),
    (b"%!PS", " PostScript 文件", "请转换为 PDF，再导入"),
    (b"AT&TFORM", " DjVu 文件", "请转换为 PDF，再导入"),
    (b"\x7fELF", "程序", "请确认选对了文件"),
    (b"MZ", "程序", "请确认选对了文件"),
)

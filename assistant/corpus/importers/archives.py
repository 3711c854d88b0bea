"""Opening Office packages without being blown up: sizes are checked before and while reading, entities never expand."""

import io
import zipfile
import zlib
from typing import TYPE_CHECKING

from assistant.errors import ImportFailed

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

MAX_UNPACKED = 500 * 1024 * 1024
MAX_RATIO = 200
_SMALL_ENOUGH = 10 * 1024 * 1024
_SAVE_AGAIN = "请用 Word、Excel 或 WPS 打开后另存一份，再导入"


class Package:
    """The parts of a .docx or .xlsx file. ``names`` are the part names in the order of the file."""

    def __init__(self, name: str, content: bytes) -> None:
        """Read the directory of the package.

        Raises:
            ImportFailed: it is damaged, encrypted, or unpacks to more than 500 MB or 200 times its size.

        """
        self._name = name
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(content))
        except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
            raise ImportFailed(f"「{name}」已损坏，打不开", _SAVE_AGAIN) from error
        self.names = tuple(self._zip.namelist())
        if any(entry.flag_bits & 1 for entry in self._zip.infolist()):
            raise ImportFailed(f"「{name}」有密码保护", "请先去掉密码，再导入")
        unpacked = sum(entry.file_size for entry in self._zip.infolist())
        if unpacked > MAX_UNPACKED or unpacked > max(MAX_RATIO * len(content), _SMALL_ENOUGH):
            raise self._bomb()

    def read(self, part: str) -> bytes:
        """Return the content of ``part``.

        Raises:
            ImportFailed: the part is missing, damaged, or larger than the directory said.

        """
        try:
            size = self._zip.getinfo(part).file_size
            with self._zip.open(part) as stream:
                content = stream.read(size + 1)
        except (KeyError, zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError) as error:
            raise ImportFailed(f"「{self._name}」已损坏：读不出其中的 {part}", _SAVE_AGAIN) from error
        if len(content) > size:
            raise self._bomb()
        return content

    def read_xml(self, part: str) -> "Element":
        """Return the root of an XML part; document types are refused, so no entity is ever expanded or fetched.

        Raises:
            ImportFailed: the part is missing, is not XML, or declares a document type.

        """
        from lxml import etree

        content = self.read(part)
        self.refuse_entities(part, content)
        parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=True)
        try:
            return etree.fromstring(content, parser)
        except (etree.XMLSyntaxError, ValueError) as error:
            raise ImportFailed(f"「{self._name}」已损坏：{part} 不完整", _SAVE_AGAIN) from error

    def refuse_entities(self, part: str, content: bytes) -> None:
        """Raise ImportFailed if an XML part declares a document type, which no office program writes."""
        if b"<!DOCTYPE" in content.replace(b"\0", b"")[:100_000].upper():
            raise ImportFailed(f"「{self._name}」里的 {part} 含有实体定义，可能是恶意文件，没有导入", _SAVE_AGAIN)

    def _bomb(self) -> ImportFailed:
        message = f"「{self._name}」解压后过大，可能是恶意的压缩文件，没有导入"
        return ImportFailed(message, "请确认文件来源；内容可信的，请拆成几个文件再导入")

"""OoxmlPackage: the parts of an Office document, read with limits."""

from __future__ import annotations

import posixpath
import re
import zipfile
from collections.abc import Collection, Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, Literal, TypeAlias

from lxml import etree

from hyperspot.file_parser.contract import DocumentEncrypted, ParseFailed, ParseRequest
from hyperspot.file_parser.contract.building import Budget
from hyperspot.file_parser.contract.media_types import ENCRYPTED_OFFICE
from hyperspot.file_parser.contract.sniffing import sniff
from hyperspot.file_parser_builtin.infra.members import MemberUnreadable
from hyperspot.file_parser_builtin.infra.zip_archive import open_zip, unpacked

_RELATIONSHIP: Final = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"
_MAX_SMALL_PART_BYTES: Final = 16 * 1024**2
# What may stand before the root element; each piece is atomic, so there is one way to match.
_DOCTYPE: Final = re.compile(rb"(?>\s+|<\?(?>.*?\?>)|<!--(?>.*?-->))*+<!DOCTYPE", re.DOTALL)
_BYTE_ORDER_MARKS: Final = b"\xef\xbb\xbf\xff\xfe"

XmlElement: TypeAlias = etree._Element  # pyright: ignore[reportPrivateUsage]  # lxml has no other name for it
XmlStep: TypeAlias = tuple[Literal["open", "leaf", "close"], XmlElement]


class PackageDamaged(Exception):
    """The package or one of its parts cannot be read; the message says which."""


class OoxmlPackage:
    """An open Office document: a ZIP archive of parts that refer to one another, most of them XML.

    Names of parts are compared as Office does: without regard to case, a backslash is a slash.
    """

    def __init__(self, archive: zipfile.ZipFile, budget: Budget) -> None:
        self._archive = archive
        self._budget = budget
        self._members = {_comparable(item.filename): item for item in archive.infolist()}

    def __contains__(self, part: str) -> bool:
        return _comparable(part) in self._members

    def main_part(self, usual: str) -> str:
        """Return the name of the part that the others hang on: what the package says, or else *usual*."""
        main = dict(self.relationships("").values()).get("officeDocument", usual)
        return main if main in self else usual

    def steps(
        self, part: str, *, root: str, leaves: Collection[str], containers: Collection[str] = ()
    ) -> Iterator[XmlStep]:
        """Walk a part of any size: yield the outermost elements named *leaves*, and where *containers* open and close.

        A leaf is gone after its turn. Containers inside leaves are part of them; all names are local.

        Raises:
            PackageDamaged: The part is missing, no XML, has a document type, or another root element than *root*.
        """
        names = [f"{{*}}{name}" for name in (root, *leaves, *containers)]
        parser = etree.XMLPullParser(
            ("start", "end"), tag=names, resolve_entities=False, no_network=True, load_dtd=False
        )
        is_checked = False
        depth = 0  # of leaves in leaves
        for data in self._xml(part, None):
            for event, element in _fed(parser, data, part):
                if not is_checked:
                    _check_root(element, part, root)
                    is_checked = True
                is_start = event == "start"
                if local_name(element) in leaves:
                    depth += 1 if is_start else -1
                    if not depth:
                        yield "leaf", element
                        _forget(element)
                elif not depth and local_name(element) in containers:
                    yield "open" if is_start else "close", element
        root_element = _closed(parser, part)
        if not is_checked:
            _check_root(root_element, part, root)

    def tree(self, part: str) -> XmlElement | None:
        """Return a small part as a whole, or None if there is no such part.

        Raises:
            PackageDamaged: The part is no XML, has a document type, or is unreasonably large.
        """
        if part not in self:
            return None
        parser = etree.XMLPullParser(
            (), resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True
        )
        for data in self._xml(part, _MAX_SMALL_PART_BYTES):
            for _ in _fed(parser, data, part):
                pass
        root = _closed(parser, part)
        _check_root(root, part, local_name(root))
        return root

    def chunks(self, part: str) -> Iterator[bytes]:
        """Yield the bytes of a part of any size, in pieces.

        Raises:
            PackageDamaged: The part is missing or damaged.
        """
        yield from self._chunks(part, None)

    def head(self, part: str, size: int) -> bytes:
        """Return about the first *size* bytes of a part; none if there is no such part."""
        found = bytearray()
        if part in self:
            for data in self._chunks(part, None):
                found += data
                if len(found) >= size:
                    break
        return bytes(found)

    def relationships(self, part: str) -> dict[str, tuple[str, str]]:
        """Return ``{id: (kind, target)}`` of what *part* refers to; the package itself is the part ``""``."""
        folder, name = posixpath.split(part)
        root = self.tree(posixpath.join(folder, "_rels", f"{name}.rels"))
        if root is None:
            return {}
        found: dict[str, tuple[str, str]] = {}
        for item in root.iter(_RELATIONSHIP):
            target = str(item.get("Target", ""))
            if item.get("TargetMode") != "External":
                target = posixpath.normpath(posixpath.join("/", folder, target)).lstrip("/")
            found[item.get("Id", "")] = (item.get("Type", "").rpartition("/")[2], target)
        return found

    def _xml(self, part: str, max_bytes: int | None) -> Iterator[bytes]:
        is_start = True
        for data in self._chunks(part, max_bytes):
            # Office never writes a document type, and entities that expand without end need one: the XML library is not
            # even shown it. In UTF-16 every other byte is zero.
            if is_start and _DOCTYPE.match(data.replace(b"\0", b"").lstrip(_BYTE_ORDER_MARKS)):
                raise _has_doctype(part)
            is_start = False
            yield data

    def _chunks(self, part: str, max_bytes: int | None) -> Iterator[bytes]:
        member = self._members.get(_comparable(part))
        if member is None:
            raise PackageDamaged(f"{part} is missing")
        stage = f"unpacking {part}"
        size = 0
        try:
            for data in unpacked(self._archive, member, self._budget, stage):
                size += len(data)
                if max_bytes is not None and size > max_bytes:
                    raise PackageDamaged(f"{part} is too large for what it is")
                yield data
        except MemberUnreadable as error:
            raise PackageDamaged(f"{part}: {error}") from error


@contextmanager
def open_package(path: Path, request: ParseRequest, budget: Budget) -> Generator[OoxmlPackage]:
    """Open the Office document at *path*; `PackageDamaged` in the body becomes the error that names the file.

    Raises:
        ParseFailed: It is no readable ZIP archive, or damaged inside.
        DocumentEncrypted: It needs a password.
        ParseLimitExceeded: It has too many parts.
    """
    # A password turns an Office document from a ZIP archive into an OLE file.
    if path.stat().st_size and sniff(path) == ENCRYPTED_OFFICE:
        raise DocumentEncrypted(request.filename, request.media_type)
    try:
        with open_zip(path, request) as archive:
            yield OoxmlPackage(archive, budget)
    except PackageDamaged as error:
        raise ParseFailed(request.filename, request.media_type, str(error)) from error


def local_name(element: XmlElement) -> str:
    """Return the name of *element* without its namespace, which differs between the two dialects of Office.

    Comments and processing instructions have none.
    """
    tag: Any = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def local_attribute(element: XmlElement, name: str, default: str = "") -> str:
    """Return the attribute with the local name *name*, whatever its namespace."""
    for key, value in element.attrib.items():
        if str(key).rpartition("}")[2] == name:
            return str(value)
    return default


def reference(element: XmlElement | None, name: str = "id") -> str:
    """Return the id of a relationship: the attribute *name* in some namespace, as ``r:id`` beside a plain ``id``."""
    if element is not None:
        for key, value in element.attrib.items():
            if str(key).endswith(f"}}{name}"):
                return str(value)
    return ""


def child(element: XmlElement | None, *path: str) -> XmlElement | None:
    """Return the first descendant by a *path* of local names, or None."""
    for name in path:
        if element is None:
            return None
        element = next((item for item in element if local_name(item) == name), None)
    return element


def properties_of(element: XmlElement) -> XmlElement | None:
    """Return the properties (``w:pPr``, ``w:rPr``, ``w:tcPr``...) of *element*, which are the first thing in it."""
    for item in element:
        name = local_name(item)
        if name.endswith("Pr"):
            return item
        if name != "tblPrEx":
            return None
    return None


def children(element: XmlElement | None, name: str) -> Iterator[XmlElement]:
    """Yield the children with the local name *name*."""
    if element is not None:
        yield from (item for item in element if local_name(item) == name)


def chosen(element: XmlElement) -> XmlElement | None:
    """Return the branch of an ``mc:AlternateContent`` to read: the newest, or the old one where that is empty."""
    branches = [item for item in element if local_name(item) in ("Choice", "Fallback")]
    return next((branch for branch in branches if len(branch)), None)


def is_on(value: str) -> bool:
    """Whether an attribute of Office says yes; an empty one does not."""
    return value in ("1", "true", "on")


def number(text: str, default: int) -> int:
    """Return a decimal number of at most nine digits, or *default*."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else default


def _comparable(part: str) -> str:
    return part.replace("\\", "/").lower()


def _fed(parser: etree.XMLPullParser, data: bytes, part: str) -> Iterator[tuple[str, XmlElement]]:
    try:
        parser.feed(data)
        events: Any = parser.read_events()  # the stubs of lxml know all kinds of events
        yield from events
    except etree.XMLSyntaxError as error:
        raise PackageDamaged(f"{part} is no well-formed XML: {error.msg}") from error


def _closed(parser: etree.XMLPullParser, part: str) -> XmlElement:
    try:
        root: XmlElement = parser.close()
    except etree.XMLSyntaxError as error:
        raise PackageDamaged(f"{part} is no well-formed XML: {error.msg}") from error
    return root


def _forget(element: XmlElement) -> None:
    element.clear()
    above = element.getparent()
    while above is not None and element.getprevious() is not None:
        del above[0]


def _check_root(element: XmlElement, part: str, wanted: str) -> None:
    tree = element.getroottree()
    doctype: Any = tree.docinfo.internalDTD  # one that stands after a very long comment
    if doctype is not None:
        raise _has_doctype(part)
    if (found := local_name(tree.getroot())) != wanted:
        raise PackageDamaged(f"{part} holds <{found}> instead of <{wanted}>")


def _has_doctype(part: str) -> PackageDamaged:
    return PackageDamaged(f"{part} has a document type, which Office documents do not have")

"""OoxmlPackage: the parts of an Office document, read with limits."""

from __future__ import annotations

import lzma
import posixpath
import struct
import zipfile
import zlib
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, Final, TypeAlias

from lxml import etree

from hyperspot.file_parser.contract.building.budget import Budget

_RELATIONSHIP: Final = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"
_MAX_SMALL_PART_BYTES: Final = 16 * 1024**2
_ZIP_ERRORS: Final = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    struct.error,
    EOFError,
    OSError,
    ValueError,  # offsets outside the file
    RuntimeError,  # an encrypted member, an unknown compression
)


XmlElement: TypeAlias = etree._Element  # pyright: ignore[reportPrivateUsage]  # lxml has no other name for it


class PackageDamaged(Exception):
    """The package or one of its parts cannot be read; the message says which."""


class _Metered:
    """A part of the archive that counts what comes out of it."""

    def __init__(self, stream: IO[bytes], name: str, budget: Budget, max_bytes: int | None) -> None:
        self._stream = stream
        self._stage = f"unpacking {name}"
        self._budget = budget
        self._left = max_bytes

    def read(self, size: int = -1) -> bytes:
        """Return the next bytes."""
        data = self._stream.read(size if size >= 0 else _MAX_SMALL_PART_BYTES)
        self._budget.use_decompressed(len(data), self._stage)
        if self._left is not None:
            self._left -= len(data)
            if self._left < 0:
                raise PackageDamaged(f"{self._stage}: the part is too large for what it is")
        return data


class OoxmlPackage:
    """An open Office document: a ZIP archive of XML parts that refer to one another."""

    def __init__(self, archive: zipfile.ZipFile, budget: Budget) -> None:
        self._archive = archive
        self._budget = budget
        self._names = frozenset(archive.namelist())

    def __contains__(self, part: str) -> bool:
        return part in self._names

    def elements(self, part: str, *, parent: str) -> Iterator[XmlElement]:
        """Yield the children of the elements with the local name *parent*, one by one; each is gone after its turn.

        Raises:
            PackageDamaged: The part is missing, or no XML, or has a document type.
        """
        checked = False
        with self._reading(part, None) as source:
            for _, element in etree.iterparse(
                source, events=("end",), resolve_entities=False, no_network=True, load_dtd=False
            ):
                above = element.getparent()
                if above is None or local_name(above) != parent:
                    continue
                if not checked:
                    _refuse_doctype(element, part)
                    checked = True
                yield element
                element.clear()
                while element.getprevious() is not None:
                    del above[0]

    def tree(self, part: str) -> XmlElement | None:
        """Return a small part as a whole, or None if there is no such part.

        Raises:
            PackageDamaged: The part is no XML, has a document type, or is unreasonably large.
        """
        if part not in self._names:
            return None
        parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
        with self._reading(part, _MAX_SMALL_PART_BYTES) as source:
            while data := source.read(64 * 1024):
                parser.feed(data)
            root: XmlElement = parser.close()
        _refuse_doctype(root, part)
        return root

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

    @contextmanager
    def _reading(self, part: str, max_bytes: int | None) -> Generator[_Metered]:
        try:
            with self._archive.open(part) as stream:
                yield _Metered(stream, part, self._budget, max_bytes)
        except KeyError as error:
            raise PackageDamaged(f"{part} is missing") from error
        except etree.XMLSyntaxError as error:
            raise PackageDamaged(f"{part} is no well-formed XML: {error.msg}") from error
        except _ZIP_ERRORS as error:
            raise PackageDamaged(f"{part} cannot be unpacked: {error}") from error


@contextmanager
def open_package(path: Path, budget: Budget) -> Generator[OoxmlPackage]:
    """Open the Office document at *path*.

    Raises:
        PackageDamaged: It is no readable ZIP archive.
    """
    try:
        archive = zipfile.ZipFile(path)
    except _ZIP_ERRORS as error:
        raise PackageDamaged(str(error)) from error
    with archive:
        yield OoxmlPackage(archive, budget)


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


def child(element: XmlElement | None, *path: str) -> XmlElement | None:
    """Return the first descendant by a *path* of local names, or None."""
    for name in path:
        if element is None:
            return None
        element = next((item for item in element if local_name(item) == name), None)
    return element


def _refuse_doctype(element: XmlElement, part: str) -> None:
    # Office never writes one; entities that expand without end need one.
    doctype: Any = element.getroottree().docinfo.internalDTD
    if doctype is not None:
        raise PackageDamaged(f"{part} has a document type, which Office documents do not have")

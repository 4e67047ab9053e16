"""EpubPackage: what an e-book says about itself and the order of its chapters."""

from __future__ import annotations

import posixpath
import zipfile
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final
from urllib.parse import unquote

from attrs import frozen
from lxml import etree

from hyperspot.file_parser.contract.building import Budget, one_line
from hyperspot.file_parser_builtin.infra.members import MemberUnreadable
from hyperspot.file_parser_builtin.infra.ooxml import XmlElement, local_name
from hyperspot.file_parser_builtin.infra.zip_archive import unpacked
from modkit import UNSET, UnsetType

_CONTAINER: Final = "META-INF/container.xml"
_ENCRYPTION: Final = "META-INF/encryption.xml"
_MAX_XML_BYTES: Final = 16 * 1024**2
# These only blur the fonts of a book, so that nobody takes them out; the text is in the clear.
_FONT_ALGORITHMS: Final = frozenset(
    ["http://www.idpf.org/2008/embedding", "http://ns.adobe.com/pdf/enc#RC"]
)


class EpubDamaged(Exception):
    """The book has no readable description; the message says what is missing."""


class EpubEncrypted(Exception):
    """The chapters of the book are encrypted."""


@frozen(kw_only=True)
class EpubPackage:
    """The description of a book.

    Attributes:
        chapters: Members of the archive in reading order, without the navigation.
        title: Empty for none, as the next two.
        author: Several are separated by semicolons.
        language: BCP 47 tag.
        created_at: When the book was published.
        modified_at: When it was last changed.
    """

    chapters: Sequence[str]
    title: str
    author: str
    language: str
    created_at: datetime | UnsetType
    modified_at: datetime | UnsetType


def read_package(archive: zipfile.ZipFile, budget: Budget) -> EpubPackage:
    """Return the description of the book in *archive*.

    Raises:
        EpubDamaged: It is missing or cannot be read.
        EpubEncrypted: More than fonts is encrypted.
    """
    names = frozenset(archive.namelist())
    if _ENCRYPTION in names:
        _refuse_encrypted(_tree(archive, _ENCRYPTION, budget))
    container = _tree(archive, _CONTAINER, budget)
    root = _first(container, "rootfile")
    location = root.get("full-path", "") if root is not None else ""
    package = _tree(archive, location, budget)
    about = _first(package, "metadata")
    return EpubPackage(
        chapters=_chapters(package, posixpath.dirname(location)),
        title=next(iter(_texts(about, "title")), ""),
        author="; ".join(_texts(about, "creator")),
        language=next(iter(_texts(about, "language")), ""),
        created_at=_date(next(iter(_texts(about, "date")), "")),
        modified_at=_date(next(iter(_texts(about, "meta", "dcterms:modified")), "")),
    )


def _refuse_encrypted(encryption: XmlElement) -> None:
    for element in _all(encryption, "EncryptedData"):
        method = _first(element, "EncryptionMethod")
        if method is None or method.get("Algorithm", "") not in _FONT_ALGORITHMS:
            raise EpubEncrypted


def _chapters(package: XmlElement, folder: str) -> list[str]:
    items = {item.get("id", ""): item for item in _all(package, "item")}
    chapters: list[str] = []
    for reference in _all(package, "itemref"):
        item = items.get(reference.get("idref", ""))
        if item is not None and "nav" not in item.get("properties", "").split():
            path = posixpath.join(folder, unquote(item.get("href", "")))
            chapters.append(posixpath.normpath(path))
    if not chapters:
        raise EpubDamaged("it lists no chapters")
    return chapters


def _tree(archive: zipfile.ZipFile, name: str, budget: Budget) -> XmlElement:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    try:
        left = _MAX_XML_BYTES
        for chunk in unpacked(archive, archive.getinfo(name), budget):
            left -= len(chunk)
            if left < 0:
                raise EpubDamaged(f"{name} is too large for what it is")
            parser.feed(chunk)
        root: XmlElement = parser.close()
        return root
    except KeyError as error:
        raise EpubDamaged(f"{name or 'its description'} is missing") from error
    except MemberUnreadable as error:
        raise EpubDamaged(f"{name}: {error}") from error
    except etree.XMLSyntaxError as error:
        raise EpubDamaged(f"{name} is no well-formed XML: {error.msg}") from error


def _all(element: XmlElement, name: str) -> list[XmlElement]:
    return [item for item in element.iter() if local_name(item) == name]


def _first(element: XmlElement, name: str) -> XmlElement | None:
    return next((item for item in element.iter() if local_name(item) == name), None)


def _texts(about: XmlElement | None, name: str, kind: str = "") -> list[str]:
    found = _all(about, name) if about is not None else []
    texts = [one_line(item.text or "") for item in found if item.get("property", "") == kind]
    return [text for text in texts if text]


def _date(text: str) -> datetime | UnsetType:
    """Read a W3C date, perhaps only of a year or month; one that cannot be read is as if not given."""
    whole = text + "0001-01-01"[len(text) :] if len(text) in (4, 7) else text
    try:
        read = datetime.fromisoformat(whole)
        return read.replace(tzinfo=UTC) if read.tzinfo is None else read.astimezone(UTC)
    except (ValueError, OverflowError):
        return UNSET

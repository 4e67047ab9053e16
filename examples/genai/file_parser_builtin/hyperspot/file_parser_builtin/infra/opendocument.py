"""OpenDocument: what texts, sheets and slides of this family have in common."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from hyperspot.file_parser.contract import DocumentEncrypted, ParseRequest
from hyperspot.file_parser.contract.building import Budget
from hyperspot.file_parser_builtin.infra.ooxml import (
    OoxmlPackage,
    XmlElement,
    local_attribute,
    local_name,
    open_package,
)

CONTENT: Final = "content.xml"
_MANIFEST: Final = "META-INF/manifest.xml"
_MAX_SPACES: Final = 1_000


@contextmanager
def open_opendocument(path: Path, request: ParseRequest, budget: Budget) -> Generator[OoxmlPackage]:
    """Open the document at *path*: like those of Office, it is a ZIP archive of XML parts.

    Raises:
        DocumentEncrypted: It needs a password.
        ParseFailed: It, or what is read of it meanwhile, is damaged.
    """
    with open_package(path, request, budget) as package:
        manifest = package.tree(_MANIFEST)
        if manifest is not None and any(
            local_name(item) == "encryption-data" for item in manifest.iter()
        ):
            raise DocumentEncrypted(request.filename, request.media_type)
        yield package


def flat_text(paragraph: XmlElement) -> str:
    """Return the text of a paragraph; line feeds are forced line breaks, comments and notes are left out."""
    pieces = [paragraph.text or ""]
    for element in paragraph:
        match local_name(element):
            case "s":
                pieces.append(" " * count_of(element, "c", most=_MAX_SPACES))
            case "tab":
                pieces.append("\t")
            case "line-break":
                pieces.append("\n")
            case "" | "annotation" | "annotation-end" | "note" | "ruby-text":
                pass
            case _:
                pieces.append(flat_text(element))
        pieces.append(element.tail or "")
    return "".join(pieces)


def count_of(element: XmlElement, attribute: str, *, most: int = 9_999_999) -> int:
    """Return the number in *attribute*, 1 where there is none."""
    text = local_attribute(element, attribute)
    return min(int(text[:10]), most) if text.isdecimal() else 1

"""EPUB: the chapters of an e-book in reading order, each read as HTML."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path
from typing import Final

from hyperspot.file_parser.contract import (
    DocumentEncrypted,
    ParsedContent,
    ParseFailed,
    ParseRequest,
)
from hyperspot.file_parser.contract.building import Budget
from hyperspot.file_parser.contract.building.numbering import numbered
from hyperspot.file_parser.contract.media_types import HTML
from hyperspot.file_parser_builtin.infra.epub_package import (
    EpubDamaged,
    EpubEncrypted,
    EpubPackage,
    read_package,
)
from hyperspot.file_parser_builtin.infra.members import (
    MemberReader,
    MemberUnreadable,
    PlacedBlock,
    inside,
)
from hyperspot.file_parser_builtin.infra.zip_archive import open_zip, unpacked
from modkit import UNSET

_STAGE: Final = "reading chapters"
# XML closes an element at once where HTML would leave it open: a title like that would swallow the chapter.
_EMPTY_ELEMENT: Final = re.compile(
    rb"<(?!(?:area|base|br|col|embed|hr|img|input|link|meta|source|track|wbr)\b)"
    rb"([A-Za-z][\w.:-]{0,40})((?:\s[^<>]*)?)/>"
)


def parse_epub(path: Path, request: ParseRequest, budget: Budget) -> ParsedContent:
    """Return the blocks of all chapters; each names its chapter. Navigation is left out."""
    with budget.container(_STAGE), open_zip(path, request) as archive:
        try:
            package = read_package(archive, budget)
        except EpubEncrypted as error:
            raise DocumentEncrypted(request.filename, request.media_type) from error
        except EpubDamaged as error:
            raise ParseFailed(request.filename, request.media_type, str(error)) from error
        blocks = _blocks(archive, package, MemberReader(request, budget))
    return ParsedContent(
        blocks=numbered(blocks),
        title=package.title or UNSET,
        author=package.author or UNSET,
        language=package.language or UNSET,
        created_at=package.created_at,
        modified_at=package.modified_at,
    )


def _blocks(
    archive: zipfile.ZipFile, package: EpubPackage, reader: MemberReader
) -> list[PlacedBlock]:
    reader.budget.use_members(len(package.chapters), _STAGE)
    blocks: list[PlacedBlock] = []
    for number, name in enumerate(package.chapters):
        reader.budget.progress(_STAGE, number, len(package.chapters))
        try:
            page = b"".join(unpacked(archive, archive.getinfo(name), reader.budget))
            content = reader.content(name, [_as_html(page)], HTML)
            blocks += inside(name, content.blocks)
        except KeyError:
            blocks.append(reader.note(name, f"{name} is missing"))
        except MemberUnreadable as error:
            blocks.append(reader.note(name, f"{name}: {error}"))
        except ParseFailed as error:
            blocks.append(reader.note(name, f"{name} cannot be read: {error.reason}"))
    return blocks


def _as_html(page: bytes) -> bytes:
    return _EMPTY_ELEMENT.sub(_closed, page)


def _closed(found: re.Match[bytes]) -> bytes:
    return b"<%b%b></%b>" % (found[1], found[2], found[1])

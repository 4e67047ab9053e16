"""DOCX: straight from the XML of the package."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from hyperspot.file_parser.contract import ParsedContent, ParseFailed, ParseRequest
from hyperspot.file_parser.contract.building.block_builder import BlockBuilder
from hyperspot.file_parser.contract.building.budget import Budget
from hyperspot.file_parser.contract.building.inline_run import one_line
from hyperspot.file_parser_builtin.infra.docx_body import DocxBody
from hyperspot.file_parser_builtin.infra.docx_styles import DocxStyles
from hyperspot.file_parser_builtin.infra.ooxml import (
    OoxmlPackage,
    PackageDamaged,
    XmlElement,
    child,
    open_package,
)
from modkit import UNSET, UnsetType

_STAGE: Final = "reading the document body"
_USUAL_MAIN: Final = "word/document.xml"


def parse_docx(path: Path, request: ParseRequest, budget: Budget) -> ParsedContent:
    """Return the blocks of a Word document; insertions count as accepted, deletions as gone."""
    try:
        with open_package(path, budget) as package:
            return _content(package, budget)
    except PackageDamaged as error:
        raise ParseFailed(request.filename, request.media_type, str(error)) from error


def _content(package: OoxmlPackage, budget: Budget) -> ParsedContent:
    about = dict(package.relationships("").values())
    main = about.get("officeDocument", _USUAL_MAIN)
    if main not in package:
        main = _USUAL_MAIN
    references = package.relationships(main)
    by_kind = dict(references.values())
    builder = BlockBuilder(budget, _STAGE)
    body = DocxBody(
        builder,
        DocxStyles.read(
            package.tree(by_kind.get("styles", "")), package.tree(by_kind.get("numbering", ""))
        ),
        {key: target for key, (kind, target) in references.items() if kind == "hyperlink"},
    )
    for element in package.elements(main, parent="body"):
        body.add(element)
    core = package.tree(about.get("core-properties", "docProps/core.xml"))
    return ParsedContent(
        blocks=builder.finish(),
        title=_text(core, "title") or UNSET,
        language=_text(core, "language") or UNSET,
        created_at=_date(_text(core, "created")),
        modified_at=_date(_text(core, "modified")),
    )


def _text(core: XmlElement | None, name: str) -> str:
    found = child(core, name)
    return one_line(found.text or "") if found is not None else ""


def _date(text: str) -> datetime | UnsetType:
    """Read a W3C date and time; one that cannot be read is as if not given."""
    try:
        read = datetime.fromisoformat(text)
        return read.replace(tzinfo=UTC) if read.tzinfo is None else read.astimezone(UTC)
    except (ValueError, OverflowError):
        return UNSET

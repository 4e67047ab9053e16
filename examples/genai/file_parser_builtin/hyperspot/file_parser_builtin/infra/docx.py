"""DOCX: straight from the XML of the package."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from hyperspot.file_parser.contract import ParsedContent, ParseRequest
from hyperspot.file_parser.contract.building import BlockBuilder, Budget
from hyperspot.file_parser_builtin.infra.docx_body import DocxBody
from hyperspot.file_parser_builtin.infra.docx_styles import DocxStyles
from hyperspot.file_parser_builtin.infra.ooxml import OoxmlPackage, open_package
from hyperspot.file_parser_builtin.infra.ooxml_metadata import CoreProperties

_STAGE: Final = "reading the document body"


def parse_docx(path: Path, request: ParseRequest, budget: Budget) -> ParsedContent:
    """Return the blocks of a Word document; insertions count as accepted, deletions as gone."""
    with open_package(path, request, budget) as package:
        return _content(package, budget)


def _content(package: OoxmlPackage, budget: Budget) -> ParsedContent:
    main = package.main_part("word/document.xml")
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
    for _, element in package.steps(main, root="document", leaves=("p", "tbl")):
        body.add(element)
    about = CoreProperties.read(package)
    return ParsedContent(
        blocks=builder.finish(),
        title=about.title,
        author=about.author,
        language=about.language,
        created_at=about.created_at,
        modified_at=about.modified_at,
    )

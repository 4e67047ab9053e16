"""XlsxWorkbook: the sheets of a workbook, and what they share: strings and number formats."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Final

from attrs import frozen

from hyperspot.file_parser.contract.building import one_line
from hyperspot.file_parser_builtin.domain.number_format import Shown, built_in, shown_as
from hyperspot.file_parser_builtin.infra.ooxml import (
    OoxmlPackage,
    PackageDamaged,
    XmlElement,
    child,
    children,
    is_on,
    local_name,
    number,
    reference,
)

_USUAL_MAIN: Final = "xl/workbook.xml"
_HIDDEN: Final = frozenset(["hidden", "veryHidden"])
_ESCAPE: Final = re.compile("_x([0-9A-Fa-f]{4})_")


@frozen(kw_only=True)
class XlsxWorkbook:
    """A workbook without the content of its sheets.

    Attributes:
        sheets: Name and part of each sheet with cells that is shown, in order.
        is_1904: Whether days count from 1904.
        strings: Texts that cells name by their position.
        formats: What numbers look like in the styles that cells name by their position.
    """

    sheets: Sequence[tuple[str, str]]
    is_1904: bool
    strings: Sequence[str]
    formats: Sequence[Shown]

    @classmethod
    def read(cls, package: OoxmlPackage) -> XlsxWorkbook:
        """Read the workbook of *package*.

        Raises:
            PackageDamaged: A part of it is missing or cannot be read.
        """
        main = package.main_part(_USUAL_MAIN)
        root = package.tree(main)
        if root is None:
            raise PackageDamaged(f"{main} is missing")
        references = package.relationships(main)
        by_kind = dict(references.values())
        properties = child(root, "workbookPr")
        return cls(
            sheets=_sheets(root, references),
            is_1904=properties is not None and is_on(properties.get("date1904", "")),
            strings=_strings(package, by_kind.get("sharedStrings", "")),
            formats=_formats(package.tree(by_kind.get("styles", ""))),
        )


def rich_text(element: XmlElement) -> str:
    """Return the text of a string, whose runs may look different; what helps to pronounce it is left out."""
    texts: list[str] = []
    for item in element:
        name = local_name(item)
        if name == "t":
            texts.append(item.text or "")
        elif name == "r":
            texts += [part.text or "" for part in item if local_name(part) == "t"]
    return unescaped("".join(texts))


def unescaped(text: str) -> str:
    """Return *text* with the characters that XML cannot hold, which Office writes as ``_x000D_``."""
    return _ESCAPE.sub(lambda found: chr(int(found[1], 16)), text) if "_x" in text else text


def _sheets(root: XmlElement, references: Mapping[str, tuple[str, str]]) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for position, sheet in enumerate(children(child(root, "sheets"), "sheet"), 1):
        kind, part = references.get(reference(sheet), ("", ""))
        if kind == "worksheet" and sheet.get("state", "") not in _HIDDEN:
            found.append((one_line(unescaped(sheet.get("name", ""))) or f"Sheet{position}", part))
    return found


def _strings(package: OoxmlPackage, part: str) -> list[str]:
    if part not in package:
        return []
    return [rich_text(item) for _, item in package.steps(part, root="sst", leaves=("si",))]


def _formats(styles: XmlElement | None) -> list[Shown]:
    codes: dict[str, Shown] = {
        item.get("numFmtId", ""): shown_as(item.get("formatCode", ""))
        for item in children(child(styles, "numFmts"), "numFmt")
    }
    return [
        codes.get(code) or built_in(number(code, 0))
        for item in children(child(styles, "cellXfs"), "xf")
        for code in [item.get("numFmtId", "")]
    ]

"""The text of shapes: paragraphs of DrawingML to blocks."""

from __future__ import annotations

from typing import Final

from attrs import frozen

from hyperspot.file_parser.contract import PLAIN, Style, StyleFlag
from hyperspot.file_parser.contract.building import BlockBuilder
from hyperspot.file_parser_builtin.infra.ooxml import (
    XmlElement,
    child,
    children,
    chosen,
    is_on,
    local_name,
    reference,
)
from hyperspot.file_parser_builtin.infra.ooxml_math import math_text
from hyperspot.file_parser_builtin.infra.pptx_bullets import Bullets, bullet_of, level_of

_FLAGS: Final[tuple[tuple[str, StyleFlag], ...]] = (("b", "bold"), ("i", "italic"))
_LINES: Final[tuple[tuple[str, str, StyleFlag], ...]] = (
    ("u", "none", "underline"),
    ("strike", "noStrike", "strike"),
)


@frozen
class DrawingText:
    """Adds text bodies to a builder.

    Attributes:
        builder: Where blocks go.
        targets: Addresses of hyperlinks by relationship id.
    """

    builder: BlockBuilder
    targets: dict[str, str]

    def add(self, body: XmlElement | None, bullets: Bullets) -> None:
        """Add the paragraphs of a text body, those with a bullet as list items; empty ones leave nothing."""
        for paragraph in children(body, "p"):
            if not has_text(paragraph):
                continue
            properties = child(paragraph, "pPr")
            level = level_of(properties)
            bullet = bullet_of(properties) or bullets.get(level, "none")
            if bullet == "none":
                self.inlines(paragraph)
                self.builder.end_block()
            else:
                self.builder.open_item(ordered=bullet == "number", level=level)
                self.inlines(paragraph)
                self.builder.close()

    def inlines(self, element: XmlElement) -> None:
        """Add the runs of a paragraph to the open block."""
        for item in element:
            match local_name(item):
                case "r" | "fld":
                    self._run(item)
                case "br":
                    self.builder.line_break()
                case "m":
                    self.builder.text(math_text(item))
                case "AlternateContent":
                    if (branch := chosen(item)) is not None:
                        self.inlines(branch)
                case _:
                    pass  # properties

    def _run(self, run: XmlElement) -> None:
        properties = child(run, "rPr")
        target = self.targets.get(reference(child(properties, "hlinkClick")), "")
        if (text := child(run, "t")) is not None:
            self.builder.text(text.text or "", _style(properties), target=target)


def has_text(element: XmlElement | None) -> bool:
    """Whether there is more than white space in *element*."""
    return element is not None and any((item.text or "").strip() for item in element.iter("{*}t"))


def _style(properties: XmlElement | None) -> Style:
    if properties is None:
        return PLAIN
    flags: list[StyleFlag] = []
    for name, flag in _FLAGS:
        if is_on(properties.get(name, "")):
            flags.append(flag)
    for name, off, flag in _LINES:
        if properties.get(name, off) != off:
            flags.append(flag)
    return Style.of(*flags) if flags else PLAIN

"""What the styles of a Word document make of its paragraphs and runs."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Final

import attrs
from attrs import field, frozen

from hyperspot.file_parser.contract import PLAIN, Style
from hyperspot.file_parser_builtin.infra.docx_numbering import DocxNumbering
from hyperspot.file_parser_builtin.infra.ooxml import (
    XmlElement,
    child,
    children,
    local_attribute,
    local_name,
    number,
)

_HEADING_NAME: Final = re.compile(r"heading (\d)", re.IGNORECASE)
_CODE_NAME: Final = re.compile(
    r"\bcode\b|preformatted|verbatim|macro text|source text", re.IGNORECASE
)
_QUOTE_NAME: Final = re.compile(r"quote|block text", re.IGNORECASE)
_OFF: Final = frozenset(("0", "false", "off", "none"))
_RUN_FLAGS: Final[Mapping[str, str]] = {
    "b": "bold",
    "i": "italic",
    "u": "underline",
    "strike": "strike",
    "dstrike": "strike",
    "vanish": "hidden",
}
_MAX_CHAIN: Final = 20
_OUTLINE_LEVELS: Final = 6


@frozen(kw_only=True)
class ParagraphLook:
    """What kind of block a paragraph is; at most one of these is set.

    Attributes:
        heading: Level 1..6, or 0.
        list_level: 0..8, or -1 outside lists.
        ordered: Whether the list is numbered.
        quote: Whether it is a quotation.
        code: Whether it is a line of program text.
    """

    heading: int = 0
    list_level: int = -1
    ordered: bool = False
    quote: bool = False
    code: bool = False


_PLAIN_LOOK: Final = ParagraphLook()


@frozen(kw_only=True)
class RunLook:
    """How a run looks.

    Attributes:
        style: Bold, italic and such.
        code: Whether it is program text.
        hidden: Whether Word does not show it.
    """

    style: Style = PLAIN
    code: bool = False
    hidden: bool = False


_PLAIN_RUN: Final = RunLook()


@frozen(kw_only=True)
class _NamedStyle:
    name: str
    parent: str
    paragraph: XmlElement | None
    run: XmlElement | None


@frozen
class DocxStyles:
    """The styles by id, and the lists that they put paragraphs in.

    Attributes:
        language: BCP 47 tag of the text where nothing else is said; empty if the document does not say.
    """

    _numbering: DocxNumbering = field(factory=DocxNumbering)
    _styles: dict[str, _NamedStyle] = field(factory=dict[str, _NamedStyle])
    language: str = ""
    _looks: dict[str, ParagraphLook] = field(factory=dict[str, ParagraphLook], init=False)
    _run_looks: dict[str, dict[str, bool]] = field(factory=dict[str, dict[str, bool]], init=False)

    @classmethod
    def read(cls, styles: XmlElement | None, numbering: XmlElement | None) -> DocxStyles:
        """Read the parts ``styles.xml`` and ``numbering.xml``, either of which may be missing."""
        known = {
            local_attribute(style, "styleId"): _NamedStyle(
                name=_value(child(style, "name")),
                parent=_value(child(style, "basedOn")),
                paragraph=child(style, "pPr"),
                run=child(style, "rPr"),
            )
            for style in children(styles, "style")
        }
        language = _value(child(styles, "docDefaults", "rPrDefault", "rPr", "lang"))
        return cls(DocxNumbering.read(numbering), known, language)

    def look_of(
        self, properties: XmlElement | None, found: Mapping[str, XmlElement]
    ) -> ParagraphLook:
        """Return the look of a paragraph with these ``w:pPr``, whose elements were *found* by local name."""
        if not found:
            return _PLAIN_LOOK
        style_id = _value(found.get("pStyle"))
        if "numPr" in found or "outlineLvl" in found:
            return self._look(style_id, properties)
        if style_id not in self._looks:
            self._looks[style_id] = self._look(style_id, None)
        return self._looks[style_id]

    def run_look(self, properties: XmlElement | None) -> RunLook:
        """Return the look of a run with these ``w:rPr``."""
        flags: dict[str, bool] = {}
        style_id = ""
        for item in properties if properties is not None else ():
            name = local_name(item)
            if name in _RUN_FLAGS:
                flags[_RUN_FLAGS[name]] = is_set(item)
            elif name == "rStyle":
                style_id = _value(item)
        if style_id:
            if style_id not in self._run_looks:
                self._run_looks[style_id] = self._named_flags(style_id)
            flags = {**self._run_looks[style_id], **flags}
        if not any(flags.values()):
            return _PLAIN_RUN
        hidden, code = flags.pop("hidden", False), flags.pop("code", False)
        style = attrs.evolve(PLAIN, **{name: True for name, is_shown in flags.items() if is_shown})
        return RunLook(style=style, code=code, hidden=hidden)

    def _named_flags(self, style_id: str) -> dict[str, bool]:
        chain = self._chain(style_id)
        flags: dict[str, bool] = {}
        for named in reversed(chain):
            for item in named.run if named.run is not None else ():
                if (name := local_name(item)) in _RUN_FLAGS:
                    flags[_RUN_FLAGS[name]] = is_set(item)
        flags["code"] = any(_CODE_NAME.search(named.name) for named in chain)
        return flags

    def _look(self, style_id: str, properties: XmlElement | None) -> ParagraphLook:
        chain = self._chain(style_id)
        names = [style.name for style in chain]
        sources = [properties, *(style.paragraph for style in chain)]
        if heading := _heading(names, sources):
            return ParagraphLook(heading=heading)
        list_id = _first(sources, "numPr", "numId")
        if list_id not in ("", "0"):  # 0 takes a paragraph out of the list of its style
            given = _first(sources, "numPr", "ilvl")
            level = self._numbering.level(list_id, given, style_id)
            ordered = self._numbering.is_ordered(list_id, level)
            return ParagraphLook(list_level=level, ordered=ordered)
        if any(map(_CODE_NAME.search, names)):
            return ParagraphLook(code=True)
        return ParagraphLook(quote=any(map(_QUOTE_NAME.search, names)))

    def _chain(self, style_id: str) -> list[_NamedStyle]:
        chain: list[_NamedStyle] = []
        while style_id in self._styles and len(chain) < _MAX_CHAIN:
            chain.append(self._styles[style_id])
            style_id = chain[-1].parent
        return chain


def is_set(element: XmlElement | None) -> bool:
    """Whether a switch such as ``w:b`` is there, and not turned off."""
    return element is not None and local_attribute(element, "val", "1") not in _OFF


def _heading(names: Sequence[str], sources: Sequence[XmlElement | None]) -> int:
    outline = number(_first(sources, "outlineLvl"), -1)
    if 0 <= outline < _OUTLINE_LEVELS:
        return outline + 1
    for name in names:
        if name.lower() == "title":
            return 1
        if found := _HEADING_NAME.fullmatch(name):
            return min(max(int(found[1]), 1), _OUTLINE_LEVELS)
    return 0


def _first(sources: Sequence[XmlElement | None], *path: str) -> str:
    for source in sources:
        if (found := child(source, *path)) is not None:
            return _value(found)
    return ""


def _value(element: XmlElement | None) -> str:
    return "" if element is None else local_attribute(element, "val")

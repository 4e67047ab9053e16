"""RtfReader: follows the groups of an RTF file and sends the content of each where it belongs."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Final

import attrs
from attrs import define, field

from hyperspot.file_parser.contract import Block
from hyperspot.file_parser.contract.building import BlockBuilder, Budget
from hyperspot.file_parser_builtin.infra.rtf_blocks import RtfBlocks
from hyperspot.file_parser_builtin.infra.rtf_charsets import CHARACTERS, Charsets, language_of
from hyperspot.file_parser_builtin.infra.rtf_flow import RtfFlow
from hyperspot.file_parser_builtin.infra.rtf_group import (
    RtfDestination,
    RtfField,
    RtfGroup,
    Skipped,
    Takes,
)
from hyperspot.file_parser_builtin.infra.rtf_parts import (
    FontTable,
    Moment,
    Picture,
    Property,
    Words,
    link_target,
)
from hyperspot.file_parser_builtin.infra.rtf_styles import (
    ListOverrides,
    ListTable,
    OldNumbering,
    RtfStyles,
    StyleSheet,
)
from modkit import UNSET, UnsetType

_STAGE: Final = "reading RTF"
_MAX_DEPTH: Final = 1_000
_CHECK_EVERY: Final = 4_096  # events
_MAX_FALLBACK: Final = 64
_HEADERS: Final = frozenset(["header", "headerl", "headerr", "headerf"])
_FOOTERS: Final = frozenset(["footer", "footerl", "footerr", "footerf"])
_CODE_PAGES: Final = {"mac": 10000, "pc": 437, "pca": 850}
# Groups that a program may ignore, of which the content is shown.
_TRANSPARENT: Final = frozenset(
    ["shppict", "shpinst", "do", "picprop", "moMath", "moMathPara", "info", "dptxbxtext"]
)
_SKIPPED: Final = frozenset(
    (
        *("colortbl", "filetbl", "revtbl", "xe", "rxe", "txe", "tc", "tcn", "bkmkstart", "bkmkend"),
        *("nonshppict", "nonesttables", "shprslt", "mmathPict", "objclass", "objname", "objdata"),
        *("subject", "keywords", "comment", "doccomm", "operator", "category", "manager"),
        *("company", "hlinkbase", "template", "private", "printim", "buptim", "nextfile"),
        *("ftnsep", "ftnsepc", "ftncn", "aftnsep", "aftnsepc", "aftncn", "pnseclvl", "pntxta"),
        *("pntxtb", "panose", "falt", "fontemb", "generator", "userprops", "fchars", "lchars"),
    )
)


class RtfTooDeep(Exception):
    """The groups are nested deeper than any program writes them; the message says how deep is allowed."""


class _Alternatives(Skipped):
    r"""``{\upr{old}{\*\ud{unicode}}}``: of the two texts, the second is meant."""

    def __init__(self, around: RtfDestination) -> None:
        self.around = around


@define
class RtfReader:
    """What an RTF file says, group by group; tell it by `rtf_scan.scan`.

    Args:
        budget: What reading may use.
        keeps_running: Whether headers and footers are kept.

    Attributes:
        title: Title that the document gives itself.
        author: Who wrote it.
        created_at: When the document says it was made.
        modified_at: When the document says it was last changed.
        language: BCP 47 tag of text of which nothing else is said.
    """

    _budget: Budget
    _keeps_running: bool = True
    title: str = field(default="", init=False)
    author: str = field(default="", init=False)
    created_at: datetime | UnsetType = field(default=UNSET, init=False)
    modified_at: datetime | UnsetType = field(default=UNSET, init=False)
    language: str = field(default="", init=False)
    _charsets: Charsets = field(factory=Charsets, init=False)
    _styles: RtfStyles = field(factory=RtfStyles, init=False)
    _body: BlockBuilder = field(init=False)
    _notes: BlockBuilder = field(init=False)
    _comments: BlockBuilder = field(init=False)
    _headers: dict[Block, None] = field(factory=dict[Block, None], init=False)
    _footers: dict[Block, None] = field(factory=dict[Block, None], init=False)
    _groups: list[RtfGroup] = field(init=False)
    _bytes: bytearray = field(factory=bytearray, init=False)
    _to_skip: int = field(default=0, init=False)
    _events: int = field(default=0, init=False)
    _note_count: int = field(default=0, init=False)
    _comment_author: str = field(default="", init=False)

    def __attrs_post_init__(self) -> None:
        self._body, self._notes, self._comments = (
            BlockBuilder(self._budget, _STAGE) for _ in range(3)
        )
        body = RtfFlow(RtfBlocks(self._body).add, self._styles)
        self._groups = [RtfGroup(body, body)]

    def open_group(self) -> None:
        """See `RtfEvents`.

        Raises:
            RtfTooDeep: Too many groups are open.
        """
        self._begin_event()
        if len(self._groups) > _MAX_DEPTH:
            raise RtfTooDeep(f"its groups are nested more than {_MAX_DEPTH} deep")
        self._groups.append(self._groups[-1].inner())

    def close_group(self) -> None:
        """See `RtfEvents`."""
        self._begin_event()
        if len(self._groups) > 1:
            group = self._groups.pop()
            if group.owns:
                group.destination.end()

    def characters(self, data: bytes) -> None:
        """See `RtfEvents`."""
        self._count_event()
        if self._to_skip:
            skipped = min(self._to_skip, len(data))
            self._to_skip -= skipped
            data = data[skipped:]
        destination = self._groups[-1].destination
        if destination.takes is Takes.TEXT:
            self._bytes += data
        elif destination.takes is Takes.BYTES:
            destination.raw(data)

    def binary(self, data: bytes) -> None:
        """See `RtfEvents`."""
        self._begin_event()
        self._groups[-1].destination.binary(data)

    def word(self, name: str, value: int | None) -> None:
        """See `RtfEvents`."""
        if self._to_skip and name in CHARACTERS:
            self._to_skip -= 1
            return
        self._begin_event()
        group = self._groups[-1]
        if name == "*":
            group.is_optional = True
            return
        is_optional, group.is_optional = group.is_optional, False
        if isinstance(group.destination, Skipped):
            if name == "ud" and isinstance(group.destination, _Alternatives):
                group.destination, group.owns = group.destination.around, False
            return
        if self._part(group, name) or self._side_text(group, name) or self._field(group, name):
            return
        if _is_skipped(name) or (is_optional and name not in _TRANSPARENT):
            group.redirect(Skipped())
        elif not self._characters_word(group, name, value):
            self._other_word(group, name, value)

    def blocks(self) -> Iterator[Block]:
        """End what the file has left open, and yield everything: headers, body, footers, notes, comments."""
        while len(self._groups) > 1:
            self.close_group()
        self._flush()
        self._groups[0].shown.end()
        yield from self._headers
        yield from self._body.finish()
        yield from self._footers
        yield from self._notes.finish()
        yield from self._comments.finish()

    def _begin_event(self) -> None:
        self._count_event()
        self._to_skip = 0
        self._flush()

    def _count_event(self) -> None:
        self._events += 1
        if self._events % _CHECK_EVERY == 0:
            self._budget.check_time(_STAGE)

    def _flush(self) -> None:
        if self._bytes:
            group = self._groups[-1]
            # Titles, names and such are in no font, so not in the default one either.
            in_font = group.font is not None or group.destination is group.shown
            codec = self._charsets.codec(group.font) if in_font else self._charsets.default
            self._text(group, self._bytes.decode(codec, "replace"))
            self._bytes.clear()

    @staticmethod
    def _text(group: RtfGroup, text: str) -> None:
        if group.destination is group.shown:
            group.shown.shown_text(group, text)
        else:
            group.destination.text(text)

    @staticmethod
    def _other_word(group: RtfGroup, name: str, value: int | None) -> None:
        if group.destination is group.shown:
            group.shown.shown_word(group, name, value)
        else:
            group.destination.word(name, value)

    def _characters_word(self, group: RtfGroup, name: str, value: int | None) -> bool:
        number = value or 0
        if (character := CHARACTERS.get(name)) is not None:
            self._text(group, character)
            return True
        match name:
            case "u":
                self._text(group, _character(number))
                self._to_skip = group.fallback
            case "uc":
                group.fallback = min(max(number, 0), _MAX_FALLBACK)
            case "ansicpg":
                self._charsets.set_default(number)
            case "mac" | "pc" | "pca":
                self._charsets.set_default(_CODE_PAGES[name])
            case "deff":
                self._charsets.default_font = number
            case "deflang":
                self.language = language_of(number)
            case _:
                return False
        return True

    def _part(self, group: RtfGroup, name: str) -> bool:
        """Begin a group that is no running text."""
        part: RtfDestination
        match name:
            case "fonttbl":
                part = FontTable(self._charsets)
            case "stylesheet":
                part = StyleSheet(self._styles)
            case "listtable":
                part = ListTable(self._styles)
            case "listoverridetable":
                part = ListOverrides(self._styles)
            case "pn":
                part = OldNumbering(self._groups[-2])
            case "pntext" | "listtext":
                part = Words(self._groups[-2].mark_item)
            case "title" | "author":
                part = Words(lambda text: setattr(self, name, text))
            case "creatim" | "revtim":
                attribute = "created_at" if name == "creatim" else "modified_at"
                part = Moment(lambda moment: setattr(self, attribute, moment))
            case "atnauthor":
                part = Words(self._set_comment_author)
            case "pict":
                part = Picture(group.shown.image)
            case "sp":
                around = group.destination
                part = Property(around if isinstance(around, Picture) else None)
            case "sn" | "sv" if isinstance(owner := group.destination, Property):
                part = Words(owner.set_name if name == "sn" else owner.set_value)
            case "upr":
                part = _Alternatives(group.destination)
            case _:
                return False
        group.redirect(part)
        return True

    def _side_text(self, group: RtfGroup, name: str) -> bool:
        """Begin a group that is text of its own: a header, a note, a comment, a box."""
        if name in _HEADERS or name in _FOOTERS:
            if self._keeps_running:
                group.begin_text(
                    self._running(self._headers if name in _HEADERS else self._footers)
                )
            else:
                group.redirect(Skipped())
        elif name == "footnote":
            self._note_count += 1
            label = f"[{self._note_count}]"
            group.shown.note(label)
            group.begin_text(RtfFlow(RtfBlocks(self._notes).add, self._styles, label))
        elif name == "annotation":
            label = f"{self._comment_author}:" if self._comment_author else ""
            put = RtfBlocks(self._comments).add
            self._comments.open_quote()
            group.begin_text(RtfFlow(put, self._styles, label, self._comments.close))
        elif name in ("shptxt", "dptxbxtext"):
            group.begin_text(group.shown.box())
        else:
            return False
        return True

    def _running(self, seen: dict[Block, None]) -> RtfFlow:
        """Return the text of a header or footer; one that says the same as another is left out."""
        builder = BlockBuilder(self._budget, _STAGE)

        def keep() -> None:
            for block in builder.finish():
                seen[attrs.evolve(block, provenance=UNSET)] = None

        return RtfFlow(RtfBlocks(builder).add, self._styles, "", keep)

    def _field(self, group: RtfGroup, name: str) -> bool:
        match name:
            case "field":
                group.field = RtfField()
            case "fldinst" if group.field:
                group.redirect(Words(group.field.set_code))
            case "fldrslt" if group.field:
                group.target = link_target(group.field.code) or group.target
            case "nesttableprops":
                group.is_nested_row = True
            case _:
                return False
        return True

    def _set_comment_author(self, name: str) -> None:
        self._comment_author = name


def _is_skipped(name: str) -> bool:
    return name in _SKIPPED or (name[0] == "m" and name.endswith("Pr"))  # looks of formulas


def _character(number: int) -> str:
    r"""Return the character of ``\uN``, where 16 bits may be written as a negative number."""
    return chr(number) if 0 <= number <= 0x10FFFF else chr(number & 0xFFFF)

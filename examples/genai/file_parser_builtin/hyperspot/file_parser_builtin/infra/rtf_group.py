"""RtfGroup: what holds between two braces, and where the text there goes."""

from __future__ import annotations

import re
from abc import abstractmethod
from enum import Enum, auto
from typing import ClassVar, Final

import attrs
from attrs import define, frozen

from hyperspot.file_parser.contract import PLAIN, Image, Style

_NUMBER: Final = re.compile(r"\d|[.)]$")


class Takes(Enum):
    """What a destination wants of the text in its group."""

    NOTHING = auto()
    TEXT = auto()
    BYTES = auto()


class RtfDestination:
    """Where the content of a group goes; this one drops it."""

    takes: ClassVar[Takes] = Takes.NOTHING

    def word(self, name: str, value: int | None) -> None:
        """Take a control word that means nothing to the reader itself."""

    def text(self, text: str) -> None:
        """Take text."""

    def raw(self, data: bytes) -> None:
        """Take text as the bytes that it is."""

    def binary(self, data: bytes) -> None:
        r"""Take the bytes of ``\bin``."""

    def end(self) -> None:
        """The group that began the destination ends."""


class Skipped(RtfDestination):
    """Nothing in the group is shown, nor in groups inside it."""


class ShownText(RtfDestination):
    """Text that is shown: the body, a header, a note, a text box."""

    takes: ClassVar[Takes] = Takes.TEXT

    @abstractmethod
    def shown_text(self, group: RtfGroup, text: str) -> None:
        """Take text in the look of its group."""

    @abstractmethod
    def shown_word(self, group: RtfGroup, name: str, value: int | None) -> None:
        """Take a control word, which may change what holds in its group."""

    @abstractmethod
    def note(self, label: str) -> None:
        """Refer to a note."""

    @abstractmethod
    def image(self, image: Image) -> None:
        """Take an image that stands in the text."""

    @abstractmethod
    def box(self) -> ShownText:
        """Return the text of a box that stands in this text; it comes after the paragraph that it stands in."""


@frozen(kw_only=True)
class ParagraphLook:
    r"""What is said about a paragraph; ``\pard`` takes all of it back.

    Attributes:
        style: Number of its style.
        outline: Level in the outline, 0 for the highest, or -1.
        list_id: What ``\ls`` says, or 0.
        list_level: 0..8.
        bullet: Whether it is an item of a list without an id, and whether that is a bulleted one.
        depth: In how many tables it is.
    """

    style: int = 0
    outline: int = -1
    list_id: int = 0
    list_level: int = 0
    bullet: bool | None = None
    depth: int = 0


@define
class RtfField:
    """A field in the making.

    Attributes:
        code: What it is, such as ``HYPERLINK "https://example.org"``.
    """

    code: str = ""

    def set_code(self, code: str) -> None:
        """Take the code, which comes before the result."""
        self.code = code


@define
class RtfGroup:
    """What holds between two braces.

    Attributes:
        destination: Where text goes.
        shown: Where pictures go, and what notes and boxes stand in.
        owns: Whether the destination ends with this group.
        style: How text looks.
        hidden: Whether text is not shown.
        font: Number of the font; None for the default.
        target: Where text leads as a link; empty for nowhere.
        fallback: How many characters follow a Unicode character for programs that do not know it.
        look: What is said about the paragraph.
        field: The field around.
        is_optional: Whether what comes may be ignored by programs that do not know it.
        is_nested_row: Whether rows that are defined are those of a table in a table.
    """

    destination: RtfDestination
    shown: ShownText
    owns: bool = False
    style: Style = PLAIN
    hidden: bool = False
    font: int | None = None
    target: str = ""
    fallback: int = 1
    look: ParagraphLook = ParagraphLook()
    field: RtfField | None = None
    is_optional: bool = False
    is_nested_row: bool = False

    def inner(self) -> RtfGroup:
        """Return a group inside this one, in which at first the same holds."""
        return RtfGroup(
            self.destination,
            self.shown,
            style=self.style,
            hidden=self.hidden,
            font=self.font,
            target=self.target,
            fallback=self.fallback,
            look=self.look,
            field=self.field,
            is_nested_row=self.is_nested_row,
        )

    def redirect(self, destination: RtfDestination) -> None:
        """Let text from here to the end of the group go elsewhere."""
        if self.owns:
            self.destination.end()
        self.destination, self.owns = destination, True

    def begin_text(self, shown: ShownText) -> None:
        """Let text from here to the end of the group be a text of its own, in which nothing holds yet."""
        self.redirect(shown)
        self.shown, self.look = shown, ParagraphLook()
        self.style, self.hidden, self.target = PLAIN, False, ""

    def mark_item(self, mark: str) -> None:
        """Take the mark of a list item that a program wrote for those which do not know its lists."""
        if not self.look.list_id and self.look.bullet is None:
            self.look = attrs.evolve(self.look, bullet=not _NUMBER.search(mark))

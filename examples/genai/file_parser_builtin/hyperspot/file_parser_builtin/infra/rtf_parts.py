"""The parts of an RTF file that are no running text: fonts, information, fields, pictures."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import ClassVar, Final

from attrs import define, field

from hyperspot.file_parser.contract import Image, media_types
from hyperspot.file_parser.contract.building import one_line
from hyperspot.file_parser_builtin.infra.image_file import image_size
from hyperspot.file_parser_builtin.infra.rtf_charsets import Charsets
from hyperspot.file_parser_builtin.infra.rtf_group import RtfDestination, Takes
from modkit import UNSET

_MAX_CHARS: Final = 8_000
_HEAD_BYTES: Final = 128 * 1024  # of a picture, which are enough to find its size
_PICTURES: Final = {
    "pngblip": media_types.PNG,
    "jpegblip": media_types.JPEG,
    "dibitmap": media_types.BMP,
    "wbitmap": media_types.BMP,
    "emfblip": "image/emf",
    "wmetafile": "image/wmf",
    "macpict": "image/x-pict",
}
_DRAWINGS: Final = frozenset(["image/emf", "image/wmf", "image/x-pict"])  # have no pixels
_CODE_TOKEN: Final = re.compile(r'"([^"]*)"|(\S+)')


@define
class FontTable(RtfDestination):
    r"""``{\fonttbl{\f0\fcharset204 Arial;}...}``."""

    _charsets: Charsets
    _font: int = 0

    def word(self, name: str, value: int | None) -> None:
        """Take the charset of a font."""
        if name == "f":
            self._font = value or 0
        elif name == "fcharset":
            self._charsets.set_charset(self._font, value or 0)
        elif name == "cpg":
            self._charsets.set_code_page(self._font, value or 0)


@define
class Words(RtfDestination):
    """Text that is one value, such as the title.

    Args:
        then: Takes it, as one line of at most 8 000 characters.
    """

    takes: ClassVar[Takes] = Takes.TEXT

    _then: Callable[[str], None]
    _parts: list[str] = field(factory=list[str], init=False)
    _left: int = field(default=_MAX_CHARS, init=False)

    def text(self, text: str) -> None:
        """Take a piece of the text."""
        if self._left > 0:
            self._parts.append(text[: self._left])
            self._left -= len(text)

    def end(self) -> None:
        """Hand the value on."""
        self._then(one_line("".join(self._parts)))


@define
class Moment(RtfDestination):
    r"""``{\creatim\yr2026\mo1\dy31\hr9\min30}``; a file does not say in which time zone.

    Args:
        then: Takes it, unless there is no such day.
    """

    _then: Callable[[datetime], None]
    _numbers: dict[str, int] = field(factory=dict[str, int], init=False)

    def word(self, name: str, value: int | None) -> None:
        """Take a part of the date."""
        self._numbers[name] = value or 0

    def end(self) -> None:
        """Hand the value on."""
        year, month, day, hour, minute, second = (
            self._numbers.get(name, 0) for name in ("yr", "mo", "dy", "hr", "min", "sec")
        )
        try:
            moment = datetime(year, month, day, hour, minute, second, tzinfo=UTC)
        except (ValueError, OverflowError):
            return
        self._then(moment)


def link_target(code: str) -> str:
    r"""Return where a field leads; empty for one that is no hyperlink.

    Example:
        >>> link_target(r'HYPERLINK "https://example.org/a" \l "part" \o "a tip"')
        'https://example.org/a#part'
    """
    tokens = [
        (found[1] is None, found[1] or found[2] or "") for found in _CODE_TOKEN.finditer(code)
    ]
    if not tokens or tokens[0][1].upper() != "HYPERLINK":
        return ""
    address = anchor = switch = ""
    for is_bare, token in tokens[1:]:
        if is_bare and token.startswith("\\") and len(token) == 2:
            switch = token[1]
        elif switch == "l":
            anchor, switch = token, ""
        elif switch in ("o", "t", "s"):
            switch = ""
        else:
            address = address or token
    return f"{address}#{anchor}" if anchor else address


@define
class Picture(RtfDestination):
    r"""``{\pict\pngblip\picw10\pich10 89504e47...}``: noted with its size.

    Args:
        then: Takes the image.
    """

    takes: ClassVar[Takes] = Takes.BYTES

    _then: Callable[[Image], None]
    alt: str = ""
    _media_type: str = field(default="", init=False)
    _sizes: dict[str, int] = field(factory=dict[str, int], init=False)
    _hex: bytearray = field(factory=bytearray, init=False)
    _binary: bytes = field(default=b"", init=False)

    def word(self, name: str, value: int | None) -> None:
        """Take what kind of picture it is, and how large."""
        self._media_type = _PICTURES.get(name, self._media_type)
        if name in ("picw", "pich"):
            self._sizes[name] = value or 0

    def raw(self, data: bytes) -> None:
        """Take hexadecimal digits."""
        if len(self._hex) < 2 * _HEAD_BYTES:
            self._hex += data[: 2 * _HEAD_BYTES]

    def binary(self, data: bytes) -> None:
        r"""Take the bytes of ``\bin``."""
        self._binary = self._binary or data[:_HEAD_BYTES]

    def end(self) -> None:
        """Hand the image on."""
        size = image_size(self._head(), self._media_type)
        named = self._sizes.get("picw", 0), self._sizes.get("pich", 0)
        if size is None and self._media_type not in _DRAWINGS and min(named) > 0:
            size = named
        width, height = size or (UNSET, UNSET)
        self._then(
            Image(
                alt=self.alt or UNSET,
                media_type=self._media_type or UNSET,
                width=width,
                height=height,
            )
        )

    def _head(self) -> bytes:
        if self._binary:
            return self._binary
        digits = bytes(self._hex).translate(None, b" \t")
        try:
            return bytes.fromhex(digits[: len(digits) & ~1].decode("ascii"))
        except ValueError:
            return b""  # damaged: the size is not known


@define
class Property(RtfDestination):
    r"""``{\sp{\sn name}{\sv value}}`` of a picture, of which only the description matters.

    Args:
        picture: What it is of; None for a shape.
    """

    picture: Picture | None
    _name: str = ""

    def set_name(self, name: str) -> None:
        """Take the name."""
        self._name = name

    def set_value(self, value: str) -> None:
        """Take the value, which follows the name."""
        if self.picture and self._name == "wzDescription":
            self.picture.alt = value

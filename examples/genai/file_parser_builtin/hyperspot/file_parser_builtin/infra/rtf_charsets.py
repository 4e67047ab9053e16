"""Which characters the bytes and words of an RTF file are, and in which language it is."""

from __future__ import annotations

import codecs
import locale
from typing import Final

from attrs import define, field

# Numbers of Windows charsets, [MS-WMF] 2.1.1.5, and of the Macintosh; 1 is the default of the file.
_CODE_PAGE_OF_CHARSET: Final = {
    0: 1252,
    2: 1252,
    77: 10000,
    78: 932,
    80: 936,
    81: 950,
    83: 1255,
    84: 1256,
    85: 1253,
    86: 1254,
    87: 874,
    88: 1250,
    89: 1251,
    128: 932,
    129: 949,
    130: 1361,
    134: 936,
    136: 950,
    161: 1253,
    162: 1254,
    163: 1258,
    177: 1255,
    178: 1256,
    186: 1257,
    204: 1251,
    222: 874,
    238: 1250,
    254: 437,
    255: 850,
}
_CODEC_OF_CODE_PAGE: Final = {
    936: "gb18030",
    1361: "johab",
    10000: "mac_roman",
    10001: "shift_jis",
    10006: "mac_greek",
    10007: "mac_cyrillic",
    10029: "mac_latin2",
    10079: "mac_iceland",
    10081: "mac_turkish",
    20866: "koi8_r",
    21866: "koi8_u",
    54936: "gb18030",
    65001: "utf_8",
}
CHARACTERS: Final = {  # control words and symbols that are characters
    "~": "\u00a0",
    "_": "\u2011",
    "tab": "\t",
    "emdash": "\u2014",
    "endash": "\u2013",
    "emspace": "\u2003",
    "enspace": "\u2002",
    "qmspace": "\u2005",
    "bullet": "\u2022",
    "lquote": "\u2018",
    "rquote": "\u2019",
    "ldblquote": "\u201c",
    "rdblquote": "\u201d",
    "ltrmark": "\u200e",
    "rtlmark": "\u200f",
    "zwj": "\u200d",
    "zwnj": "\u200c",
    "{": "{",
    "}": "}",
    "\\": "\\",
    "line": "\n",
    "lbr": "\n",
}
_DEFAULT_CODEC: Final = "cp1252"
_SCRIPTS: Final = {"zh-CHS": "zh-Hans", "zh-CHT": "zh-Hant"}
_NO_LANGUAGE: Final = frozenset([0, 1024, 255])


def codec_of(code_page: int) -> str | None:
    """Return Python's name of a Windows code page, None for one that it does not have.

    Example:
        >>> codec_of(1251), codec_of(65001), codec_of(7)
        ('cp1251', 'utf_8', None)
    """
    known = _CODEC_OF_CODE_PAGE.get(code_page)
    if known:
        return known
    try:
        return codecs.lookup(f"cp{code_page}").name if code_page > 0 else None
    except LookupError:
        return None


def language_of(number: int) -> str:
    """Return the BCP 47 tag of a Windows language number; empty for none.

    Example:
        >>> language_of(1049), language_of(1024)
        ('ru-RU', '')
    """
    known = "" if number in _NO_LANGUAGE else locale.windows_locale.get(number, "")
    tag = known.replace("_", "-")
    return _SCRIPTS.get(tag, tag)


@define
class Charsets:
    """The charset of the file and those of its fonts.

    Attributes:
        default: Codec of text in no particular font.
        default_font: Number of the font of text that names none.
    """

    default: str = _DEFAULT_CODEC
    default_font: int = 0
    _of_font: dict[int, str] = field(factory=dict[int, str])

    def codec(self, font: int | None) -> str:
        """Return the codec of text in a font."""
        return self._of_font.get(self.default_font if font is None else font, self.default)

    def set_default(self, code_page: int) -> None:
        """Take what the file says about all its text; a code page that nobody knows says nothing."""
        self.default = codec_of(code_page) or self.default

    def set_charset(self, font: int, charset: int) -> None:
        """Take the charset number of a font."""
        self.set_code_page(font, _CODE_PAGE_OF_CHARSET.get(charset, 0))

    def set_code_page(self, font: int, code_page: int) -> None:
        """Take the code page of a font."""
        if codec := codec_of(code_page):
            self._of_font[font] = codec

"""Which characters the bytes of a text file are."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from itertools import islice
from typing import Final

from attrs import frozen
from chardetng_py import EncodingDetector  # type: ignore[import-untyped]  # has stubs, says so nowhere

from hyperspot.file_parser.contract.sniffing.unmarked_utf16 import unmarked_utf16

_BOMS: Final[tuple[tuple[bytes, str, str], ...]] = (
    (codecs.BOM_UTF8, "utf-8-sig", "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32", "utf-32le"),  # begins with the mark of UTF-16
    (codecs.BOM_UTF32_BE, "utf-32", "utf-32be"),
    (codecs.BOM_UTF16_LE, "utf-16", "utf-16le"),
    (codecs.BOM_UTF16_BE, "utf-16", "utf-16be"),
)
_FALLBACK: Final = "cp1252"  # every byte has a meaning in it, so it cannot fail
_ALLOWED_PREFIXES: Final = (
    *("utf-8", "utf-16", "utf-32", "cp125", "cp866", "cp874", "cp932", "cp949", "cp950"),
    *("iso8859-", "koi8-", "mac-", "gb", "big5", "shift_jis", "euc_", "iso2022_", "ascii"),
)
# What the web means by a name is a larger charset of the same family (WHATWG, Encoding, section 4.2).
_MEANT: Final = {
    "ascii": "utf-8",
    "iso8859-1": "cp1252",
    "iso8859-9": "cp1254",
    "iso8859-11": "cp874",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "shift_jis": "cp932",
    "euc_kr": "cp949",
    "big5": "big5hkscs",
    "cp950": "big5hkscs",
}
_WEB_NAMES: Final = {
    "cp932": "shift_jis",
    "cp949": "euc-kr",
    "big5hkscs": "big5",
    "cp866": "ibm866",
    "cp874": "windows-874",
    "mac-cyrillic": "x-mac-cyrillic",
}
_CODEC_OF_GUESS: Final = {"windows-874": "cp874", "x-mac-cyrillic": "mac-cyrillic"}
_BEYOND_ASCII: Final = re.compile(rb"[\x80-\xff]")
_LEAST_BYTES: Final = 4
_SAMPLE_BYTES: Final = 64 * 1024
_BEFORE_BYTES: Final = 64
_ISO_2022: Final = b"\x1b$"


@frozen(kw_only=True)
class Decoded:
    """Text, and the charset that it was read in, as its IANA or web name."""

    text: str
    charset: str


def decode(data: bytes, *declared: str | None) -> Decoded:
    """Read *data* as text.

    A byte order mark decides; then UTF-16 that is seen without one; then the first of the *declared* charsets that is
    known and fits; then ISO-2022-JP by its escapes; then UTF-8. What is left is a legacy charset, guessed from the
    64 KiB that begin at the first byte beyond ASCII. Fewer than four such bytes say too little: a text with so few is
    windows-1252. Bytes that the charset has no meaning for become U+FFFD.

    Example:
        >>> decode("Привет, сад".encode("koi8-u"))
        Decoded(text='Привет, сад', charset='koi8-u')
    """
    for bom, codec, charset in _BOMS:
        if data.startswith(bom):
            return Decoded(text=data.decode(codec, "replace"), charset=charset)
    if utf16 := unmarked_utf16(data):
        return Decoded(text=data.decode(utf16, "replace"), charset=utf16.replace("-16-", "-16"))
    escaped = "iso2022_jp" if _ISO_2022 in data else None
    for name in (*declared, escaped, "utf-8"):
        codec_name = _codec(name or "")
        if codec_name is None:
            continue
        try:
            return Decoded(text=data.decode(codec_name), charset=_web_name(codec_name))
        except UnicodeDecodeError:
            continue  # the declaration does not fit the content: the next candidate may
    codec = _guess(data)
    return Decoded(text=data.decode(codec, "replace"), charset=_web_name(codec))


def _guess(data: bytes) -> str:
    """Return the codec of a text that is not Unicode."""
    beyond = _positions(data)
    first = next(beyond, 0)
    if next(islice(beyond, _LEAST_BYTES - 2, None), None) is None:
        return _FALLBACK
    detector = EncodingDetector()
    sample = data[max(first - _BEFORE_BYTES, 0) : first + _SAMPLE_BYTES]
    detector.feed(sample, last=len(sample) < _SAMPLE_BYTES)
    guess: str = detector.guess(tld=None, allow_utf8=False)
    return _codec(_CODEC_OF_GUESS.get(guess, guess)) or _FALLBACK


def _positions(data: bytes) -> Iterator[int]:
    return (found.start() for found in _BEYOND_ASCII.finditer(data))


def _codec(name: str) -> str | None:
    try:
        codec = codecs.lookup(name).name
    except (LookupError, ValueError):
        return None
    codec = _MEANT.get(codec, codec)
    # Python's registry also has codecs that are no charsets, such as unicode_escape and rot13.
    return codec if codec.startswith(_ALLOWED_PREFIXES) else None


def _web_name(codec: str) -> str:
    if codec in _WEB_NAMES:
        return _WEB_NAMES[codec]
    if codec.startswith("cp125"):
        return f"windows-{codec[2:]}"
    return codec.replace("iso8859", "iso-8859").replace("_", "-")

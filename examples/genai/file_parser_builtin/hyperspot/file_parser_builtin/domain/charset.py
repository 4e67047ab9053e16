"""Which characters the bytes of a text file are."""

from __future__ import annotations

import codecs
from typing import Final

from attrs import frozen

_BOMS: Final[tuple[tuple[bytes, str, str], ...]] = (
    (codecs.BOM_UTF8, "utf-8-sig", "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16", "utf-16le"),
    (codecs.BOM_UTF16_BE, "utf-16", "utf-16be"),
)
_FALLBACK: Final = ("cp1252", "windows-1252")  # every byte has a meaning in it, so it cannot fail
_ALLOWED_PREFIXES: Final = (
    *("utf-8", "utf-16", "utf-32", "cp125", "cp866", "cp874", "cp932", "cp949", "cp950"),
    *("iso8859-", "koi8-", "mac-", "gb", "big5", "shift_jis", "euc_", "iso2022_", "ascii"),
)


@frozen(kw_only=True)
class Decoded:
    """Text, and the charset that it was read in, as its IANA or web name."""

    text: str
    charset: str


def decode(data: bytes, *declared: str | None) -> Decoded:
    """Read *data* as text.

    A byte order mark decides; then the first of the *declared* charsets that is known and fits; then UTF-8; then
    windows-1252, with U+FFFD for its few undefined bytes.
    """
    for bom, codec, charset in _BOMS:
        if data.startswith(bom):
            return Decoded(text=data.decode(codec, "replace"), charset=charset)
    for name in (*declared, "utf-8"):
        codec_name = _codec(name or "")
        if codec_name is None:
            continue
        try:
            return Decoded(text=data.decode(codec_name), charset=_web_name(codec_name))
        except UnicodeDecodeError:
            continue  # the declaration does not fit the content: the next candidate may
    codec, charset = _FALLBACK
    return Decoded(text=data.decode(codec, "replace"), charset=charset)


def _codec(name: str) -> str | None:
    try:
        codec = codecs.lookup(name).name
    except (LookupError, ValueError):
        return None
    if codec in ("iso8859-1", "ascii"):
        return "utf-8" if codec == "ascii" else "cp1252"  # what the web means by these names
    # Python's registry also has codecs that are no charsets, such as unicode_escape and rot13.
    return codec if codec.startswith(_ALLOWED_PREFIXES) else None


def _web_name(codec: str) -> str:
    if codec.startswith("cp125"):
        return f"windows-{codec[2:]}"
    return codec.replace("iso8859", "iso-8859").replace("_", "-")

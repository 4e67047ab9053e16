"""Headers of e-mail messages as people read them, whatever is wrong with them."""

from __future__ import annotations

from datetime import UTC, datetime
from email.errors import HeaderParseError
from email.header import decode_header
from email.message import Message
from email.utils import getaddresses, parsedate_to_datetime
from typing import Final, TypeAlias

from hyperspot.file_parser.contract.building import one_line
from modkit import UNSET, UnsetType

Mail: TypeAlias = "Message[str, str]"

_MAX_CHARS: Final = 8_000
_MAX_DATE_CHARS: Final = 100
_MAX_COMMENTS: Final = 50  # the library follows comments in comments by recursion

ODD_PARAMETERS: Final = (TypeError, ValueError, LookupError)
"""What the library raises, against its own rules, for parameters that are numbered oddly."""


def header(message: Mail, name: str) -> str:
    """Return the first 8 000 characters of a header as one line with its encoded words read; empty if missing."""
    wanted = name.lower()
    raw = next((value for key, value in message.raw_items() if key.lower() == wanted), "")
    return encoded_words(raw[:_MAX_CHARS])


def encoded_words(raw: str) -> str:
    """Return *raw* as one line, its encoded words (RFC 2047) read, and bytes beyond ASCII taken as UTF-8."""
    text = (
        raw.encode("ascii", "surrogateescape").decode("utf-8", "replace") if _is_raw(raw) else raw
    )
    try:
        pieces = decode_header(text)
    except (HeaderParseError, ValueError):
        return one_line(text)
    return one_line("".join(_decoded(piece, charset) for piece, charset in pieces))


def senders(message: Mail) -> str:
    """Return the names of those who wrote *message*, addresses where there are none, separated by semicolons."""
    text = header(message, "From")
    if text.count("(") > _MAX_COMMENTS:
        return ""
    return "; ".join(filter(None, (name or address for name, address in getaddresses([text]))))


def sent_at(message: Mail) -> datetime | UnsetType:
    """Return when *message* was sent, UTC; a date that cannot be read is as if not given."""
    try:
        read = parsedate_to_datetime(header(message, "Date")[:_MAX_DATE_CHARS])
        return read.replace(tzinfo=UTC) if read.tzinfo is None else read.astimezone(UTC)
    except (ValueError, TypeError, IndexError, OverflowError):
        return UNSET


def file_name(part: Mail) -> str:
    """Return the name that *part* has as a file; empty for none."""
    try:
        return encoded_words((part.get_filename() or "")[:_MAX_CHARS])
    except ODD_PARAMETERS:
        return ""


def charset(part: Mail) -> str | None:
    """Return the charset that *part* says it is in."""
    try:
        return part.get_content_charset()
    except ODD_PARAMETERS:
        return None


def _is_raw(text: str) -> bool:
    return any("\udc80" <= character <= "\udcff" for character in text)


def _decoded(piece: str | bytes, charset: str | None) -> str:
    if isinstance(piece, str):
        return piece
    try:
        return piece.decode(charset or "ascii", "replace")
    except (LookupError, ValueError):
        return piece.decode("latin-1")

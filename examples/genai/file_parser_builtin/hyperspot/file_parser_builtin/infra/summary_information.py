"""SummaryInformation: what an OLE document says about itself (MS-OLEPS)."""

from __future__ import annotations

import codecs
import struct
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Final

from attrs import frozen

from hyperspot.file_parser.contract.building import one_line
from modkit import UNSET, UnsetType

SUMMARY_STREAM: Final = "\x05SummaryInformation"
_CODEPAGE, _TITLE, _AUTHOR, _CREATED, _SAVED = 1, 2, 4, 12, 13
_ANSI_TEXT, _WIDE_TEXT, _TIME = 30, 31, 64  # types of values
_EPOCH: Final = datetime(1601, 1, 1, tzinfo=UTC)
_MOST_PROPERTIES: Final = 100
_MOST_TICKS: Final = 2_650_467_744_000_000_000  # of 100 ns; to the year 10000
_USUAL_CHARSET: Final = "cp1252"
_CHARSETS: Final[Mapping[int, str]] = {65001: "utf-8", 1200: "utf-16-le", 10000: "mac-roman"}


@frozen(kw_only=True)
class SummaryInformation:
    """The properties that are part of a result, named as there; what cannot be read is as if not given."""

    title: str | UnsetType = UNSET
    author: str | UnsetType = UNSET
    created_at: datetime | UnsetType = UNSET
    modified_at: datetime | UnsetType = UNSET

    @classmethod
    def read(cls, stream: bytes) -> SummaryInformation:
        """Read the stream `SUMMARY_STREAM`; empty or damaged, it sets what comes before the damage."""
        values = dict(_values(stream))
        codepage = int.from_bytes(values.get(_CODEPAGE, (0, b""))[1][:2], "little")
        return cls(
            title=_text(values, _TITLE, codepage),
            author=_text(values, _AUTHOR, codepage),
            created_at=_time(values, _CREATED),
            modified_at=_time(values, _SAVED),
        )


def _values(stream: bytes) -> Iterator[tuple[int, tuple[int, bytes]]]:
    """Yield number, type and bytes of each property; the bytes go on behind the value."""
    try:
        (section,) = struct.unpack_from("<I", stream, 44)
        (count,) = struct.unpack_from("<I", stream, section + 4)
        for number in range(min(count, _MOST_PROPERTIES)):
            name, offset = struct.unpack_from("<II", stream, section + 8 + 8 * number)
            (kind,) = struct.unpack_from("<I", stream, section + offset)
            yield name, (kind, stream[section + offset + 4 :])
    except struct.error:  # it ends too early
        return


def _text(values: Mapping[int, tuple[int, bytes]], name: int, codepage: int) -> str | UnsetType:
    kind, data = values.get(name, (0, b""))
    size = int.from_bytes(data[:4], "little")
    if kind == _WIDE_TEXT:
        text = data[4 : 4 + 2 * size].decode("utf-16-le", "replace")
    elif kind == _ANSI_TEXT:
        text = data[4 : 4 + size].decode(_charset(codepage), "replace")
    else:
        return UNSET
    return one_line(text.partition("\0")[0]) or UNSET


def _charset(codepage: int) -> str:
    name = _CHARSETS.get(codepage, f"cp{codepage}")
    try:
        return codecs.lookup(name).name
    except LookupError:
        return _USUAL_CHARSET


def _time(values: Mapping[int, tuple[int, bytes]], name: int) -> datetime | UnsetType:
    kind, data = values.get(name, (0, b""))
    ticks = int.from_bytes(data[:8], "little")
    if kind != _TIME or len(data) < 8 or not 0 < ticks < _MOST_TICKS:
        return UNSET
    return _EPOCH + timedelta(microseconds=ticks // 10)

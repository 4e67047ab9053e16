"""A multipart form as a stream of parts, each a stream of bytes; nothing is kept that was not asked for."""

from __future__ import annotations

from collections import deque
from typing import Final, TypeAlias

from attrs import frozen
from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

from modkit.rest.body import BodyStream
from modkit_errors import FieldError, Invalid, Malformed

MAX_FIELD_BYTES: Final = 64 * 1024
_MAX_PARTS: Final = 100
_MAX_PART_HEADERS: Final = 8
_MAX_PART_HEADER_BYTES: Final = 4096


@frozen(kw_only=True)
class PartHead:
    """What comes before the bytes of a part.

    Attributes:
        name: Name of the form field.
        filename: Name of the file as the client gave it, any path in it dropped; None for a plain field.
        media_type: Declared media type with its parameters; empty where none was declared.
    """

    name: str
    filename: str | None = None
    media_type: str = ""


@frozen
class _End:
    """The end of a part."""


_Item: TypeAlias = PartHead | bytes | _End


class MultipartReader:
    """Turns the body into heads, pieces and ends of parts.

    Args:
        stream: The body.
        boundary: From the request's content type.

    Raises:
        Malformed: The boundary is missing or too long.
    """

    def __init__(self, stream: BodyStream, boundary: bytes) -> None:
        self._stream = stream
        self._items: deque[_Item] = deque()
        self._parts = 0
        self._is_closed = False
        self._header_name = bytearray()
        self._header_value = bytearray()
        self._headers: dict[bytes, bytes] = {}
        if not boundary:
            raise Malformed(detail="The content type has no boundary parameter.")
        try:
            self._parser = MultipartParser(
                boundary,
                {
                    "on_part_begin": self._on_part_begin,
                    "on_part_data": self._on_part_data,
                    "on_part_end": self._on_part_end,
                    "on_header_field": self._on_header_field,
                    "on_header_value": self._on_header_value,
                    "on_header_end": self._on_header_end,
                    "on_headers_finished": self._on_headers_finished,
                    "on_end": self._on_end,
                },
                max_header_count=_MAX_PART_HEADERS,
                max_header_size=_MAX_PART_HEADER_BYTES,
            )
        except FormParserError as error:
            raise Malformed(detail=f"The boundary is not usable: {error}.") from error

    async def next(self) -> _Item | None:
        """Return the next head, piece or end; None after the closing boundary.

        Raises:
            Malformed: The body is no well-formed multipart form, ends early, or has too many parts or headers.
        """
        while not self._items:
            chunk = await self._stream.chunk()
            if not chunk:
                if not self._is_closed:
                    raise Malformed(detail="The form ends before its closing boundary.")
                return None
            try:
                self._parser.write(chunk)
            except FormParserError as error:
                raise Malformed(detail=f"The form cannot be read: {error}.") from error
        return self._items.popleft()

    def _on_part_begin(self) -> None:
        self._parts += 1
        if self._parts > _MAX_PARTS:
            raise Malformed(detail=f"The form may have at most {_MAX_PARTS} parts.")
        self._headers = {}

    def _on_header_field(self, chunk: bytes, start: int, end: int) -> None:
        self._header_name += chunk[start:end]

    def _on_header_value(self, chunk: bytes, start: int, end: int) -> None:
        self._header_value += chunk[start:end]

    def _on_header_end(self) -> None:
        self._headers[bytes(self._header_name).lower()] = bytes(self._header_value)
        self._header_name.clear()
        self._header_value.clear()

    def _on_headers_finished(self) -> None:
        disposition, options = parse_options_header(self._headers.get(b"content-disposition"))
        name = options.get(b"name")
        if disposition != b"form-data" or name is None:
            raise Malformed(
                detail="A part of the form has no 'Content-Disposition: form-data; name=...'."
            )
        filename = options.get(b"filename")
        self._items.append(
            PartHead(
                name=_text(name),
                filename=None if filename is None else base_name(_text(filename)),
                media_type=self._headers.get(b"content-type", b"").decode("latin-1").strip(),
            )
        )

    def _on_part_data(self, chunk: bytes, start: int, end: int) -> None:
        self._items.append(chunk[start:end])

    def _on_part_end(self) -> None:
        self._items.append(_End())

    def _on_end(self) -> None:
        self._is_closed = True


class Part:
    """One part of a form; iterate over its bytes, or ask for them at once.

    Attributes:
        name: Name of the form field.
        filename: Name of the file as the client gave it, any path in it dropped; None for a plain field.
        media_type: Declared media type with its parameters; empty where none was declared.
    """

    def __init__(self, head: PartHead, reader: MultipartReader) -> None:
        self.name = head.name
        self.filename = head.filename
        self.media_type = head.media_type
        self._reader = reader
        self._is_finished = False

    def __aiter__(self) -> Part:
        return self

    async def __anext__(self) -> bytes:
        if not self._is_finished:
            item = await self._reader.next()
            if isinstance(item, bytes):
                return item
            self._is_finished = True
        raise StopAsyncIteration

    async def read(self, *, limit_bytes: int = MAX_FIELD_BYTES) -> bytes:
        """Return all bytes of the part.

        Raises:
            Invalid: There are more than *limit_bytes*.
        """
        whole = bytearray()
        async for chunk in self:
            whole += chunk
            if len(whole) > limit_bytes:
                raise Invalid(errors=(_too_long(self.name, limit_bytes),))
        return bytes(whole)

    async def text(self, *, limit_bytes: int = MAX_FIELD_BYTES) -> str:
        """Return the part as UTF-8 text.

        Raises:
            Invalid: It is no UTF-8, or longer than *limit_bytes*.
        """
        try:
            return (await self.read(limit_bytes=limit_bytes)).decode()
        except UnicodeDecodeError as error:
            raise Invalid(
                errors=(FieldError(f"$.{self.name}", "format", "Expected UTF-8 text."),)
            ) from error


def base_name(filename: str) -> str:
    """Return the last component of a client's file name, which may be a path of any system."""
    return filename.replace("\\", "/").rsplit("/", 1)[-1].replace("\0", "")


def _text(value: bytes) -> str:
    return value.decode("utf-8", "replace")


def _too_long(name: str, limit_bytes: int) -> FieldError:
    return FieldError(f"$.{name}", "max_length", f"Expected at most {limit_bytes} bytes.")

"""Bodies that a handler streams: raw bytes, one uploaded file, or a whole form."""

from __future__ import annotations

from modkit.rest.body import BodyStream
from modkit.rest.exchange import Exchange
from modkit.rest.media_types import parse_media_type
from modkit.rest.multipart import MAX_FIELD_BYTES, MultipartReader, Part, PartHead, base_name
from modkit_errors import FieldError, Invalid


class RawBody:
    """The bytes of a body as they arrive; iterate over them once.

    Attributes:
        media_type: Declared media type with its parameters; empty where none was declared.
    """

    def __init__(self, stream: BodyStream, media_type: str) -> None:
        self.media_type = media_type
        self._stream = stream

    def __aiter__(self) -> RawBody:
        return self

    async def __anext__(self) -> bytes:
        chunk = await self._stream.chunk()
        if not chunk:
            raise StopAsyncIteration
        return chunk


class Upload:
    """One uploaded file, sent as the body itself or as the field ``file`` of a form; iterate over it once.

    Attributes:
        media_type: Declared media type of the file with its parameters; empty where none was declared.
        filename: Name of the file as the client gave it, any path in it dropped; None where none was given.
        fields: Plain fields of the form that came before the file, by name.
    """

    def __init__(
        self,
        chunks: RawBody | Part,
        *,
        filename: str | None,
        fields: dict[str, str] | None = None,
        rest: MultipartReader | None = None,
    ) -> None:
        self.media_type = chunks.media_type
        self.filename = filename
        self.fields = fields or {}
        self._chunks = chunks
        self._rest = rest

    def __aiter__(self) -> Upload:
        return self

    async def __anext__(self) -> bytes:
        try:
            return await self._chunks.__anext__()
        except StopAsyncIteration:
            await self._check_rest()
            raise

    async def _check_rest(self) -> None:
        """Read what follows the file: it must be well-formed, or the file may have been cut."""
        while self._rest is not None and (item := await self._rest.next()) is not None:
            if isinstance(item, PartHead) and item.name == "file":
                error = FieldError("$.file", "repeated", "The form has more than one field 'file'.")
                raise Invalid(errors=(error,))


class Multipart:
    """The parts of a form in the order sent; iterate over them once, each before the next.

    What is left of a part when the next is asked for is skipped.
    """

    def __init__(self, reader: MultipartReader) -> None:
        self._reader = reader

    def __aiter__(self) -> Multipart:
        return self

    async def __anext__(self) -> Part:
        while True:
            item = await self._reader.next()
            if item is None:
                raise StopAsyncIteration
            if isinstance(item, PartHead):
                return Part(item, self._reader)


async def open_upload(exchange: Exchange, stream: BodyStream) -> Upload:
    """Return the uploaded file of a request, its name and type known, its bytes still to come.

    Raises:
        Malformed: The form cannot be read.
        Invalid: The form has no field ``file``, or a field before it is too long or no text.
    """
    content_type = _content_type(exchange)
    kind, options = parse_media_type(content_type)
    if kind != "multipart/form-data":
        _, disposition = parse_media_type(
            exchange.headers.get(b"content-disposition", b"").decode("latin-1")
        )
        filename = disposition.get("filename")
        return Upload(
            RawBody(stream, content_type), filename=base_name(filename) if filename else None
        )
    reader = MultipartReader(stream, options.get("boundary", "").encode("latin-1"))
    fields: dict[str, str] = {}
    kept_bytes = 0
    async for part in Multipart(reader):
        if part.name == "file":
            return Upload(part, filename=part.filename or None, fields=fields, rest=reader)
        if part.filename is None:
            text = await part.text(limit_bytes=MAX_FIELD_BYTES - kept_bytes)
            kept_bytes += len(text.encode())
            fields.setdefault(part.name, text)
    raise Invalid(errors=(FieldError("$.file", "missing", "The form has no field 'file'."),))


def open_multipart(exchange: Exchange, stream: BodyStream) -> Multipart:
    """Return the parts of the form that a request carries.

    Raises:
        Malformed: The content type names no usable boundary.
    """
    _, options = parse_media_type(_content_type(exchange))
    return Multipart(MultipartReader(stream, options.get("boundary", "").encode("latin-1")))


def open_raw(exchange: Exchange, stream: BodyStream) -> RawBody:
    """Return the body as it arrives."""
    return RawBody(stream, _content_type(exchange))


def _content_type(exchange: Exchange) -> str:
    return exchange.headers.get(b"content-type", b"").decode("latin-1")

"""DocumentInput: a document to parse, as the caller has it."""

from __future__ import annotations

from collections.abc import AsyncIterable
from typing import TypeAlias

from attrs import frozen


@frozen(kw_only=True)
class UploadedFile:
    """A file in the hands of the caller.

    Attributes:
        content: The file in chunks of any size; read once, and no further than the size limit.
        filename: Name for messages, and a hint where the content does not say what it is; folders in it are dropped.
        media_type: Declared media type, a weaker hint than the name; a charset parameter is honoured for text.
    """

    content: AsyncIterable[bytes]
    filename: str | None = None
    media_type: str | None = None


@frozen(kw_only=True)
class LocalFile:
    """A file on the server, in the folder that the configuration opens.

    Attributes:
        path: Absolute inside the folder, or relative to it; never with ``..``.
    """

    path: str


@frozen(kw_only=True)
class RemoteFile:
    """A file to download.

    Attributes:
        url: Absolute address, ``https`` unless the configuration allows more.
    """

    url: str


DocumentInput: TypeAlias = UploadedFile | LocalFile | RemoteFile

"""FileParserTikaConfig: where the Tika server is, and what it is asked for."""

from __future__ import annotations

from typing import Annotated, Final

from attrs import field, frozen

from modkit import Meta, Secret
from modkit.http import EgressPolicy

_OPEN: Final = "application/vnd.oasis.opendocument"


@frozen(kw_only=True)
class TikaFormat:
    """A format that the server is asked to parse.

    Attributes:
        media_type: Lower case, without parameters.
        extensions: Lower case, without the dot.
    """

    media_type: Annotated[str, Meta(pattern=r"^[a-z0-9.+-]+/[a-z0-9.+-]+$")]
    extensions: tuple[str, ...] = ()


DEFAULT_FORMATS: Final = (
    TikaFormat(media_type="application/msword", extensions=("doc", "dot")),
    TikaFormat(media_type="application/vnd.ms-powerpoint", extensions=("ppt", "pps")),
    TikaFormat(media_type="application/vnd.ms-excel", extensions=("xls",)),
    TikaFormat(media_type="application/vnd.ms-outlook", extensions=("msg",)),
    TikaFormat(media_type="application/rtf", extensions=("rtf",)),
    TikaFormat(media_type=f"{_OPEN}.text", extensions=("odt",)),
    TikaFormat(media_type=f"{_OPEN}.presentation", extensions=("odp",)),
    TikaFormat(media_type=f"{_OPEN}.spreadsheet", extensions=("ods",)),
)
"""What no worker inside the platform reads."""


@frozen(kw_only=True)
class FileParserTikaConfig:
    """Section ``modules.file_parser_tika.config``.

    Attributes:
        url: Base of the Tika server, such as ``http://127.0.0.1:9998``; empty for none, then the worker parses nothing.
        authorization: Value of the ``Authorization`` header, where something before the server asks for it.
        timeout_s: For one document; the limit of the gateway holds as well.
        max_concurrent_documents: How many documents are with the server at once; the others wait.
        priority: Among workers for one format the lowest wins; the builtin worker has 100.
        formats: What the server is asked to parse.
        egress: Where the server may be. A server inside your network needs ``allowed_networks``, and ``allow_http``
            where it has no TLS.
    """

    url: Annotated[str, Meta(pattern=r"^$|^https?://[^/?#]+(/[^?#]*)?$")] = ""
    authorization: Secret[str] | None = None
    timeout_s: Annotated[float, Meta(gt=0)] = 120.0
    max_concurrent_documents: Annotated[int, Meta(ge=1, le=1000)] = 4
    priority: int = 200
    formats: tuple[TikaFormat, ...] = DEFAULT_FORMATS
    egress: EgressPolicy = field(factory=EgressPolicy)

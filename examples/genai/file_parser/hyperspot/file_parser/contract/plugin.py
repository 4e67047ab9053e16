"""DocumentParser: what a worker of file_parser implements."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, ClassVar

from attrs import field, frozen

from hyperspot.file_parser.contract.models import Block, FileFormat, ParseOptions
from hyperspot.file_parser.contract.progress import Report, unreported
from modkit import UNSET, Meta, UnsetType
from modkit.gts import gts_type
from modkit.plugin_type import BaseModkitPluginV1
from modkit.plugins import Plugin, PluginContract
from modkit.security import SecurityContext

_FORMATS = "formats"


@frozen(kw_only=True)
class ParseLimits:
    """What parsing one document may use; a worker raises `ParseLimitExceeded` beyond it.

    Attributes:
        timeout_s: Wall clock.
        max_cpu_s: Processor time.
        max_memory_bytes: Memory that the parse takes beside the file and the libraries.
        max_decompressed_bytes: Everything that is unpacked from a container, together.
        max_members: Files inside a container, those of containers in it included.
        max_container_depth: Containers in containers; 1 for none.
        max_pages: Pages, sheets or slides.
        max_blocks: Blocks of the result, nested ones included.
        max_text_chars: Unicode code points of the result.
        max_depth: Nesting of quotes, list items and tables in the result, of which a table counts three; what is deeper is
            moved up, not refused.
        max_output_bytes: Size of the result on its way to the caller, as the worker hands it over.
    """

    timeout_s: Annotated[float, Meta(gt=0)] = 60.0
    max_cpu_s: Annotated[float, Meta(gt=0)] = 60.0
    max_memory_bytes: Annotated[int, Meta(ge=64 * 1024**2)] = 1024**3
    max_decompressed_bytes: Annotated[int, Meta(gt=0)] = 512 * 1024**2
    max_pages: Annotated[int, Meta(gt=0)] = 20_000
    max_blocks: Annotated[int, Meta(gt=0)] = 500_000
    max_text_chars: Annotated[int, Meta(gt=0)] = 50_000_000
    max_members: Annotated[int, Meta(gt=0)] = 10_000
    max_container_depth: Annotated[int, Meta(gt=0)] = 3
    max_depth: Annotated[int, Meta(gt=0, le=48)] = 32
    max_output_bytes: Annotated[int, Meta(gt=0)] = 256 * 1024**2


@frozen(kw_only=True)
class ParseRequest:
    """What a worker is told about a file, beside where it is; picklable.

    Attributes:
        filename: Name for messages.
        media_type: What the file is, as seen in its content; one of the worker's formats.
        charset: Charset that the caller declared for a text format, if any; not checked.
        options: How to parse it.
        limits: What parsing may use.
    """

    filename: str
    media_type: str
    charset: str | None = None
    options: ParseOptions = field(factory=ParseOptions)
    limits: ParseLimits = field(factory=ParseLimits)


@frozen(kw_only=True)
class ParsedContent:
    """What a worker reads out of a file; picklable.

    Attributes:
        blocks: Content in reading order; block number ``i`` has ``provenance.index == i``.
        title: Title that the document gives itself.
        author: Who wrote it, as the document says; several names are separated by semicolons.
        language: BCP 47 tag that the document declares.
        charset: Charset in which a text format was read.
        created_at: When the document says it was made, UTC.
        modified_at: When the document says it was last changed, UTC.
    """

    blocks: tuple[Block, ...]
    title: str | UnsetType = UNSET
    author: str | UnsetType = UNSET
    language: str | UnsetType = UNSET
    charset: str | UnsetType = UNSET
    created_at: datetime | UnsetType = UNSET
    modified_at: datetime | UnsetType = UNSET


@frozen(kw_only=True)
class ParserProperties:
    """What the gateway chooses a worker by.

    Attributes:
        formats: What it parses.
    """

    formats: tuple[FileFormat, ...]


@gts_type(
    "gts.x.core.modkit.plugin.v1~x.core.file_parser.plugin.v1~",
    base=BaseModkitPluginV1,
)
@frozen(kw_only=True)
class DocumentParserPluginV1(BaseModkitPluginV1):
    """A worker that parses files."""

    properties: ParserProperties


class DocumentParser(PluginContract):
    """Parses files of some formats.

    A worker says which formats in the properties of its `Plugin`, made by `parser_plugin`.
    """

    plugin_type: ClassVar[type[Any] | None] = DocumentParserPluginV1

    @abstractmethod
    async def parse(
        self,
        ctx: SecurityContext,
        path: Path,
        request: ParseRequest,
        *,
        report: Report = unreported,
    ) -> ParsedContent:
        """Parse the file at *path*, which exists until this returns, without blocking the event loop.

        Args:
            ctx: Who asks.
            path: The file.
            request: What is known about it.
            report: Is told from time to time how far the parse is.

        Raises:
            ParseFailed: The file is damaged.
            DocumentEncrypted: The file needs a password.
            ParseLimitExceeded: A limit of the request is not enough.
        """


def parser_plugin(
    *,
    plugin_id: str,
    vendor: str,
    formats: Iterable[FileFormat],
    priority: int = 100,
) -> Plugin:
    """Describe a worker and the formats that it parses; among workers of one format the lowest priority wins."""
    described = [
        {
            "media_type": item.media_type,
            "extensions": list(item.extensions),
            **({"signature": item.signature} if item.signature else {}),
        }
        for item in formats
    ]
    properties: dict[str, Any] = {_FORMATS: described}
    return Plugin(id=plugin_id, vendor=vendor, priority=priority, properties=properties)


def formats_of(plugin: Plugin) -> tuple[FileFormat, ...]:
    """Return the formats that *plugin* says it parses; none if it does not say."""
    return tuple(
        FileFormat(
            media_type=item["media_type"],
            extensions=tuple(item["extensions"]),
            signature=item.get("signature", UNSET),
        )
        for item in plugin.properties.get(_FORMATS, ())
    )

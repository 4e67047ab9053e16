"""FileParserConfig: the limits of file_parser, and who parses what."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Final, TypeAlias
from uuid import UUID

from attrs import Attribute, asdict, evolve, field, frozen
from attrs.validators import optional

from hyperspot.file_parser.contract.plugin import ParseLimits
from modkit import Meta
from modkit.http import EgressPolicy, HttpClientConfig, RedirectPolicy

WorkersByType: TypeAlias = Mapping[str, tuple[str, ...]]
"""Ids of workers in the order asked, by media type, ``text/*`` or ``*``."""

_TYPE_PATTERN: Final = re.compile(
    r"\*|[a-z0-9][a-z0-9!#$&^_.+-]*/(?:\*|[a-z0-9][a-z0-9!#$&^_.+-]*)"
)


def _types(_: object, attribute: Attribute[Any], value: WorkersByType) -> None:
    for pattern in value:
        if not _TYPE_PATTERN.fullmatch(pattern):
            raise ValueError(
                f"{attribute.name} has the key {pattern!r}; keys are media types in lower case without parameters,"
                " such as text/html, or text/*, or *"
            )


def _absolute(_: object, attribute: Attribute[str], value: str) -> None:
    if value and (not Path(value).is_absolute() or ".." in Path(value).parts):
        raise ValueError(f"{attribute.name} must be an absolute path without '..', got {value!r}")


def _tenant_ids(_: object, attribute: Attribute[Any], value: Mapping[str, TenantConfig]) -> None:
    for key in value:
        try:
            UUID(key)
        except ValueError as error:
            raise ValueError(
                f"{attribute.name} has the key {key!r}; keys are ids of tenants, which are UUIDs"
            ) from error


@frozen(kw_only=True)
class LimitOverrides:
    """Limits of `ParseLimits` that one tenant has instead of the platform's; what is left out stays.

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

    timeout_s: Annotated[float, Meta(gt=0)] | None = None
    max_cpu_s: Annotated[float, Meta(gt=0)] | None = None
    max_memory_bytes: Annotated[int, Meta(ge=64 * 1024**2)] | None = None
    max_decompressed_bytes: Annotated[int, Meta(gt=0)] | None = None
    max_members: Annotated[int, Meta(gt=0)] | None = None
    max_container_depth: Annotated[int, Meta(gt=0)] | None = None
    max_pages: Annotated[int, Meta(gt=0)] | None = None
    max_blocks: Annotated[int, Meta(gt=0)] | None = None
    max_text_chars: Annotated[int, Meta(gt=0)] | None = None
    max_depth: Annotated[int, Meta(gt=0, le=48)] | None = None
    max_output_bytes: Annotated[int, Meta(gt=0)] | None = None

    def over(self, limits: ParseLimits) -> ParseLimits:
        """Return *limits* with what is set here in their place."""
        own = {name: value for name, value in asdict(self).items() if value is not None}
        return evolve(limits, **own)


@frozen(kw_only=True)
class TenantConfig:
    """What one tenant has instead of the platform's.

    Attributes:
        workers: Who parses what; asked before the platform's ``workers``.
        limits: What parsing one document may use.
        max_file_size_mb: Largest accepted file, in MiB.
        allowed_local_base_dir: Absolute path of the folder whose files its callers may have parsed, and no others; empty
            for none.
    """

    workers: WorkersByType = field(factory=dict[str, tuple[str, ...]], validator=_types)
    limits: LimitOverrides = field(factory=LimitOverrides)
    max_file_size_mb: Annotated[int, Meta(ge=1, le=10_240)] | None = None
    allowed_local_base_dir: str | None = field(default=None, validator=optional(_absolute))


@frozen(kw_only=True)
class FileParserConfig:
    """Section ``modules.file_parser.config``.

    Attributes:
        max_file_size_mb: Largest accepted file, in MiB.
        spool_dir: Existing folder for documents while they are parsed, in which each process has a private one; empty
            means the system's temporary folder.
        max_spool_mb: Most that waits there at once, in MiB; never less than the largest accepted file.
        max_in_flight: Most documents that are taken in and parsed at once, by each process of the platform.
        upload_timeout_s: Longest time that receiving and answering may take beside parsing.
        allowed_local_base_dir: Absolute path of the folder whose files callers may have parsed; empty for none.
        download_timeout_s: Longest time that fetching a file may take.
        egress: Which addresses files may be fetched from.
        redirects: Which redirects are followed on the way.
        limits: What parsing one document may use.
        workers: Ids of the workers that may parse a media type, the one asked first at the top; keys are media types,
            ``text/*`` or ``*``, and the closest key counts. An empty list closes a type; a type without a key is
            parsed by the installed worker of the lowest priority number.
        tenants: What single tenants have instead, by tenant id.
    """

    max_file_size_mb: Annotated[int, Meta(ge=1, le=10_240)] = 100
    spool_dir: str = ""
    max_spool_mb: Annotated[int, Meta(ge=1)] = 4096
    max_in_flight: Annotated[int, Meta(ge=1)] = 64
    upload_timeout_s: Annotated[float, Meta(gt=0)] = 300.0
    allowed_local_base_dir: str = field(default="", validator=_absolute)
    download_timeout_s: Annotated[float, Meta(gt=0)] = 60.0
    egress: EgressPolicy = field(factory=EgressPolicy)
    redirects: RedirectPolicy = field(factory=RedirectPolicy)
    limits: ParseLimits = field(factory=ParseLimits)
    workers: WorkersByType = field(factory=dict[str, tuple[str, ...]], validator=_types)
    tenants: Mapping[str, TenantConfig] = field(
        factory=dict[str, TenantConfig], validator=_tenant_ids
    )

    def __attrs_post_init__(self) -> None:
        sizes = [
            self.max_file_size_mb,
            *(item.max_file_size_mb or 0 for item in self.tenants.values()),
        ]
        if self.max_spool_mb < max(sizes):
            raise ValueError(
                f"max_spool_mb = {self.max_spool_mb} is less than the largest max_file_size_mb = {max(sizes)};"
                " such a file could never be taken in"
            )

    def http_client(self) -> HttpClientConfig:
        """Return how files are fetched."""
        return HttpClientConfig(
            total_timeout_s=self.download_timeout_s,
            attempt_timeout_s=self.download_timeout_s,
            user_agent="hyperspot-file-parser",
            egress=self.egress,
            redirects=self.redirects,
        )

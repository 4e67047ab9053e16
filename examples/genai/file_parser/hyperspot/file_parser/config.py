"""FileParserConfig: the limits of file_parser."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from attrs import Attribute, field, frozen

from hyperspot.file_parser.contract.plugin import ParseLimits
from modkit import Meta


def _absolute(_: object, attribute: Attribute[str], value: str) -> None:
    if value and (not Path(value).is_absolute() or ".." in Path(value).parts):
        raise ValueError(f"{attribute.name} must be an absolute path without '..', got {value!r}")


@frozen(kw_only=True)
class FileParserConfig:
    """Section ``modules.file_parser.config``.

    Attributes:
        max_file_size_mb: Largest accepted file, in MiB.
        spool_dir: Existing folder for uploads while they are parsed; empty means the system's temporary folder.
        upload_timeout_s: Longest time that receiving and answering may take beside parsing.
        allowed_local_base_dir: Absolute path of the folder whose files callers may have parsed; empty for none.
        limits: What parsing one document may use.
    """

    max_file_size_mb: Annotated[int, Meta(ge=1, le=10_240)] = 100
    spool_dir: str = ""
    upload_timeout_s: Annotated[float, Meta(gt=0)] = 300.0
    allowed_local_base_dir: str = field(default="", validator=_absolute)
    limits: ParseLimits = field(factory=ParseLimits)

    @property
    def max_file_size_bytes(self) -> int:
        """Largest accepted file, in bytes."""
        return self.max_file_size_mb * 1024**2

"""FileParserConfig: the limits of file_parser."""

from __future__ import annotations

from typing import Annotated

from attrs import field, frozen

from hyperspot.file_parser.contract.plugin import ParseLimits
from modkit import Meta


@frozen(kw_only=True)
class FileParserConfig:
    """Section ``modules.file_parser.config``.

    Attributes:
        max_file_size_mb: Largest accepted file, in MiB.
        spool_dir: Existing folder for uploads while they are parsed; empty means the system's temporary folder.
        upload_timeout_s: Longest time that receiving and answering may take beside parsing.
        limits: What parsing one document may use.
    """

    max_file_size_mb: Annotated[int, Meta(ge=1, le=10_240)] = 100
    spool_dir: str = ""
    upload_timeout_s: Annotated[float, Meta(gt=0)] = 300.0
    limits: ParseLimits = field(factory=ParseLimits)

    @property
    def max_file_size_bytes(self) -> int:
        """Largest accepted file, in bytes."""
        return self.max_file_size_mb * 1024**2

"""FileParserBuiltinConfig: how much the builtin worker does at once."""

from __future__ import annotations

from typing import Annotated

from attrs import frozen

from modkit import Meta


@frozen(kw_only=True)
class FileParserBuiltinConfig:
    """Section ``modules.file_parser_builtin.config``.

    Attributes:
        max_concurrent_documents: How many documents are parsed at once; the others wait.
        max_memory_mb: Most memory that parsing one document may take, in MiB.
    """

    max_concurrent_documents: Annotated[int, Meta(ge=1, le=256)] = 2
    max_memory_mb: Annotated[int, Meta(ge=256)] = 2048

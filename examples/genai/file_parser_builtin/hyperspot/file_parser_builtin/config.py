"""FileParserBuiltinConfig: how much the builtin worker does at once, and behind which walls."""

from __future__ import annotations

from typing import Annotated, Literal

from attrs import frozen

from modkit import Meta


@frozen(kw_only=True)
class FileParserBuiltinConfig:
    """Section ``modules.file_parser_builtin.config``.

    Attributes:
        max_concurrent_documents: How many documents are parsed at once; the others wait.
        isolation: Whether a system that cannot wall in what reads documents is refused at the start (``require``), or
            used as it is (``prefer``).
    """

    max_concurrent_documents: Annotated[int, Meta(ge=1, le=256)] = 2
    isolation: Literal["require", "prefer"] = "prefer"

"""A file to content, here and now: the reader is the one of its format."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from pathlib import Path
from typing import Final, TypeAlias

from hyperspot.file_parser.contract import ParsedContent, ParseFailed, ParseRequest
from hyperspot.file_parser.contract.building import Budget
from hyperspot.file_parser_builtin.infra.formats import FORMATS

Reader: TypeAlias = Callable[[Path, ParseRequest, Budget], ParsedContent]

READERS: Final[Mapping[str, str]] = {item.media_type: item.reader for item in FORMATS}


def parse_file(path: Path, request: ParseRequest, budget: Budget) -> ParsedContent:
    """Parse a file; see `DocumentParser.parse` for the errors."""
    reader = load_reader(request.media_type)
    if reader is None:
        raise ParseFailed(
            request.filename, request.media_type, "the worker does not parse this type"
        )
    return reader(path, request, budget)


def load_reader(media_type: str) -> Reader | None:
    """Import the reader of a format; None where there is none."""
    name = READERS.get(media_type)
    if name is None:
        return None
    reader: Reader = getattr(import_module(f"{__package__}.{name}"), f"parse_{name}")
    return reader

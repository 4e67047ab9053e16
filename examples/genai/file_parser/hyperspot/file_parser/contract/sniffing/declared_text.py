"""The types under which callers declare texts, each as the one name that is used here."""

from __future__ import annotations

from typing import Final

from hyperspot.file_parser.contract.media_types import (
    CSV,
    EML,
    HTML,
    JSON,
    JSON_LINES,
    MARKDOWN,
    PLAIN_TEXT,
    TSV,
    XML,
)

_NAMES: Final[dict[str, str]] = {
    **{kind: kind for kind in (HTML, XML, JSON, JSON_LINES, EML, CSV, TSV, MARKDOWN, PLAIN_TEXT)},
    "application/xhtml+xml": HTML,
    "text/xml": XML,
    "text/json": JSON,
    "application/jsonl": JSON_LINES,
    "text/x-markdown": MARKDOWN,
    "application/csv": CSV,
}


def text_type_declared(declared: str) -> str | None:
    """Return the type of text that *declared* means; None where it means none.

    Args:
        declared: In lower case and without parameters.

    Example:
        >>> text_type_declared("text/xml"), text_type_declared("application/geo+json"), text_type_declared("image/png")
        ('application/xml', 'application/json', None)
    """
    if found := _NAMES.get(declared):
        return found
    if declared.endswith("+json"):
        return JSON
    return XML if declared.endswith("+xml") else None

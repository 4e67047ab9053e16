"""What kind of text this is, by its beginning, its name and its declaration."""

from __future__ import annotations

import codecs
import re
from typing import Final

from hyperspot.file_parser.contract import media_types as known

# Bytes that no text has; UTF-16 has zeros, but is seen before.
_BINARY: Final = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
_BOMS: Final[tuple[tuple[bytes, str], ...]] = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# Atomic, so that a comment ends at its first "-->": else a row of comments could be split in 2^n ways.
_HTML_START: Final = re.compile(
    r"\s*+(?><\?xml[^>]*>\s*)?+(?><!--.*?-->\s*)*+<(!doctype\s+html|html|head|body)\b",
    re.IGNORECASE | re.DOTALL,
)
_XML_START: Final = re.compile(r"\s*+<\?xml\s")
_JSON_START: Final = re.compile(r'\s*+[\[{]\s*+(?:["\[{\]}\d-]|true|false|null)')
_HEADER: Final = re.compile(
    r"([A-Za-z][A-Za-z0-9-]{1,40}):[ \t]?[^\r\n]*(?:\r?\n[ \t][^\r\n]*)*\r?\n"
)
_MAX_HEADERS: Final = 40
_MESSAGE_HEADERS: Final = frozenset(
    (
        "date",
        "delivered-to",
        "message-id",
        "mime-version",
        "received",
        "return-path",
        "subject",
        "to",
    )
)
_FEWEST_MESSAGE_HEADERS: Final = 2
_EXTENSIONS: Final[dict[str, str]] = {
    **dict.fromkeys(("html", "htm", "xhtml"), known.HTML),
    **dict.fromkeys(("md", "markdown"), known.MARKDOWN),
    **dict.fromkeys(("txt", "text", "log"), known.PLAIN_TEXT),
    **dict.fromkeys(("xml", "svg", "rss", "atom", "xsd", "xsl"), known.XML),
    **dict.fromkeys(("jsonl", "ndjson"), known.JSON_LINES),
    "json": known.JSON,
    "eml": known.EML,
    "csv": known.CSV,
    **dict.fromkeys(("tsv", "tab"), known.TSV),
}
_DECLARED: Final[dict[str, str]] = {
    **{media_type: media_type for media_type in _EXTENSIONS.values()},
    "application/xhtml+xml": known.HTML,
    "text/x-markdown": known.MARKDOWN,
    "text/xml": known.XML,
    "image/svg+xml": known.XML,
    "application/jsonl": known.JSON_LINES,
    "application/csv": known.CSV,
}


def as_text(head: bytes) -> str | None:
    """Return the beginning of a file as text, or None where it is no text."""
    for bom, encoding in _BOMS:
        if head.startswith(bom):
            return head.decode(encoding, "replace")
    if _BINARY.search(head):
        return None
    return head.decode("utf-8", "replace")


def text_type(text: str, *, extension: str, declared: str, named: str | None) -> str:
    """Return the media type of a text.

    Args:
        text: Its beginning.
        extension: Of its name, lower case without the dot.
        declared: By the caller.
        named: What a worker takes files of this name or declaration for.
    """
    if _HTML_START.match(text):
        return known.HTML
    if _XML_START.match(text):
        return known.XML
    if extension in _EXTENSIONS:
        return _EXTENSIONS[extension]
    if named:
        return named
    if _is_message(text):
        return known.EML
    if declared in _DECLARED and declared != known.PLAIN_TEXT:
        return _DECLARED[declared]
    return known.JSON if _JSON_START.match(text) else known.PLAIN_TEXT


def _is_message(text: str) -> bool:
    """Whether *text* begins with the headers of an e-mail."""
    names: set[str] = set()
    position = 0
    while len(names) < _MAX_HEADERS and (found := _HEADER.match(text, position)):
        names.add(found[1].lower())
        position = found.end()
    return "from" in names and len(names & _MESSAGE_HEADERS) >= _FEWEST_MESSAGE_HEADERS

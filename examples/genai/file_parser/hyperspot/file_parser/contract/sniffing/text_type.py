"""The kind of a text, seen in how it begins."""

from __future__ import annotations

import codecs
import re
from typing import Final

from hyperspot.file_parser.contract.media_types import CSV, EML, HTML, JSON, JSON_LINES, TSV, XML
from hyperspot.file_parser.contract.sniffing.unmarked_utf16 import unmarked_utf16

_BOMS: Final[tuple[tuple[bytes, str], ...]] = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_BINARY: Final = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")

# Atomic, so that a comment ends at its first "-->": else a row of comments could be split in 2^n ways.
_PROLOG: Final = r"\s*+(?><\?xml[^>]*>\s*)?+(?><!--.*?-->\s*)*+"
_HTML_START: Final = re.compile(
    _PROLOG + r"<(!doctype\s+html|html|head|body)\b", re.IGNORECASE | re.DOTALL
)
_HTML_PIECE: Final = re.compile(
    _PROLOG + r"<(h[1-6]|p|div|table|ul|ol|section|article|main|title|meta|pre|span|a|b)\b[^>]*>",
    re.IGNORECASE | re.DOTALL,
)
_XML_START: Final = re.compile(
    r"\s*+(?:<\?xml\s|<!DOCTYPE\s|(?><!--.*?-->\s*)*+<[\w.-]{1,80}(?::[\w.-]{1,80})?\s[^>]*\bxmlns[:=])",
    re.DOTALL,
)
_JSON_TOKEN: Final = re.compile(
    r"[ \t\r\n]*+(?P<lexeme>[{}\[\],:]|true|false|null"
    r'|"(?:[^"\\\x00-\x1f]|\\.)*+"'
    r"|-?\d++(?:\.\d++)?(?:[eE][+-]?\d++)?)"
)
_CUT_JSON_TOKEN: Final = re.compile(r'[ \t\r\n]*+(?:"(?:[^"\\\x00-\x1f]|\\.)*+\\?|[\w.+-]{0,40})\Z')
_HEADER: Final = re.compile(r"([!-9;-~]{1,76})[ \t]*:")
_SENDERS: Final = frozenset(["from", "sender", "return-path", "received", "delivered-to"])
_LETTER_HEADERS: Final = frozenset(["to", "cc", "subject", "date"])  # people type these, too
_MAIL_HEADERS: Final = frozenset(["message-id", "mime-version", "received", "return-path"])
_QUOTED: Final = re.compile(r'"[^"]*+"')


def as_text(head: bytes) -> str | None:
    """Return the first bytes of a file as text good enough to recognise it by, or None for binary data."""
    for bom, codec in _BOMS:
        if head.startswith(bom):
            return head.decode(codec, "replace")
    if codec_name := unmarked_utf16(head):
        return head.decode(codec_name, "replace")
    if _BINARY.search(head):
        return None
    return head.decode("utf-8", "replace")


def certain_type(text: str) -> str | None:
    """Return the media type of a text that can be nothing else."""
    if _HTML_START.match(text):
        return HTML
    if _XML_START.match(text):
        return XML
    return _json_type(text)


def has_mail_headers(text: str) -> bool:
    """Return whether a text begins with headers that mail programs write."""
    return _mail_evidence(text) > 1


def probable_type(text: str, *, is_whole: bool) -> str | None:
    """Return the media type of a text of which nothing else is known.

    Args:
        text: Its beginning.
        is_whole: Whether that is all of it.
    """
    if _HTML_PIECE.match(text):
        return HTML
    if _mail_evidence(text):
        return EML
    lines = [line for line in text.splitlines() if line.strip()]
    if not is_whole:
        lines = lines[:-1]
    if len(lines) >= 3 and _is_table(lines, "\t", 1):
        return TSV
    if len(lines) >= 3 and (_is_table(lines, ",", 2) or _is_table(lines, ";", 2)):
        return CSV
    return None


def _json_type(text: str) -> str | None:
    """Look whether *text* is made of JSON's tokens; a last one that is cut off does not matter."""
    count, at, depth, values = 0, 0, 0, 0
    before = ""
    while found := _JSON_TOKEN.match(text, at):
        lexeme, at, count = found["lexeme"], found.end(), count + 1
        opens = lexeme in ("{", "[")
        if (not opens and not depth) or (before == "{" and lexeme[0] not in '"}'):
            return None
        values += opens and not depth
        depth += opens - (lexeme in ("}", "]"))
        before = lexeme
    ends_well = _CUT_JSON_TOKEN.match(text, at) if depth else not text[at:].strip()
    if count < 2 or not ends_well:
        return None
    return JSON_LINES if values > 1 else JSON


def _mail_evidence(text: str) -> int:
    """Return 0 for no mail, 1 for headers that people also type, 2 for those that only programs write."""
    names: set[str] = set()
    for line in text.splitlines():
        found = _HEADER.match(line)
        if found:
            names.add(found[1].lower())
        elif not line.startswith((" ", "\t")) or not names:
            break  # the end of the headers, or no headers
    if names & _SENDERS and names & _MAIL_HEADERS:
        return 2
    return int("from" in names and len(names & _LETTER_HEADERS) > 1)


def _is_table(lines: list[str], separator: str, least: int) -> bool:
    counts = {_QUOTED.sub("", line).count(separator) for line in lines}
    return len(counts) == 1 and counts.pop() >= least

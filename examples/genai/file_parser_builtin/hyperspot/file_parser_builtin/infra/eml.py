"""E-mail: subject and addresses, the text, and the attachments as files of their own."""

from __future__ import annotations

import re
from collections.abc import Sequence
from email import message_from_bytes
from email.message import Message
from pathlib import Path
from typing import Any, Final

from attrs import define

from hyperspot.file_parser.contract import (
    DocumentEncrypted,
    Image,
    ParsedContent,
    ParseFailed,
    ParseRequest,
    Place,
)
from hyperspot.file_parser.contract.building import BlockBuilder, Budget
from hyperspot.file_parser.contract.building.numbering import numbered
from hyperspot.file_parser.contract.media_types import EML, HTML, PLAIN_TEXT
from hyperspot.file_parser_builtin.infra.mail_headers import (
    ODD_PARAMETERS,
    Mail,
    charset,
    encoded_words,
    file_name,
    header,
    senders,
    sent_at,
)
from hyperspot.file_parser_builtin.infra.members import MemberReader, PlacedBlock, inside
from modkit import UNSET

_STAGE: Final = "reading the message"
_SHOWN: Final = ("From", "To", "Cc", "Date")
_EXPECTED: Final = (*_SHOWN, "Subject", "Message-ID", "MIME-Version", "Content-Type", "Received")
_STRUCTURE: Final = re.compile(
    rb"(?:\A|[\r\n])content-[a-z-]{1,30}[ \t]*:((?:[^\r\n]|(?:\r\n|\r|\n)[ \t])*+)", re.IGNORECASE
)
_HOLDS_PARTS: Final = re.compile(rb"\s*(?:multipart|message)/", re.IGNORECASE)
# The library takes time with the square of the length of such a header, and compares every line with the boundaries of
# all parts that are open.
_MAX_HEADER_BYTES: Final = 8_000
_MAX_HOLDERS: Final = 100
_ENCRYPTED: Final = frozenset(["multipart/encrypted", "application/pkcs7-mime"])


def parse_eml(path: Path, request: ParseRequest, budget: Budget) -> ParsedContent:
    """Return the blocks of a message; of its alternatives the HTML, which keeps tables and links, is preferred."""
    data = path.read_bytes()
    if reason := _unreasonable(data):
        raise ParseFailed(request.filename, request.media_type, reason)
    budget.check_time(_STAGE)
    try:
        message = message_from_bytes(data)
    except ODD_PARAMETERS as error:
        reason = f"a header cannot be read: {error}"
        raise ParseFailed(request.filename, request.media_type, reason) from error
    budget.check_time(_STAGE)
    if not any(name in message for name in _EXPECTED):
        raise ParseFailed(request.filename, request.media_type, "it has no headers of a message")
    if _is_encrypted(message):
        raise DocumentEncrypted(request.filename, request.media_type)
    blocks = _MailReader(MemberReader(request, budget), budget).blocks(message)
    return ParsedContent(
        blocks=numbered(blocks),
        title=header(message, "Subject") or UNSET,
        author=senders(message) or UNSET,
        created_at=sent_at(message),
    )


@define
class _MailReader:
    """Turns messages into blocks."""

    _members: MemberReader
    _budget: Budget
    _count: int = 0

    def blocks(self, message: Mail) -> list[PlacedBlock]:
        """Return the headers, the text and the attachments of *message*, the forwarded ones included."""
        with self._budget.container(_STAGE):
            return [*self._headers(message), *self._part(message)]

    def _headers(self, message: Mail) -> list[PlacedBlock]:
        builder = BlockBuilder(self._budget, _STAGE)
        builder.start_heading(1)
        builder.text(header(message, "Subject"))
        builder.end_block()
        for name in _SHOWN:
            if value := header(message, name):
                builder.text(f"{name}: {value}")
                builder.line_break()
        return [(Place(), block) for block in builder.finish()]

    def _part(self, part: Mail) -> list[PlacedBlock]:
        kind = part.get_content_type()
        parts = _parts(part)
        if _is_encrypted(part):
            return [self._members.note(self._next_name(part), "it is encrypted")]
        if kind == EML and parts:
            return self._forwarded(part, parts[0])
        if kind == "message/delivery-status":
            return self._fields(parts)
        if kind == "multipart/alternative" and parts:
            return self._part(_best(parts))
        if parts:
            return [block for inner in parts for block in self._part(inner)]
        if not _is_attached(part) and kind.startswith(("text/html", "text/plain", "multipart/")):
            return self._text(part, HTML if kind == HTML else PLAIN_TEXT)
        return self._attachment(part, kind)

    def _text(self, part: Mail, media_type: str) -> list[PlacedBlock]:
        data = self._decoded(part)
        content = self._members.content("the text", [data], media_type, charset(part))
        return [(block.provenance or Place(), block) for block in content.blocks]

    def _forwarded(self, part: Mail, message: Mail) -> list[PlacedBlock]:
        name = self._next_name(part, header(message, "Subject"))
        return list(inside(name, numbered(self.blocks(message))))

    def _fields(self, parts: Sequence[Mail]) -> list[PlacedBlock]:
        builder = BlockBuilder(self._budget, _STAGE)
        for part in parts:
            for name, value in part.raw_items():
                builder.text(f"{name}: {encoded_words(str(value)[:_MAX_HEADER_BYTES])}")
                builder.line_break()
            builder.end_block()
        return [(Place(), block) for block in builder.finish()]

    def _attachment(self, part: Mail, kind: str) -> list[PlacedBlock]:
        name = self._next_name(part)
        self._budget.progress("reading attachments", self._count)
        if kind.startswith("image/") and "Content-ID" in part:  # the text shows it
            self._budget.use_blocks(1, _STAGE)
            return [(Place(part=name), Image(alt=name, media_type=kind))]
        return self._members.headed(name, [self._decoded(part)], kind)

    def _next_name(self, part: Mail, otherwise: str = "") -> str:
        """Count *part* as a member and return its name, which for one without is *otherwise* or its number."""
        self._budget.use_members(1, _STAGE)
        self._count += 1
        return file_name(part) or otherwise or f"part {self._count}"

    def _decoded(self, part: Mail) -> bytes:
        content: object = part.get_payload(decode=True)
        data = content if isinstance(content, bytes) else b""
        self._budget.use_decompressed(len(data), "decoding a part")
        return data


def _unreasonable(data: bytes) -> str:
    holders = 0
    for found in _STRUCTURE.finditer(data):
        if len(found[1]) > _MAX_HEADER_BYTES:
            return f"a header has more than {_MAX_HEADER_BYTES} bytes"
        holders += bool(_HOLDS_PARTS.match(found[1]))
    return f"more than {_MAX_HOLDERS} of its parts have parts" if holders > _MAX_HOLDERS else ""


def _is_encrypted(message: Mail) -> bool:
    kind = message.get_content_type()
    return kind in _ENCRYPTED and "signed-data" not in header(message, "Content-Type")


def _parts(part: Mail) -> list[Mail]:
    content: list[Any] | Any = part.get_payload()
    return [item for item in content if isinstance(item, Message)] if part.is_multipart() else []


def _best(alternatives: Sequence[Mail]) -> Mail:
    """Return the HTML, or what holds it together with its images; else the last one, which is the richest."""
    for part in alternatives:
        if part.get_content_type() in (HTML, "multipart/related"):
            return part
    texts = [part for part in alternatives if part.get_content_type() == PLAIN_TEXT]
    return texts[0] if texts else alternatives[-1]


def _is_attached(part: Mail) -> bool:
    return part.get_content_disposition() == "attachment" or bool(file_name(part))

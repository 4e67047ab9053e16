"""The answer of ``PUT /rmeta/xml``: one set of metadata per document, the file itself first."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Final, TypeAlias

import msgspec

from hyperspot.file_parser.contract import (
    DocumentEncrypted,
    ParsedContent,
    ParseFailed,
    ParseLimitExceeded,
    ParseRequest,
    Place,
)
from hyperspot.file_parser.contract.building import BlockBuilder, Budget, clean, one_line
from hyperspot.file_parser_tika.infra.xhtml import InvalidXhtml, XhtmlReader
from modkit import UNSET

Metadata: TypeAlias = Mapping[str, str | list[str]]

_STAGE: Final = "reading the answer of Tika"
_EXCEPTION: Final = "X-TIKA:EXCEPTION:"
_CONTENT: Final = "X-TIKA:content"
_PATHS: Final = ("X-TIKA:final_embedded_resource_path", "X-TIKA:embedded_resource_path")
_SHEETS: Final = re.compile("excel|spreadsheet")
_NO_DATE_YEAR: Final = 1601  # what Microsoft's formats write for a date that nobody set
_MAX_PATH_CHARS: Final = 1000


class InvalidAnswer(ValueError):
    """What the server answered is not what it promises."""


def read_rmeta(answer: bytes, request: ParseRequest, budget: Budget) -> ParsedContent:
    """Turn the answer into blocks: those of the file first, then those of each attachment, said to be from there.

    Raises:
        InvalidAnswer: It is not the JSON and XHTML of Tika.
        ParseFailed: Tika could not parse the file, or not all of it.
        DocumentEncrypted: The file needs a password.
        ParseLimitExceeded: There is more than the budget allows.
    """
    try:
        documents = msgspec.json.decode(answer, type=list[dict[str, str | list[str]]])
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise InvalidAnswer("it is not the JSON of /rmeta") from error
    if not documents:
        raise InvalidAnswer("it tells of no document")
    _check_exceptions(documents, request)
    builder = BlockBuilder(budget, _STAGE)
    budget.use_members(len(documents) - 1, _STAGE)
    for metadata in documents:
        _add(metadata, builder, budget)
    return _content(documents[0], request, builder)


def _add(metadata: Metadata, builder: BlockBuilder, budget: Budget) -> None:
    xhtml = _first(metadata, _CONTENT)
    if not xhtml:
        return
    part = _first(metadata, *_PATHS).strip("/")[:_MAX_PATH_CHARS]
    has_sheets = _SHEETS.search(_first(metadata, "Content-Type")) is not None
    place = Place(part=part or UNSET)
    try:
        XhtmlReader(builder, budget, place, has_sheets=has_sheets).read(xhtml)
    except InvalidXhtml as error:
        raise InvalidAnswer(str(error)) from error


def _check_exceptions(documents: Sequence[Metadata], request: ParseRequest) -> None:
    main = documents[0]
    trace = _first(main, f"{_EXCEPTION}container_exception", f"{_EXCEPTION}runtime")
    if trace:
        name = re.split(r"[^\w.$]", trace, maxsplit=1)[0].rpartition(".")[2][:80]
        if name == "EncryptedDocumentException":
            raise DocumentEncrypted(request.filename, request.media_type)
        reason = f"Tika gives up with {name or 'an exception'}"
        raise ParseFailed(request.filename, request.media_type, reason)
    limits = request.limits
    if _first(main, f"{_EXCEPTION}write_limit_reached") == "true":
        raise ParseLimitExceeded(request.filename, "max_text_chars", limits.max_text_chars, _STAGE)
    if _first(main, f"{_EXCEPTION}embedded_resource_limit_reached") == "true":
        raise ParseLimitExceeded(request.filename, "max_members", limits.max_members, _STAGE)


def _content(metadata: Metadata, request: ParseRequest, builder: BlockBuilder) -> ParsedContent:
    is_text = request.media_type.startswith("text/")
    authors = dict.fromkeys(one_line(name) for name in _all(metadata, "dc:creator"))
    return ParsedContent(
        blocks=builder.finish(),
        title=one_line(_first(metadata, "dc:title")) or UNSET,
        author="; ".join(filter(None, authors)) or UNSET,
        language=one_line(_first(metadata, "dc:language", "Content-Language")) or UNSET,
        charset=(clean(_first(metadata, "Content-Encoding")) if is_text else "") or UNSET,
        created_at=_date(_first(metadata, "dcterms:created")) or UNSET,
        modified_at=_date(_first(metadata, "dcterms:modified")) or UNSET,
    )


def _all(metadata: Metadata, name: str) -> list[str]:
    value = metadata.get(name, [])
    return [value] if isinstance(value, str) else value


def _first(metadata: Metadata, *names: str) -> str:
    return next((value for name in names for value in _all(metadata, name) if value), "")


def _date(text: str) -> datetime | None:
    try:
        date = datetime.fromisoformat(text)
        date = date.replace(tzinfo=UTC) if date.tzinfo is None else date.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return date if date.year > _NO_DATE_YEAR else None

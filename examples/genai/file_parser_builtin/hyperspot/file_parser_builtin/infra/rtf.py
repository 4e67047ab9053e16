"""RTF: text with its styles, lists, tables, links and notes."""

from __future__ import annotations

from pathlib import Path

from hyperspot.file_parser.contract import ParsedContent, ParseFailed, ParseRequest, Place
from hyperspot.file_parser.contract.building import Budget
from hyperspot.file_parser.contract.building.numbering import numbered
from hyperspot.file_parser_builtin.infra.rtf_reader import RtfReader, RtfTooDeep
from hyperspot.file_parser_builtin.infra.rtf_scan import scan
from modkit import UNSET

_SIGNATURE = b"{\\rtf"


def parse_rtf(path: Path, request: ParseRequest, budget: Budget) -> ParsedContent:
    """Return the blocks of an RTF document; hidden and deleted text is left out.

    Headers come before the body, and footers after it, each once, unless the options drop them. Then come the notes, as
    ``[1] text`` where the body has ``[1]``, and the comments, as quotations that begin with the name of their author.
    Of a file that is cut off, or damaged inside, everything is read that is there.
    """
    data = path.read_bytes()
    if not data.startswith(_SIGNATURE):
        raise ParseFailed(request.filename, request.media_type, "it does not begin with {\\rtf")
    reader = RtfReader(budget, not request.options.drop_running_headers)
    budget.check_time("reading RTF")
    try:
        scan(data, reader)
    except RtfTooDeep as error:
        raise ParseFailed(request.filename, request.media_type, str(error)) from error
    blocks = numbered((Place(), block) for block in reader.blocks())
    return ParsedContent(
        blocks=blocks,
        title=reader.title or UNSET,
        author=reader.author or UNSET,
        language=reader.language or UNSET,
        created_at=reader.created_at,
        modified_at=reader.modified_at,
    )

"""ZIP archives: every member under its name, read by the reader of its format."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from hyperspot.file_parser.contract import DocumentEncrypted, ParsedContent, ParseRequest
from hyperspot.file_parser.contract.building import Budget
from hyperspot.file_parser.contract.building.numbering import numbered
from hyperspot.file_parser_builtin.infra.members import MemberReader, PlacedBlock
from hyperspot.file_parser_builtin.infra.zip_archive import is_encrypted, open_zip, unpacked

_STAGE: Final = "reading the archive"
_MAC_FOLDER: Final = "__MACOSX/"  # what macOS adds: attributes of the other members


def parse_zip_file(path: Path, request: ParseRequest, budget: Budget) -> ParsedContent:
    """Return a heading and the blocks of each member, in the order of the directory.

    Names are only names: nothing is written anywhere. A member that cannot be read leaves a sentence that says why.
    """
    reader = MemberReader(request, budget)
    blocks: list[PlacedBlock] = []
    with budget.container(_STAGE), open_zip(path, request) as archive:
        members = [
            item
            for item in archive.infolist()
            if not item.is_dir() and not item.filename.startswith(_MAC_FOLDER)
        ]
        budget.use_members(len(members), _STAGE)
        if members and all(map(is_encrypted, members)):
            raise DocumentEncrypted(request.filename, request.media_type)
        for number, member in enumerate(members):
            budget.progress(_STAGE, number, len(members))
            blocks += reader.headed(member.filename, unpacked(archive, member, budget))
    return ParsedContent(blocks=numbered(blocks))

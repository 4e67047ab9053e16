"""Pictures in Office documents: what they are and how large, as far as their first bytes say."""

from __future__ import annotations

from typing import Final

from hyperspot.file_parser.contract import Image
from hyperspot.file_parser.contract.building import one_line
from hyperspot.file_parser.contract.sniffing import sniff
from hyperspot.file_parser_builtin.infra.image_file import image_size
from hyperspot.file_parser_builtin.infra.member_file import member_file
from hyperspot.file_parser_builtin.infra.ooxml import OoxmlPackage
from modkit import UNSET

_HEAD_BYTES: Final = 128 * 1024  # photographs have their thumbnail before their size


def picture(package: OoxmlPackage, part: str, alt: str) -> Image:
    """Return the image in *part*; where that is missing or of an unknown kind, with its description only."""
    head = package.head(part, _HEAD_BYTES)
    media_type = _image_type(head)
    size = image_size(head, media_type)
    return Image(
        alt=one_line(alt) or UNSET,
        media_type=media_type or UNSET,
        width=size[0] if size else UNSET,
        height=size[1] if size else UNSET,
    )


def _image_type(head: bytes) -> str:
    if not head:
        return ""
    with member_file([head]) as path:
        found = sniff(path) or ""
    return found if found.startswith("image/") else ""

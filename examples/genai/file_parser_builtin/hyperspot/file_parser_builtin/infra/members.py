"""MemberReader: the files inside a file, each read by the reader of its own format."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final, TypeAlias

import attrs
from attrs import frozen

from hyperspot.file_parser.contract import (
    Block,
    DocumentEncrypted,
    Heading,
    Paragraph,
    ParsedContent,
    ParseFailed,
    ParseRequest,
    Place,
    Style,
    Text,
)
from hyperspot.file_parser.contract.building import Budget, one_line
from hyperspot.file_parser.contract.sniffing import sniff
from hyperspot.file_parser_builtin.infra.member_file import member_file
from hyperspot.file_parser_builtin.infra.reading import READERS, parse_file

PlacedBlock: TypeAlias = tuple[Place, Block]
_STAGE: Final = "reading members"
_UNNAMED: Final = "unnamed"
_NOTE: Final = Style.of("italic")


class MemberUnreadable(Exception):
    """The bytes of a member cannot be had; the message says why."""


@frozen
class MemberReader:
    """Reads the members of one container; one that cannot be read leaves a sentence that says so.

    Attributes:
        request: What the container was to be parsed with.
        budget: What all members together may use.
    """

    request: ParseRequest
    budget: Budget

    def headed(self, name: str, chunks: Iterable[bytes], declared: str = "") -> list[PlacedBlock]:
        """Return the member as a heading with its name, and its blocks.

        Args:
            name: Path inside the container.
            chunks: Its bytes, in pieces; may raise `MemberUnreadable`.
            declared: Media type that the container says it has.
        """
        name = one_line(name) or _UNNAMED
        self.budget.use_text(len(name), _STAGE)
        self.budget.use_blocks(1, _STAGE)
        heading = Heading(level=1, inlines=(Text(text=name),))
        return [(Place(part=name), heading), *self._body(name, chunks, declared)]

    def content(
        self, name: str, chunks: Iterable[bytes], media_type: str, charset: str | None = None
    ) -> ParsedContent:
        """Return a member of which the format is certain.

        Raises:
            ParseFailed: The member is damaged.
            DocumentEncrypted: The member needs a password.
            ParseLimitExceeded: A limit is not enough for all members.
        """
        with member_file(chunks) as path:
            request = attrs.evolve(
                self.request, filename=name, media_type=media_type, charset=charset
            )
            return parse_file(path, request, self.budget)

    def note(self, name: str, reason: str) -> PlacedBlock:
        """Return a sentence about a member that is left out."""
        text = f"Left out: {one_line(reason).rstrip('.')}."
        self.budget.use_text(len(text), _STAGE)
        self.budget.use_blocks(1, _STAGE)
        return Place(part=name), Paragraph(inlines=(Text(text=text, style=_NOTE),))

    def _body(self, name: str, chunks: Iterable[bytes], declared: str) -> list[PlacedBlock]:
        try:
            with member_file(chunks) as path:
                if not path.stat().st_size:
                    return [self.note(name, "it is empty")]
                found = sniff(path, filename=name, declared=declared)
                if found is None or found not in READERS:
                    return [self.note(name, f"nothing here reads {found or 'its format'}")]
                request = attrs.evolve(self.request, filename=name, media_type=found, charset=None)
                return list(inside(name, parse_file(path, request, self.budget).blocks))
        except MemberUnreadable as error:
            return [self.note(name, str(error))]
        except DocumentEncrypted:
            return [self.note(name, "it is encrypted")]
        except ParseFailed as error:
            return [self.note(name, f"it cannot be read as {error.media_type}: {error.reason}")]


def inside(part: str, blocks: Iterable[Block]) -> Iterator[PlacedBlock]:
    """Yield *blocks* of the member *part* with their places, as seen from its container."""
    for block in blocks:
        place = block.provenance or Place()
        path = f"{part}/{place.part}" if place.part else part
        yield attrs.evolve(place, part=path), block

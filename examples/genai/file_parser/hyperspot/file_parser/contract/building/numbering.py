"""Provenance of the blocks of a document."""

from __future__ import annotations

from collections.abc import Iterable

import attrs

from hyperspot.file_parser.contract.models import Block, Place, Provenance


def numbered(blocks: Iterable[tuple[Place, Block]]) -> tuple[Block, ...]:
    """Return top-level blocks with their position and place as provenance."""
    return tuple(
        attrs.evolve(block, provenance=Provenance.of(index, place))
        for index, (place, block) in enumerate(blocks)
    )

"""Provenance of the blocks of a document."""

from __future__ import annotations

from collections.abc import Iterable

import attrs

from hyperspot.file_parser.contract import Block, Provenance


def numbered(blocks: Iterable[Block]) -> tuple[Block, ...]:
    """Return top-level *blocks* with their position as provenance."""
    return tuple(
        attrs.evolve(block, provenance=Provenance(index=index))
        for index, block in enumerate(blocks)
    )


def numbered_pages(pages: Iterable[tuple[int, Block]]) -> tuple[Block, ...]:
    """Return top-level blocks with their position and page as provenance; pages count from 1."""
    return tuple(
        attrs.evolve(block, provenance=Provenance(index=index, page=page))
        for index, (page, block) in enumerate(pages)
    )

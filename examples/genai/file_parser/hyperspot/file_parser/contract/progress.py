"""ParseProgress: how far a parse is, and who is told."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, TypeAlias

from attrs import frozen

from modkit import UNSET, Meta, UnsetType


@frozen(kw_only=True)
class ParseProgress:
    """How far a parse is.

    Attributes:
        stage: What is being done, for people.
        done: How many pages, sheets or members are behind it.
        total: How many there are, where that is known.
    """

    stage: str
    done: Annotated[int, Meta(ge=0)]
    total: Annotated[int, Meta(ge=0)] | UnsetType = UNSET


Report: TypeAlias = Callable[[ParseProgress], None]
"""Is told, on the event loop, how far a parse is; returns at once."""


def unreported(progress: ParseProgress) -> None:
    """Tell nobody about the progress of a parse."""

"""What a type hint of a section says, apart from values."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from enum import Enum
from pathlib import Path
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin
from uuid import UUID

from msgspec import Meta

from modkit.config.refusal import one_of
from modkit.secret import Secret

LISTS: dict[Any, Callable[..., Any]] = {
    list: list,
    tuple: tuple,
    set: set,
    frozenset: frozenset,
    Sequence: tuple,
}
MAPPINGS = (dict, Mapping)


def takes_any_text(kind: Any) -> bool:
    """Whether *kind* takes an environment variable as it stands."""
    bare = bare_kind(kind)
    return bare in (str, Path) or is_secret(bare)


def bare_kind(kind: Any) -> Any:
    """Return *kind* without ``Annotated``."""
    return get_args(kind)[0] if get_origin(kind) is Annotated else kind


def is_secret(kind: Any) -> bool:
    """Whether *kind* is ``Secret`` or ``Secret[T]``."""
    return kind is Secret or get_origin(kind) is Secret


def limits_of(kind: Any) -> list[Meta]:
    """Return the limits in an ``Annotated`` *kind*."""
    if get_origin(kind) is not Annotated:
        return []
    return [extra for extra in get_args(kind)[1:] if isinstance(extra, Meta)]


_WORDS: dict[Any, str] = {
    str: "text",
    bool: "true or false",
    int: "an integer",
    float: "a finite number",
    Path: "a path",
    UUID: "a UUID",
    NoneType: "null",
    Any: "any value",
}


def describe(kind: Any) -> str:
    """Say in words what *kind* accepts."""
    bare = bare_kind(kind)
    if bare in _WORDS:
        return _WORDS[bare]
    if is_secret(bare):
        return "text (a secret)"
    origin = get_origin(bare)
    if origin is Literal:
        return one_of(map(str, get_args(bare)))
    if isinstance(bare, type) and issubclass(bare, Enum):
        return one_of(str(member.value) for member in bare)
    if origin in (Union, UnionType):
        return " or ".join(describe(member) for member in get_args(bare))
    if bare in LISTS or origin in LISTS:
        return "a list"
    return "a mapping"

"""The tree of values as written, each with its origin, and how layers merge.

Maps merge key by key; anything else replaces what a lower layer says, lists included. ``null`` is a
value: over a section it puts back the defaults of the section. A key with nothing after it (its lines
commented out, say) leaves a section of a lower layer as it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from enum import Enum
from pathlib import PurePath
from typing import Any, TypeAlias
from uuid import UUID

import attrs
from attrs import evolve, frozen

from modkit.config.problems import Origin
from modkit.secret import Secret

MAX_DEPTH = 64


@frozen(kw_only=True, repr=False)
class Scalar:
    """A value whose type the source decided.

    Attributes:
        value: The value; of a source in Python it may be a secret.
        shown: The value as written, before references were filled in.
    """

    origin: Origin
    value: bool | int | float | str | Secret[str] | None
    shown: str


@frozen(kw_only=True, repr=False)
class Text:
    """A text whose type the field decides: an environment variable, ``--set``, text with ``${VAR}``.

    Attributes:
        text: What a text field takes.
        typed: What any other field takes.
        shown: The text as written, before references were filled in.
    """

    origin: Origin
    text: str
    typed: Node
    shown: str


@frozen(kw_only=True, repr=False)
class Branch:
    """A mapping."""

    origin: Origin
    entries: Mapping[str, Node]


@frozen(kw_only=True, repr=False)
class Items:
    """A list."""

    origin: Origin
    items: tuple[Node, ...]


@frozen(kw_only=True)
class Broken:
    """A value that could not be had; a problem only if no higher layer replaces it."""

    origin: Origin
    reason: str


Node: TypeAlias = Scalar | Text | Branch | Items | Broken


def typed(node: Node) -> Scalar | Branch | Items | Broken:
    """Return what a field other than text sees."""
    while isinstance(node, Text):
        node = node.typed
    return node


def is_null(node: Node) -> bool:
    """Whether *node* says null, or nothing at all."""
    value = typed(node)
    return isinstance(value, Scalar) and value.value is None


def merge(lower: Node | None, upper: Node) -> Node:
    """Return what the two layers say together; *upper* wins."""
    if lower is None:
        return upper
    below, above = typed(lower), typed(upper)
    if not isinstance(below, Branch):
        return upper
    if isinstance(above, Branch):
        entries = dict(below.entries)
        for key, node in above.entries.items():
            entries[key] = merge(entries.get(key), node)
        return Branch(origin=above.origin, entries=entries)
    if isinstance(above, Scalar) and above.value is None and not above.shown:
        return lower
    return upper


def branch_at(keys: Sequence[str], node: Node) -> Node:
    """Wrap *node* so that it sits under *keys*."""
    for key in reversed(keys):
        node = Branch(origin=node.origin, entries={key: node})
    return node


def find(node: Node, keys: Sequence[str]) -> Node | None:
    """Return the node under *keys*, or the value that is in the way, or None."""
    for key in keys:
        here = typed(node)
        if is_null(here):
            return None
        if not isinstance(here, Branch):
            return here
        below = here.entries.get(key)
        if below is None:
            return None
        node = below
    return node


def from_python(value: Any, origin: Origin, *, depth: int = 0) -> Node:
    """Make a tree of plain Python values, attrs objects, enums, paths, UUIDs and secrets.

    Raises:
        TypeError: A value of another type, or a key that is no text.
        ValueError: More than 64 levels.
    """
    if depth > MAX_DEPTH:
        raise ValueError(f"defaults are nested more than {MAX_DEPTH} levels deep")
    kind: type[Any] = value.__class__
    if attrs.has(kind):
        value = {
            field.alias: getattr(value, field.name) for field in attrs.fields(kind) if field.init
        }
    if isinstance(value, Mapping):
        entries: dict[str, Node] = {}
        for key, item in value.items():  # pyright: ignore[reportUnknownVariableType]  # Any made a Mapping
            if not isinstance(key, str):
                raise TypeError(f"a key of the defaults must be text, found {type(key).__name__}")  # pyright: ignore[reportUnknownArgumentType]  # as above
            entries[key] = from_python(item, origin, depth=depth + 1)
        return Branch(origin=origin, entries=entries)
    if isinstance(value, list | tuple | set | frozenset):
        items = tuple(from_python(item, origin, depth=depth + 1) for item in value)  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]  # as above
        return Items(origin=origin, items=items)
    if isinstance(value, Enum):
        value = value.value
    if isinstance(value, PurePath | UUID):
        value = str(value)
    if isinstance(value, bool | int | float | str | Secret | None):
        return Scalar(origin=origin, value=value, shown=str(value))  # pyright: ignore[reportUnknownArgumentType]  # as above
    raise TypeError(f"defaults cannot hold a {type(value).__name__}")


def without(section: Branch, names: Iterable[str]) -> Branch:
    """Return *section* less the entries called *names*."""
    left_out = frozenset(names)
    kept = {name: node for name, node in section.entries.items() if name not in left_out}
    return evolve(section, entries=kept)

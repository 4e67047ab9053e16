"""Single values: text, numbers, true and false, paths, UUIDs, choices."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from enum import Enum
from pathlib import Path
from types import NoneType
from typing import Any, TypeAlias, get_args
from uuid import UUID

from modkit.config.refusal import nearest, one_of, refused
from modkit.config.tree import Node, Scalar, Text, is_null, typed

Hook: TypeAlias = Callable[
    [Any, Any], Any
]  # of a node and the type wanted; cattrs knows no narrower one


def value_of(node: Node) -> Any:
    """Return the typed value of *node*; of a mapping, list or broken value the node itself."""
    inner = typed(node)
    return inner.value if isinstance(inner, Scalar) else inner


def text_of(node: Node, accepted: str = "text", *, show: bool = True) -> str:
    """Return the text of *node*; *show* is false where it is a secret.

    Raises:
        Refused: It is no text.
    """
    if isinstance(node, Text):
        return node.text
    value = value_of(node)
    if isinstance(value, str):
        return value
    if isinstance(value, bool | int | float):
        accepted = f"{accepted} (write the value in quotes)"
    raise refused(node, accepted, show=show)


def _boolean(node: Node, _: Any) -> bool:
    value = value_of(node)
    if isinstance(value, bool):
        return value
    raise refused(node, "true or false")


def _integer(node: Node, _: Any) -> int:
    value = value_of(node)
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    raise refused(node, "an integer")


def _number(node: Node, _: Any) -> float:
    value = value_of(node)
    if isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value):
        return float(value)
    raise refused(node, "a finite number")


def _path(node: Node, _: Any) -> Path:
    text = text_of(node, "a path")
    if not text or "\0" in text:
        raise refused(node, "a path")
    return Path(text)


def _uuid(node: Node, _: Any) -> UUID:
    text = text_of(node, "a UUID")
    try:
        return UUID(text)
    except ValueError:
        raise refused(node, "a UUID") from None


def _null(node: Node, _: Any) -> None:
    if not is_null(node):
        raise refused(node, "null")


SCALARS: dict[Any, Hook] = {
    str: lambda node, _: text_of(node),
    bool: _boolean,
    int: _integer,
    float: _number,
    Path: _path,
    UUID: _uuid,
    NoneType: _null,
}


def scalar_or_enum(hook: Hook) -> Hook:
    """Return *hook* for a class and its subclasses that are enums."""

    # A StrEnum is a str: the converter finds the hook of str first.
    def choose(node: Node, kind: Any) -> Any:
        return enumeration(node, kind) if issubclass(kind, Enum) else hook(node, kind)

    return choose


def enumeration(node: Node, kind: type[Enum]) -> Enum:
    """Return the member of *kind* with the value of *node*."""
    members = list(kind)
    return members[_choice(node, [member.value for member in members])]


def literal(node: Node, kind: Any) -> Any:
    """Return the choice of the ``Literal`` *kind* that *node* names."""
    choices = get_args(kind)
    return choices[_choice(node, choices)]


def _choice(node: Node, choices: Sequence[Any]) -> int:
    given = [node.text] if isinstance(node, Text) else []
    given.append(value_of(node))
    for position, choice in enumerate(choices):
        if any(type(choice) is type(value) and choice == value for value in given):
            return position
    near = node.shown if isinstance(node, Scalar | Text) else ""
    raise refused(node, one_of(map(str, choices)), hint=nearest(near, map(str, choices)))

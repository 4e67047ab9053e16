"""The ASGI interface as types."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, TypeAlias

Scope: TypeAlias = MutableMapping[str, Any]
Message: TypeAlias = MutableMapping[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[Message]]
Send: TypeAlias = Callable[[Message], Awaitable[None]]
HeaderList: TypeAlias = list[tuple[bytes, bytes]]


def header(name: str, value: str) -> tuple[bytes, bytes]:
    """Return a response header as ASGI wants it.

    Raises:
        ValueError: The value has control characters, with which it could forge another header, or is not Latin-1.
    """
    if any(ord(character) < 32 or ord(character) == 127 for character in value):
        raise ValueError(f"the header {name} has control characters: {value!r}")
    return name.lower().encode("ascii"), value.encode("latin-1")

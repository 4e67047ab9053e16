"""The ASGI interface as types: Starlette's, so that its applications and ours fit into each other."""

from __future__ import annotations

from typing import TypeAlias

from starlette.types import Message, Receive, Scope, Send

__all__ = ["HeaderList", "Message", "Receive", "Scope", "Send", "header"]

HeaderList: TypeAlias = list[tuple[bytes, bytes]]


def header(name: str, value: str) -> tuple[bytes, bytes]:
    """Return a response header as ASGI wants it.

    Raises:
        ValueError: The value has control characters, with which it could forge another header, or is not Latin-1.
    """
    if any(ord(character) < 32 or ord(character) == 127 for character in value):
        raise ValueError(f"the header {name} has control characters: {value!r}")
    return name.lower().encode("ascii"), value.encode("latin-1")

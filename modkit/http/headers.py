"""Headers of an answer."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping


class Headers(Mapping[str, str]):
    """Header fields by name, in any case; a repeated field is joined with commas.

    Args:
        fields: Names and values as they came.

    Example:
        >>> Headers([("Content-Type", "text/plain")])["content-type"]
        'text/plain'
    """

    __slots__ = ("_values",)

    def __init__(self, fields: Iterable[tuple[str, str]]) -> None:
        self._values: dict[str, list[str]] = {}
        for name, value in fields:
            self._values.setdefault(name.lower(), []).append(value)

    def __getitem__(self, name: str) -> str:
        return ", ".join(self._values[name.lower()])

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and name.lower() in self._values

    def __repr__(self) -> str:
        # Values may be secrets: cookies, tokens, signed links.
        return f"Headers({', '.join(self._values)})"

    def all(self, name: str) -> tuple[str, ...]:
        """Return every value of *name*, as they came; ``set-cookie`` can only be read like this."""
        return tuple(self._values.get(name.lower(), ()))

"""A value that must not be printed."""

from __future__ import annotations

from typing import Generic, NoReturn, TypeVar

T = TypeVar("T")


class Secret(Generic[T]):
    """Holds a secret; ``repr``, ``str``, formatting, logs and dumps show ``***``.

    Example:
        >>> token = Secret("s3cret")
        >>> print(token, token.reveal())
        *** s3cret
    """

    __slots__ = ("_value",)

    def __init__(self, value: T) -> None:
        self._value = value

    def reveal(self) -> T:
        """Return the value itself; the one place to look for when auditing use."""
        return self._value

    def __repr__(self) -> str:
        return "***"

    __str__ = __repr__

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and self._value == other._value  # pyright: ignore[reportUnknownVariableType, reportUnknownMemberType]  # isinstance cannot tell Secret[T]

    def __hash__(self) -> int:
        return hash((Secret, self._value))

    def __reduce__(self) -> NoReturn:
        raise TypeError(
            "a Secret cannot be pickled; pass the revealed value over a protected channel"
        )

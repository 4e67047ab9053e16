"""What a section class says about its keys."""

from __future__ import annotations

from typing import Any, get_origin, get_type_hints

import attrs
from attrs import Factory, frozen


@frozen(kw_only=True)
class Key:
    """One key of a section.

    Attributes:
        name: As written in the configuration.
        attribute: The attribute of the class that holds it.
        kind: The type, ``Annotated`` included.
        default: The default, ``attrs.NOTHING`` for a required key, or a ``Factory``.
    """

    name: str
    attribute: str
    kind: Any
    default: Any

    @property
    def is_required(self) -> bool:
        """Whether there is no default."""
        return self.default is attrs.NOTHING

    @property
    def plain_default(self) -> Any:
        """The default itself; ``attrs.NOTHING`` where there is none or it depends on other keys."""
        if isinstance(self.default, Factory):  # type: ignore[arg-type]  # a class at run time, a function in the stubs
            return attrs.NOTHING if self.default.takes_self else self.default.factory()
        return self.default


def is_section(kind: Any) -> bool:
    """Whether *kind* is an attrs class."""
    return isinstance(kind, type) and get_origin(kind) is None and attrs.has(kind)


def keys_of(kind: type) -> dict[str, Key]:
    """Return the keys of the section class *kind* by name, in the order of definition.

    Raises:
        TypeError: A type hint names something that does not exist at run time.
    """
    try:
        hints = get_type_hints(kind, include_extras=True)
    except NameError as error:
        raise TypeError(
            f"a type hint of {kind.__qualname__} cannot be read: {error}; "
            "import what it names outside of TYPE_CHECKING"
        ) from error
    return {
        field.alias: Key(
            name=field.alias, attribute=field.name, kind=hints[field.name], default=field.default
        )
        for field in attrs.fields(kind)
        if field.init and field.alias is not None
    }

"""The attribute selector: ``identifier@path`` names one value inside a document."""

from __future__ import annotations

import re
from typing import Any, ClassVar, Final

from attrs import define, frozen

from modkit.gts.faults import shortened
from modkit.gts.json_kinds import is_array, is_object
from modkit.gts.store import GtsStore
from modkit_errors import Malformed, NotFound

_STEP: Final = re.compile(r"\.?([^.\[\]]+)|\[([0-9]{1,9})\]")
_MOST_SHOWN: Final = 10


@define
class InvalidSelector(Malformed):
    """The text is no attribute selector."""

    template: ClassVar[str] = "Invalid attribute selector: {selector}: {reason}"

    selector: str
    reason: str


@define
class UnknownAttribute(NotFound):
    """The document has no value at this path.

    Attributes:
        path: How far the path leads, and the step after that.
        available: What is there instead, at most ten names.
    """

    template: ClassVar[str] = "No value at {path}; there is {available}"

    path: str
    available: tuple[str, ...]


@frozen
class Selector:
    """An entity and a path into it.

    Attributes:
        gts_id: Which entity.
        path: Names of members and indices of items, from the outside in.

    Example:
        >>> Selector.parse("gts.x.shop._.order.v1~a.b.c.d.v1@items[0].sku").path
        ('items', 0, 'sku')
    """

    gts_id: str
    path: tuple[str | int, ...]

    @classmethod
    def parse(cls, text: str) -> Selector:
        """Return the selector that *text* is.

        Raises:
            InvalidSelector: It is none.
        """
        gts_id, at, path = text.partition("@")
        if not at:
            raise InvalidSelector(shortened(text), "put @ and a path after the identifier")
        steps: list[str | int] = []
        position = 0
        while position < len(path):
            step = _STEP.match(path, position)
            if step is None or (step[0][0] == "." and position == 0):
                raise InvalidSelector(
                    shortened(text), "a path is names with dots between, and [0] for an item"
                )
            if step[0][0] not in ".[" and position:
                raise InvalidSelector(shortened(text), "a dot stands before each further name")
            steps.append(step[1] if step[1] is not None else int(step[2]))
            position = step.end()
        if not steps:
            raise InvalidSelector(shortened(text), "the path after @ is empty")
        return cls(gts_id, tuple(steps))


def attribute(store: GtsStore, selector: str) -> Any:
    """Return the value that *selector* names.

    Raises:
        InvalidSelector: It cannot be read.
        UnknownEntity: Its entity is not registered.
        UnknownAttribute: The document has no such value.
    """
    parsed = Selector.parse(selector)
    found: Any = store.get(parsed.gts_id).content
    walked = ""
    for step in parsed.path:
        shown = f"[{step}]" if isinstance(step, int) else f".{step}"
        try:
            found = _step(found, step)
        except LookupError:
            raise UnknownAttribute(
                shortened((walked + shown).removeprefix(".")), _available(found)
            ) from None
        walked += shown
    return found


def _step(value: Any, step: str | int) -> Any:
    if isinstance(step, str):
        if is_object(value):
            return value[step]
    elif is_array(value):
        return value[step]
    raise LookupError(step)


def _available(value: Any) -> tuple[str, ...]:
    if is_object(value):
        return tuple(list(value)[:_MOST_SHOWN])
    return (f"{len(value)} items" if is_array(value) else type(value).__name__,)

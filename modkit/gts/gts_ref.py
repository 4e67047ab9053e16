"""The keyword ``x-gts-ref``: a string is the identifier of an entity, of which kind its value says."""

from __future__ import annotations

from typing import Any, Final

from modkit.gts.faults import InvalidGtsId
from modkit.gts.grammar import WILDCARD
from modkit.gts.identifier import is_gts_id
from modkit.gts.json_kinds import is_object
from modkit.gts.schema_walk import Schema, pointed

KEYWORD: Final = "x-gts-ref"
_MOST_HOPS: Final = 16


class InvalidGtsRef(ValueError):
    """The value of ``x-gts-ref`` names no identifier; the text says why."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"{KEYWORD} validation failed: {reason}")


def resolved_target(value: Any, document: Schema) -> str:
    """Return the identifier or pattern that *value* of the keyword stands for.

    Args:
        value: A pattern, an identifier, or a JSON pointer from the root of *document* to one.
        document: The whole schema in which the keyword stands.

    Raises:
        InvalidGtsRef: It stands for neither.

    Example:
        >>> resolved_target("/$id", {"$id": "gts://gts.x.core.events.type.v1~"})
        'gts.x.core.events.type.v1~'
    """
    target = value
    for _ in range(_MOST_HOPS):
        if not isinstance(target, str):
            raise InvalidGtsRef(f"{target!r} is no text, but an identifier or a pointer is wanted")
        if not target.startswith("/") and not target.startswith("./"):
            return _checked(target)
        target = _followed(target, document)
    raise InvalidGtsRef(f"{value!r} leads from pointer to pointer without end")


def _followed(pointer: str, document: Schema) -> Any:
    try:
        found = pointed(document, pointer.removeprefix("."))
    except LookupError:
        raise InvalidGtsRef(f"{pointer!r} points at nothing in the schema") from None
    if is_object(found):
        if KEYWORD not in found:
            raise InvalidGtsRef(f"{pointer!r} points at a schema without {KEYWORD}")
        return found[KEYWORD]
    return found.removeprefix("gts://") if isinstance(found, str) else found


def _checked(target: str) -> str:
    if is_gts_id(target) or WILDCARD.fullmatch(target):
        return target
    raise InvalidGtsRef(str(InvalidGtsId.of(target)))


class GtsRefKeyword:
    """How the JSON Schema validator asks whether a value is such an identifier; others than texts are not its affair."""

    def __init__(self, parent_schema: Schema, value: Any, schema_path: list[str | int]) -> None:  # noqa: ARG002 - the validator's signature
        self._prefix = str(value).removesuffix("*")
        self._shown = value

    def validate(self, instance: Any) -> None:
        """Raise if *instance* is a text that is no such identifier."""
        if not isinstance(instance, str):
            return
        if not is_gts_id(instance):
            raise InvalidGtsRef(str(InvalidGtsId.of(instance)))
        if not instance.startswith(self._prefix):
            raise InvalidGtsRef(f"{instance!r} is not covered by {self._shown!r}")

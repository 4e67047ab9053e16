"""What a new version of a type means for those who read and write documents of the old one.

The verdicts are those of the specification's table (section 4.3) and its conformance suite. A later draft derives them
from sets of accepted documents instead, and turns the rule about ``enum`` round; every rule is in this file.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum
from typing import Any, Final

from attrs import define, frozen

from modkit.gts.derivation import type_names
from modkit.gts.flatten import BrokenReference, ComparedPairs, SchemaOf, flattened
from modkit.gts.identifier import is_gts_id
from modkit.gts.json_kinds import is_array
from modkit.gts.schema_walk import Schema, escaped

_LEAST: Final = ("minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties")
_MOST: Final = ("maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties")
_SAME: Final = (
    "pattern",
    "multipleOf",
    "uniqueItems",
    "not",
    "if",
    "then",
    "else",
    "anyOf",
    "oneOf",
)

_DEMANDS: Final = frozenset({*_LEAST, *_MOST, *_SAME})


class Direction(Enum):
    """Whom a change breaks."""

    NONE = "none"
    BACKWARD = "backward"
    """Readers of the new version cannot read documents of the old one."""
    FORWARD = "forward"
    """Readers of the old version cannot read documents of the new one."""
    BOTH = "both"

    @classmethod
    def of(cls, *, backward: bool, forward: bool) -> Direction:
        """Return the direction that breaks just the named sides."""
        if backward:
            return cls.BOTH if forward else cls.BACKWARD
        return cls.FORWARD if forward else cls.NONE


_BACKWARD: Final = (Direction.BACKWARD, Direction.BOTH)
_FORWARD: Final = (Direction.FORWARD, Direction.BOTH)


@frozen
class Change:
    """One difference between two versions.

    Attributes:
        place: Where in a document: a JSON pointer, with ``[]`` for the items of an array.
        text: What has changed.
        breaks: Whom it breaks.
    """

    place: str
    text: str
    breaks: Direction


@frozen
class Compatibility:
    """The verdict on two versions of a type.

    Attributes:
        changes: What differs and matters, in the order of the schema.
    """

    changes: tuple[Change, ...]

    @property
    def is_backward(self) -> bool:
        """Whether readers of the new version can read old documents."""
        return all(change.breaks not in _BACKWARD for change in self.changes)

    @property
    def is_forward(self) -> bool:
        """Whether readers of the old version can read new documents."""
        return all(change.breaks not in _FORWARD for change in self.changes)

    @property
    def is_full(self) -> bool:
        """Whether both hold, so that readers and writers may be updated in any order."""
        return self.is_backward and self.is_forward


def compared(old: Schema, new: Schema, schema_of: SchemaOf) -> Compatibility:
    """Return what the change from *old* to *new* breaks.

    Args:
        old: Prepared schema of the old version.
        new: Prepared schema of the new one.
        schema_of: Looks up what they refer to.

    Example:
        >>> old = {"properties": {"note": {"type": "string", "maxLength": 10}}}
        >>> new = {"properties": {"note": {"type": "string", "maxLength": 20}}, "required": ["note"]}
        >>> [(one.text, one.breaks.name) for one in compared(old, new, lambda _: None).changes]
        [('note is now required', 'BACKWARD'), ('maxLength went from 10 to 20', 'FORWARD')]
    """
    return Compatibility(tuple(_Comparison(schema_of, ComparedPairs(schema_of)).of(old, new, "")))


@define
class _Comparison:
    schema_of: SchemaOf
    pairs: ComparedPairs

    def of(self, old: Any, new: Any, place: str) -> Iterator[Change]:
        if old == new:
            return
        try:
            if not self.pairs.is_new(old, new):
                return
            flat_old, flat_new = flattened(old, self.schema_of), flattened(new, self.schema_of)
        except BrokenReference as error:
            yield Change(place or "/", str(error), Direction.BOTH)
            return
        yield from _value_changes(flat_old, flat_new, place or "/")
        yield from self._object_changes(flat_old, flat_new, place)
        yield from self._item_changes(flat_old, flat_new, place)

    def _object_changes(self, old: Schema, new: Schema, place: str) -> Iterator[Change]:
        known, said = old.get("properties", {}), new.get("properties", {})
        yield from _required_changes(old, new, place or "/")
        was_closed, is_closed = _is_closed(old), _is_closed(new)
        if was_closed is not is_closed:
            breaks = Direction.BACKWARD if is_closed else Direction.FORWARD
            text = (
                "further properties are now refused"
                if is_closed
                else "further properties are now allowed"
            )
            yield Change(place or "/", text, breaks)
        for name, before in known.items():
            if name not in said:
                if is_closed:
                    text = "removed, and new readers refuse it"
                    yield Change(f"{place}/{escaped(name)}", text, Direction.BACKWARD)
            elif before != said[name]:
                yield from self.of(before, said[name], f"{place}/{escaped(name)}")
        if was_closed:
            for name in said:
                if name not in known:
                    text = "added, and old readers refuse it"
                    yield Change(f"{place}/{escaped(name)}", text, Direction.FORWARD)

    def _item_changes(self, old: Schema, new: Schema, place: str) -> Iterator[Change]:
        before, after = old.get("items", True), new.get("items", True)
        if is_array(before) or is_array(after):
            if before != after:
                yield Change(f"{place}/[]", "the items have changed by position", Direction.BOTH)
        else:
            yield from self.of(before, after, f"{place}/[]")


def _is_closed(schema: Schema) -> bool:
    return schema.get("additionalProperties") is False


def _required_changes(old: Schema, new: Schema, place: str) -> Iterator[Change]:
    if old.get("required") == new.get("required"):
        return
    before, after = set(old.get("required", ())), set(new.get("required", ()))
    for name in sorted(after - before):
        yield Change(place, f"{name} is now required", Direction.BACKWARD)
    for name in sorted(before - after):
        yield Change(place, f"{name} is no longer required", Direction.FORWARD)


def _value_changes(old: Schema, new: Schema, place: str) -> Iterator[Change]:
    yield from _type_changes(old, new, place)
    yield from _choice_changes(old, new, place)
    named = old.keys() | new.keys()
    if named.isdisjoint(_DEMANDS):
        return
    for name in (*_LEAST, *_MOST):
        yield from _bound_changes(name, old, new, place)
    for name in _SAME:
        before, after = old.get(name), new.get(name)
        if before != after:
            text = (
                f"{name} has changed"
                if before and after
                else f"{name} is {'new' if after else 'gone'}"
            )
            yield Change(place, text, _one_or_both(before, after))


def _one_or_both(before: Any, after: Any) -> Direction:
    """Return whom a demand breaks that is new, gone, or another one."""
    if before is None:
        return Direction.BACKWARD
    return Direction.FORWARD if after is None else Direction.BOTH


def _type_changes(old: Schema, new: Schema, place: str) -> Iterator[Change]:
    if old.get("type") == new.get("type"):
        return
    before, after = type_names(old), type_names(new)
    breaks = Direction.of(backward=not _covers(after, before), forward=not _covers(before, after))
    shown = [" or ".join(sorted(names)) or "any type" for names in (before, after)]
    yield Change(place, f"{shown[0]} has become {shown[1]}", breaks)


def _covers(wide: frozenset[str], narrow: frozenset[str]) -> bool:
    if not wide:
        return True
    return bool(narrow) and narrow <= (wide | {"integer"} if "number" in wide else wide)


def _choice_changes(old: Schema, new: Schema, place: str) -> Iterator[Change]:
    """Yield changes of ``enum`` and ``const``.

    The specification asks whether a reader knows what to do with a value, and not whether its schema accepts it: a new
    choice breaks new readers of old documents, and a choice taken away old readers of new ones.
    """
    if "const" not in old and "const" not in new and old.get("enum") == new.get("enum"):
        return
    if is_gts_id(old.get("const")) and is_gts_id(new.get("const")):
        return  # another version's identifier is what makes it another version
    if "const" in old or "const" in new:
        if old.get("const") != new.get("const") or ("const" in old) is not ("const" in new):
            before = {"const": old["const"]} if "const" in old else None
            after = {"const": new["const"]} if "const" in new else None
            yield Change(place, "const has changed", _one_or_both(before, after))
        return
    before, after = old.get("enum"), new.get("enum")
    if before is None or after is None:
        if before is not after:
            yield Change(
                place, f"enum is {'new' if after else 'gone'}", _one_or_both(before, after)
            )
        return
    added = [value for value in after if value not in before]
    removed = [value for value in before if value not in after]
    if added:
        yield Change(place, f"new choices {added!r}", Direction.BACKWARD)
    if removed:
        yield Change(place, f"choices {removed!r} are gone", Direction.FORWARD)


def _bound_changes(name: str, old: Schema, new: Schema, place: str) -> Iterator[Change]:
    before, after = old.get(name), new.get(name)
    if before == after:
        return
    if before is None or after is None:
        tighter = before is None
    else:
        tighter = (after > before) if name in _LEAST else (after < before)
    breaks = Direction.BACKWARD if tighter else Direction.FORWARD
    yield Change(place, f"{name} went from {_bound(before)} to {_bound(after)}", breaks)


def _bound(value: Any) -> str:
    return "none" if value is None else str(value)

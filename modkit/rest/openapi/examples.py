"""An example value of a JSON Schema: the same one every time, and valid."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from attrs import frozen

JsonSchema = Mapping[str, Any]

_BY_FORMAT: Final = {
    "date": "2026-01-31",
    "date-time": "2026-01-31T12:00:00Z",
    "time": "12:00:00Z",
    "duration": "PT1H",
    "decimal": "12.50",
    "email": "ada@example.org",
    "hostname": "example.org",
    "uri": "https://example.org/",
    "uuid": "01994e3a-7d24-7c5e-9a1b-3f6d2c8e4b70",
    "byte": "ZXhhbXBsZQ==",
}
_TEXTS: Final = (
    *("Example text", "EXAMPLE", "a", "A", "1", "12", "123", "1.5", "a1", "A1", "a-1"),
    *("a_b", "a.b", "ab-cd", "en", "en-US", "EUR", "#00aaff", "1.0.0", "example.txt", "/a/b"),
    *("application/json", "0" * 32, "0" * 64, *_BY_FORMAT.values()),
)
"""What is tried against a pattern; a pattern that matches none of them has no example."""


_EMPTY: Final[tuple[object, ...]] = (None, [], {}, "")


class NoExample(Exception):
    """No value can be made up for the schema."""


@frozen
class Examples:
    """Makes examples of schemas that refer to each other.

    Attributes:
        components: The schemas by name, as in ``#/components/schemas``.

    Example:
        >>> Examples({}).of({"type": "integer", "minimum": 5})
        5
    """

    components: Mapping[str, JsonSchema]

    def of(self, schema: JsonSchema) -> Any:
        """Return a value that *schema* accepts.

        Raises:
            NoExample: A pattern is too special, or the schema accepts only endless values.
        """
        return self._of(schema, ())

    def _of(self, schema: JsonSchema, above: tuple[str, ...]) -> Any:
        if "$ref" in schema:
            return self._of_reference(schema, above)
        if "const" in schema:
            return schema["const"]
        if schema.get("examples"):
            return schema["examples"][0]
        if schema.get("default") not in _EMPTY:  # an empty default shows nothing
            return schema["default"]
        if schema.get("enum"):
            return schema["enum"][0]
        for keyword in ("anyOf", "oneOf"):
            if keyword in schema:
                return self._first_of(schema[keyword], above)
        if "allOf" in schema:
            return self._merged(schema, above)
        match _type_of(schema):
            case "object":
                return self._object(schema, above)
            case "array":
                return self._array(schema, above)
            case "string":
                return _text(schema)
            case "integer" | "number" as kind:
                return _number(schema, whole=kind == "integer")
            case "boolean":
                return True
            case "null":
                return None
            case _:
                return "example"  # a schema without a type accepts everything

    def _of_reference(self, schema: JsonSchema, above: tuple[str, ...]) -> Any:
        name = schema["$ref"].rsplit("/", 1)[-1]
        if name in above:
            raise NoExample(f"{name} contains itself")
        return self._of(self.components[name], (*above, name))

    def _first_of(self, choices: list[JsonSchema], above: tuple[str, ...]) -> Any:
        refusal = NoExample("no choice has an example")
        for choice in sorted(choices, key=lambda choice: choice.get("type") == "null"):
            try:
                return self._of(choice, above)
            except NoExample as error:
                refusal = error
        raise refusal

    def _merged(self, schema: JsonSchema, above: tuple[str, ...]) -> Any:
        own = {keyword: value for keyword, value in schema.items() if keyword != "allOf"}
        parts = [self._of(part, above) for part in schema["allOf"]]
        if "properties" in own:
            parts.append(self._object(own, above))
        if len(parts) == 1:
            return parts[0]
        if not all(isinstance(part, dict) for part in parts):
            raise NoExample("only objects can be merged")
        return {name: value for part in parts for name, value in part.items()}

    def _object(self, schema: JsonSchema, above: tuple[str, ...]) -> dict[str, Any]:
        made: dict[str, Any] = {}
        required = frozenset(schema.get("required", ()))
        for name, kind in schema.get("properties", {}).items():
            try:
                value = self._of(kind, above)
            except NoExample:
                if name in required:
                    raise
            else:
                if value is not None or name in required:
                    made[name] = value
        rest: JsonSchema | bool = schema.get("additionalProperties", False)
        if not isinstance(rest, bool) and not made:
            key = self._of(schema.get("propertyNames", {"type": "string"}), above)
            try:
                made[str(key)] = self._of(rest, above)
            except NoExample:
                if schema.get("minProperties", 0):
                    raise
        if len(made) < schema.get("minProperties", 0):
            raise NoExample("more entries are needed than can be made up")
        return made

    def _array(self, schema: JsonSchema, above: tuple[str, ...]) -> list[Any]:
        if "prefixItems" in schema:
            return [self._of(item, above) for item in schema["prefixItems"]]
        length = max(schema.get("minItems", 0), min(1, schema.get("maxItems", 1)))
        if length > 1 and schema.get("uniqueItems"):
            raise NoExample("several different values are needed")
        try:
            return [self._of(schema.get("items", {}), above)] * length
        except NoExample:
            if schema.get("minItems", 0):
                raise
            return []


def _type_of(schema: JsonSchema) -> str:
    kinds = schema.get("type") or ("object" if "properties" in schema else "")
    if isinstance(kinds, str):
        return kinds
    return next((kind for kind in kinds if kind != "null"), "null")


def _text(schema: JsonSchema) -> str:
    shortest, longest = schema.get("minLength", 0), schema.get("maxLength", math.inf)
    pattern = schema.get("pattern")
    for text in _candidates(schema.get("format", ""), shortest, longest):
        if shortest <= len(text) <= longest and (pattern is None or re.search(pattern, text)):
            return text
    raise NoExample(f"no text at hand of length {shortest}..{longest} matches {pattern!r}")


def _candidates(named: str, shortest: int, longest: float) -> Iterator[str]:
    if named in _BY_FORMAT:
        yield _BY_FORMAT[named]
        return
    length = int(min(max(shortest, len("example")), longest))
    yield ("example " * length)[:length]
    yield from _TEXTS
    yield from ("a" * length, "0" * length)


def _number(schema: JsonSchema, *, whole: bool) -> int | float:
    low, high = _bounds(schema, whole=whole)
    step = schema.get("multipleOf")
    if step is not None:
        found = math.ceil(max(low, 1) / step) * step
        if found > high:
            found = math.floor(high / step) * step
    elif low <= 1 <= high:
        found = 1
    elif math.isfinite(low) and math.isfinite(high):
        middle = (low + high) / 2
        found = (
            low
            if whole
            else next(
                (near for near in (round(middle, 3), round(middle, 9)) if low <= near <= high),
                middle,
            )
        )
    elif math.isfinite(low):
        found = math.ceil(low)
    else:
        found = math.floor(high)
    if not low <= found <= high:
        raise NoExample(f"no number at hand in {low}..{high}")
    return int(found) if whole or float(found).is_integer() else found


def _bounds(schema: JsonSchema, *, whole: bool) -> tuple[float, float]:
    """Return the inclusive bounds; an exclusive one moves to the next number of its kind."""
    low, high = schema.get("minimum", -math.inf), schema.get("maximum", math.inf)
    if whole:
        low = math.ceil(low) if math.isfinite(low) else low
        high = math.floor(high) if math.isfinite(high) else high
    if (above := schema.get("exclusiveMinimum")) is not None:
        low = max(low, math.floor(above) + 1 if whole else math.nextafter(above, math.inf))
    if (below := schema.get("exclusiveMaximum")) is not None:
        high = min(high, math.ceil(below) - 1 if whole else math.nextafter(below, -math.inf))
    return low, high

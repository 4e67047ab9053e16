"""The query language: a pattern, and what the documents that it covers must say, such as ``gts.x.*[status=active]``."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, ClassVar, Final

from attrs import define, frozen

from modkit.gts.entity import Document, Entity
from modkit.gts.faults import InvalidGtsPattern, shortened
from modkit.gts.json_kinds import is_object
from modkit.gts.pattern import GtsPattern
from modkit.gts.store import GtsStore
from modkit_errors import Malformed

_CONDITION: Final = re.compile(
    r"""\s*(?P<name>[^\s=,\[\]"']+)\s*=\s*(?:"(?P<double>[^"]*)"|'(?P<single>[^']*)'|(?P<bare>[^,"'\[\]]*?))\s*(?:,|$)"""
)
_MISSING: Final = object()


@define
class InvalidQuery(Malformed):
    """The text is no query.

    Attributes:
        expression: The text, cut to 120 characters.
        reason: What is wrong with it, and how to write it.
    """

    template: ClassVar[str] = "Invalid query: {expression}: {reason}"

    expression: str
    reason: str


@frozen
class Condition:
    """One member must have one value.

    Attributes:
        name: The member; dots lead into objects.
        value: Its value as text; ``*`` is any value but an empty one.
    """

    name: str
    value: str

    def holds(self, document: Document) -> bool:
        """Return whether *document* fulfils it."""
        found: Any = document.get(self.name, _MISSING)
        if found is _MISSING and "." in self.name:
            found = _inner(document, self.name)
        if self.value == "*":
            return found is not _MISSING and found is not None and found not in ("", [], {})
        return (found if isinstance(found, str) else _text(found)) == self.value

    def among(self, entities: Iterator[Entity]) -> Iterator[Entity]:
        """Yield those of *entities* whose documents fulfil it."""
        return (entity for entity in entities if self.holds(entity.content))


@frozen
class Query:
    """What to look for.

    Attributes:
        pattern: Which identifiers.
        conditions: What all must hold for a document.

    Example:
        >>> query = Query.parse('gts.x.shop.*[status="active", note="a, b"]')
        >>> query.conditions[1]
        Condition(name='note', value='a, b')
    """

    pattern: GtsPattern
    conditions: tuple[Condition, ...] = ()

    @classmethod
    def parse(cls, expression: str) -> Query:
        """Return the query that *expression* is.

        Raises:
            InvalidQuery: It is none.
        """
        text, bracket, rest = expression.partition("[")
        if bracket and not rest.rstrip().endswith("]"):
            raise InvalidQuery(shortened(expression), "the bracket is not closed")
        try:
            pattern = GtsPattern.parse(text.rstrip())
        except InvalidGtsPattern as error:
            raise InvalidQuery(shortened(expression), error.reason) from error
        inner = rest.rstrip()[:-1] if bracket else ""
        return cls(pattern, tuple(_conditions(inner, expression)))

    def run(self, store: GtsStore) -> Iterator[Entity]:
        """Return the entities of *store* that it asks for, in the order of the store."""
        found = store.matching(self.pattern.text)
        for condition in self.conditions:
            found = condition.among(found)
        return found


def _conditions(text: str, expression: str) -> Iterator[Condition]:
    position = 0
    while text[position:].strip():
        found = _CONDITION.match(text, position)
        if found is None:
            raise InvalidQuery(
                shortened(expression),
                'conditions are name=value or name="value", with commas between',
            )
        value = next(
            part for part in (found["double"], found["single"], found["bare"]) if part is not None
        )
        yield Condition(found["name"], value)
        position = found.end()


def _inner(document: Document, path: str) -> Any:
    found: Any = document
    for name in path.split("."):
        if not is_object(found) or name not in found:
            return _MISSING
        found = found[name]
    return found


def _text(value: Any) -> str | None:
    """Return a value that is no text as a query writes it; None, objects and arrays cannot be asked for."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, int | float) else None

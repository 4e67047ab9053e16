"""What an encoder writes, and what it refuses to write."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from enum import Enum
from typing import Any, Generic, Literal, TypeVar
from uuid import UUID

import pytest
from attrs import field, frozen

from modkit.codec import UNSET, UnsetType, UnsupportedType, encoder

T = TypeVar("T")


class Colour(Enum):
    RED = "red"
    BLUE = "blue"


@frozen(kw_only=True)
class Item:
    zeta: int
    alpha: str = "a"
    mid: str | UnsetType = UNSET


@frozen(kw_only=True)
class SpecialItem(Item):
    secret: str = "s"


@frozen(kw_only=True)
class Cat:
    type: Literal["cat"] = "cat"
    born: datetime | None = None


@frozen(kw_only=True)
class Dog:
    type: Literal["dog"] = "dog"
    friends: list[Cat | Dog] = field(factory=list)


@frozen(kw_only=True)
class Puppy(Dog):
    type: Literal["puppy"] = "puppy"  # type: ignore[assignment]  # a tag of its own
    weeks: int = 1


@frozen(kw_only=True)
class Empty:
    pass


@frozen(kw_only=True)
class One:
    only: float


@frozen(kw_only=True)
class Named:
    """Fields with the names that the encoder itself uses."""

    value: int = 1
    struct: int = 2
    cls: datetime | None = None
    refuse: float = 0.5


@frozen(kw_only=True)
class Page(Generic[T]):
    items: list[T]


@frozen(kw_only=True)
class Measure:
    at: datetime | UnsetType = UNSET
    amount: Decimal = Decimal(0)


NOON = datetime(2026, 11, 23, 12, 0, 0, 120_000, tzinfo=timezone(timedelta(hours=2)))


def shown(value: object) -> str:
    """Name a parameter the same in every process: sets have no order, and addresses differ."""
    if isinstance(value, set | frozenset):
        return ",".join(sorted(map(str, value)))
    return str(value).partition(" at 0x")[0]


@pytest.mark.parametrize(
    ("kind", "value", "text"),
    [
        (Item, Item(zeta=1), '{"zeta":1,"alpha":"a"}'),
        (Item, Item(zeta=1, mid="m"), '{"zeta":1,"alpha":"a","mid":"m"}'),
        (Item, SpecialItem(zeta=1), '{"zeta":1,"alpha":"a"}'),
        (list[Item], [Item(zeta=1)], '[{"zeta":1,"alpha":"a"}]'),
        (dict[str, Item], {"k": Item(zeta=1)}, '{"k":{"zeta":1,"alpha":"a"}}'),
        (dict[Colour, int], {Colour.RED: 1}, '{"red":1}'),
        (dict[UUID, int], {UUID(int=1): 1}, '{"00000000-0000-0000-0000-000000000001":1}'),
        (Item | None, None, "null"),
        (Page[Cat], Page(items=[Cat()]), '{"items":[{"type":"cat","born":null}]}'),
        (
            Cat | Dog,
            Dog(friends=[Cat(), Dog()]),
            '{"type":"dog","friends":[{"type":"cat","born":null},{"type":"dog","friends":[]}]}',
        ),
        (Dog | Puppy, Puppy(), '{"friends":[],"type":"puppy","weeks":1}'),
        (Puppy | Dog, Dog(), '{"type":"dog","friends":[]}'),
        (str | list[datetime], [NOON], '["2026-11-23T10:00:00.120000Z"]'),
        (bool | float, True, "true"),
        (float | bool, True, "true"),
        (datetime, NOON, '"2026-11-23T10:00:00.120000Z"'),
        (datetime, datetime(2026, 1, 1, tzinfo=UTC), '"2026-01-01T00:00:00Z"'),
        (date, date(2026, 1, 2), '"2026-01-02"'),
        (Decimal, Decimal("1E+2"), '"100"'),
        (Decimal, Decimal("0.10"), '"0.10"'),
        (Measure, Measure(), '{"amount":"0"}'),
        (Measure, Measure(at=NOON), '{"at":"2026-11-23T10:00:00.120000Z","amount":"0"}'),
        (tuple[int, Decimal], (1, Decimal(2)), '[1,"2"]'),
        (tuple[datetime, ...], (NOON,), '["2026-11-23T10:00:00.120000Z"]'),
        (frozenset[str], frozenset({"c", "a", "b"}), '["a","b","c"]'),
        (set[Colour], {Colour.RED, Colour.BLUE}, '["blue","red"]'),
        (frozenset[int], frozenset({10, 9}), "[9,10]"),
        (Any, {"a": [1, None, 0.5, (True,)]}, '{"a":[1,null,0.5,[true]]}'),
        (Any, True, "true"),
        (Colour, Colour.RED, '"red"'),
        (Literal["a"], "a", '"a"'),
        (float, 1, "1"),
        (Empty, Empty(), "{}"),
        (One, One(only=0.5), '{"only":0.5}'),
        (Named, Named(), '{"value":1,"struct":2,"cls":null,"refuse":0.5}'),
    ],
    ids=lambda value: shown(value),
)
def test_a_value_is_written_in_one_form(kind: Any, value: Any, text: str) -> None:
    assert encoder(kind)(value) == text.encode()


def _cycle() -> list[Any]:
    items: list[Any] = []
    items.append(items)
    return items


@pytest.mark.parametrize(
    ("kind", "value", "words"),
    [
        (Item, None, "expected Item, got NoneType"),
        (Item, {"zeta": 1}, "expected Item, got dict"),
        (Item, Cat(), "expected Item, got Cat"),
        (list[Item], Item(zeta=1), "Item"),
        (list[Item], [Cat()], "expected Item, got Cat"),
        (list[str], "abc", "got str"),
        (dict[str, Item], {"k": 1}, "expected Item, got int"),
        (dict[str, int], [], "got list"),
        (Page[Item], Page(items=[Cat()]), "Page.items: expected Item, got Cat"),
        (Page[Item], Page(items=Item(zeta=1)), "Page.items: expected a list"),  # type: ignore[arg-type]  # the mistake
        (Cat | Dog, Item(zeta=1), "got Item"),
        (Dog, Dog(friends=[Item(zeta=1)]), "Item is none of"),  # type: ignore[list-item]  # the mistake
        (str, 1, "expected str, got int"),
        (int, True, "expected int, got bool"),
        (int, False, "expected int, got bool"),
        (bool, 1, "expected bool, got int"),
        (float, float("nan"), "JSON has no nan"),
        (list[float], [float("inf")], "JSON has no inf"),
        (One, One(only=float("-inf")), "One.only: JSON has no -inf"),
        (One, One(only="1"), "One.only: expected a float, got str"),  # type: ignore[arg-type]  # the mistake
        (Any, [float("nan")], "JSON has no nan"),
        (Any, {1: 2}, "keys"),
        (str | dict[str, datetime], {"a": 1}, "expected a datetime, got int"),
        (list[dict[str, Item]], [1], "expected a dict"),
        (Any, [object()], "no JSON value"),
        (Any, "\ud800", "no JSON form"),
        (Any, _cycle(), "no JSON form"),
        (datetime, datetime(2026, 1, 1), "naive"),  # noqa: DTZ001  # the mistake
        (datetime, date(2026, 1, 1), "expected datetime, got date"),
        (datetime, datetime.max.replace(tzinfo=timezone(-timedelta(hours=1))), "calendar"),
        (date, datetime(2026, 1, 1, tzinfo=UTC), "expected a date, got datetime"),
        (Measure, Measure(at=datetime(2026, 1, 1)), "Measure.at: a naive"),  # noqa: DTZ001  # the mistake
        (Measure, Measure(amount=1.5), "Measure.amount"),  # type: ignore[arg-type]  # the mistake
        (Decimal, Decimal("NaN"), "plain number"),
        (Decimal, Decimal("1E+999999999"), "plain number"),
        (Decimal, Decimal("1E-63"), "characters"),
        (tuple[int, str], (1,), "tuple of 2"),
        (Colour, "red", "got str"),
    ],
    ids=lambda value: shown(value)[:30],
)
def test_what_is_not_of_the_type_is_refused(kind: Any, value: Any, words: str) -> None:
    encode: Callable[[Any], bytes] = encoder(kind)
    with pytest.raises(TypeError) as caught:
        encode(value)
    assert words in str(caught.value)


def test_a_type_without_a_form_on_the_wire_has_no_encoder() -> None:
    with pytest.raises(UnsupportedType, match="complex"):
        encoder(list[complex])

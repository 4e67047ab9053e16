"""What a decoder accepts, what it refuses, and how it says so."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from enum import Enum, IntEnum
from typing import Annotated, Any, Generic, Literal, NewType, TypeVar
from uuid import UUID

import attrs
import msgspec
import pytest
from attrs import field, frozen
from typing_extensions import TypeAliasType

from modkit.codec import UNSET, Meta, UnsetType, UnsupportedType, decoder
from modkit_errors import Invalid
from modkit_errors.refusals import MalformedJson

T = TypeVar("T")
U = TypeVar("U")
ID = "01890a5d-ac96-774b-bcce-b302099a8057"


class Level(IntEnum):
    LOW = 1
    HIGH = 2


class Colour(Enum):
    RED = "red"
    BLUE = "blue"


@frozen(kw_only=True)
class Item:
    count: Annotated[int, Meta(ge=0)]
    name: Annotated[str, Meta(min_length=1, max_length=5, pattern="^[a-z]+$")] = "x"


@frozen(kw_only=True)
class Order:
    id: UUID
    items: list[Item]
    colour: Colour = Colour.RED
    note: str | None = None
    tags: frozenset[str] = frozenset()
    hint: str | UnsetType = UNSET


@frozen(kw_only=True)
class Cat:
    type: Literal["cat"] = "cat"
    lives: int = 9


@frozen(kw_only=True)
class Dog:
    type: Literal["dog"] = "dog"
    pups: list[Cat | Dog] = field(factory=list)


@frozen(kw_only=True)
class Kind:
    kind: Literal["kind"] = "kind"


@frozen(kw_only=True)
class Home:
    pet: Cat | Dog | str | None = None


@frozen(kw_only=True)
class Page(Generic[T]):
    items: list[T]
    total: int = 0


@frozen(kw_only=True)
class Named(Page[U], Generic[U]):
    name: str


@frozen(kw_only=True)
class Items(Named[Item]):
    pass


@frozen(kw_only=True)
class Tree:
    left: Tree | None = None
    right: Tree | None = None


@frozen(kw_only=True)
class Span:
    start: int
    end: int = field()

    @end.validator
    def _end_follows_start(self, _: Any, value: int) -> None:
        if value < self.start:
            raise ValueError("end is before start")


@frozen(kw_only=True)
class Spans:
    spans: list[Span] = field(factory=list)
    by_name: dict[str, Span] = field(factory=dict)
    owner: Cat | Dog | None = None
    pair: tuple[str, Span] | None = None


def faults(kind: Any, document: Any) -> list[tuple[str, str]]:
    body = document if isinstance(document, bytes) else json.dumps(document).encode()
    with pytest.raises(Invalid) as caught:
        decoder(kind)(body)
    return [(error.field, error.code) for error in caught.value.errors]


def test_a_nested_body_becomes_attrs_objects() -> None:
    body = f'{{"id": "{ID}", "items": [{{"count": 2}}], "tags": ["a"], "note": "n"}}'.encode()
    expected = Order(id=UUID(ID), items=[Item(count=2)], tags=frozenset({"a"}), note="n")
    assert decoder(Order)(body) == expected
    assert decoder(Order)(bytearray(body)) == expected
    assert decoder(Order)(memoryview(body)) == expected


def test_all_faults_are_reported_in_document_order() -> None:
    document = {
        "id": "x",
        "items": [{"count": -1, "name": "toolong", "extra": 1}, {}, 5],
        "colour": "green",
        "tags": ["a", "a"],
        "unknown key": 1,
    }
    assert faults(Order, document) == [
        ("$.id", "format"),
        ("$.items[0].count", "minimum"),
        ("$.items[0].name", "max_length"),
        ("$.items[0].extra", "unknown"),
        ("$.items[1].count", "missing"),
        ("$.items[2]", "type"),
        ("$.colour", "enum"),
        ("$.tags", "unique"),
        ('$["unknown key"]', "unknown"),
    ]


@pytest.mark.parametrize(
    ("kind", "document", "code"),
    [
        (int, 1.5, "type"),
        (int, 2.0**53 + 2, "type"),
        (Annotated[int, Meta(ge=2)], 1.0, "minimum"),
        (Annotated[int, Meta(multiple_of=2)], 3.0, "multiple_of"),
        (Literal[1, 2], 3.0, "enum"),
        (Literal["1"], 1.0, "type"),
        (bool, 1.0, "type"),
        (frozenset[int], [1, 1.0], "unique"),
        (Annotated[int, Meta(ge=2)] | str, 1.0, "minimum"),
        (int, True, "type"),
        (int, "1", "type"),
        (int, None, "type"),
        (int, 2**63, "maximum"),
        (int, -(2**63) - 1, "minimum"),
        (bool, 1, "type"),
        (float, "1", "type"),
        (float, 10**400, "type"),
        (str, 1, "type"),
        (Annotated[int, Meta(gt=1)], 1, "exclusive_minimum"),
        (Annotated[int, Meta(lt=1)], 1, "exclusive_maximum"),
        (Annotated[int, Meta(le=1)], 2, "maximum"),
        (Annotated[int, Meta(multiple_of=5)], 6, "multiple_of"),
        (Annotated[float, Meta(multiple_of=0.5)], 0.75, "multiple_of"),
        (Annotated[str, Meta(min_length=1)], "", "min_length"),
        (Annotated[str, Meta(pattern="^a$")], "a\n", "pattern"),
        (Annotated[str, Meta(pattern=r"^\d$")], "\N{ARABIC-INDIC DIGIT ONE}", "pattern"),
        (Annotated[list[int], Meta(min_length=1)], [], "min_items"),
        (Annotated[list[int], Meta(max_length=1)], [1, 2], "max_items"),
        (Annotated[dict[str, int], Meta(max_length=0)], {"a": 1}, "max_items"),
        (tuple[int, str], [1], "min_items"),
        (tuple[int, str], [1, "a", 2], "max_items"),
        (Literal["a", "b"], "c", "enum"),
        (Literal["a", "b"], 1, "type"),
        (Literal[1, 2], True, "type"),
        (Literal["a", None], "b", "enum"),
        (Level, 3, "enum"),
        (Level, 3.0, "enum"),
        (Level, 1.5, "type"),
        (Level, True, "type"),
        (UUID, ID.replace("-", ""), "format"),
        (UUID, ID[:-1] + "g", "format"),
        (date, "2026-02-30", "format"),
        (datetime, "2026-11-23T20:00:00", "format"),
        (datetime, "2026-11-23 20:00:00Z", "format"),
        (datetime, "2026-11-23T20:00:00+0100", "format"),
        (datetime, "2026-11-23T23:59:60Z", "format"),
        (datetime, "0001-01-01T00:00:00+10:00", "format"),
        (datetime, 1, "type"),
        (Decimal, 1.5, "type"),
        (Decimal, "NaN", "format"),
        (Decimal, "1e9", "format"),
        (Decimal, " 1", "format"),
        (Decimal, "1_0", "format"),
        (Decimal, "1" * 65, "format"),
        (frozenset[int], [1, 1], "unique"),
        (int | list[int] | None, "a", "type"),
        (Literal["a"] | list[int] | Item, 1.5, "type"),
        (Annotated[int | None, Meta(ge=1)], 0, "minimum"),
        (Item, [], "type"),
        (dict[str, int], [], "type"),
        (list[int], {}, "type"),
    ],
    ids=str,
)
def test_a_value_out_of_its_type_or_limits_has_a_stable_code(
    kind: Any, document: Any, code: str
) -> None:
    assert faults(kind, document) == [("$", code)]


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        (float, "1", 1.0),
        (int, "-9223372036854775808", -(2**63)),
        (UUID, f'"{ID.upper()}"', UUID(ID)),
        (datetime, '"2026-11-23T20:00:00.5Z"', datetime(2026, 11, 23, 20, 0, 0, 500_000, UTC)),
        (
            datetime,
            '"2026-11-23T20:00:00+01:00"',
            datetime(2026, 11, 23, 20, tzinfo=timezone(timedelta(hours=1))),
        ),
        (datetime, '"9999-12-31T23:59:59Z"', datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)),
        (Decimal, '"-0.10"', Decimal("-0.10")),
        (Level, "2", Level.HIGH),
        (Literal["a", 1, None], "null", None),
        (dict[UUID, int], f'{{"{ID}":1}}', {UUID(ID): 1}),
        (dict[Colour, int], '{"red":1}', {Colour.RED: 1}),
        (set[Colour], '["red"]', {Colour.RED}),
        (tuple[int, ...], "[1,2]", (1, 2)),
        (int | float | str | list[UUID] | None, f'["{ID}"]', [UUID(ID)]),
        (int | float, "1.5", 1.5),
        (str, '"\\ud83d\\ude00\\u003a"', "\N{GRINNING FACE}:"),
        (Any, '{"a":[1,{"b":null}]}', {"a": [1, {"b": None}]}),
        (dict, '{"a":1}', {"a": 1}),
        (NewType("Name", str), '"n"', "n"),
        (TypeAliasType("Names", list[str]), '["n"]', ["n"]),
        (Any | None, "null", None),
        (Annotated[int | None, Meta(ge=1)], "1", 1),
        (Annotated[Item, Meta(description="One.")] | None, '{"count":1}', Item(count=1)),
        (tuple[Item, ...], '[{"count":1}]', (Item(count=1),)),
        (tuple[int, Item], '[1,{"count":1}]', (1, Item(count=1))),
        (Page[Item], '{"items":[{"count":1}]}', Page(items=[Item(count=1)])),
        (Items, '{"items":[{"count":1}],"name":"n"}', Items(items=[Item(count=1)], name="n")),
        (Named[int], '{"items":[1],"name":"n"}', Named(items=[1], name="n")),
        (Tree, '{"left":{"right":{}}}', Tree(left=Tree(right=Tree()))),
        (Home, '{"pet":{"lives":3,"type":"cat"}}', Home(pet=Cat(lives=3))),
        (Home, '{"pet":"stone"}', Home(pet="stone")),
        (Home, '{"pet":null}', Home()),
        (Dog, '{"type":"dog","pups":[{"type":"dog"}]}', Dog(pups=[Dog()])),
        (Cat, '{"lives":1}', Cat(lives=1)),
    ],
    ids=str,
)
def test_a_value_of_its_type_is_accepted(kind: Any, text: str, value: Any) -> None:
    found = decoder(kind)(text.encode())
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        (int, "379.0", 379),
        (int, "1e3", 1000),
        (int, "1E5", 100_000),
        (int, "-0.0", 0),
        (int, "9007199254740991.0", 2**53 - 1),
        (Annotated[int, Meta(gt=1, le=2)], "2.0", 2),
        (int | None, "1.0", 1),
        (int | str, "1.0", 1),
        (Literal[1, 2], "1.0", 1),
        (Literal["a", 1], "1.0", 1),
        (Level, "2.0", Level.HIGH),
        (list[int], "[1,2.0]", [1, 2]),
        (frozenset[int], "[1,2.0]", frozenset({1, 2})),
        (tuple[int, float], "[1.0,1.0]", (1, 1.0)),
        (dict[UUID, int], f'{{"{ID}":1.0}}', {UUID(ID): 1}),
        (list[int | float], "[1.0,1,1.5]", [1.0, 1, 1.5]),
        (tuple[int, Annotated[int, Meta(ge=5)] | float], "[1.0,1.0]", (1, 1.0)),
        (tuple[int, Any], '[1.0,{"a":1.0}]', (1, {"a": 1.0})),
        (Item, '{"count":1.0}', Item(count=1)),
        (Tree | list[int], "[1.0]", [1]),
        (Dog, '{"type":"dog","pups":[{"lives":3.0,"type":"cat"}]}', Dog(pups=[Cat(lives=3)])),
        (
            Page[Annotated[Item, Meta(description="One.")] | None],
            '{"items":[null,{"count":1.0}]}',
            Page(items=[None, Item(count=1)]),
        ),
    ],
    ids=str,
)
def test_an_integer_may_be_written_with_a_fraction_of_zero(
    kind: Any, text: str, value: Any
) -> None:
    assert repr(decoder(kind)(text.encode())) == repr(value)  # 1 is not 1.0


@pytest.mark.parametrize("text", ["9007199254740992.0", "9007199254740993.0", "-1e16"])
@pytest.mark.parametrize("kind", [int, Level], ids=str)
def test_a_float_that_stands_for_several_integers_is_none(kind: Any, text: str) -> None:
    with pytest.raises(Invalid):
        decoder(kind)(text.encode())


def test_a_validator_of_a_class_sees_the_integer() -> None:
    assert faults(Spans, {"spans": [{"start": 2.0, "end": 1.0}]}) == [("$.spans[0]", "invalid")]
    assert decoder(Span)(b'{"start":1.0,"end":2}') == Span(start=1, end=2)


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        ({"pet": {"type": "cow"}}, ("$.pet.type", "tag")),
        ({"pet": {"type": 1}}, ("$.pet.type", "tag")),
        ({"pet": {"lives": 1}}, ("$.pet.type", "missing")),
        ({"pet": {"type": "cat", "pups": []}}, ("$.pet.pups", "unknown")),
        ({"pet": {"type": "dog", "pups": [{}]}}, ("$.pet.pups[0].type", "missing")),
        ({"pet": 5}, ("$.pet", "type")),
    ],
    ids=str,
)
def test_a_union_is_refused_by_its_tag_and_then_by_its_member(
    document: Any, expected: tuple[str, str]
) -> None:
    assert faults(Home, document) == [expected]


@pytest.mark.parametrize(
    ("document", "path"),
    [
        ({"spans": [{"start": 1, "end": 2}, {"start": 2, "end": 1}]}, "$.spans[1]"),
        ({"by_name": {"a b": {"start": 2, "end": 1}}}, '$.by_name["a b"]'),
        ({"spans": [{"start": 2, "end": 1}], "owner": {"type": "cat"}}, "$.spans[0]"),
        ({"pair": ["a", {"start": 2, "end": 1}]}, "$.pair[1]"),
    ],
    ids=["list", "dict", "beside a union", "tuple"],
)
def test_a_validator_of_a_class_refuses_with_path_and_message(document: Any, path: str) -> None:
    with pytest.raises(Invalid) as caught:
        decoder(Spans)(json.dumps(document).encode())
    (error,) = caught.value.errors
    assert (error.field, error.code, error.message) == (path, "invalid", "end is before start")


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b" \n",
        b"{",
        b"nul",
        b"1 2",
        b"[1,]",
        b"NaN",
        b"[Infinity]",
        b"1e400",
        b'"\xff"',
        b'{"\xff":1}',
        b'"\xed\xa0\x80"',
        b'"\\ud800"',
        b'"\\udc00\\ud800"',
        b'"a\nb"',
        b"\xef\xbb\xbf1",
        b"{'a':1}",
        b"// c\n1",
        b"1" * 5_000,
        b'"unterminated \\',
    ],
    ids=lambda body: repr(body[:20]),
)
@pytest.mark.parametrize("kind", [Any, Order, list[int]], ids=str)
def test_what_is_no_json_is_malformed(kind: Any, body: bytes) -> None:
    with pytest.raises(MalformedJson) as caught:
        decoder(kind)(body)
    assert len(str(caught.value)) < 150


@pytest.mark.parametrize("depth", [65, 1_000, 100_000])
@pytest.mark.parametrize("kind", [Any, Tree, Order, Home, list[list[int]]], ids=str)
@pytest.mark.parametrize(("start", "end"), [("[", "]"), ('{"left":', "}"), ('{"x":[', "]}")])
def test_nesting_without_end_is_malformed(kind: Any, depth: int, start: str, end: str) -> None:
    with pytest.raises(MalformedJson, match="64 deep"):
        decoder(kind)((start * depth + "1" + end * depth).encode())
    with pytest.raises(MalformedJson, match="64 deep"):
        decoder(kind)((start * depth).encode())


def test_nesting_up_to_the_limit_is_accepted() -> None:
    assert decoder(Any)(b"[" * 64 + b"]" * 64)
    assert decoder(Any, max_depth=3)(b'[[["[[[[\\"["]],[[]]]') == [[['[[[["[']], [[]]]
    assert decoder(list[int], max_depth=1)(b"[1]") == [1]
    with pytest.raises(ValueError, match="max_depth"):
        decoder(Any, max_depth=0)


@pytest.mark.parametrize(
    ("text", "paths"),
    [
        ('{"a":1,"a":1}', ["$.a"]),
        ('{"a":{"b":1,"b":"x:y"},"c":[{"d":1,"d":2}]}', ["$.a.b", "$.c[0].d"]),
        ('{"\\u0061":1,"a":"\\u003a"}', ["$.a"]),
        ('{"a":1,"a":"\\u003A"}', ["$.a"]),
        ('{"a":"\\u003a:","a":":"}', ["$.a"]),
    ],
    ids=str,
)
def test_a_key_that_comes_twice_is_refused_with_its_path(text: str, paths: list[str]) -> None:
    assert faults(Any, text.encode()) == [(path, "duplicate") for path in paths]


def test_a_key_of_a_model_that_comes_twice_is_refused() -> None:
    assert faults(Item, b'{"count":1,"count":1}') == [("$.count", "duplicate")]
    assert faults(Cat, b'{"type":"cat","lives":1,"type":"cat"}') == [("$.type", "duplicate")]
    order = f'{{"id":"{ID}","items":[],"note":null,"note":null,"hint":"a:b\\\\"}}'.encode()
    assert faults(Order, order) == [("$.note", "duplicate")]
    assert faults(dict[UUID, int], {ID: 1, ID.upper(): 2}) == [("$", "duplicate")]


def test_at_most_a_hundred_faults_are_reported() -> None:
    assert len(faults(list[int], ["x"] * 1_000)) == 100
    members = ",".join(f'"k{n}":1,"k{n}":1' for n in range(1_000))
    assert len(faults(Any, f"{{{members}}}".encode())) == 100


def test_messages_echo_a_short_excerpt_only() -> None:
    secret = "s" * 10_000
    with pytest.raises(Invalid) as caught:
        decoder(Order)(
            json.dumps({"id": secret, "items": secret, secret: 1, "colour": secret}).encode()
        )
    for error in caught.value.errors:
        assert "s" * 50 not in error.message + error.field


def test_defaults_are_fresh_for_every_body() -> None:
    first, second = decoder(Spans)(b"{}"), decoder(Spans)(b"{}")
    assert first.spans is not second.spans


def test_a_converter_runs() -> None:
    @attrs.frozen(kw_only=True)
    class Trimmed:
        name: str = field(converter=str.strip)

    assert decoder(Trimmed)(b'{"name":" a "}').name == "a"


def _model(**hints: Any) -> Any:
    return attrs.frozen(kw_only=True)(type("Dto", (), {"__annotations__": hints}))


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        (_model(a=complex), ["Dto.a", "complex"]),
        (_model(a=bytes), ["Dto.a", "bytes"]),
        (_model(_a=int), ["Dto._a", "underscore"]),
        (_model(a=list[set[complex]]), ["Dto.a", "complex"]),
        (_model(a="Missing"), ["Dto", "Missing"]),
        (_model(a=Page), ["Dto.a", "Page[...]"]),
        (_model(a=int | UnsetType), ["Dto.a", "UNSET"]),
        (_model(a=str | UUID), ["Dto.a", "string"]),
        (_model(a=list[int] | list[str]), ["Dto.a", "array"]),
        (_model(a=Item | Span), ["Dto.a", "tag", "Item, Span"]),
        (_model(a=dict[int, str]), ["Dto.a", "keys"]),
        (_model(a=Literal[True]), ["Dto.a", "Literal"]),
        (_model(a=Enum("Mixed", {"A": 1, "B": "b"})), ["Dto.a", "Mixed"]),
        (_model(a=Annotated[int, Meta(max_length=1)]), ["Dto.a", "max_length"]),
        (_model(a=Annotated[Decimal, Meta(ge=1)]), ["Dto.a", "ge"]),
        (_model(a=Annotated[float, Meta(multiple_of=0.1)]), ["Dto.a", "0.1"]),
        (_model(a=Annotated[str, Meta(pattern=r"a\Z")]), ["Dto.a", "clients"]),
        (_model(a=Annotated[datetime, Meta(tz=False)]), ["Dto.a", "tz"]),
        (_model(a=None), ["Dto.a"]),
        (_model(a=None | UnsetType, b=int), ["Dto.a", "UNSET"]),
        (_model(a=Annotated[Item | None, Meta(ge=1)]), ["Dto.a", "ge"]),
        (_model(a=Annotated[int, Meta(ge=1), Meta(gt=1)]), ["Dto.a", "gt and ge"]),
        (_model(a=Cat | Dog, b=Cat | Kind), ["Dto.b", "Cat", "tag"]),
        (attrs.make_class("Untyped", ["a"]), ["Untyped.a", "type hint"]),
        (
            attrs.make_class("Aliased", {"a": attrs.field(type=int, alias="b")}),
            ["Aliased.a", "alias"],
        ),
        (msgspec.Struct, ["Struct"]),
    ],
    ids=str,
)
def test_a_type_without_a_form_on_the_wire_is_refused_by_name(kind: Any, words: list[str]) -> None:
    with pytest.raises(UnsupportedType) as caught:
        decoder(kind)
    for word in words:
        assert word in str(caught.value)

"""The JSON Schema of types: what it says, and that it accepts what the decoder accepts."""

from __future__ import annotations

import json
import re
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import Annotated, Any, Generic, Literal, TypeVar
from uuid import UUID

import attrs
import jsonschema_rs
import pytest
from attrs import field, frozen
from hypothesis import assume, given
from hypothesis import strategies as st

from modkit.codec import UNSET, Meta, UnsetType, UnsupportedType, decoder, encoder
from modkit.codec.json_schema import AmbiguousName, schemas
from modkit_errors import Invalid
from tests.strategies import Sample, json_values, models

T = TypeVar("T")
INT64 = {"type": "integer", "minimum": -(2**63), "maximum": 2**63 - 1}


class Colour(Enum):
    RED = "red"
    BLUE = "blue"


@frozen(kw_only=True)
class Base:
    """Common parts.

    Attributes:
        id: Never changes.
    """

    id: UUID


@frozen(kw_only=True)
class Document(Base):
    """A document of a tenant.

    It has a title.

    Attributes:
        title: Plain text,
            in one line.
        score: Overruled by the hint.
        tags: Free words.
    Example:
        None here.
    """

    title: Annotated[str, Meta(min_length=1, pattern="^[^\n]+$", examples=["Plan"])]
    score: Annotated[float, Meta(ge=0, le=1, description="How alike.")] = 0.5
    tags: frozenset[str] = frozenset()
    colour: Colour = Colour.RED
    note: str | None = None
    price: Decimal = Decimal("1.50")
    hint: str | UnsetType = UNSET
    parent: Document | None = None
    made: datetime | None = field(default=None)
    counts: dict[str, int] = field(factory=dict)


@frozen(kw_only=True)
class Cat:
    type: Literal["cat"] = "cat"


@frozen(kw_only=True)
class Dog:
    type: Literal["dog"] = "dog"


@frozen(kw_only=True)
class Home:
    pet: Cat | Dog
    guest: Cat | Dog | str | None = None


@frozen(kw_only=True)
class Page(Generic[T]):
    items: list[T]


def schema_of(kind: Any) -> dict[str, Any]:
    by_kind, named = schemas([kind], ref_prefix="#/$defs/")
    return by_kind[kind] | {"$defs": named}


def test_a_class_is_described_in_full() -> None:
    by_kind, named = schemas([Document])
    assert by_kind == {Document: {"$ref": "#/components/schemas/Document"}}
    assert named == {
        "Document": {
            "type": "object",
            "title": "Document",
            "description": "A document of a tenant.\n\nIt has a title.",
            "properties": {
                "id": {"type": "string", "format": "uuid", "description": "Never changes."},
                "title": {
                    "type": "string",
                    "minLength": 1,
                    "pattern": "^[^\n]+$",
                    "examples": ["Plan"],
                    "description": "Plain text, in one line.",
                },
                "score": {
                    "type": "number",
                    "minimum": 0,
                    "maximum": 1,
                    "description": "How alike.",
                    "default": 0.5,
                },
                "tags": {
                    "type": "array",
                    "items": {"type": "string"},
                    "uniqueItems": True,
                    "description": "Free words.",
                    "default": [],
                },
                "colour": {"type": "string", "enum": ["red", "blue"], "default": "red"},
                "note": {"type": ["string", "null"], "default": None},
                "price": {
                    "type": "string",
                    "pattern": r"^-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?$",
                    "maxLength": 64,
                    "default": "1.50",
                },
                "hint": {"type": "string"},
                "parent": {
                    "anyOf": [{"$ref": "#/components/schemas/Document"}, {"type": "null"}],
                    "default": None,
                },
                "made": {"type": ["string", "null"], "format": "date-time", "default": None},
                "counts": {"type": "object", "additionalProperties": INT64, "default": {}},
            },
            "required": ["id", "title"],
            "additionalProperties": False,
        }
    }


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        (int, INT64),
        (
            Annotated[int, Meta(gt=0, lt=9)],
            {"type": "integer", "exclusiveMinimum": 0, "exclusiveMaximum": 9},
        ),
        (Annotated[int, Meta(multiple_of=5)], INT64 | {"multipleOf": 5}),
        (date, {"type": "string", "format": "date"}),
        (Any, {}),
        (Literal["a", "b"], {"type": "string", "enum": ["a", "b"]}),
        (Literal["a", None], {"type": ["string", "null"], "enum": ["a", None]}),
        (Literal["a", 1], {"type": ["string", "integer"], "enum": ["a", 1]}),
        (
            Annotated[list[bool], Meta(max_length=2)],
            {"type": "array", "items": {"type": "boolean"}, "maxItems": 2},
        ),
        (
            tuple[bool, str],
            {
                "type": "array",
                "prefixItems": [{"type": "boolean"}, {"type": "string"}],
                "minItems": 2,
                "maxItems": 2,
            },
        ),
        (
            Annotated[dict[UUID, bool], Meta(min_length=1)],
            {
                "type": "object",
                "additionalProperties": {"type": "boolean"},
                "propertyNames": {"type": "string", "format": "uuid"},
                "minProperties": 1,
            },
        ),
        (
            str | list[str],
            {"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]},
        ),
        (
            Annotated[Cat, Meta(description="Mine.")],
            {"$ref": "#/components/schemas/Cat", "description": "Mine."},
        ),
        (Annotated[str, Meta(extra_json_schema={"x-a": 1})], {"type": "string", "x-a": 1}),
    ],
    ids=str,
)
def test_a_type_has_its_schema(kind: Any, expected: Any) -> None:
    assert schemas([kind])[0] == {kind: expected}


def test_a_union_has_a_discriminator_and_members_require_their_tag() -> None:
    _, named = schemas([Home], ref_prefix="#/$defs/")
    union = {
        "oneOf": [{"$ref": "#/$defs/Cat"}, {"$ref": "#/$defs/Dog"}],
        "discriminator": {
            "propertyName": "type",
            "mapping": {"cat": "#/$defs/Cat", "dog": "#/$defs/Dog"},
        },
    }
    assert named["Home"]["properties"]["pet"] == union
    assert named["Home"]["properties"]["guest"] == {
        "anyOf": [union, {"type": "string"}, {"type": "null"}],
        "default": None,
    }
    assert named["Cat"]["required"] == ["type"]
    assert "required" not in schemas([Cat])[1]["Cat"]


def test_generic_classes_have_readable_names() -> None:
    kinds = [Page[Document], Page[list[Colour]], Page[dict[str, Cat | None]], Page[Literal["a"]]]
    by_kind, named = schemas([*kinds, Page[Annotated[str, Meta(max_length=5)]]])
    assert by_kind[Page[Document]] == {"$ref": "#/components/schemas/PageOfDocument"}
    assert list(named) == [
        "Cat",
        "Document",
        "PageOfDictOfStrAndCatOrNull",
        "PageOfDocument",
        "PageOfListOfColour",
        "PageOfLiteralOfA",
        "PageOfStr",
    ]


def _item(module: str, **hints: Any) -> Any:
    body = {"__annotations__": hints, "__module__": module}
    return attrs.frozen(kw_only=True)(type("Item", (), body))


def test_classes_of_one_name_are_told_apart_by_their_modules() -> None:
    rag, chat = _item("shop.rag.api.dto", a=int), _item("shop.chat.api.dto", a=str)
    by_kind, named = schemas([rag, chat, Page[rag], Page[chat]])
    assert by_kind[rag] == {"$ref": "#/components/schemas/RagItem"}
    assert set(named) == {"RagItem", "ChatItem", "RagPageOfItem", "ChatPageOfItem"}


def test_two_classes_that_cannot_be_told_apart_are_refused() -> None:
    with pytest.raises(AmbiguousName, match="Item"):
        schemas([_item("shop.dto", a=int), _item("shop.dto", a=str)])


def test_an_unknown_type_is_refused() -> None:
    with pytest.raises(UnsupportedType, match="complex"):
        schemas([complex])


@given(models)
def test_every_schema_is_valid_and_its_names_are_found(sample: Sample) -> None:
    schema = schema_of(sample.kind)
    assert jsonschema_rs.meta.is_valid(schema)
    named = set(re.findall(r'"#/\$defs/([^"]+)"', json.dumps(schema)))
    assert named == set(schema["$defs"])


@given(models.flatmap(lambda sample: st.tuples(st.just(sample), sample.values)), st.data())
def test_the_schema_accepts_exactly_what_the_decoder_accepts(
    case: tuple[Sample, Any], data: st.DataObject
) -> None:
    sample, value = case
    document = json.loads(encoder(sample.kind)(value))
    schema = jsonschema_rs.Draft202012Validator(schema_of(sample.kind), validate_formats=True)
    assert schema.is_valid(document)
    names = [*sorted(document), "other"]
    document[data.draw(st.sampled_from(names))] = data.draw(json_values)
    assume(not any(_differs_by_design(part) for part in _parts(document)))
    assert schema.is_valid(document) == _is_accepted(sample.kind, document)


def _differs_by_design(part: Any) -> bool:
    """JSON Schema takes 1e300 for an integer and knows leap seconds; the decoder refuses both."""
    return (isinstance(part, float) and part.is_integer() and abs(part) >= 2**53) or (
        isinstance(part, str) and ":60" in part
    )


def _parts(value: Any) -> list[Any]:
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [value, *(part for item in inner for part in _parts(item))]


def _is_accepted(kind: Any, document: Any) -> bool:
    try:
        decoder(kind)(json.dumps(document).encode())
    except Invalid:
        return False
    return True


@pytest.mark.parametrize(
    "document",
    [
        {"pet": {"type": "cat"}},
        {"pet": {"type": "cow"}},
        {"pet": {}},
        {"pet": {"type": "cat", "x": 1}},
        {"pet": {"type": "dog"}, "guest": None},
        {"pet": {"type": "dog"}, "guest": "g"},
        {"pet": {"type": "dog"}, "guest": 1},
        {"pet": "g"},
    ],
    ids=str,
)
def test_the_schema_of_a_union_accepts_what_the_decoder_accepts(document: Any) -> None:
    schema = jsonschema_rs.Draft202012Validator(schema_of(Home))
    assert schema.is_valid(document) == _is_accepted(Home, document)

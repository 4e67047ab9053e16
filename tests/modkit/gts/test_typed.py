"""``@gts_type``: the schema of a class, and every mistake at import."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Annotated, Any, Literal

import jsonschema
import pytest
from attrs import field, frozen

from modkit import Meta
from modkit.codec import decoder
from modkit.gts import (
    GtsId,
    GtsInstanceId,
    GtsStore,
    GtsTypeId,
    InvalidEntity,
    InvalidGtsId,
    InvalidTypeClass,
    base_of,
    document_of,
    gts_instance,
    gts_type,
    open_object,
    register,
    register_instance,
    register_type,
    schema_of,
    type_id_of,
)

EVENT = "gts.x.core.events.type.v1~"
PLACED = f"{EVENT}acme.shop.orders.placed.v1.2~"


@gts_type(EVENT, abstract=True)
@frozen(kw_only=True)
class EventV1:
    """Something that has happened.

    Attributes:
        id: Which one.
        type: What kind.
    """

    id: GtsInstanceId
    type: GtsTypeId
    payload: Mapping[str, Any] = field(factory=dict[str, Any])


@open_object
@frozen(kw_only=True)
class OrderPayload:
    """What was ordered."""

    sku: Annotated[str, Meta(max_length=32)]
    amount: Annotated[int, Meta(ge=1)] = 1


@gts_type(PLACED, base=EventV1, final=True)
@frozen(kw_only=True)
class OrderPlacedV1_2(EventV1):
    """Somebody has ordered."""

    payload: OrderPayload  # type: ignore[assignment]  # narrower
    channel: Literal["web", "shop"] = "web"


@gts_type("gts.x.core.tests.tree.v1~")
@frozen(kw_only=True)
class Tree:
    """A tree."""

    branches: tuple[Tree, ...] = ()


def test_base_schema_says_what_the_class_says() -> None:
    schema = schema_of(EventV1)
    assert schema["$id"] == f"gts://{EVENT}"
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert (schema["title"], schema["description"]) == ("EventV1", "Something that has happened.")
    assert schema["x-gts-abstract"] is True
    assert "x-gts-final" not in schema
    assert schema["required"] == ["id", "type"]
    assert schema["properties"]["id"]["description"] == "Which one."
    assert schema["properties"]["type"]["format"] == "gts-type-id"
    assert "additionalProperties" not in schema
    jsonschema.Draft202012Validator.check_schema(schema)


def test_derived_schema_refers_to_its_base_and_has_its_own_fields_only() -> None:
    schema = schema_of(OrderPlacedV1_2)
    reference, own = schema["allOf"]
    assert reference == {"$ref": f"gts://{EVENT}"}
    assert set(own["properties"]) == {"payload", "channel"}
    assert own["required"] == ["payload"]
    assert "additionalProperties" not in schema["$defs"]["OrderPayload"]
    assert schema["$defs"]["OrderPayload"]["properties"]["amount"] == {
        "type": "integer",
        "minimum": 1,
        "default": 1,
    }
    assert schema["x-gts-final"] is True
    assert "properties" not in schema


def test_class_tells_its_identifier_and_its_base() -> None:
    assert type(type_id_of(OrderPlacedV1_2)) is GtsTypeId
    assert type_id_of(OrderPlacedV1_2) == PLACED
    assert base_of(OrderPlacedV1_2) is EventV1
    assert base_of(EventV1) is None


def test_a_subclass_without_the_decorator_is_no_type() -> None:
    class Special(OrderPlacedV1_2):
        pass

    with pytest.raises(TypeError, match="Special is no type"):
        schema_of(Special)


def test_schema_is_a_copy() -> None:
    schema_of(EventV1)["properties"].clear()
    assert schema_of(EventV1)["properties"]


def test_a_class_may_name_itself() -> None:
    assert schema_of(Tree)["properties"]["branches"]["items"] == {
        "$ref": "gts://gts.x.core.tests.tree.v1~"
    }


def test_a_field_of_another_type_refers_to_that_type() -> None:
    @gts_type("gts.x.core.tests.forest.v1~")
    @frozen
    class Forest:
        first: Tree

    assert schema_of(Forest)["properties"]["first"]["$ref"] == "gts://gts.x.core.tests.tree.v1~"
    assert "$defs" not in schema_of(Forest)


def test_store_takes_classes_and_objects() -> None:
    store = GtsStore()
    register_type(store, OrderPlacedV1_2)
    assert store.ids() == (EVENT, PLACED)
    order = OrderPlacedV1_2(
        id=gts_instance(OrderPlacedV1_2, "acme.shop._.first.v1"),
        type=type_id_of(OrderPlacedV1_2),
        payload=OrderPayload(sku="A-1"),
    )
    entity = register_instance(store, order)
    assert (entity.id, entity.type_id) == (f"{PLACED}acme.shop._.first.v1", PLACED)
    assert decoder(OrderPlacedV1_2)(json.dumps(entity.content).encode()) == order


def test_store_refuses_an_object_that_breaks_its_schema() -> None:
    store = GtsStore()
    register_type(store, OrderPlacedV1_2)
    order = OrderPlacedV1_2(
        id=gts_instance(OrderPlacedV1_2, "acme.shop._.first.v1"),
        type=type_id_of(OrderPlacedV1_2),
        payload=OrderPayload(sku="A" * 33),
    )
    with pytest.raises(InvalidEntity, match="/payload/sku"):
        register_instance(store, order)
    abstract = EventV1(id=gts_instance(EventV1, "acme.shop._.first.v1"), type=type_id_of(EventV1))
    with pytest.raises(InvalidEntity, match="abstract"):
        register_instance(store, abstract)


def test_only_objects_of_types_have_documents() -> None:
    with pytest.raises(TypeError, match="OrderPayload is no type"):
        document_of(OrderPayload(sku="A"))


@pytest.mark.parametrize(
    "name", ["acme.shop", "acme.shop._.first.v1~", "acme.shop._.a.v1~acme.shop._.b.v1"]
)
def test_instance_name_is_one_segment(name: str) -> None:
    with pytest.raises(InvalidGtsId):
        gts_instance(EventV1, name)


def test_closed_base_is_restated_by_what_derives_from_it() -> None:
    @gts_type("gts.x.core.tests.closed.v1~", closed=True)
    @frozen(kw_only=True)
    class Closed:
        id: GtsId
        size: int = 0

    @gts_type("gts.x.core.tests.closed.v1~acme.a.b.small.v1~", base=Closed)
    @frozen(kw_only=True)
    class Small(Closed):
        size: Annotated[int, Meta(le=9)] = 0

    own = schema_of(Small)["allOf"][1]
    assert own["additionalProperties"] is False
    assert set(own["properties"]) == {"id", "size"}
    store = GtsStore()
    register_type(store, Small)
    named = gts_instance(Small, "acme.a.b.c.v1")
    register_instance(store, Small(id=named, size=9))
    with pytest.raises(InvalidEntity, match="size"):
        register_instance(store, Small(id=named, size=10))

    with pytest.raises(InvalidTypeClass, match="closed: remove the new field 'colour'"):

        @gts_type("gts.x.core.tests.closed.v1~acme.a.b.other.v1~", base=Closed)
        @frozen(kw_only=True)
        class Other(Closed):
            colour: str = ""


def test_closed_derived_type_takes_the_members_of_its_base() -> None:
    @gts_type(f"{EVENT}acme.a.b.closed.v1~", base=EventV1, closed=True)
    @frozen(kw_only=True)
    class Closed(EventV1):
        size: int = 0

    store = GtsStore()
    register_type(store, Closed)
    named = gts_instance(Closed, "acme.a.b.c.v1")
    entity = register_instance(store, Closed(id=named, type=type_id_of(Closed)))
    with pytest.raises(InvalidEntity, match="colour"):
        register(store, {**entity.content, "colour": "red"})


def test_traits_stand_in_the_schema() -> None:
    @gts_type(
        "gts.x.core.tests.kept.v1~",
        traits_schema={
            "type": "object",
            "additionalProperties": False,
            "properties": {"days": {"type": "integer"}},
        },
        abstract=True,
    )
    @frozen(kw_only=True)
    class Kept:
        id: GtsId

    @gts_type("gts.x.core.tests.kept.v1~acme.a.b.c.v1~", base=Kept, traits={"days": "many"})
    @frozen(kw_only=True)
    class Long(Kept):
        pass

    with pytest.raises(InvalidEntity, match="days"):
        register_type(GtsStore(), Long)


def declare(type_id: str, **options: Any) -> Callable[[], object]:
    base = options.get("base", EventV1)

    def attempt() -> object:
        @gts_type(type_id, **options)
        @frozen(kw_only=True)
        class MineV1(base or object):  # type: ignore[misc]  # any base
            size: int = 0

        return MineV1

    return attempt


@frozen(kw_only=True)
class Untyped:
    """No type."""


@pytest.mark.parametrize(
    ("attempt", "message"),
    [
        pytest.param(
            declare("gts.x.core.events.v1~", base=None), "parts vendor.package", id="grammar"
        ),
        pytest.param(
            declare(f"{EVENT}a.b.c.d.v1", base=EventV1), "end it with ~", id="instance identifier"
        ),
        pytest.param(declare(f"{EVENT}a.b.c.d.v1~"), "add base=EventV1", id="base left out"),
        pytest.param(
            declare(f"{EVENT}a.b.c.d.v1~", base=None),
            f"say which class is {EVENT}",
            id="base unknown",
        ),
        pytest.param(
            declare("gts.a.b.c.d.v1~", base=EventV1), "one segment", id="identifier of no base"
        ),
        pytest.param(
            declare(f"{EVENT}a.b.c.d.v1~a.b.c.e.v1~", base=EventV1),
            "one segment",
            id="two segments",
        ),
        pytest.param(
            declare("gts.x.core.events.type.v2~a.b.c.d.v1~", base=EventV1),
            "one segment",
            id="other version of the base",
        ),
        pytest.param(
            declare(f"{EVENT}a.b.c.d.v1~", base=Untyped), "Untyped is no type", id="untyped base"
        ),
        pytest.param(declare(f"{EVENT}a.b.c.d.v2~", base=EventV1), "V2", id="version in the name"),
        pytest.param(
            declare(f"{PLACED}a.b.c.d.v1~", base=OrderPlacedV1_2), "is final", id="final base"
        ),
        pytest.param(
            declare(f"{EVENT}a.b.c.d.v1~", base=EventV1, final=True, abstract=True),
            "both final and abstract",
            id="final and abstract",
        ),
    ],
)
def test_mistakes_name_class_identifier_and_fix(
    attempt: Callable[[], object], message: str
) -> None:
    with pytest.raises(InvalidTypeClass) as refused:
        attempt()
    text = str(refused.value)
    assert message in text
    assert "MineV1 as gts." in text


def test_class_must_inherit_from_its_base() -> None:
    with pytest.raises(InvalidTypeClass, match="inherit directly from its base EventV1"):

        @gts_type(f"{EVENT}a.b.c.d.v1~", base=EventV1)
        @frozen
        class Stranger:
            size: int = 0


def test_decorator_stands_above_attrs() -> None:
    with pytest.raises(InvalidTypeClass, match="above @frozen"):

        @frozen
        @gts_type("gts.a.b.c.d.v1~")
        class Upside:
            size: int = 0


def test_looser_field_is_refused_at_import() -> None:
    @gts_type("gts.x.core.tests.sized.v1~")
    @frozen(kw_only=True)
    class Sized:
        size: Annotated[int, Meta(le=9)]

    with pytest.raises(InvalidTypeClass, match="/size: maximum 10 is looser than 9"):

        @gts_type("gts.x.core.tests.sized.v1~a.b.c.d.v1~", base=Sized)
        @frozen(kw_only=True)
        class Looser(Sized):
            size: Annotated[int, Meta(le=10)]

    with pytest.raises(InvalidTypeClass, match="/size: 12 breaks the base"):

        @gts_type("gts.x.core.tests.sized.v1~a.b.c.d.v1~", base=Sized)
        @frozen(kw_only=True)
        class Outside(Sized):
            size: Literal[12] = 12  # type: ignore[assignment]  # narrower

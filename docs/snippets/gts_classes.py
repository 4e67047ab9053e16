"""The same types as attrs classes; run by ``python docs/snippets/gts_classes.py``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from attrs import frozen

from modkit import Meta
from modkit.gts import (
    GtsInstanceId,
    GtsStore,
    GtsTypeId,
    InvalidTypeClass,
    gts_instance,
    gts_type,
    register_instance,
    register_type,
    schema_of,
    type_id_of,
)


# region classes
@gts_type("gts.x.core.events.type.v1~", abstract=True)
@frozen(kw_only=True)
class EventV1:
    """Something that has happened.

    Attributes:
        id: Which one.
        type: What kind of event.
    """

    id: GtsInstanceId
    type: GtsTypeId
    payload: Mapping[str, Any]


@frozen(kw_only=True)
class Order:
    """What was ordered."""

    sku: Annotated[str, Meta(max_length=32)]
    channel: str = "web"


@gts_type("gts.x.core.events.type.v1~acme.shop.orders.placed.v1.0~", base=EventV1)
@frozen(kw_only=True)
class OrderPlacedV1(EventV1):
    """A customer has ordered."""

    payload: Order  # type: ignore[assignment]  # an object with fewer members than any


# endregion


# region use
assert schema_of(OrderPlacedV1)["allOf"][0] == {"$ref": "gts://gts.x.core.events.type.v1~"}

store = GtsStore()
register_type(store, OrderPlacedV1)  # and EventV1 before it
first = OrderPlacedV1(
    id=gts_instance(OrderPlacedV1, "acme.shop._.first.v1"),
    type=type_id_of(OrderPlacedV1),
    payload=Order(sku="A-1"),
)
register_instance(store, first)
# endregion

# region wrong
try:

    @gts_type("gts.x.core.events.type.v1~acme.shop.orders.paid.v2~", base=EventV1)
    @frozen(kw_only=True)
    class OrderPaidV1(EventV1):
        """A customer has paid."""
except InvalidTypeClass as refused:
    print(refused)  # ...: its name ends in V1: end it in V2, or change the identifier
# endregion

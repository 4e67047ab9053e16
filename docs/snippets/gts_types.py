"""A type of events, one that a vendor derives from it, and what that buys; run by ``python docs/snippets/gts_types.py``."""

from __future__ import annotations

from typing import Any

from modkit.gts import (
    GtsId,
    GtsPattern,
    GtsStore,
    InvalidEntity,
    cast,
    compared,
    register,
    validate_type,
)

DRAFT = "https://json-schema.org/draft/2020-12/schema"
# region base
EVENT = "gts.x.core.events.type.v1~"

event_type: dict[str, Any] = {
    "$schema": DRAFT,
    "$id": f"gts://{EVENT}",
    "type": "object",
    "x-gts-abstract": True,
    "required": ["id", "type"],
    "properties": {
        "id": {"type": "string"},
        "type": {"type": "string", "x-gts-ref": "/$id"},
        "payload": {"type": "object"},
    },
}
# endregion
# region derived
PLACED = f"{EVENT}acme.shop.orders.placed.v1.0~"

placed_type: dict[str, Any] = {
    "$schema": DRAFT,
    "$id": f"gts://{PLACED}",
    "type": "object",
    "allOf": [
        {"$ref": f"gts://{EVENT}"},
        {
            "properties": {
                "payload": {
                    "type": "object",
                    "required": ["sku"],
                    "properties": {"sku": {"type": "string", "maxLength": 32}},
                }
            }
        },
    ],
}
# endregion
# region register
store = GtsStore()
for schema in (event_type, placed_type):
    register(store, schema)

register(store, {"id": f"{PLACED}acme.shop._.first.v1", "type": PLACED, "payload": {"sku": "A-1"}})
try:
    register(store, {"id": "7a1d2f34", "type": PLACED, "payload": {"sku": 1}})
except InvalidEntity as refused:
    print(refused.faults)  # ('/payload/sku: 1 is not of type "string"',)
# endregion
# region ids
placed = GtsId(PLACED)
assert placed.parent == EVENT
assert placed.segments[-1].vendor == "acme"

audited = GtsPattern.parse(f"{EVENT}acme.*")
assert audited.matches(PLACED)
assert [one.id for one in store.matching("gts.x.core.*")] == list(store.ids())
# endregion
# region next
NEXT = f"{EVENT}acme.shop.orders.placed.v1.1~"
payload = placed_type["allOf"][1]["properties"]["payload"]
channel = {"type": "string", "default": "web"}
newer = {**payload, "properties": {**payload["properties"], "channel": channel}}
next_type = {
    **placed_type,
    "$id": f"gts://{NEXT}",
    "allOf": [{"$ref": f"gts://{EVENT}"}, {"properties": {"payload": newer}}],
}
register(store, next_type)

verdict = compared(store.schema(PLACED), store.schema(NEXT), store.find_schema)
assert verdict.is_full, verdict.changes

done = cast(store, f"{PLACED}acme.shop._.first.v1", NEXT)
assert done.document["payload"] == {"sku": "A-1", "channel": "web"}
# endregion
# region wrong
wrong = {**placed_type, "$id": f"gts://{EVENT}acme.shop.orders.paid.v1~"}
wrong["allOf"] = [{"$ref": f"gts://{EVENT}"}, {"properties": {"payload": {"type": "array"}}}]
store.put(wrong)
try:
    validate_type(store, f"{EVENT}acme.shop.orders.paid.v1~")
except InvalidEntity as refused:
    print(refused.faults)  # ('/payload: type array is not allowed by the base, which is object',)
# endregion

"""Types and instances that several test files use: events of a shop."""

from __future__ import annotations

from typing import Any

from modkit.gts.store import GtsStore

DRAFT_7 = "http://json-schema.org/draft-07/schema#"
EVENT = "gts.x.core.events.type.v1~"
PLACED = f"{EVENT}acme.shop.orders.placed.v1.0~"
PLACED_NEXT = f"{EVENT}acme.shop.orders.placed.v1.1~"
FIRST = f"{PLACED}acme.shop._.first.v1"


def type_of(gts_id: str, /, **keywords: Any) -> dict[str, Any]:
    """A schema document; ``x_gts_final`` stands for ``x-gts-final``, and so on."""
    named = {
        name.replace("x_gts_", "x-gts-").replace("_schema", "-schema"): value
        for name, value in keywords.items()
    }
    return {"$schema": DRAFT_7, "$id": f"gts://{gts_id}", "type": "object", **named}


def derived(gts_id: str, /, overlay: dict[str, Any], **keywords: Any) -> dict[str, Any]:
    """A schema document that refers to the type before its last link, and says *overlay* beside it."""
    base = gts_id[: gts_id.rindex("~", 0, -1) + 1]
    return type_of(gts_id, allOf=[{"$ref": f"gts://{base}"}, overlay], **keywords)


def stored(*documents: dict[str, Any]) -> GtsStore:
    """A store with *documents* in it."""
    store = GtsStore()
    for one in documents:
        store.put(one)
    return store


def shop() -> GtsStore:
    """A base event, two versions of one that derives from it, and an instance of the older one."""
    payload = {"type": "object", "required": ["sku"], "properties": {"sku": {"type": "string"}}}
    newer = {
        **payload,
        "properties": {**payload["properties"], "channel": {"type": "string", "default": "web"}},
    }
    return stored(
        type_of(
            EVENT,
            required=["id"],
            properties={"id": {"type": "string"}, "type": {"type": "string"}},
        ),
        derived(PLACED, {"properties": {"type": {"const": PLACED}, "payload": payload}}),
        derived(PLACED_NEXT, {"properties": {"type": {"const": PLACED_NEXT}, "payload": newer}}),
        {"id": FIRST, "type": PLACED, "status": "active", "payload": {"sku": "A-1"}},
    )

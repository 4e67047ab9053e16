"""Where a document has its identifiers, and what counts as one."""

from __future__ import annotations

from typing import Any

import pytest

from modkit.gts.entity import IdFields, extract
from tests.modkit.gts.samples import DRAFT_7, EVENT, FIRST, PLACED

CASES: dict[str, tuple[dict[str, Any], tuple[str, str | None, bool, str | None, str | None]]] = {
    "base type": (
        {"$schema": DRAFT_7, "$id": f"gts://{EVENT}"},
        (EVENT, None, True, "$id", None),
    ),
    "derived type": (
        {"$schema": DRAFT_7, "$id": f"gts://{PLACED}"},
        (PLACED, EVENT, True, "$id", "$id"),
    ),
    "schema without an identifier": ({"$schema": DRAFT_7}, ("", None, True, None, None)),
    "dialect is never the type": (
        {"$schema": DRAFT_7, "$id": "https://example.com/order"},
        ("https://example.com/order", None, True, "$id", None),
    ),
    "well-known instance": ({"id": FIRST}, (FIRST, PLACED, False, "id", "id")),
    "chain beats the type member": (
        {"id": FIRST, "type": EVENT},
        (FIRST, PLACED, False, "id", "id"),
    ),
    "anonymous instance": (
        {"id": "7a1d2f34", "type": PLACED},
        ("7a1d2f34", PLACED, False, "id", "type"),
    ),
    "identifier beats another member with text": (
        {"id": "7a1d2f34", "gtsId": FIRST},
        (FIRST, PLACED, False, "gtsId", "gtsId"),
    ),
    "type without $schema": (
        {"id": "7a1d2f34", "$id": f"gts://{EVENT}"},
        (EVENT, None, False, "$id", None),
    ),
    "invalid identifier is kept": (
        {"id": "gts.x.api.v0.1", "schema": EVENT},
        ("gts.x.api.v0.1", EVENT, False, "id", "schema"),
    ),
    "type member without a type": ({"id": "1", "type": "order"}, ("1", None, False, "id", None)),
    "members of other kinds": ({"id": 7, "type": [EVENT]}, ("", None, False, None, None)),
}


@pytest.mark.parametrize(("document", "found"), CASES.values(), ids=list(CASES))
def test_document_tells_its_identifiers(document: dict[str, Any], found: tuple[Any, ...]) -> None:
    entity = extract(document)
    assert (
        entity.id,
        entity.type_id,
        entity.is_type,
        entity.entity_field,
        entity.type_field,
    ) == found


def test_members_can_be_chosen() -> None:
    fields = IdFields(entity=("order_id",), type=("kind",))
    entity = extract({"id": FIRST, "order_id": "7", "kind": EVENT}, fields)
    assert (entity.id, entity.type_id) == ("7", EVENT)

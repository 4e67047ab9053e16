"""The operations of the specification over HTTP: a negative answer is an answer, a wrong request a problem."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from hyperspot.types_registry import TypesRegistryModule
from modkit.testing import HttpClient, ModuleHarness, assert_problem, security_context

pytestmark = pytest.mark.anyio

GTS = "/types-registry/v1/gts"
ORDER = "gts.acme.shop.orders.order.v1~"
NEXT = "gts.acme.shop.orders.order.v1.1~"
FIRST = f"{ORDER}acme.shop.orders.first.v1"
UNKNOWN = "gts.acme.shop.orders.none.v1~"


def schema(gts_id: str, **properties: Any) -> dict[str, Any]:
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"gts://{gts_id}",
        "type": "object",
        "required": ["id"],
        "properties": {"id": {"type": "string"}, "amount": {"type": "integer"}, **properties},
    }


@pytest.fixture
async def client() -> AsyncIterator[HttpClient]:
    async with ModuleHarness(TypesRegistryModule) as harness:
        client = harness.client(security_context())
        for document in (
            schema(ORDER),
            schema(NEXT, note={"type": "string", "default": "none"}),
            {"id": FIRST, "amount": 3},
        ):
            answer = await client.post(f"{GTS}/entities", json=document)
            assert answer.status_code == 200, answer.text
        yield client


async def get(client: HttpClient, name: str, **params: Any) -> Any:
    answer = await client.get(f"{GTS}/{name}", params=params)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def post(client: HttpClient, name: str, body: Any) -> Any:
    answer = await client.post(f"{GTS}/{name}", json=body)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_ids_are_validated_parsed_matched_and_turned_into_uuids(client: HttpClient) -> None:
    assert await get(client, "validate-id", gts_id=FIRST) == {
        "id": FIRST,
        "valid": True,
        "is_wildcard": False,
    }
    wrong = await get(client, "validate-id", gts_id="gts.x.y")
    assert not wrong["valid"]
    assert "Invalid GTS identifier" in wrong["error"]
    assert [one["type"] for one in (await get(client, "parse-id", gts_id=FIRST))["segments"]] == [
        "order",
        "first",
    ]
    assert not (await get(client, "parse-id", gts_id="x"))["ok"]
    matched = await get(client, "match-id-pattern", candidate=FIRST, pattern="gts.acme.*")
    assert matched == {"candidate": FIRST, "pattern": "gts.acme.*", "match": True}
    assert (await get(client, "uuid", gts_id="gts.x.test5.events.type.v1~"))["uuid"] == (
        "de567dcc-10ef-597d-8f82-3c999ed9b979"
    )
    assert (await get(client, "uuid", gts_id="x"))["uuid"] is None
    assert await post(client, "extract-id", {"id": "7", "type": ORDER}) == {
        "id": "7",
        "type_id": ORDER,
        "is_type": False,
        "selected_entity_field": "id",
        "selected_type_id_field": "type",
    }


async def test_what_is_registered_is_valid_and_what_is_not_is_told(client: HttpClient) -> None:
    assert await post(client, "validate-instance", {"instance_id": FIRST}) == {
        "id": FIRST,
        "ok": True,
    }
    assert (await post(client, "validate-type-schema", {"type_id": ORDER}))["ok"]
    assert (await post(client, "validate-entity", {"entity_id": ORDER}))["entity_type"] == "schema"
    missing = await post(client, "validate-type-schema", {"type_id": UNKNOWN})
    assert missing == {"id": UNKNOWN, "ok": False, "error": f"No entity with GTS ID: {UNKNOWN}"}


async def test_entities_are_related_compared_and_cast(client: HttpClient) -> None:
    related = await get(client, "resolve-relationships", gts_id=FIRST)
    assert related["ok"]
    assert set(related["nodes"]) >= {FIRST, ORDER}
    compared = await get(client, "compatibility", old_type_id=ORDER, new_type_id=NEXT)
    assert compared["is_backward_compatible"]
    assert not (await get(client, "compatibility", old_type_id=ORDER, new_type_id=UNKNOWN))[
        "is_backward_compatible"
    ]
    done = await post(client, "cast", {"instance_id": FIRST, "to_type_id": NEXT})
    assert done["casted_entity"]["note"] == "none"
    assert done["added_properties"] == ["/note"]
    assert (done["from_id"], done["to_id"]) == (FIRST, NEXT)
    refused = await post(client, "cast", {"instance_id": ORDER, "to_type_id": NEXT})
    assert "must be an instance" in refused["error"]


async def test_entities_are_listed_fetched_queried_and_read(client: HttpClient) -> None:
    listed = await get(client, "entities", limit=1)
    assert (listed["count"], listed["total"]) == (1, 3)
    assert (await get(client, f"entities/{FIRST}"))["content"] == {"id": FIRST, "amount": 3}
    found = await get(client, "query", expr=f"{ORDER}*[amount=3]", limit=5)
    assert found == {
        "expr": f"{ORDER}*[amount=3]",
        "limit": 5,
        "count": 1,
        "results": [{"id": FIRST, "amount": 3}],
    }
    assert "Invalid query" in (await get(client, "query", expr="x["))["error"]
    assert (await get(client, "attr", gts_with_path=f"{FIRST}@amount"))["value"] == 3
    assert not (await get(client, "attr", gts_with_path=f"{FIRST}@none"))["resolved"]


async def test_a_refused_document_is_a_problem_and_changes_nothing(client: HttpClient) -> None:
    for document, status, code in (
        ({"id": FIRST, "amount": 4}, 409, "ENTITY_ALREADY_EXISTS"),
        ({"id": f"{ORDER}acme.shop.orders.second.v1", "amount": "x"}, 422, "INVALID_ENTITY"),
        ({"id": "7", "type": ORDER}, 400, "INVALID_ENTITY_ID"),
        ({}, 400, "INVALID_ENTITY_ID"),
    ):
        answer = await client.post(f"{GTS}/entities", json=document)
        assert_problem(answer, status=status, code=code)
        unchecked = await client.post(
            f"{GTS}/entities", json=document, params={"validate": "false"}
        )
        assert_problem(unchecked, status=status, code=code)
    assert (await get(client, "entities"))["total"] == 3


async def test_a_request_without_what_is_asked_is_a_problem(client: HttpClient) -> None:
    for answer in (
        await client.get(f"{GTS}/validate-id"),
        await client.post(f"{GTS}/validate-instance", json={}),
        await client.post(f"{GTS}/cast", json={"instance_id": "x" * 100_000, "to_type_id": NEXT}),
        await client.get(f"{GTS}/query", params={"expr": ORDER, "limit": 0}),
    ):
        assert answer.status_code in (400, 422)
        assert answer.headers["content-type"] == "application/problem+json"
    assert_problem(await client.get(f"{GTS}/entities/7"), status=404, code="ENTITY_NOT_FOUND")


async def test_a_conformance_suite_may_store_what_is_wrong() -> None:
    async with ModuleHarness(
        TypesRegistryModule, config={"unchecked_gts_entities": True}
    ) as harness:
        client = harness.client(security_context())
        orphan = {"id": FIRST, "amount": 1}
        refused = await client.post(f"{GTS}/entities", json=orphan, params={"validate": "true"})
        assert_problem(refused, status=422, code="INVALID_ENTITY")
        assert (await client.post(f"{GTS}/entities", json=orphan)).status_code == 200
        assert not (await post(client, "validate-instance", {"instance_id": FIRST}))["ok"]

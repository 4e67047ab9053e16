"""The entities over HTTP: registered one by one, listed with filters and pages, fetched by identifier."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import pytest

from hyperspot.types_registry import TypesRegistryModule
from modkit.testing import HttpClient, ModuleHarness, assert_problem, security_context

pytestmark = pytest.mark.anyio

ENTITIES = "/types-registry/v1/entities"
ORDER = "gts.acme.shop.orders.order.v1~"
GIFT = f"{ORDER}beta.gifts.orders.gift.v1.2~"


def schema(gts_id: str = ORDER, **more: Any) -> dict[str, Any]:
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"gts://{gts_id}",
        "type": "object",
        "properties": {"id": {"type": "string"}, "amount": {"type": "integer", "minimum": 1}},
        **more,
    }


def derived(gts_id: str = GIFT, base: str = ORDER) -> dict[str, Any]:
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"gts://{gts_id}",
        "type": "object",
        "allOf": [{"$ref": f"gts://{base}"}],
    }


def instance(gts_id: str = f"{ORDER}acme.shop.orders.first.v1", amount: Any = 1) -> dict[str, Any]:
    return {"id": gts_id, "amount": amount}


@pytest.fixture
async def client() -> AsyncIterator[HttpClient]:
    async with ModuleHarness(TypesRegistryModule) as harness:
        yield harness.client(security_context())


async def register(client: HttpClient, *documents: Any) -> Any:
    answer = await client.post(ENTITIES, json={"entities": documents})
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_a_type_and_its_instance_are_registered_in_any_order(client: HttpClient) -> None:
    answer = await register(client, instance(), derived(), schema(description="An order."))
    assert answer["summary"] == {"total": 3, "succeeded": 3, "failed": 0}
    assert [one["entity"]["gts_id"] for one in answer["results"]] == [
        f"{ORDER}acme.shop.orders.first.v1",
        GIFT,
        ORDER,
    ]
    got = (await client.get(f"{ENTITIES}/{ORDER}")).json()
    assert got == answer["results"][2]["entity"]
    assert UUID(got["id"]).version == 5
    assert got["is_schema"]
    assert got["description"] == "An order."
    assert got["content"] == schema(description="An order.")
    assert got["segments"] == [
        {
            "vendor": "acme",
            "package": "shop",
            "namespace": "orders",
            "type_name": "order",
            "ver_major": 1,
        }
    ]


async def test_each_document_is_refused_for_itself(client: HttpClient) -> None:
    await register(client, schema())
    answer = await register(
        client, instance(amount=0), 7, {"id": "no-id"}, {}, schema(title="another"), schema()
    )
    assert answer["summary"] == {"total": 6, "succeeded": 1, "failed": 5}
    results = answer["results"]
    assert [one["status"] for one in results] == ["error"] * 5 + ["ok"]
    assert results[0]["error"].startswith("Validation failed: ")
    assert results[0]["gts_id"] == f"{ORDER}acme.shop.orders.first.v1"
    assert results[2]["error"].startswith("Invalid GTS ID: no-id")
    assert results[3]["error"].startswith("Invalid GTS ID: ")
    assert results[4]["error"].startswith(f"Entity already exists: {ORDER}")
    assert (await client.get(ENTITIES)).json()["count"] == 1


async def test_nothing_is_a_list_too(client: HttpClient) -> None:
    assert await register(client) == {
        "summary": {"total": 0, "succeeded": 0, "failed": 0},
        "results": [],
    }


@pytest.mark.parametrize("body", [b"{", b"[]", b"{}", b'{"entities": 1}', b'{"entities": NaN}'])
async def test_what_is_no_list_of_entities_is_a_problem(client: HttpClient, body: bytes) -> None:
    answer = await client.post(ENTITIES, content=body, headers={"content-type": "application/json"})
    assert answer.status_code in (400, 422)
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("gts_id", ["gts.acme.shop.orders.none.v1~", "no-id", "GTS.a.b.c.d.v1~"])
async def test_an_unknown_or_malformed_id_is_not_found(client: HttpClient, gts_id: str) -> None:
    answer = await client.get(f"{ENTITIES}/{gts_id}")
    assert_problem(answer, status=404, code="ENTITY_NOT_FOUND")
    assert answer.json()["detail"] == f"No entity with GTS ID: {gts_id}"


FILTERS = [
    ({}, [ORDER, f"{ORDER}acme.shop.orders.first.v1", GIFT]),
    ({"is_schema": "true"}, [ORDER, GIFT]),
    ({"is_schema": "false"}, [f"{ORDER}acme.shop.orders.first.v1"]),
    ({"pattern": "gts.acme.shop.orders.order.v1~beta.*"}, [GIFT]),
    ({"vendor": "beta"}, [GIFT]),
    ({"vendor": "beta", "segment_scope": "primary"}, []),
    ({"vendor": "acme", "segment_scope": "primary", "is_schema": "true"}, [ORDER, GIFT]),
    ({"vendor": "beta", "package": "shop"}, []),
    ({"package": "gifts", "namespace": "orders"}, [GIFT]),
]


@pytest.mark.parametrize(("params", "expected"), FILTERS)
async def test_a_list_has_what_fits_all_filters(
    client: HttpClient, params: dict[str, str], expected: list[str]
) -> None:
    await register(client, schema(), derived(), instance())
    answer = (await client.get(ENTITIES, params=params)).json()
    assert [one["gts_id"] for one in answer["entities"]] == expected
    assert answer["count"] == len(expected)
    assert "next_cursor" not in answer


async def test_pages_together_are_the_whole_list(client: HttpClient) -> None:
    ids = [f"{ORDER}acme.shop.orders.n{number}.v1.{number % 3}" for number in range(25)]
    await register(client, schema(), *map(instance, ids))
    found: list[str] = []
    params = {"limit": "7", "is_schema": "false"}
    pages = 0
    while True:
        page = (await client.get(ENTITIES, params=params)).json()
        found += [one["gts_id"] for one in page["entities"]]
        pages += 1
        if "next_cursor" not in page:
            break
        params["cursor"] = page["next_cursor"]
    assert pages == 4
    assert sorted(found) == sorted(ids)


@pytest.mark.parametrize(
    ("params", "status"),
    [
        ({"pattern": "gts.*.a"}, 400),
        ({"pattern": "x" * 3000}, 400),
        ({"segment_scope": "some"}, 400),
        ({"cursor": "%%%"}, 400),
        ({"cursor": "Z3Rz"}, 400),
        ({"limit": "0"}, 400),
        ({"limit": "1001"}, 400),
        ({"is_schema": "perhaps"}, 400),
    ],
)
async def test_a_wrong_filter_is_a_problem(
    client: HttpClient, params: dict[str, str], status: int
) -> None:
    answer = await client.get(ENTITIES, params=params)
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert next(iter(params)) in answer.json()["detail"]


async def test_other_verbs_are_not_allowed(client: HttpClient) -> None:
    assert (await client.delete(ENTITIES)).status_code == 405
    assert (await client.put(ENTITIES, json={})).status_code == 405


async def test_an_export_is_registered_again_elsewhere(client: HttpClient) -> None:
    await register(client, schema(), derived(), instance())
    exported = await client.get("/types-registry/v1/export")
    assert exported.headers["content-type"] == "application/json"
    assert [one.get("$id", one.get("id")) for one in exported.json()["entities"]] == [
        f"gts://{ORDER}",
        f"gts://{GIFT}",
        f"{ORDER}acme.shop.orders.first.v1",
    ]
    async with ModuleHarness(TypesRegistryModule) as harness:
        other = harness.client(security_context())
        await other.post(
            ENTITIES, content=exported.content, headers={"content-type": "application/json"}
        )
        again = await other.get("/types-registry/v1/export")
        assert again.content == exported.content
        only = await other.get("/types-registry/v1/export", params={"pattern": GIFT})
        assert only.json() == {"entities": [derived()]}
        none = await other.get("/types-registry/v1/export", params={"pattern": "gts.nobody.*"})
        assert none.json() == {"entities": []}
        wrong = await other.get("/types-registry/v1/export", params={"pattern": "gts.*.x"})
        assert_problem(wrong, status=400, code="INVALID_ENTITY_QUERY")

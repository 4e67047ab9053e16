"""Whatever is sent over HTTP, the answer is a clear one in bounded time, never a 500, and the registry is unchanged."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest

from hyperspot.types_registry import TypesRegistryModule
from modkit.testing import HttpClient, ModuleHarness, security_context

pytestmark = [pytest.mark.anyio, pytest.mark.timeout(30)]

ROOT = "/types-registry/v1"
ORDER = "gts.acme.shop.orders.order.v1~"
FIRST = f"{ORDER}acme.shop.orders.first.v1"
DRAFT = "https://json-schema.org/draft/2020-12/schema"
JSON = {"content-type": "application/json"}
HUGE_ID = "gts." + "a" * 100_000


def schema(gts_id: str = ORDER, **more: Any) -> dict[str, Any]:
    return {"$schema": DRAFT, "$id": f"gts://{gts_id}", "type": "object", **more}


@pytest.fixture
async def client() -> AsyncIterator[HttpClient]:
    async with ModuleHarness(TypesRegistryModule) as harness:
        client = harness.client(security_context())
        yield client
        answer = await client.get(f"{ROOT}/gts/entities")
        assert answer.json()["total"] == 0, "something was registered"


def nested(depth: int) -> str:
    return '{"a":' * depth + "1" + "}" * depth


def with_text(text: str) -> bytes:
    """Return the body that registers the one document that *text* is."""
    return b'{"entities": [%b]}' % text.encode()


def with_member(value: str) -> bytes:
    """Return the body that registers an instance whose one member is written *value*."""
    return with_text(f'{{"id": "{FIRST}", "n": {value}}}')


BODIES = {
    "nothing": b"",
    "garbage": bytes(range(256)),
    "half a document": b'{"entities": [{"$id": "gts',
    "NaN": with_member("NaN"),
    "Infinity": with_member("-Infinity"),
    "a number too large for a float": with_member("1e999"),
    "an integer of 10 000 digits": with_member("9" * 10_000),
    "an integer of 30 digits": with_member("9" * 30),
    "a key twice": with_member('1, "n": 2'),
    "half a surrogate pair": with_member('"\\ud800"'),
    "half a surrogate pair in the id": with_text('{"id": "gts.\\ud800"}'),
    "100 000 levels": with_text(nested(100_000)),
    "200 levels": with_text(nested(200)),
    "10 MB": with_text(json.dumps({"id": FIRST, "n": "x" * 10_000_000})),
    "more documents than allowed": b'{"entities": [%b]}' % b",".join([b"1"] * 1_001),
}


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES.keys())
async def test_a_body_that_no_document_is_read_from_is_refused(
    client: HttpClient, body: bytes
) -> None:
    answer = await client.post(f"{ROOT}/entities", content=body, headers=JSON)
    if answer.status_code == 200:
        assert answer.json()["summary"]["succeeded"] == 0
        assert all(one["error"] for one in answer.json()["results"])
    else:
        assert 400 <= answer.status_code < 500, answer.text
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json()["detail"]
    single = body.removeprefix(b'{"entities": [').removesuffix(b"]}")
    answer = await client.post(f"{ROOT}/gts/entities", content=single, headers=JSON)
    assert 400 <= answer.status_code < 500, answer.text
    assert answer.headers["content-type"] == "application/problem+json"


DOCUMENTS: dict[str, Any] = {
    "an id of 100 000 characters": {"id": HUGE_ID},
    "a type id of 100 000 characters": schema(HUGE_ID),
    "an id with a line break": {"id": f"{FIRST}\n"},
    "an id with a look-alike": {"id": FIRST.replace("a", "\u0430")},
    "a wildcard": {"id": "gts.acme.*"},
    "an id that is no text": {"id": 7},
    "no document": [],
    "null": None,
    "a schema that is no object": {"$schema": 7, "$id": ORDER},
    "an unknown dialect": {"$schema": "https://example.org/mine", "$id": f"gts://{ORDER}"},
    "a reference to itself": schema(**{"$ref": f"gts://{ORDER}"}),
    "a circle in allOf": schema(allOf=[{"$ref": "#/$defs/a"}], **{"$defs": {"a": {"$ref": "#"}}}),
    "a reference that leads nowhere": schema(**{"$ref": "gts://gts.acme.shop.orders.none.v1~"}),
    "a reference to the web": schema(**{"$ref": "http://127.0.0.1:9/schema.json"}),
    "a reference to a file": schema(**{"$ref": "file:///etc/passwd"}),
    "a broken pattern": schema(properties={"a": {"pattern": "("}}),
    "a type that is none": schema(type="objekt"),
    "an instance without a type": {"id": FIRST},
}


@pytest.mark.parametrize("document", DOCUMENTS.values(), ids=DOCUMENTS.keys())
async def test_a_document_that_is_wrong_is_refused_with_a_reason(
    client: HttpClient, document: Any
) -> None:
    answer = await client.post(f"{ROOT}/entities", json={"entities": [document]})
    assert answer.status_code == 200, answer.text
    (result,) = answer.json()["results"]
    assert result["status"] == "error"
    assert 10 < len(result["error"]) < 2_000
    answer = await client.post(f"{ROOT}/gts/entities", json=document)
    assert 400 <= answer.status_code < 500, answer.text


TEXTS = [HUGE_ID[:6_000], "\x00", "gts.acme.*.*", "\u0430" * 500, "%", "gts." + "~" * 1_000, ""]
LOOKS = [
    "gts/validate-id?gts_id={}",
    "gts/parse-id?gts_id={}",
    "gts/uuid?gts_id={}",
    "gts/match-id-pattern?candidate={}&pattern={}",
    "gts/resolve-relationships?gts_id={}",
    "gts/compatibility?old_type_id={}&new_type_id={}",
    "gts/query?expr={}",
    "gts/attr?gts_with_path={}",
    "gts/entities/{}",
    "entities/{}",
    "entities?pattern={}",
    "entities?vendor={}",
    "entities?cursor={}",
]


@pytest.mark.parametrize("look", LOOKS)
async def test_every_text_is_answered_clearly(client: HttpClient, look: str) -> None:
    for text in TEXTS:
        path, _, query = look.partition("?")
        params = {one.partition("=")[0]: text for one in query.split("&") if one}
        answer = await client.get(f"{ROOT}/{path.replace('{}', text)}", params=params)
        assert answer.status_code in (200, 400, 404, 414), (text[:40], answer.text[:300])


async def test_a_pattern_that_backtracks_is_given_up() -> None:
    async with ModuleHarness(TypesRegistryModule) as harness:
        client = harness.client(security_context())
        evil = schema(properties={"id": {}, "name": {"type": "string", "pattern": "^(a|a)*\\1?$"}})
        victim = {"id": FIRST, "name": "a" * 50_000 + "!"}
        answer = await client.post(f"{ROOT}/entities", json={"entities": [evil, victim]})
        assert answer.status_code == 200, answer.text
        assert answer.json()["results"][1]["status"] == "error"
        assert (await client.get(f"{ROOT}/entities/{FIRST}")).status_code == 404


async def test_a_schema_that_refers_to_itself_below_is_a_good_one() -> None:
    async with ModuleHarness(TypesRegistryModule) as harness:
        client = harness.client(security_context())
        tree = schema(properties={"children": {"type": "array", "items": {"$ref": "#"}}})
        leaf: dict[str, Any] = {"children": []}
        for _ in range(20):
            leaf = {"children": [leaf]}
        answer = await client.post(
            f"{ROOT}/entities", json={"entities": [tree, {"id": FIRST, **leaf}]}
        )
        assert answer.json()["summary"]["failed"] == 0, answer.text
        related = await client.get(f"{ROOT}/gts/resolve-relationships", params={"gts_id": FIRST})
        assert related.json()["ok"]

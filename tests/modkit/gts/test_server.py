"""The HTTP server: each operation as the specification's suite asks for it, and hostile requests."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.client import HTTPConnection
from typing import Any

import httpx
import pytest

from modkit.gts.operations import GtsOperations
from modkit.gts.server import GtsServer
from tests.modkit.gts.samples import DRAFT_7, EVENT, FIRST, PLACED, PLACED_NEXT, shop, type_of


@pytest.fixture(name="http", scope="module")
def http_fixture() -> Iterator[httpx.Client]:
    with GtsServer(GtsOperations(shop())) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        with httpx.Client(
            base_url=f"http://127.0.0.1:{server.server_port}", trust_env=False, timeout=60
        ) as client:
            yield client
        server.shutdown()
        thread.join()


GETS: dict[str, tuple[str, dict[str, Any], dict[str, Any]]] = {
    "valid id": (
        "/validate-id",
        {"gts_id": EVENT},
        {"id": EVENT, "valid": True, "is_wildcard": False},
    ),
    "pattern": (
        "/validate-id",
        {"gts_id": "gts.x.*"},
        {"id": "gts.x.*", "valid": True, "is_wildcard": True},
    ),
    "parsed id": (
        "/parse-id",
        {"gts_id": EVENT},
        {
            "id": EVENT,
            "ok": True,
            "is_type": True,
            "is_wildcard": False,
            "segments": [
                {
                    "vendor": "x",
                    "package": "core",
                    "namespace": "events",
                    "type": "type",
                    "ver_major": 1,
                    "ver_minor": None,
                    "is_type": True,
                }
            ],
        },
    ),
    "match": (
        "/match-id-pattern",
        {"candidate": EVENT, "pattern": "gts.x.*"},
        {"candidate": EVENT, "pattern": "gts.x.*", "match": True},
    ),
    "uuid": (
        "/uuid",
        {"gts_id": "gts.x.test5.events.type.v1~"},
        {"id": "gts.x.test5.events.type.v1~", "uuid": "de567dcc-10ef-597d-8f82-3c999ed9b979"},
    ),
    "query": (
        "/query",
        {"expr": f"{PLACED}*[status=active]", "limit": 7},
        {
            "expr": f"{PLACED}*[status=active]",
            "limit": 7,
            "count": 1,
            "results": [shop().get(FIRST).content],
        },
    ),
    "attribute": (
        "/attr",
        {"gts_with_path": f"{FIRST}@payload.sku"},
        {"path": f"{FIRST}@payload.sku", "resolved": True, "value": "A-1"},
    ),
    "compatibility": (
        "/compatibility",
        {"old_type_id": PLACED, "new_type_id": PLACED_NEXT},
        {
            "old": PLACED,
            "new": PLACED_NEXT,
            "is_backward_compatible": True,
            "is_forward_compatible": True,
            "is_fully_compatible": True,
            "changes": [],
        },
    ),
    "entity": (
        f"/entities/{EVENT}",
        {},
        {
            "ok": True,
            "id": EVENT,
            "type_id": None,
            "is_type": True,
            "content": shop().get(EVENT).content,
        },
    ),
}
NEGATIVE: dict[str, tuple[str, dict[str, Any], str, str]] = {
    "id": ("/validate-id", {"gts_id": "gts.x"}, "valid", "Invalid GTS identifier"),
    "parsed id": ("/parse-id", {"gts_id": "gts.*.x.*"}, "ok", "Invalid GTS pattern"),
    "match": ("/match-id-pattern", {"candidate": EVENT, "pattern": "gts.x*"}, "match", "Invalid"),
    "uuid": ("/uuid", {"gts_id": "x"}, "uuid", "Invalid GTS identifier"),
    "query": ("/query", {"expr": "gts.x"}, "count", "Invalid query"),
    "attribute": ("/attr", {"gts_with_path": FIRST}, "resolved", "Invalid attribute selector"),
    "entity": ("/entities/gts.unknown", {}, "ok", "No entity with GTS ID"),
    "compatibility": (
        "/compatibility",
        {"old_type_id": EVENT, "new_type_id": "x"},
        "is_fully_compatible",
        "No entity with GTS ID: x",
    ),
}


@pytest.mark.parametrize(("path", "query", "answer"), GETS.values(), ids=list(GETS))
def test_question_is_answered(
    http: httpx.Client, path: str, query: dict[str, Any], answer: dict[str, Any]
) -> None:
    response = http.get(path, params=query)
    assert (response.status_code, response.json()) == (200, answer)


@pytest.mark.parametrize(("path", "query", "key", "error"), NEGATIVE.values(), ids=list(NEGATIVE))
def test_negative_answer_is_an_answer(
    http: httpx.Client, path: str, query: dict[str, Any], key: str, error: str
) -> None:
    response = http.get(path, params=query)
    assert response.status_code == 200
    assert not response.json()[key]
    assert response.json()["error"].startswith(error)


def test_no_match_of_valid_ids_is_no_error(http: httpx.Client) -> None:
    answer = http.get("/match-id-pattern", params={"candidate": EVENT, "pattern": f"{EVENT}*"})
    assert answer.json() == {"candidate": EVENT, "pattern": f"{EVENT}*", "match": False}


def test_document_tells_its_identifiers(http: httpx.Client) -> None:
    assert http.post("/extract-id", json={"id": FIRST}).json() == {
        "id": FIRST,
        "type_id": PLACED,
        "is_type": False,
        "selected_entity_field": "id",
        "selected_type_id_field": "id",
    }


@pytest.mark.parametrize(
    ("path", "body", "answer"),
    [
        ("/validate-instance", {"instance_id": FIRST}, {"id": FIRST, "ok": True}),
        ("/validate-type-schema", {"type_id": PLACED}, {"id": PLACED, "ok": True}),
        (
            "/validate-entity",
            {"entity_id": PLACED},
            {"id": PLACED, "ok": True, "entity_type": "schema"},
        ),
        (
            "/validate-entity",
            {"gts_id": FIRST},
            {"id": FIRST, "ok": True, "entity_type": "instance"},
        ),
    ],
)
def test_entity_is_validated(
    http: httpx.Client, path: str, body: dict[str, Any], answer: dict[str, Any]
) -> None:
    assert http.post(path, json=body).json() == answer


def test_instance_is_cast(http: httpx.Client) -> None:
    answer = http.post("/cast", json={"instance_id": FIRST, "to_type_id": PLACED_NEXT}).json()
    assert answer["casted_entity"]["payload"] == {"sku": "A-1", "channel": "web"}
    assert answer["added_properties"] == ["/payload/channel"]


def test_graph_is_shown(http: httpx.Client) -> None:
    answer = http.get("/resolve-relationships", params={"gts_id": FIRST}).json()
    assert (answer["ok"], list(answer["nodes"])) == (True, [FIRST, PLACED, EVENT])


def test_registration_validates_where_it_is_asked_to(http: httpx.Client) -> None:
    document = {"id": f"{PLACED}acme.shop._.second.v1", "payload": {}}
    assert http.post("/entities?validation=true", json=document).status_code == 200
    refused = http.post("/entities?validate=true", json=document)
    assert refused.status_code == 422
    assert '"sku" is a required property' in refused.json()["error"]


def test_entities_are_listed_up_to_the_limit(http: httpx.Client) -> None:
    answer = http.get("/entities", params={"limit": 1}).json()
    assert answer["entities"] == [{"id": EVENT, "type_id": None, "is_type": True}]
    assert (answer["count"], answer["total"] >= 4) == (1, True)


def test_many_are_registered_at_once(http: httpx.Client) -> None:
    first, second = {"id": f"{EVENT}a.b.c.d.v7"}, {"none": 1}
    answer = http.post("/entities/bulk", json=[first, second, 3])
    assert answer.status_code == 422
    assert [one["ok"] for one in answer.json()["results"]] == [True, False, False]


def test_type_is_registered_by_its_identifier(http: httpx.Client) -> None:
    body = {"type_id": "gts.x.core.events.other.v1~", "type_schema": {"type": "object"}}
    assert http.post("/type-schemas", json=body).json()["id"] == "gts.x.core.events.other.v1~"


def test_unknown_path_is_404(http: httpx.Client) -> None:
    assert http.get("/nothing").status_code == 404


HOSTILE = {
    "no JSON": b"{",
    "no object": b"[]",
    "no body": b"",
    "not a number": b'{"id": NaN}',
    "huge number": b'{"id": "x", "n": ' + b"9" * 5_000 + b"}",
    "name twice": b'{"id": "a", "id": "b"}',
    "deep": b'{"id": "x", "a": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    "deep enough to parse": b'{"id": "x", "a": ' + b"[" * 500 + b"]" * 500 + b"}",
    "no UTF-8": b'{"id": "\xff"}',
    "many parts": b'{"id": "x", "a": [' + b"[]," * 1_000_001 + b"[]]}",
    "garbage schema": json.dumps(type_of(EVENT, properties=[1], allOf="x")).encode(),
    "$id of another kind": json.dumps({"$schema": DRAFT_7, "$id": [EVENT]}).encode(),
    "$schema of another kind": json.dumps({"$schema": 7, "$id": f"gts://{EVENT}"}).encode(),
}


@pytest.mark.parametrize("body", HOSTILE.values(), ids=list(HOSTILE))
def test_hostile_document_is_refused_and_nothing_else_happens(
    http: httpx.Client, body: bytes
) -> None:
    before = http.get("/entities", params={"limit": 1}).json()["total"]
    response = http.post("/entities", content=body)
    assert response.status_code == 422
    assert len(response.json()["error"]) < 1000
    assert http.get("/entities", params={"limit": 1}).json()["total"] == before


def test_body_beyond_the_bound_is_not_read(http: httpx.Client) -> None:
    connection = HTTPConnection(http.base_url.host, http.base_url.port)
    connection.putrequest("POST", "/entities")
    connection.putheader("content-length", str(10**9))
    connection.endheaders()
    assert connection.getresponse().status == 413
    connection.close()


def test_operations_do_not_read_what_is_no_object(http: httpx.Client) -> None:
    for path in ("/validate-instance", "/validate-entity", "/cast", "/validate-type-schema"):
        for body in ("[]", '{"instance_id": {"a": 1}}', '"x"'):
            assert http.post(path, content=body.encode()).status_code == 200

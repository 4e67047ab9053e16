"""Two phases: nothing is checked while modules are initialised, everything is before the platform is ready."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from anyio import fail_after

from hyperspot.types_registry import TypesRegistryModule
from hyperspot.types_registry.contract import (
    EntityAlreadyExists,
    EntityNotFound,
    EntityQuery,
    EntityRegistered,
    InvalidEntityId,
    Registered,
    TypesRegistryClient,
    TypesRegistryNotReady,
)
from modkit import ModuleContext, StartupError, module
from modkit.host import RunMode
from modkit.ports import GtsEntity, TypesRegistry
from modkit.testing import ModuleHarness, assert_problem, security_context
from modkit_errors import Conflict, Malformed, NotFound

pytestmark = pytest.mark.anyio

ORDER = "gts.acme.shop.orders.order.v1~"
GIFT = f"{ORDER}beta.gifts.orders.gift.v1~"
FIRST = f"{ORDER}acme.shop.orders.first.v1"
DRAFT = "https://json-schema.org/draft/2020-12/schema"


def schema(gts_id: str = ORDER, **more: Any) -> dict[str, Any]:
    return {
        "$schema": DRAFT,
        "$id": f"gts://{gts_id}",
        "type": "object",
        "properties": {"id": {"type": "string"}, "amount": {"type": "integer", "minimum": 1}},
        **more,
    }


GIFT_TYPE = {
    "$schema": DRAFT,
    "$id": f"gts://{GIFT}",
    "type": "object",
    "allOf": [{"$ref": f"gts://{ORDER}"}],
}


def registering(*documents: dict[str, Any], name: str = "shop") -> type:
    """Make a module that registers *documents* in its init, and looks at no answer."""

    @module(name=name, requires=(TypesRegistryClient,))
    class ShopModule:
        async def init(self, ctx: ModuleContext[Any]) -> None:
            registry = ctx.hub.get(TypesRegistryClient)
            await registry.register(documents, source=name)
            with pytest.raises(TypesRegistryNotReady):
                registry.check_ready()

    return ShopModule


async def started(*modules: type, **config: Any) -> str:
    """Start the modules, and return why they do not start; empty if they do."""
    try:
        async with ModuleHarness(TypesRegistryModule, modules=modules, config=config):
            return ""
    except StartupError as error:
        return str(error)


async def test_modules_register_in_any_order_before_the_start() -> None:
    late = registering({"id": FIRST, "amount": 1}, GIFT_TYPE, name="first")
    early = registering(schema(), name="second")
    async with ModuleHarness(TypesRegistryModule, modules=[late, early]) as harness:
        registry = harness.hub.get(TypesRegistryClient)
        page = await registry.list()
        assert [one.gts_id for one in page.entities] == [ORDER, FIRST, GIFT]


async def test_every_fault_is_listed_with_who_registered_it_and_why() -> None:
    wrong = registering(
        {"id": FIRST, "amount": 0},
        {"id": "no-id"},
        schema("gts.acme.shop.orders.broken.v1~", type=7),
        GIFT_TYPE,
    )
    other = registering({**GIFT_TYPE, "title": "another"}, name="vendor")
    why = await started(wrong, other)
    assert "phase start: 5 of the types and instances" in why
    assert f"{FIRST} (shop): Validation failed" in why
    assert "a document (shop): Invalid GTS ID: no-id" in why
    assert "gts.acme.shop.orders.broken.v1~ (shop): " in why
    assert f"{GIFT} (shop): " in why
    assert f"{GIFT} (vendor): Entity already exists" in why


async def test_the_same_document_twice_is_no_fault() -> None:
    assert await started(registering(schema(), schema()), registering(schema(), name="b")) == ""


async def test_what_is_registered_during_the_start_is_readable_at_once() -> None:
    seen: list[str] = []

    @module(name="reader", requires=(TypesRegistryClient,))
    class ReaderModule:
        async def init(self, ctx: ModuleContext[Any]) -> None:
            registry = ctx.hub.get(TypesRegistryClient)
            await registry.register([schema(), {"id": FIRST, "amount": 1}], source="reader")
            seen.append((await registry.get(FIRST)).gts_id)
            page = await registry.list(EntityQuery(is_schema=True))
            seen.extend(one.gts_id for one in page.entities)

    assert await started(ReaderModule) == ""
    assert seen == [FIRST, ORDER]


async def test_rest_waits_until_everything_is_checked() -> None:
    async with ModuleHarness(
        TypesRegistryModule, modules=[registering(schema())], mode=RunMode.CHECK
    ) as harness:
        client = harness.client(security_context())
        for path in ("entities", f"entities/{ORDER}", "gts/entities", f"gts/query?expr={ORDER}"):
            answer = await client.get(f"/types-registry/v1/{path}")
            assert_problem(answer, status=503, code="TYPES_REGISTRY_NOT_READY")
        answer = await client.post("/types-registry/v1/entities", json={"entities": []})
        problem = assert_problem(answer, status=503)
        assert problem.detail == "The types registry is not yet ready"


async def test_after_the_start_each_document_is_checked_as_it_comes() -> None:
    async with ModuleHarness(TypesRegistryModule, modules=[registering(schema())]) as harness:
        registry = harness.hub.get(TypesRegistryClient)
        registry.check_ready()
        document = {"id": FIRST, "amount": 1}
        taken = await registry.register_one(document)
        document["amount"] = 2
        assert (await registry.get(FIRST)).content == taken.content == {"id": FIRST, "amount": 1}
        with pytest.raises(EntityAlreadyExists):
            await registry.register_one(document)
        with pytest.raises(EntityAlreadyExists):
            await registry.register_one({"id": FIRST, "amount": True})
        with pytest.raises(InvalidEntityId, match="leading zero"):
            await registry.register_one({"id": f"{ORDER}a.b.c.d.v01"})
        with pytest.raises(EntityNotFound):
            await registry.get(f"{ORDER}a.b.c.d.v01")


async def test_a_full_registry_refuses_more() -> None:
    async with ModuleHarness(
        TypesRegistryModule, modules=[registering(schema())], config={"max_entities": 1}
    ) as harness:
        registry = harness.hub.get(TypesRegistryClient)
        (result,) = await registry.register([{"id": FIRST, "amount": 1}])
        assert not isinstance(result, Registered)
        assert result.code == "RATE_LIMITED"


async def test_listeners_hear_what_is_registered_and_only_that() -> None:
    async with ModuleHarness(TypesRegistryModule) as harness:
        registry = harness.hub.get(TypesRegistryClient)
        async with registry.changes() as changes:
            await registry.register([schema(), schema(), {"id": FIRST, "amount": 0}, GIFT_TYPE])
            with fail_after(5):
                heard = [await anext(changes), await anext(changes)]
        assert heard == [
            EntityRegistered(gts_id=ORDER, is_schema=True),
            EntityRegistered(gts_id=GIFT, is_schema=True),
        ]


async def test_the_framework_finds_its_port_here() -> None:
    async with ModuleHarness(TypesRegistryModule) as harness:
        port = harness.hub.get(TypesRegistry)
        bare = {name: value for name, value in schema().items() if name != "$id"}
        await port.register(GtsEntity(gts_id=ORDER, content=bare, description="An order."))
        first = GtsEntity(gts_id=FIRST, content={"amount": 1})
        await port.register(first)
        await port.register(first)
        assert (await port.get(ORDER)).description == "An order."
        assert [one.gts_id for one in await port.list("gts.acme.*")] == [ORDER, FIRST]
        assert len(await port.list()) == 2
        with pytest.raises(Conflict):
            await port.register(GtsEntity(gts_id=FIRST, content={"amount": 2}))
        with pytest.raises(Malformed):
            await port.register(GtsEntity(gts_id=FIRST, content={"id": GIFT}))
        with pytest.raises(Malformed):
            await port.list("gts.*.x")
        with pytest.raises(NotFound):
            await port.get(GIFT)


async def test_files_and_folders_are_read_at_the_start(tmp_path: Path) -> None:
    (tmp_path / "types").mkdir()
    (tmp_path / "types" / "order.json").write_text(json.dumps([schema(), GIFT_TYPE]))
    (tmp_path / "types" / "gift.jsonc").write_text(f"// the same again\n[{json.dumps(GIFT_TYPE)},]")
    (tmp_path / "first.yaml").write_text(f"id: {FIRST}\namount: 2\n")
    async with ModuleHarness(TypesRegistryModule, config={"paths": [str(tmp_path)]}) as harness:
        client = harness.client(security_context())
        answer = await client.get("/types-registry/v1/entities")
        assert answer.json()["count"] == 3


async def test_a_wrong_file_ends_the_start_by_name(tmp_path: Path) -> None:
    file = tmp_path / "order.json"
    file.write_text('{\n  "$id": 1,\n  oops\n}')
    why = await started(paths=[str(file)])
    assert f"{file}: " in why
    assert "line 3" in why
    assert "modules.types_registry.config.paths" in why
    file.write_text(json.dumps({"id": FIRST, "amount": 1}))
    assert f"{FIRST} ({file}:1): " in await started(paths=[str(file)])
    assert str(tmp_path / "none.json") in await started(paths=[str(tmp_path / "none.json")])

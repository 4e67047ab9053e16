"""A module that restarts while it serves: what was begun ends as it began."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from attrs import frozen

from modkit import ModuleContext, module
from modkit.rest import RestCapability, Routes
from modkit.testing import ModuleHarness

pytestmark = pytest.mark.anyio


@frozen(kw_only=True)
class ShopConfig:
    name: str = "first"


class Gate:
    """Lets the test decide when a request goes on."""

    def __init__(self) -> None:
        self.entered = asyncio.Event()
        self.go_on = asyncio.Event()
        self.closed: list[str] = []


@module(name="shop", config=ShopConfig)
class ShopModule(RestCapability):
    async def init(self, ctx: ModuleContext[ShopConfig]) -> None:
        self._name = ctx.config.name
        self._gate = ctx.resource(Gate)
        ctx.on_close(lambda: self._gate.closed.append(self._name))

    def routes(self, routes: Routes) -> None:
        routes.get("/shop/v1/name").operation_id("shop.get_name").summary("Name").public().returns(
            str
        ).handler(self.name)
        routes.get("/shop/v1/wait").operation_id("shop.wait").summary("Wait").public().returns(
            str
        ).handler(self.wait)
        routes.get("/shop/v1/ticks").operation_id("shop.ticks").summary("Ticks").public().streams(
            str
        ).handler(self.ticks)

    async def name(self) -> str:
        return self._name

    async def wait(self) -> str:
        self._gate.entered.set()
        await self._gate.go_on.wait()
        return f"{self._name}, {len(self._gate.closed)} closed"

    async def ticks(self) -> AsyncIterator[str]:
        yield self._name
        self._gate.entered.set()
        await asyncio.Event().wait()


def resources_with(gate: Gate) -> Any:
    from modkit import Resources

    resources = Resources()
    resources.give(Gate, gate)
    return resources


async def test_a_request_in_flight_ends_on_the_instance_that_began_it() -> None:
    gate = Gate()
    async with (
        asyncio.timeout(10),
        ModuleHarness(ShopModule, resources=resources_with(gate)) as harness,
        asyncio.TaskGroup() as tasks,
    ):
        client = harness.client()
        waiting = tasks.create_task(client.get("/shop/v1/wait"))
        await gate.entered.wait()
        later = harness.host.configuration.with_overrides(["modules.shop.config.name=second"])
        restarting = tasks.create_task(harness.host.restart("shop", later))
        while (await client.get("/shop/v1/name")).json() != "second":
            await asyncio.sleep(0)
        assert not restarting.done()
        gate.go_on.set()
        assert (await waiting).json() == "first, 0 closed"
        await restarting
        assert gate.closed == ["first"]


async def test_a_stream_is_told_that_its_module_restarts() -> None:
    gate = Gate()
    async with (
        asyncio.timeout(10),
        ModuleHarness(ShopModule, resources=resources_with(gate)) as harness,
        asyncio.TaskGroup() as tasks,
    ):
        stream = tasks.create_task(harness.client().get("/shop/v1/ticks"))
        await gate.entered.wait()
        await harness.host.restart("shop", harness.host.configuration)
        text = (await stream).text
        assert text.startswith('data: "first"\n\n')
        assert "event: error" in text
        assert "restarts" in text

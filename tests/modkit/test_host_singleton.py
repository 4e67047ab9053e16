"""Periodic work that must run once, on several hosts and over a restart."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from attrs import frozen

from modkit import ModuleContext, module, periodic
from modkit.context import Resources
from modkit.host import Host
from modkit.ports import InMemoryLeaseStore, Lease, LeaseStore
from tests.modkit.conftest import HostMaker

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("no_leaks")]


class SharedLeases(InMemoryLeaseStore):
    """Leases of several hosts; notices who is refused again and again."""

    def __init__(self) -> None:
        super().__init__()
        self.refused = 0
        self.often_refused = asyncio.Event()

    async def acquire(self, name: str, *, holder: str, ttl_s: float) -> Lease | None:
        lease = await super().acquire(name, holder=holder, ttl_s=ttl_s)
        self.refused += lease is None
        if self.refused >= 3:
            self.often_refused.set()
        return lease


class Runs:
    """Where the work runs now, and a way to wait for it to run somewhere."""

    def __init__(self) -> None:
        self.now: list[str] = []
        self.most = 0
        self.changed = asyncio.Condition()

    async def enter(self, name: str) -> None:
        async with self.changed:
            self.now.append(name)
            self.most = max(self.most, len(self.now))
            self.changed.notify_all()

    async def wait_for(self, name: str) -> None:
        async with self.changed:
            await self.changed.wait_for(lambda: self.now == [name])


@frozen(kw_only=True)
class TidyConfig:
    name: str = "a"


@module(name="tidy", config=TidyConfig, requires=(LeaseStore,))
class Tidy:
    async def init(self, ctx: ModuleContext[TidyConfig]) -> None:
        self.name, self.runs = ctx.config.name, ctx.resource(Runs)

    @periodic(every_s=0.001, singleton=True)
    async def tidy(self) -> None:
        await self.runs.enter(self.name)
        try:
            await asyncio.Event().wait()
        finally:
            self.runs.now.remove(self.name)


def host_of(make_host: HostMaker, leases: LeaseStore, runs: Runs, **config: Any) -> Host:
    resources = Resources()
    resources.give(Runs, runs)
    return make_host(
        Tidy,
        modules={"tidy": {"config": config}},
        clients={LeaseStore: leases},
        resources=resources,
    )


async def test_work_runs_on_one_host_and_moves_when_that_one_stops(make_host: HostMaker) -> None:
    leases, runs = SharedLeases(), Runs()
    a, b = (host_of(make_host, leases, runs, name=name) for name in "ab")
    async with asyncio.timeout(10):
        await a.start()
        await runs.wait_for("a")
        await b.start()
        await leases.often_refused.wait()
        assert runs.now == ["a"]
        await a.stop()
        await runs.wait_for("b")
        await b.stop()
    assert runs.most == 1


async def test_work_moves_to_the_new_instance_of_a_restarted_module(make_host: HostMaker) -> None:
    leases, runs = SharedLeases(), Runs()
    host = host_of(make_host, leases, runs, name="old")
    async with asyncio.timeout(10), host.started():
        await runs.wait_for("old")
        changed = host.configuration.with_overrides(["modules.tidy.config.name=new"])
        await host.restart("tidy", changed)
        await runs.wait_for("new")
    assert runs.most == 1

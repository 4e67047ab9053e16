"""The host: phases in order, and in reverse at the end."""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from modkit import (
    Capability,
    CapabilityHandler,
    ModuleContext,
    ReadySignal,
    StartupError,
    background,
    health_check,
    module,
    on_ready,
    on_start,
    on_stop,
)
from modkit.capability import Commit
from modkit.context import Resources
from modkit.host import Host, RunMode
from modkit.host_config import ServerConfig
from modkit.lifecycle.health import Health
from modkit.lifecycle.states import ModuleState
from modkit.ports import LeaseStore
from modkit_errors import Catalogue
from modkit_errors.refusals import ProviderStopped
from tests.modkit.conftest import HostMaker

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("no_leaks")]


class Journal(list[str]):
    """What happened, in order; a resource of the host."""


class JournalHandler(CapabilityHandler[Any]):
    def __init__(self, resources: Resources) -> None:
        super().__init__(resources)
        found = resources.find(Journal)
        self.journal = Journal() if found is None else found

    async def provision(self, module: Any, ctx: ModuleContext[Any]) -> None:
        self.journal.append(f"provision {ctx.name}")

    async def migrate(self, module: Any, ctx: ModuleContext[Any]) -> None:
        self.journal.append(f"migrate {ctx.name}")

    def compose(self, module: Any, ctx: ModuleContext[Any]) -> Commit:
        self.journal.append(f"compose {ctx.name}")
        return lambda: self.journal.append(f"commit {ctx.name}")

    async def drain(self) -> None:
        self.journal.append("drain")

    def withdraw(self, name: str) -> None:
        self.journal.append(f"withdraw {name}")

    async def close(self) -> None:
        self.journal.append("close")


class JournalCapability(Capability):
    handled_by = JournalHandler


class Clock(ABC):
    @abstractmethod
    async def now(self) -> int: ...


class FixedClock(Clock):
    async def now(self) -> int:
        return 42


class Journaled(JournalCapability):
    """Writes down every step of its life."""

    async def init(self, ctx: ModuleContext[Any]) -> None:
        self.name = ctx.name
        self.journal = ctx.resource(Journal)
        self.journal.append(f"init {self.name}")
        await ctx.enter(self.resource())
        if self.name == "base":
            ctx.hub.provide(Clock, FixedClock())
        else:
            self.clock = ctx.hub.get(Clock)

    @asynccontextmanager
    async def resource(self) -> AsyncIterator[None]:
        yield
        self.journal.append(f"leave {self.name}")

    @on_start
    async def started(self) -> None:
        self.journal.append(f"start {self.name}")

    @on_ready
    async def is_ready(self) -> None:
        self.journal.append(f"ready {self.name}")

    @on_stop
    async def stopped(self) -> None:
        self.journal.append(f"stop {self.name}")

    @background(await_ready=True)
    async def work(self, ready: ReadySignal) -> None:
        ready.set()
        try:
            await asyncio.Event().wait()
        finally:
            self.journal.append(f"cancelled {self.name}")


@module(name="base", provides=(Clock,))
class Base(Journaled):
    pass


@module(name="user", requires=(Clock,))
class User(Journaled):
    pass


@pytest.fixture(name="journal")
def journal_fixture() -> Journal:
    return Journal()


def host_of(make_host: HostMaker, journal: Journal, *classes: type, **more: Any) -> Host:
    resources = Resources()
    resources.give(Journal, journal)
    return make_host(*(classes or (User, Base)), resources=resources, **more)


UP_TO_COMPOSED = ["provision base", "provision user"]


async def test_phases_run_in_order_and_end_in_reverse(
    make_host: HostMaker, journal: Journal
) -> None:
    host = host_of(make_host, journal)
    await host.start()
    assert host.running == ("base", "user")
    assert host.health.is_ready
    assert journal[:6] == [
        "provision base",
        "provision user",
        "migrate base",
        "migrate user",
        "init base",
        "init user",
    ]
    assert sorted(journal[6:10]) == ["commit base", "commit user", "compose base", "compose user"]
    assert journal[10:] == ["start base", "start user", "ready base", "ready user"]
    journal.clear()
    await host.stop()
    assert journal == [
        "drain",
        "withdraw user",
        "cancelled user",
        "stop user",
        "leave user",
        "withdraw base",
        "cancelled base",
        "stop base",
        "leave base",
        "close",
    ]
    assert host.running == ()
    assert not host.health.is_ready


async def test_check_goes_as_far_as_composing_and_migrates_nothing(
    make_host: HostMaker, journal: Journal
) -> None:
    await host_of(make_host, journal).start(RunMode.CHECK)
    steps = {entry.split()[0] for entry in journal}
    assert steps == {"provision", "init", "compose", "commit", "withdraw", "leave", "close"}


async def test_migrate_only_initialises_nothing(make_host: HostMaker, journal: Journal) -> None:
    await host_of(make_host, journal).start(RunMode.MIGRATE_ONLY)
    steps = {entry.split()[0] for entry in journal}
    assert steps == {"provision", "migrate", "withdraw", "close"}


async def test_started_keeps_the_platform_for_the_length_of_a_block(
    make_host: HostMaker, journal: Journal
) -> None:
    async with host_of(make_host, journal).started() as host:
        assert await host.hub.get(Clock).now() == 42
    assert host.running == ()
    with pytest.raises(ProviderStopped):
        await host.hub.get(Clock).now()


async def test_started_stops_when_the_block_fails(make_host: HostMaker, journal: Journal) -> None:
    with pytest.raises(KeyError):
        async with host_of(make_host, journal).started(RunMode.CHECK):
            raise KeyError
    assert journal[-1] == "close"


async def test_host_can_be_started_again_but_not_twice(
    make_host: HostMaker, journal: Journal
) -> None:
    host = host_of(make_host, journal)
    await host.start()
    with pytest.raises(RuntimeError, match="runs already"):
        await host.start()
    assert host.running == ("base", "user")
    await host.stop()
    await host.stop()
    await host.start()
    assert await host.hub.get(Clock).now() == 42
    await host.stop()


async def test_module_finds_what_the_host_gives(make_host: HostMaker, tmp_path: Path) -> None:
    found: dict[type, object] = {}

    @module(name="curious", requires=(LeaseStore,))
    class Curious:
        async def init(self, ctx: ModuleContext[Any]) -> None:
            for kind in (Health, Catalogue, ServerConfig):
                found[kind] = ctx.resource(kind)
            self.leases = ctx.hub.get(LeaseStore)
            assert ctx.home == tmp_path / "curious"

    async with make_host(Curious).started() as host:
        assert found == {
            Health: host.health,
            Catalogue: host.catalogue,
            ServerConfig: host.server,
        }


async def test_client_given_to_the_host_stands_in_for_a_module(make_host: HostMaker) -> None:
    @module(name="user", requires=(Clock,))
    class Lone:
        async def init(self, ctx: ModuleContext[Any]) -> None:
            assert await ctx.hub.get(Clock).now() == 42

    async with make_host(Lone, clients={Clock: FixedClock()}).started():
        pass


async def test_disabled_module_takes_no_part(make_host: HostMaker, journal: Journal) -> None:
    host = host_of(make_host, journal, modules={"user": {"enabled": False}})
    async with host.started():
        assert host.running == ("base",)


async def test_module_that_needs_a_disabled_one_does_not_start(
    make_host: HostMaker, journal: Journal
) -> None:
    with pytest.raises(StartupError, match="requires Clock, which no enabled module provides"):
        host_of(make_host, journal, modules={"base": {"enabled": False}})


async def test_chosen_provider_takes_effect_and_the_other_does_not(make_host: HostMaker) -> None:
    class Other(Clock):
        async def now(self) -> int:
            return 7

    def provider(name: str, client: Clock) -> type:
        class Provider:
            async def init(self, ctx: ModuleContext[Any]) -> None:
                ctx.hub.provide(Clock, client)

        return module(name=name, provides=(Clock,))(Provider)

    classes = provider("a", FixedClock()), provider("b", Other())
    with pytest.raises(StartupError, match="a and b each provide Clock"):
        make_host(*classes)
    async with make_host(*classes, server={"providers": {"Clock": "b"}}).started() as host:
        assert await host.hub.get(Clock).now() == 7


async def test_health_shows_state_checks_and_work(make_host: HostMaker) -> None:
    broken = asyncio.Event()

    @module(name="checked")
    class Checked:
        @health_check
        async def fine(self) -> None: ...

        @health_check
        async def tested(self) -> None:
            if broken.is_set():
                raise ValueError("secret detail")

        @health_check
        async def gives_up(self) -> None:
            if broken.is_set():
                raise asyncio.CancelledError

        @background()
        async def work(self) -> None:
            await asyncio.Event().wait()

    host = make_host(Checked)
    async with host.started():
        (before,) = await host.health.modules()
        broken.set()
        (after,) = await host.health.modules()
    (ended,) = await host.health.modules()
    assert (before.name, before.state, before.healthy) == ("checked", ModuleState.RUNNING, True)
    assert [(item.name, item.state) for item in before.work] == [("work", "running")]
    assert (after.healthy, after.failed_checks) == (False, ("tested", "gives_up"))
    assert (ended.state, ended.healthy) == (ModuleState.STOPPED, False)


async def test_readiness_turns_false_before_anything_is_refused(
    make_host: HostMaker, journal: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    host = host_of(make_host, journal, server={"drain_delay_s": 5.0})
    await host.start()
    journal.clear()

    async def delay(seconds: float) -> None:
        journal.append(f"delay {seconds:g}, ready: {host.health.is_ready}")

    monkeypatch.setattr("modkit.host.asyncio.sleep", delay)
    await host.stop()
    assert journal[:2] == ["delay 5, ready: False", "drain"]

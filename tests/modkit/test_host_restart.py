"""Restarting one module while the rest runs: it takes over in one step, or nothing has happened."""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from attrs import frozen

from modkit import (
    Capability,
    CapabilityHandler,
    ModuleContext,
    Phase,
    Plugin,
    PluginContract,
    PluginScope,
    StartupError,
    module,
    on_ready,
    on_start,
    on_stop,
)
from modkit.capability import Commit
from modkit.config import Configuration, ConfigurationInvalid
from modkit.context import Resources
from modkit.host import Host
from modkit_errors.refusals import ProviderStopped
from tests.modkit.conftest import HostMaker

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("no_leaks")]


class Echo(ABC):
    @abstractmethod
    async def say(self) -> str: ...

    @abstractmethod
    async def say_later(self) -> str: ...


class Worker(PluginContract):
    @abstractmethod
    async def work(self) -> str: ...


@frozen(kw_only=True)
class EchoConfig:
    word: str = "one"
    fails_in: str = ""
    hangs: bool = False


class Gate:
    """Where calls and phases wait; a resource of the host."""

    def __init__(self) -> None:
        self.reached = asyncio.Event()
        self.opened = asyncio.Event()
        self.alive: list[str] = []

    async def wait(self) -> None:
        self.reached.set()
        await self.opened.wait()


class EchoService(Echo, Worker):
    def __init__(self, word: str, gate: Gate) -> None:
        self._word = word
        self._gate = gate

    async def say(self) -> str:
        return self._word

    async def say_later(self) -> str:
        await self._gate.wait()
        return self._word

    async def work(self) -> str:
        return self._word


class RouteHandler(CapabilityHandler[Any]):
    """Publishes one value per module, as routes are."""

    def __init__(self, resources: Resources) -> None:
        super().__init__(resources)
        self.published: dict[str, str] = {}
        resources.give(RouteHandler, self)

    async def provision(self, module: Any, ctx: ModuleContext[EchoConfig]) -> None:
        module.fail_in("provision", ctx.config)

    def compose(self, module: Any, ctx: ModuleContext[EchoConfig]) -> Commit:
        module.fail_in("compose", ctx.config)

        def commit() -> None:
            module.fail_in("commit", ctx.config)
            self.published[ctx.name] = ctx.config.word

        return commit


class RouteCapability(Capability):
    handled_by = RouteHandler


@module(name="echo", config=EchoConfig, provides=(Echo, Worker))
class EchoModule(RouteCapability):
    @staticmethod
    def fail_in(step: str, config: EchoConfig) -> None:
        if step == config.fails_in:
            raise ValueError(step)

    async def init(self, ctx: ModuleContext[EchoConfig]) -> None:
        self.config, self.gate = ctx.config, ctx.resource(Gate)
        self.gate.alive.append(ctx.config.word)
        ctx.on_close(lambda: self.gate.alive.remove(ctx.config.word))
        self.fail_in("init", ctx.config)
        service = EchoService(ctx.config.word, self.gate)
        if ctx.config.fails_in != "clients":
            ctx.hub.provide(Echo, service)
        ctx.hub.provide_plugin(Worker, service, Plugin(id=f"worker-{ctx.config.word}"))

    @on_start
    async def start(self) -> None:
        self.fail_in("start", self.config)

    @on_ready
    async def is_ready(self) -> None:
        self.fail_in("ready", self.config)
        if self.config.hangs:
            await self.gate.wait()

    @on_stop
    async def stop(self) -> None:
        self.fail_in("stop", self.config)


@pytest.fixture(name="gate")
def gate_fixture() -> Gate:
    return Gate()


@pytest.fixture(name="host")
def host_fixture(make_host: HostMaker, gate: Gate) -> Host:
    resources = Resources()
    resources.give(Gate, gate)
    return make_host(EchoModule, resources=resources)


def changed(host: Host, **config: object) -> Configuration:
    return host.configuration.with_overrides(
        [f"modules.echo.config.{key}={value}" for key, value in config.items()]
    )


async def seen(host: Host) -> tuple[str, str | None]:
    """What a client and a route answer now."""
    routes = host.resources.find(RouteHandler)
    return await host.hub.get(Echo).say(), routes.published.get("echo") if routes else None


async def test_new_instance_serves_behind_the_old_handle(host: Host, gate: Gate) -> None:
    async with host.started():
        handle = host.hub.get(Echo)
        await host.restart("echo", changed(host, word="two"))
        assert await handle.say() == "two"
        assert await seen(host) == ("two", "two")
        assert gate.alive == ["two"]
        await host.restart("echo", changed(host, word="three"))
        assert await handle.say() == "three"
        (health,) = await host.health.modules()
        assert health.healthy
    assert gate.alive == []


async def test_worker_that_the_new_instance_no_longer_has_is_withdrawn(host: Host) -> None:
    async with host.started():
        gone = host.hub.get(Worker, scope=PluginScope("worker-one"))
        await host.restart("echo", changed(host, word="two"))
        assert [entry.plugin.id for entry in host.hub.plugins(Worker).all()] == ["worker-two"]
        with pytest.raises(ProviderStopped):
            await gone.work()


@pytest.mark.parametrize(
    ("step", "phase"),
    [
        ("provision", Phase.INIT),
        ("init", Phase.INIT),
        ("compose", Phase.COMPOSE),
        ("start", Phase.START),
        ("ready", Phase.READY),
        ("clients", Phase.INIT),
        ("commit", Phase.COMPOSE),
    ],
)
async def test_failed_restart_changes_nothing(
    host: Host, gate: Gate, step: str, phase: Phase
) -> None:
    async with host.started():
        before = host.configuration
        with pytest.raises(StartupError) as caught:
            await host.restart("echo", changed(host, word="two", fails_in=step))
        assert (caught.value.module, caught.value.phase) == ("echo", phase)
        assert await seen(host) == ("one", "one")
        assert [entry.plugin.id for entry in host.hub.plugins(Worker).all()] == ["worker-one"]
        assert gate.alive == ["one"]
        assert host.configuration is before
        assert host.running == ("echo",)
        (health,) = await host.health.modules()
        assert health.healthy
        await host.restart("echo", changed(host, word="three"))
        assert await seen(host) == ("three", "three")


async def test_failure_while_the_old_one_stops_does_not_harm_the_new_one(
    host: Host, gate: Gate, caplog: pytest.LogCaptureFixture
) -> None:
    async with host.started():
        await host.restart("echo", changed(host, word="two", fails_in="stop"))
        await host.restart("echo", changed(host, word="three", fails_in=""))
        assert await seen(host) == ("three", "three")
        assert gate.alive == ["three"]
    assert "stop() failed while stopping" in caplog.text


async def test_wrong_configuration_is_refused_before_anything_happens(
    host: Host, gate: Gate
) -> None:
    async with host.started():
        with pytest.raises(ConfigurationInvalid, match="wrod"):
            await host.restart("echo", changed(host, wrod="two"))
        assert await seen(host) == ("one", "one")
        assert gate.alive == ["one"]


async def test_module_that_does_not_run_is_named_with_those_that_do(host: Host) -> None:
    with pytest.raises(StartupError, match="no running module 'echo'"):
        await host.restart("echo", host.configuration)
    async with host.started():
        with pytest.raises(StartupError, match="no running module 'other'") as caught:
            await host.restart("other", host.configuration)
        assert caught.value.remedy == "name one of: echo"


async def test_old_one_serves_until_the_new_one_is_ready(host: Host, gate: Gate) -> None:
    async with host.started(), asyncio.timeout(10):
        restart = asyncio.create_task(host.restart("echo", changed(host, word="two", hangs="true")))
        await gate.reached.wait()
        assert await seen(host) == ("one", "one")
        assert gate.alive == ["one", "two"]
        gate.opened.set()
        await restart
        assert await seen(host) == ("two", "two")


async def test_call_in_flight_completes(host: Host, gate: Gate) -> None:
    async with host.started(), asyncio.timeout(10):
        call = asyncio.create_task(host.hub.get(Echo).say_later())
        await gate.reached.wait()
        await host.restart("echo", changed(host, word="two"))
        assert not call.done()
        gate.opened.set()
        assert await call == "one"


async def test_no_call_meets_a_gap(host: Host) -> None:
    answers: list[str] = []

    async def ask(handle: Echo) -> None:
        while True:
            answers.append(await handle.say())
            await asyncio.sleep(0)  # lets every step of the restart be met

    async with host.started():
        asking = asyncio.create_task(ask(host.hub.get(Echo)))
        for word in ("two", "three"):
            await host.restart("echo", changed(host, word=word))
        asking.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asking
    assert list(dict.fromkeys(answers)) == ["one", "two", "three"]


async def test_restarts_at_the_same_time_run_one_after_another(host: Host, gate: Gate) -> None:
    async with host.started(), asyncio.timeout(10):
        first = asyncio.create_task(host.restart("echo", changed(host, word="two", hangs="true")))
        await gate.reached.wait()
        second = asyncio.create_task(host.restart("echo", changed(host, word="three")))
        gate.opened.set()
        await asyncio.gather(first, second)
        assert await seen(host) == ("three", "three")
        assert gate.alive == ["three"]


async def test_cancelled_restart_leaves_the_old_one(host: Host, gate: Gate) -> None:
    async with host.started(), asyncio.timeout(10):
        restart = asyncio.create_task(host.restart("echo", changed(host, word="two", hangs="true")))
        await gate.reached.wait()
        restart.cancel()
        with pytest.raises(asyncio.CancelledError):
            await restart
        assert await seen(host) == ("one", "one")
        assert gate.alive == ["one"]


async def test_stop_during_a_restart_waits_for_it_and_stops_the_new_one(
    host: Host, gate: Gate
) -> None:
    await host.start()
    async with asyncio.timeout(10):
        restart = asyncio.create_task(host.restart("echo", changed(host, word="two", hangs="true")))
        await gate.reached.wait()
        stop = asyncio.create_task(host.stop())
        gate.opened.set()
        await asyncio.gather(restart, stop)
    assert (host.running, gate.alive) == ((), [])


async def test_old_instance_cannot_take_its_client_back(make_host: HostMaker, gate: Gate) -> None:
    @module(name="echo", config=EchoConfig, provides=(Echo,))
    class Clinging:
        async def init(self, ctx: ModuleContext[EchoConfig]) -> None:
            self.ctx = ctx
            ctx.hub.provide(Echo, EchoService(ctx.config.word, gate))

        @on_stop
        async def provide_again(self) -> None:
            self.ctx.hub.provide(Echo, EchoService("again", gate))

    async with make_host(Clinging).started() as host:
        await host.restart("echo", changed(host, word="two"))
        assert await host.hub.get(Echo).say() == "two"


async def test_users_of_a_restarted_module_go_on(make_host: HostMaker, gate: Gate) -> None:
    ask: list[Callable[[], Awaitable[str]]] = []

    @module(name="user", requires=(Echo,))
    class User:
        async def init(self, ctx: ModuleContext[Any]) -> None:
            ask.append(ctx.hub.get(Echo).say)
            self.echo = ctx.hub.get(Echo)
            ask.append(lambda: self.echo.say())

    resources = Resources()
    resources.give(Gate, gate)
    async with make_host(User, EchoModule, resources=resources).started() as host:
        await host.restart("echo", changed(host, word="two"))
        assert await ask[1]() == "two"
        assert await ask[0]() == "one"  # a method taken from the handle stays with the old one

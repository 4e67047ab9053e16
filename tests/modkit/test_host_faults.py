"""A module that fails in a phase: who, where, what to do, and nothing is left behind."""

from __future__ import annotations

import asyncio
import logging
import sys
import time
from collections.abc import Awaitable, Callable
from importlib.machinery import ModuleSpec as ImportSpec
from types import ModuleType
from typing import Any

import anyio
import pytest
from attrs import define

from modkit import (
    Capability,
    CapabilityHandler,
    ModuleContext,
    Phase,
    ReadySignal,
    StartupError,
    background,
    health_check,
    module,
    on_ready,
    on_start,
    on_stop,
    periodic,
)
from modkit.context import Resources
from modkit.host import Host
from modkit.lifecycle.states import ModuleState
from modkit_errors import NotFound
from tests.modkit.conftest import HostMaker

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("no_leaks")]

# Long enough for steps that work, also on a busy machine; what hangs takes as long.
QUICK = {"runtime": {"start_timeout_s": 0.25, "stop_timeout_s": 0.25}}


async def fail() -> None:
    raise ValueError("boom")


async def hang() -> None:
    await asyncio.Event().wait()


async def cancel() -> None:
    raise asyncio.CancelledError


async def leave() -> None:
    sys.exit("the module wants to leave")


async def block() -> None:
    time.sleep(0.26)  # what a careless author does: nothing can interrupt it, but it is reported
    await asyncio.Event().wait()


FAULTS = {
    "fails": (fail, "raised ValueError: boom"),
    "hangs": (hang, "did not finish within 0.25 s"),
    "cancels": (cancel, "it was cancelled, though not by its caller"),
    "exits": (leave, "raised SystemExit: the module wants to leave"),
    "blocks": (block, "did not finish within 0.25 s"),
}
STEPS = {
    "provision": Phase.INIT,
    "migrate": Phase.MIGRATE,
    "init": Phase.INIT,
    "start": Phase.START,
    "ready": Phase.READY,
}


class Fault:
    """Which step does what; a resource of the host."""

    def __init__(self, step: str, act: Callable[[], Awaitable[None]]) -> None:
        self._step = step
        self._act = act
        self.waits = act in (hang, block)
        self.journal: list[str] = []

    async def at(self, step: str) -> None:
        if step == self._step:
            await self._act()


class FaultyHandler(CapabilityHandler[Any]):
    def __init__(self, resources: Resources) -> None:
        super().__init__(resources)
        fault = resources.find(Fault)
        assert fault is not None
        self.fault = fault

    async def provision(self, module: Any, ctx: ModuleContext[Any]) -> None:
        await self.fault.at("provision")

    async def migrate(self, module: Any, ctx: ModuleContext[Any]) -> None:
        await self.fault.at("migrate")

    async def drain(self) -> None:
        await self.fault.at("drain")

    def withdraw(self, name: str) -> None:
        self.fault.journal.append(f"withdraw {name}")

    async def close(self) -> None:
        self.fault.journal.append("close")
        await self.fault.at("close")


class FaultyCapability(Capability):
    handled_by = FaultyHandler


class Watched:
    """A module that writes down how it ends."""

    async def init(self, ctx: ModuleContext[Any]) -> None:
        self.name = ctx.name
        self.fault = ctx.resource(Fault)
        ctx.on_close(lambda: self.fault.journal.append(f"closed {ctx.name}"))

    @on_stop
    async def stopped(self) -> None:
        self.fault.journal.append(f"stopped {self.name}")

    @background()
    async def work(self) -> None:
        try:
            await asyncio.Event().wait()
        finally:
            self.fault.journal.append(f"cancelled {self.name}")


@module(name="first")
class First(Watched):
    pass


@module(name="second")
class Second(Watched):
    pass


@module(name="third", after=("first", "second"))
class Faulty(Watched, FaultyCapability):
    async def init(self, ctx: ModuleContext[Any]) -> None:
        await super().init(ctx)
        await self.fault.at("init")

    @on_start
    async def start(self) -> None:
        await self.fault.at("start")

    @on_ready
    async def is_ready(self) -> None:
        await self.fault.at("ready")

    @on_stop
    async def stop(self) -> None:
        await self.fault.at("stop")


def host_with(make_host: HostMaker, fault: Fault, *classes: type) -> Host:
    resources = Resources()
    resources.give(Fault, fault)
    found = classes or (First, Second, Faulty)
    return make_host(
        *found,
        resources=resources,
        modules=None if classes or not fault.waits else {"third": QUICK},
        server={"drain_timeout_s": 0.05},
    )


@pytest.mark.parametrize("fault_name", FAULTS)
@pytest.mark.parametrize("step", STEPS)
async def test_fault_in_a_step_names_module_phase_and_remedy(
    make_host: HostMaker, step: str, fault_name: str
) -> None:
    act, message = FAULTS[fault_name]
    fault = Fault(step, act)
    host = host_with(make_host, fault)
    with anyio.fail_after(10), pytest.raises(StartupError) as caught:
        await host.start()
    error = caught.value
    assert (error.module, error.phase) == ("third", STEPS[step])
    assert message in error.problem
    assert error.remedy
    assert "third" in str(error)
    if message.startswith("did not"):
        assert "modules.third.runtime.start_timeout_s" in error.remedy
    assert host.running == ()
    assert not host.health.is_ready
    assert fault.journal[-1] == "close"
    endings = [entry for entry in fault.journal if entry.endswith(("first", "second"))]
    started = ["cancelled", "stopped"] if step == "ready" or step == "start" else []
    closed = ["closed"] if step in ("init", "start", "ready") else []
    assert endings == [
        f"{what} {name}" for name in ("second", "first") for what in ("withdraw", *started, *closed)
    ]


async def test_failed_step_is_named_with_its_traceback_in_the_log(
    make_host: HostMaker, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    with pytest.raises(StartupError, match=r"Faulty\.start\(\) raised ValueError: boom"):
        await host_with(make_host, Fault("start", fail)).start()
    assert "async def fail" not in caplog.text
    assert 'raise ValueError("boom")' in caplog.text


@pytest.mark.parametrize("fault_name", ["fails", "hangs", "cancels", "exits"])
@pytest.mark.parametrize("step", ["stop", "drain", "close"])
async def test_fault_while_stopping_is_logged_and_the_rest_goes_on(
    make_host: HostMaker, step: str, fault_name: str, caplog: pytest.LogCaptureFixture
) -> None:
    fault = Fault(step, FAULTS[fault_name][0])
    host = host_with(make_host, fault)
    await host.start()
    with anyio.fail_after(10):
        await host.stop()
    assert host.running == ()
    assert fault.journal[-5:] == [
        "withdraw first",
        "cancelled first",
        "stopped first",
        "closed first",
        "close",
    ]
    assert "closed third" in fault.journal
    assert any(record.levelno == logging.ERROR for record in caplog.records)


async def test_module_that_cannot_be_made_is_named(make_host: HostMaker) -> None:
    @module(name="broken")
    class Broken:
        def __init__(self, needed: int) -> None: ...

    with pytest.raises(StartupError, match=r"Broken\(\) raised TypeError: .*needed") as caught:
        await make_host(First, Broken).start()
    assert caught.value.module == "broken"


async def test_steps_that_are_not_async_are_explained(make_host: HostMaker) -> None:
    @module(name="sync")
    class Sync:
        def init(self, ctx: ModuleContext[Any]) -> None: ...

    with pytest.raises(StartupError, match=r"Sync\.init\(\) is not a coroutine function") as caught:
        await make_host(Sync).start()
    assert caught.value.remedy == "write `async def`, since the host awaits it"


@pytest.mark.parametrize(
    "mark",
    [on_start, on_ready, on_stop, health_check, background(), periodic(every_s=1)],
    ids=["on_start", "on_ready", "on_stop", "health_check", "background", "periodic"],
)
async def test_hooks_that_are_not_async_are_refused_where_they_are_written(
    mark: Callable[[Any], Any],
) -> None:
    with pytest.raises(StartupError, match="hook is not a coroutine function"):

        @mark
        def hook(self: object) -> None: ...


@pytest.mark.parametrize("where", ["compose", "commit", "garbage"])
async def test_fault_while_composing_names_the_module(make_host: HostMaker, where: str) -> None:
    class Handler(CapabilityHandler[Any]):
        def compose(self, module: Any, ctx: ModuleContext[Any]) -> Any:
            if where == "compose":
                raise ValueError("no")
            return self.commit if where == "commit" else "garbage"

        def commit(self) -> None:
            raise ValueError("no")

    class Composed(Capability):
        handled_by = Handler

    @module(name="composed")
    class Mod(Composed):
        pass

    host = make_host(Mod, First, resources=resources_with(Fault("", fail)))
    with pytest.raises(
        StartupError, match=r"raised ValueError: no|in place of what makes it effective"
    ) as caught:
        await host.start()
    assert (caught.value.module, caught.value.phase) == ("composed", Phase.COMPOSE)
    assert host.running == ()


def resources_with(fault: Fault) -> Resources:
    resources = Resources()
    resources.give(Fault, fault)
    return resources


@pytest.mark.parametrize("outcome", ["raises", "ends"])
async def test_work_that_never_became_ready_fails_the_start(
    make_host: HostMaker, outcome: str
) -> None:
    @module(name="worker")
    class Worker:
        @background(await_ready=True)
        async def work(self, ready: ReadySignal) -> None:
            if outcome == "raises":
                raise ValueError("boom")

        @background(await_ready=True)
        async def other(self, ready: ReadySignal) -> None:
            raise KeyError("also")

    with pytest.raises(StartupError, match=r"background method work\(\)") as caught:
        await make_host(Worker).start()
    assert (caught.value.module, caught.value.phase) == ("worker", Phase.READY)
    assert "before it set its ready signal" in caught.value.problem


async def test_cancelling_the_start_stops_what_had_started(make_host: HostMaker) -> None:
    reached = asyncio.Event()

    async def wait() -> None:
        reached.set()
        await hang()

    fault = Fault("ready", wait)
    host = make_host(First, Second, Faulty, resources=resources_with(fault))
    start = asyncio.create_task(host.start())
    async with asyncio.timeout(10):
        await reached.wait()
        start.cancel()
        with pytest.raises(asyncio.CancelledError):
            await start
    assert host.running == ()
    assert [entry for entry in fault.journal if entry.startswith("closed")] == [
        "closed third",
        "closed second",
        "closed first",
    ]


async def test_cancelling_the_stop_gives_up_one_wait_and_finishes_the_rest(
    make_host: HostMaker,
) -> None:
    reached = asyncio.Event()

    async def wait() -> None:
        reached.set()
        await hang()

    fault = Fault("stop", wait)
    host = make_host(First, Second, Faulty, resources=resources_with(fault))
    await host.start()
    stop = asyncio.create_task(host.stop())
    async with asyncio.timeout(10):
        await reached.wait()
        stop.cancel()
        with pytest.raises(asyncio.CancelledError):
            await stop
    assert host.running == ()
    assert [entry for entry in fault.journal if entry.startswith("closed")] == [
        "closed third",
        "closed second",
        "closed first",
    ]
    assert fault.journal[-1] == "close"


async def test_task_group_entered_in_init_is_left_in_any_order_of_stops(
    make_host: HostMaker,
) -> None:
    left: list[str] = []

    class Grouped:
        async def init(self, ctx: ModuleContext[Any]) -> None:
            self.name = ctx.name
            group = await ctx.enter(anyio.create_task_group())
            group.start_soon(self.serve)
            ctx.on_close(group.cancel_scope.cancel)

        async def serve(self) -> None:
            try:
                await anyio.sleep_forever()
            finally:
                left.append(self.name)

    one, two = module(name="one")(Grouped), module(name="two")(type("Two", (Grouped,), {}))
    host = make_host(one, two)
    await host.start()
    await host.restart("one", host.configuration)
    assert left == ["one"]
    await host.stop()
    assert left == ["one", "two", "one"]


async def test_failure_in_a_task_group_of_a_module_makes_it_unhealthy_and_leaves_the_rest(
    make_host: HostMaker, caplog: pytest.LogCaptureFixture
) -> None:
    go, closed = asyncio.Event(), asyncio.Event()

    @module(name="grouped")
    class Grouped:
        async def init(self, ctx: ModuleContext[Any]) -> None:
            ctx.on_close(closed.set)
            group = await ctx.enter(anyio.create_task_group())
            group.start_soon(self.serve)

        async def serve(self) -> None:
            await go.wait()
            raise ValueError("lost connection")

        @on_stop
        async def stopped(self) -> None:
            raise AssertionError("its resources are gone")

    fault = Fault("", fail)
    host = make_host(Grouped, First, resources=resources_with(fault))
    await host.start()
    go.set()
    async with asyncio.timeout(10):
        await closed.wait()
        states = {item.name: (item.state, item.healthy) for item in await host.health.modules()}
        assert states == {
            "grouped": (ModuleState.FAILED, False),
            "first": (ModuleState.RUNNING, True),
        }
        await host.stop()
    assert "lost connection" in caplog.text
    assert "AssertionError" not in caplog.text
    assert fault.journal[-1] == "closed first"


async def test_failure_in_a_task_group_during_the_start_fails_the_start(
    make_host: HostMaker,
) -> None:
    @module(name="grouped")
    class Grouped:
        async def init(self, ctx: ModuleContext[Any]) -> None:
            group = await ctx.enter(anyio.create_task_group())
            group.start_soon(fail)

        @on_ready
        async def wait(self) -> None:
            await hang()

    with anyio.fail_after(10), pytest.raises(StartupError) as caught:
        await make_host(Grouped).start()
    assert caught.value.module == "grouped"


def installed(monkeypatch: pytest.MonkeyPatch, package: str, error: str | None) -> type:
    """Make a module class in *package*, whose contract declares *error*; None cannot be imported."""
    for name in (package, f"{package}.contract", f"{package}.contract.errors"):
        python_module = ModuleType(name)
        python_module.__path__ = []
        python_module.__spec__ = ImportSpec(name, None, is_package=True)
        if name.endswith("errors"):
            if error is None:
                python_module.__spec__ = None  # finding it fails
            else:
                made = define(type(error, (NotFound,), {"__module__": name}))
                setattr(python_module, error, made)
        monkeypatch.setitem(sys.modules, name, python_module)
    return module(name=package)(type("Mod", (), {"__module__": f"{package}.module"}))


async def test_errors_of_a_module_are_in_the_catalogue(
    make_host: HostMaker, monkeypatch: pytest.MonkeyPatch
) -> None:
    host = make_host(installed(monkeypatch, "acme", "Lost"))
    assert "LOST" in {error.code for error in host.catalogue}


async def test_errors_of_two_modules_with_one_code_fail_at_once(
    make_host: HostMaker, monkeypatch: pytest.MonkeyPatch
) -> None:
    classes = [installed(monkeypatch, package, "Lost") for package in ("acme", "zeta")]
    with pytest.raises(StartupError, match="both have the code LOST") as caught:
        make_host(*classes)
    assert caught.value.phase is Phase.COLLECT


async def test_errors_that_cannot_be_imported_name_their_module(
    make_host: HostMaker, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(StartupError, match=r"acme\.contract\.errors cannot be imported") as caught:
        make_host(installed(monkeypatch, "acme", None))
    assert caught.value.module == "acme"

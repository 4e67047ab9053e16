"""Background work: restarted with back-off, ended on time, run on one host only where it must be."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress

import anyio
import pytest

from modkit.lifecycle.hooks import Background, Periodic
from modkit.lifecycle.supervisor import ReadySignal, Supervisor, WorkStatus
from modkit.ports import InMemoryLeaseStore, LeaseStore
from modkit.startup_error import StartupError

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("no_leaks")]

FOREVER = Background(stop_timeout_s=5)


class Time:
    """A clock that moves only when the supervisor waits; waits are written down."""

    def __init__(self) -> None:
        self.now = 0.0
        self.waits: list[float] = []
        self.enough = asyncio.Event()
        self.most_waits = 100

    def clock(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.waits.append(seconds)
        self.now += seconds
        if len(self.waits) >= self.most_waits:
            self.enough.set()
            await asyncio.Event().wait()
        await asyncio.sleep(0)


@pytest.fixture(name="time")
def time_fixture() -> Time:
    return Time()


def supervisor_of(
    time: Time, *, leases: LeaseStore | None = None, holder: str = "host", jitter: float = 1.0
) -> Supervisor:
    return Supervisor(
        "mod",
        leases=leases or InMemoryLeaseStore(clock=time.clock),
        holder=holder,
        clock=time.clock,
        jitter=lambda: jitter,
        sleep=time.sleep,
    )


@pytest.fixture(name="supervisor")
async def supervisor_fixture(time: Time) -> AsyncIterator[Supervisor]:
    supervisor = supervisor_of(time)
    yield supervisor
    await supervisor.stop()


async def fail() -> None:
    raise ValueError("boom")


async def hang() -> None:
    await asyncio.Event().wait()


async def test_failed_work_is_restarted_with_growing_pauses(
    time: Time, supervisor: Supervisor, caplog: pytest.LogCaptureFixture
) -> None:
    time.most_waits = 8
    supervisor.start("work", FOREVER, fail)
    async with asyncio.timeout(10):
        await time.enough.wait()
    assert time.waits == [2, 4, 8, 16, 32, 60, 60, 60]
    assert supervisor.status() == (
        WorkStatus(name="work", state="waiting", failures=8, last_error="ValueError"),
    )
    assert "mod.work failed and is restarted in 2.0 s" in caplog.text
    assert "boom" in caplog.text


async def test_pauses_are_spread_over_half_their_length(time: Time) -> None:
    supervisor = supervisor_of(time, jitter=0.0)
    time.most_waits = 3
    supervisor.start("work", FOREVER, fail)
    async with asyncio.timeout(10):
        await time.enough.wait()
    assert time.waits == [1, 2, 4]
    await supervisor.stop()


async def test_pauses_start_again_after_steady_work(time: Time, supervisor: Supervisor) -> None:
    time.most_waits = 4

    async def work() -> None:
        if len(time.waits) == 2:
            time.now += 61
        raise ValueError

    supervisor.start("work", FOREVER, work)
    async with asyncio.timeout(10):
        await time.enough.wait()
    assert time.waits == [2, 4, 1, 2]


@pytest.mark.parametrize(
    "error", [asyncio.CancelledError(), SystemExit(1)], ids=["cancelled", "exit"]
)
async def test_work_that_only_looks_stopped_is_restarted(
    time: Time, supervisor: Supervisor, error: BaseException
) -> None:
    time.most_waits = 1

    async def work() -> None:
        raise error

    supervisor.start("work", FOREVER, work)
    async with asyncio.timeout(10):
        await time.enough.wait()
    assert supervisor.status()[0].last_error == type(error).__name__


async def fail_in_asyncio_group() -> None:
    async with asyncio.TaskGroup() as group:
        group.create_task(fail())
        await hang()


async def fail_in_anyio_group() -> None:
    async with anyio.create_task_group() as group:
        group.start_soon(fail)
        await hang()


async def time_out() -> None:
    async with asyncio.timeout(0.001):
        await hang()


@pytest.mark.parametrize("work", [fail_in_asyncio_group, fail_in_anyio_group, time_out])
async def test_failure_that_cancels_its_own_task_on_the_way_is_restarted(
    time: Time, supervisor: Supervisor, work: Callable[[], Awaitable[None]]
) -> None:
    time.most_waits = 2
    supervisor.start("work", FOREVER, work)
    async with asyncio.timeout(10):
        await time.enough.wait()
    assert supervisor.status()[0].failures == 2


async def test_work_that_returns_is_finished_and_not_restarted(
    time: Time, supervisor: Supervisor
) -> None:
    done = asyncio.Event()

    async def work() -> None:
        done.set()

    supervisor.start("work", FOREVER, work)
    async with asyncio.timeout(10):
        await done.wait()
        await supervisor.wait_ready()
    while supervisor.status()[0].state == "running":
        await asyncio.sleep(0)
    assert supervisor.status() == (WorkStatus(name="work", state="finished"),)
    assert time.waits == []


async def test_readiness_waits_for_the_signal(supervisor: Supervisor) -> None:
    go = asyncio.Event()

    async def work(ready: ReadySignal) -> None:
        await go.wait()
        assert not ready.is_set
        ready.set()
        await hang()

    supervisor.start("work", Background(await_ready=True), work)
    supervisor.start("other", FOREVER, hang)
    waiting = asyncio.create_task(supervisor.wait_ready())
    await asyncio.sleep(0)
    assert not waiting.done()
    go.set()
    async with asyncio.timeout(10):
        await waiting


async def test_work_that_was_ready_once_is_restarted_like_any_other(
    time: Time, supervisor: Supervisor
) -> None:
    time.most_waits = 2

    async def work(ready: ReadySignal) -> None:
        ready.set()
        raise ValueError

    supervisor.start("work", Background(await_ready=True), work)
    async with asyncio.timeout(10):
        await supervisor.wait_ready()
        await time.enough.wait()


async def test_failure_before_ready_is_not_retried(
    time: Time, supervisor: Supervisor, caplog: pytest.LogCaptureFixture
) -> None:
    async def work(ready: ReadySignal) -> None:
        raise ValueError("boom")

    supervisor.start("work", Background(await_ready=True), work)
    supervisor.start("other", Background(await_ready=True), work)
    with pytest.raises(StartupError, match=r"work\(\) raised ValueError: boom before it set"):
        await supervisor.wait_ready()
    assert time.waits == []
    await supervisor.stop()
    gc.collect()
    assert "never retrieved" not in caplog.text


async def raise_on_cancel() -> None:
    try:
        await hang()
    finally:
        raise ValueError("while cleaning up")


async def return_on_cancel() -> None:
    with suppress(asyncio.CancelledError):
        await hang()


@pytest.mark.parametrize("run", [raise_on_cancel, return_on_cancel, hang])
@pytest.mark.parametrize("hook", [FOREVER, Periodic(every_s=1)], ids=["background", "periodic"])
async def test_stop_ends_work_however_it_takes_cancellation(
    time: Time, run: Callable[[], Awaitable[None]], hook: Background | Periodic
) -> None:
    supervisor = supervisor_of(time)
    reached = asyncio.Event()

    async def work() -> None:
        reached.set()
        await run()

    supervisor.start("work", hook, work)
    async with asyncio.timeout(4):
        await reached.wait()
        assert await supervisor.stop() == ()
    assert supervisor.status() == ()


async def test_stop_reports_work_that_does_not_end(
    time: Time, caplog: pytest.LogCaptureFixture
) -> None:
    supervisor = supervisor_of(time)
    end, reached = asyncio.Event(), asyncio.Event()

    async def stubborn() -> None:
        reached.set()
        while not end.is_set():
            with suppress(asyncio.CancelledError):
                await end.wait()

    supervisor.start("stubborn", Background(stop_timeout_s=0.01), stubborn)
    supervisor.start("fine", FOREVER, hang)
    async with asyncio.timeout(10):
        await reached.wait()
        assert await supervisor.stop() == ("stubborn",)
        assert "mod.stubborn did not stop within 0.01 s and is abandoned" in caplog.text
        assert [item.name for item in supervisor.status()] == ["stubborn"]
        end.set()
        assert await supervisor.stop() == ()


async def test_work_is_stopped_side_by_side(time: Time) -> None:
    supervisor = supervisor_of(time)
    both = asyncio.Barrier(2)

    async def work() -> None:
        try:
            await hang()
        finally:
            await both.wait()

    supervisor.start("one", FOREVER, work)
    supervisor.start("two", FOREVER, work)
    await asyncio.sleep(0)
    async with asyncio.timeout(4):
        assert await supervisor.stop() == ()


async def test_periodic_work_waits_between_runs_and_spreads(time: Time) -> None:
    supervisor = supervisor_of(time, jitter=0.5)
    time.most_waits = 4
    runs: list[float] = []

    async def work() -> None:
        runs.append(time.now)

    supervisor.start("work", Periodic(every_s=10, jitter_s=4), work)
    async with asyncio.timeout(10):
        await time.enough.wait()
    assert time.waits == [12, 12, 12, 12]
    assert runs == [12, 24, 36]
    await supervisor.stop()


async def test_work_that_is_not_async_fails_with_the_reason(
    time: Time, supervisor: Supervisor, caplog: pytest.LogCaptureFixture
) -> None:
    time.most_waits = 1
    supervisor.start("work", FOREVER, lambda: None)  # type: ignore[arg-type,return-value]  # the misuse under test
    async with asyncio.timeout(10):
        await time.enough.wait()
    assert "work must be `async def`" in caplog.text


class Singleton:
    """Periodic work that says where it runs and goes on until it is stopped."""

    def __init__(self) -> None:
        self.running: list[str] = []
        self.began: dict[str, asyncio.Event] = {name: asyncio.Event() for name in "ab"}

    def on(self, name: str) -> Callable[[], Awaitable[None]]:
        async def run() -> None:
            self.running.append(name)
            self.began[name].set()
            try:
                await hang()
            finally:
                self.running.remove(name)

        return run


async def test_singleton_runs_on_one_host_and_moves_when_the_holder_stops() -> None:
    leases, work = InMemoryLeaseStore(), Singleton()
    times = Time(), Time()
    a, b = (
        supervisor_of(time, leases=leases, holder=name)
        for time, name in zip(times, "ab", strict=True)
    )
    hook = Periodic(every_s=1, singleton=True)
    times[1].most_waits = 20
    async with asyncio.timeout(10):
        a.start("work", hook, work.on("a"))
        await work.began["a"].wait()
        b.start("work", hook, work.on("b"))
        await times[1].enough.wait()
        assert work.running == ["a"]
        await b.stop()

        times[1].most_waits = 10_000
        b.start("work", hook, work.on("b"))
        await a.stop()
        await work.began["b"].wait()
        assert work.running == ["b"]
        await b.stop()


async def test_singleton_moves_when_the_lease_of_a_dead_holder_expires() -> None:
    clock, work = Time(), Singleton()
    leases = InMemoryLeaseStore(clock=clock.clock)
    a = supervisor_of(Time(), leases=leases, holder="a")
    b = supervisor_of(Time(), leases=leases, holder="b")
    hook = Periodic(every_s=1, singleton=True)
    async with asyncio.timeout(10):
        a.start("work", hook, work.on("a"))
        await work.began["a"].wait()
        clock.now += 31  # nobody renews: the host is frozen
        b.start("work", hook, work.on("b"))
        await work.began["b"].wait()
        await a.stop()
        assert work.running == ["b"]
        assert await leases.acquire("mod.work", holder="c", ttl_s=1) is None
        await b.stop()
        assert await leases.acquire("mod.work", holder="c", ttl_s=1) is not None


async def test_lease_store_that_cannot_be_reached_is_a_failure_like_any_other(time: Time) -> None:
    class Away(InMemoryLeaseStore):
        async def acquire(self, name: str, *, holder: str, ttl_s: float) -> None:
            raise ConnectionError("away")

    supervisor = supervisor_of(time, leases=Away())
    time.most_waits = 2
    supervisor.start("work", Periodic(every_s=5, singleton=True), hang)
    async with asyncio.timeout(10):
        await time.enough.wait()
    assert time.waits == [5, 2]
    assert supervisor.status()[0].last_error == "ConnectionError"
    await supervisor.stop()

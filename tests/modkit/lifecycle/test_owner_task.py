"""One task for all steps of a module."""

from __future__ import annotations

import asyncio

import anyio
import pytest

from modkit.lifecycle.owner_task import OwnerEnded, OwnerTask, StepCancelled

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("no_leaks")]


async def nothing() -> None: ...


async def current() -> asyncio.Task[object] | None:
    return asyncio.current_task()


async def test_all_steps_run_in_one_task_that_is_not_the_caller() -> None:
    owner = OwnerTask("mine", lost=nothing)
    first, second = await owner.run(current), await owner.run(current)
    assert first is second is not asyncio.current_task()
    assert first is not None
    assert first.get_name() == "mine"
    await owner.close()


async def test_steps_run_one_after_another_in_the_order_asked() -> None:
    owner = OwnerTask("mine", lost=nothing)
    done: list[int] = []

    async def step(number: int) -> None:
        await asyncio.sleep(0)
        done.append(number)

    async with asyncio.TaskGroup() as group:
        for number in range(5):
            group.create_task(owner.run(lambda number=number: step(number)))
    assert done == [0, 1, 2, 3, 4]
    await owner.close()


@pytest.mark.parametrize("error", [ValueError("no"), SystemExit(3), KeyboardInterrupt()])
async def test_error_reaches_the_caller_and_the_owner_goes_on(error: BaseException) -> None:
    owner = OwnerTask("mine", lost=nothing)

    async def fail() -> None:
        raise error

    with pytest.raises(type(error)):
        await owner.run(fail)
    assert await owner.run(current) is not None
    await owner.close()


async def test_step_that_cannot_even_be_made_is_an_error_of_its_caller() -> None:
    owner = OwnerTask("mine", lost=nothing)

    def stop_iteration() -> None:
        raise StopIteration("odd")

    with pytest.raises(RuntimeError, match="odd"):
        await owner.run(stop_iteration)  # type: ignore[arg-type]  # the misuse under test
    await owner.close()


async def test_step_that_cancels_itself_is_an_error_and_no_cancellation() -> None:
    owner = OwnerTask("mine", lost=nothing)

    async def cancel() -> None:
        raise asyncio.CancelledError

    with pytest.raises(StepCancelled):
        await owner.run(cancel)
    await owner.close()


async def test_cancelling_the_caller_cancels_its_own_step_only() -> None:
    owner = OwnerTask("mine", lost=nothing)
    reached, go, cancelled = asyncio.Event(), asyncio.Event(), asyncio.Event()

    async def slow() -> str:
        reached.set()
        await go.wait()
        return "done"

    async def never() -> None:
        raise AssertionError("its caller is gone")

    async def hang() -> None:
        reached.set()
        try:
            await asyncio.Event().wait()
        finally:
            cancelled.set()

    async with asyncio.timeout(10):
        first = asyncio.create_task(owner.run(slow))
        await reached.wait()
        queued = asyncio.create_task(owner.run(never))
        await asyncio.sleep(0)  # lets it queue its step
        queued.cancel()
        with pytest.raises(asyncio.CancelledError):
            await queued
        go.set()
        assert await first == "done"

        reached.clear()
        running = asyncio.create_task(owner.run(hang))
        await reached.wait()
        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running
        assert cancelled.is_set()
        assert await owner.run(current) is not None
        task = await owner.run(current)
        assert task is not None
        assert task.cancelling() == 0
        await owner.close()


async def test_step_that_ignores_cancellation_is_abandoned(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("modkit.lifecycle.owner_task.CANCEL_GRACE_S", 0.01)
    owner = OwnerTask("stubborn", lost=nothing)
    reached, end = asyncio.Event(), asyncio.Event()

    async def stubborn() -> None:
        reached.set()
        while not end.is_set():
            try:
                await end.wait()
            except asyncio.CancelledError:
                continue

    async with asyncio.timeout(10):
        caller = asyncio.create_task(owner.run(stubborn))
        await reached.wait()
        caller.cancel()
        with pytest.raises(asyncio.CancelledError):
            await caller
        await owner.close()
        assert "stubborn does not react to cancellation and is abandoned" in caplog.text
        end.set()
        while not owner.has_ended:
            await asyncio.sleep(0)


async def test_scope_entered_in_one_step_is_left_in_another() -> None:
    owner = OwnerTask("mine", lost=nothing)
    group = anyio.create_task_group()
    ended = asyncio.Event()

    async def serve() -> None:
        try:
            await anyio.sleep_forever()
        finally:
            ended.set()

    async def enter() -> None:
        await group.__aenter__()
        group.start_soon(serve)

    async def leave() -> None:
        group.cancel_scope.cancel()
        await group.__aexit__(None, None, None)

    await owner.run(enter)
    await owner.run(current)
    await owner.run(leave)
    assert ended.is_set()
    await owner.close()


async def test_owner_that_is_cancelled_from_outside_gives_up_and_refuses_steps() -> None:
    lost = asyncio.Event()

    async def leave() -> None:
        lost.set()

    owner = OwnerTask("mine", lost=leave)
    task = await owner.run(current)
    assert task is not None
    task.cancel()
    await asyncio.wait([task])
    assert lost.is_set()
    assert owner.has_ended
    with pytest.raises(OwnerEnded, match="mine has ended"):
        await owner.run(nothing)
    await owner.close()


async def test_step_that_waits_while_the_owner_ends_is_refused() -> None:
    reached, go = asyncio.Event(), asyncio.Event()

    async def leave() -> None:
        reached.set()
        await go.wait()

    owner = OwnerTask("mine", lost=leave)
    task = await owner.run(current)
    assert task is not None
    async with asyncio.timeout(10):
        task.cancel()
        await reached.wait()
        late = asyncio.create_task(owner.run(nothing))
        await asyncio.sleep(0)  # lets it queue its step
        go.set()
        with pytest.raises(OwnerEnded):
            await late
    await owner.close()

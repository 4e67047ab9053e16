import asyncio
import logging
from contextlib import AsyncExitStack

import pytest
from attrs import frozen
from hypothesis import given
from hypothesis import strategies as st

from modkit.events import EventBus, Overflow, SubscriberOverflow

pytestmark = pytest.mark.anyio


@frozen
class Changed:
    number: int


@frozen
class Deleted(Changed):
    pass


async def test_a_subscriber_gets_its_class_and_subclasses_of_it_and_nothing_else():
    bus = EventBus()
    async with bus.stream(Changed) as all_changes, bus.stream(Deleted) as deletions:
        for event in (Changed(1), Deleted(2), "other"):
            await bus.publish(event)
        bus.close()
        assert [event async for event in all_changes] == [Changed(1), Deleted(2)]
        assert [event async for event in deletions] == [Deleted(2)]


async def test_a_publisher_waits_for_the_slowest_subscriber():
    bus = EventBus()
    async with bus.stream(Changed, buffer=1) as slow, bus.stream(Changed) as fast:
        await bus.publish(Changed(1))
        second = asyncio.create_task(bus.publish(Changed(2)))
        assert await anext(fast) == Changed(1)
        assert await anext(fast) == Changed(2)
        assert not second.done()
        assert await anext(slow) == Changed(1)
        await second
        assert await anext(slow) == Changed(2)


async def test_waiting_publishers_are_served_in_order():
    bus = EventBus()
    async with bus.stream(Changed, buffer=1) as stream:
        publishers = [asyncio.create_task(bus.publish(Changed(n))) for n in range(5)]
        assert [(await anext(stream)).number for _ in range(5)] == [0, 1, 2, 3, 4]
        await asyncio.gather(*publishers)


async def test_a_publisher_does_not_overtake_one_that_waits():
    bus = EventBus()
    async with bus.stream(Changed, buffer=1) as stream:

        async def make_room_and_publish() -> None:
            await anext(stream)
            await bus.publish(Changed(2))

        await bus.publish(Changed(0))
        first = asyncio.create_task(bus.publish(Changed(1)))
        await asyncio.sleep(0)
        second = asyncio.create_task(make_room_and_publish())
        await asyncio.sleep(0)
        assert [(await anext(stream)).number for _ in range(2)] == [1, 2]
        await asyncio.gather(first, second)


async def test_a_cancelled_publisher_makes_way_for_the_next():
    bus = EventBus()
    async with bus.stream(Changed, buffer=1) as stream:
        publishers = [asyncio.create_task(bus.publish(Changed(n))) for n in range(3)]
        await asyncio.sleep(0)
        publishers[1].cancel()
        assert (await anext(stream)).number == 0
        assert (await anext(stream)).number == 2
        await asyncio.wait(publishers)
        assert publishers[1].cancelled()


async def test_drop_oldest_loses_the_oldest_and_counts_it():
    bus = EventBus()
    async with bus.stream(Changed, buffer=2, overflow=Overflow.DROP_OLDEST) as stream:
        for number in range(5):
            await bus.publish(Changed(number))
        bus.close()
        assert [event.number async for event in stream] == [3, 4]
        assert stream.dropped == 3


async def test_error_tells_the_publisher_after_the_others_have_the_event():
    bus = EventBus()
    async with (
        bus.stream(Changed, buffer=1, overflow=Overflow.ERROR) as strict,
        bus.stream(Changed) as other,
    ):
        await bus.publish(Changed(1))
        with pytest.raises(SubscriberOverflow, match="Changed, 1/1 waiting"):
            await bus.publish(Changed(2))
        bus.close()
        assert [event.number async for event in strict] == [1]
        assert [event.number async for event in other] == [1, 2]


async def test_a_handler_that_fails_is_logged_and_gets_the_next_event(caplog):
    bus, handled = EventBus(), []

    async def handle(event: Changed) -> None:
        if event.number == 1:
            raise ValueError("bad event")
        if event.number == 2:
            raise asyncio.CancelledError
        handled.append(event.number)

    async with bus.subscribe(Changed, handle):
        for number in range(4):
            await bus.publish(Changed(number))
        bus.close()
    assert handled == [0, 3]
    assert [record.levelno for record in caplog.records] == [logging.ERROR] * 2
    assert caplog.records[0].exc_info is not None


async def test_leaving_cancels_the_handler_and_frees_waiting_publishers():
    bus, cancelled, begun = EventBus(), [], asyncio.Event()

    async def handle(event: Changed) -> None:
        begun.set()
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            cancelled.append(event.number)
            raise

    async with bus.subscribe(Changed, handle, buffer=1):
        await bus.publish(Changed(0))
        await begun.wait()
        await bus.publish(Changed(1))
        waiting = asyncio.create_task(bus.publish(Changed(2)))
        await asyncio.sleep(0)
    await waiting
    assert cancelled == [0]
    await bus.publish(Changed(3))


async def test_a_handler_that_ends_its_task_leaves_no_publisher_waiting():
    bus = EventBus()

    async def handle(_: Changed) -> None:
        task = asyncio.current_task()
        assert task is not None
        task.cancel()
        await asyncio.sleep(0)

    async with bus.subscribe(Changed, handle, buffer=1):
        for number in range(4):
            await bus.publish(Changed(number))


async def test_cancelling_the_subscriber_while_it_drains_stops_the_handler():
    bus, begun, ended = EventBus(), asyncio.Event(), asyncio.Event()

    async def handle(_: Changed) -> None:
        begun.set()
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()

    async def subscriber() -> None:
        async with bus.subscribe(Changed, handle):
            await bus.publish(Changed(0))
            bus.close()

    task = asyncio.create_task(subscriber())
    await begun.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert ended.is_set()


async def test_closing_ends_a_reader_that_waits():
    bus = EventBus()
    async with bus.stream(Changed) as stream:
        reader = asyncio.create_task(anext(stream, None))
        await asyncio.sleep(0)
        bus.close()
        assert await reader is None


async def test_a_closed_bus_takes_nothing():
    bus = EventBus()
    bus.close()
    with pytest.raises(RuntimeError, match="closed"):
        await bus.publish(Changed(1))
    with pytest.raises(RuntimeError, match="closed"):
        async with bus.stream(Changed):
            pass


async def test_a_stream_has_one_reader():
    bus = EventBus()
    async with bus.stream(Changed) as stream:
        reader = asyncio.create_task(anext(stream))
        await asyncio.sleep(0)
        with pytest.raises(RuntimeError, match="two tasks"):
            await anext(stream)
        await bus.publish(Changed(1))
        assert await reader == Changed(1)


async def test_a_buffer_holds_at_least_one_event():
    with pytest.raises(ValueError, match="at least 1"):
        async with EventBus().stream(Changed, buffer=0):
            pass


@given(buffers=st.lists(st.integers(1, 4), max_size=4), count=st.integers(0, 12))
async def test_every_blocking_subscriber_handles_every_event_in_order(
    buffers: list[int], count: int
):
    bus = EventBus()
    handled: list[list[int]] = [[] for _ in buffers]

    def handler(numbers: list[int]):
        async def handle(event: Changed) -> None:
            await asyncio.sleep(0)
            numbers.append(event.number)

        return handle

    async with AsyncExitStack() as stack:
        for buffer, numbers in zip(buffers, handled, strict=True):
            await stack.enter_async_context(bus.subscribe(Changed, handler(numbers), buffer=buffer))
        for number in range(count):
            await bus.publish(Changed(number))
        bus.close()
    assert handled == [list(range(count))] * len(buffers)

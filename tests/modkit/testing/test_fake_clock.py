"""The clock of tests."""

from __future__ import annotations

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modkit.testing import FakeClock


@given(steps=st.lists(st.floats(0, 1e6)))
def test_clock_shows_the_sum_of_what_was_advanced(steps: list[float]) -> None:
    clock = FakeClock(10.0)
    for step in steps:
        clock.advance(step)
    assert clock() == pytest.approx(10.0 + sum(steps))


@pytest.mark.parametrize("seconds", [-1, float("nan")])
def test_time_does_not_go_back(seconds: float) -> None:
    with pytest.raises(ValueError, match="time does not go back"):
        FakeClock().advance(seconds)


@pytest.mark.anyio
async def test_sleepers_wake_when_their_time_has_come() -> None:
    clock, woken = FakeClock(), list[str]()

    async def sleeper(name: str, seconds: float) -> None:
        await clock.sleep(seconds)
        woken.append(name)

    async with asyncio.timeout(10), asyncio.TaskGroup() as group:
        late = group.create_task(sleeper("late", 5))
        early = group.create_task(sleeper("early", 2))
        never = group.create_task(sleeper("never", 1))
        await clock.wait_for_sleepers(3)
        never.cancel()
        clock.advance(1.9)
        assert woken == []
        clock.advance(0.1)
        await early
        assert not late.done()
        clock.advance(10)
        await late
    assert woken == ["early", "late"]


@pytest.mark.anyio
async def test_no_time_is_no_wait() -> None:
    await FakeClock().sleep(0)

"""Health checks, asked side by side."""

from __future__ import annotations

import asyncio

import pytest

from modkit.lifecycle.health import Health, run_checks

pytestmark = pytest.mark.anyio


async def fine() -> None: ...


async def hang() -> None:
    await asyncio.Event().wait()


async def fail() -> None:
    raise ValueError("secret")


async def test_failed_checks_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("modkit.lifecycle.health._CHECK_TIMEOUT_S", 0.01)
    assert await run_checks({"fine": fine, "hang": hang, "fail": fail}) == ("hang", "fail")
    assert await run_checks({}) == ()


async def test_checks_run_side_by_side() -> None:
    both = asyncio.Barrier(2)

    async def meet() -> None:
        await both.wait()

    async with asyncio.timeout(4):
        assert await run_checks({"one": meet, "two": meet}) == ()


async def test_who_stops_asking_is_not_answered() -> None:
    asking = asyncio.create_task(run_checks({"hang": hang}))
    await asyncio.sleep(0)
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking


async def test_platform_is_not_ready_until_it_is_said() -> None:
    health = Health()
    assert not health.is_ready
    health.set_ready(ready=True)
    assert health.is_ready
    assert await health.modules() == ()

"""Work under a lease: it ends when the lease is lost, and the lease ends with it."""

from __future__ import annotations

import asyncio

import pytest

from modkit.lifecycle.singleton import run_as_singleton
from modkit.ports import InMemoryLeaseStore, Lease

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("no_leaks")]

TTL_S = 0.003  # renewed every millisecond


class Renewals(InMemoryLeaseStore):
    """Counts renewals; answers them with what it is told."""

    def __init__(self, answer: bool | Exception = True) -> None:
        super().__init__()
        self.answer = answer
        self.several = asyncio.Event()
        self._count = 0

    async def renew(self, lease: Lease) -> bool:
        self._count += 1
        if self._count >= 3:
            self.several.set()
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


async def hang() -> None:
    await asyncio.Event().wait()


async def test_lease_is_renewed_while_the_work_runs_and_released_after() -> None:
    leases = Renewals()

    async def work() -> None:
        await leases.several.wait()

    async with asyncio.timeout(10):
        assert await run_as_singleton(work, leases=leases, name="job", holder="me", ttl_s=TTL_S)
    assert await leases.acquire("job", holder="other", ttl_s=1) is not None


async def test_nothing_runs_while_another_holds_the_lease() -> None:
    leases = InMemoryLeaseStore()
    await leases.acquire("job", holder="other", ttl_s=60)

    async def work() -> None:
        raise AssertionError("two at once")

    ran = await run_as_singleton(work, leases=leases, name="job", holder="me", ttl_s=60)
    assert not ran


@pytest.mark.parametrize("answer", [False, ConnectionError("away")], ids=["lost", "unreachable"])
async def test_work_is_cancelled_when_the_lease_cannot_be_kept(answer: bool | Exception) -> None:
    cancelled = asyncio.Event()

    async def work() -> None:
        try:
            await hang()
        finally:
            cancelled.set()

    async with asyncio.timeout(10):
        ran = await run_as_singleton(
            work, leases=Renewals(answer), name="job", holder="me", ttl_s=TTL_S
        )
    assert not ran
    assert cancelled.is_set()


async def test_failure_of_the_work_is_raised_and_the_lease_released() -> None:
    leases = InMemoryLeaseStore()

    async def work() -> None:
        raise ValueError("boom")

    with pytest.raises(ValueError, match="boom"):
        await run_as_singleton(work, leases=leases, name="job", holder="me", ttl_s=60)
    assert await leases.acquire("job", holder="other", ttl_s=1) is not None


async def test_cancelling_ends_the_work_and_releases_the_lease() -> None:
    leases, reached = InMemoryLeaseStore(), asyncio.Event()

    async def work() -> None:
        reached.set()
        await hang()

    async with asyncio.timeout(10):
        run = asyncio.create_task(
            run_as_singleton(work, leases=leases, name="job", holder="me", ttl_s=60)
        )
        await reached.wait()
        run.cancel()
        with pytest.raises(asyncio.CancelledError):
            await run
    assert await leases.acquire("job", holder="other", ttl_s=1) is not None

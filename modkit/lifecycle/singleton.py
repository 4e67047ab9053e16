"""Running something on one host of many: only while a lease is held."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Final

from modkit.ports.lease_store import Lease, LeaseStore

_LOG: Final = logging.getLogger(__name__)


async def run_as_singleton(
    run: Callable[[], Awaitable[None]],
    *,
    leases: LeaseStore,
    name: str,
    holder: str,
    ttl_s: float,
) -> bool:
    """Run *run* if this host gets the lease *name*; keep the lease until *run* ends.

    The lease is renewed three times per *ttl_s*. When it is lost all the same, *run* is cancelled, since another
    host may be running it already.

    Returns:
        Whether *run* ran to its end.
    """
    lease = await leases.acquire(name, holder=holder, ttl_s=ttl_s)
    if lease is None:
        return False
    work = asyncio.ensure_future(run())
    renewal = asyncio.create_task(_renew_until_lost(leases, lease))
    try:
        await asyncio.wait([work, renewal], return_when=asyncio.FIRST_COMPLETED)
        if not work.done():
            _LOG.warning("%s is cancelled: its lease was lost", name)
            return False
        await work
        return True
    finally:
        renewal.cancel()
        work.cancel()
        await asyncio.wait([work, renewal])
        await leases.release(lease)


async def _renew_until_lost(leases: LeaseStore, lease: Lease) -> None:
    while True:
        await asyncio.sleep(lease.ttl_s / 3)
        try:
            if await leases.renew(lease):
                continue
        except Exception:  # noqa: BLE001 - whatever the reason, the lease must count as lost
            _LOG.exception("the lease %s cannot be renewed", lease.name)
        return

"""The lease store: one holder of a name at a time, until it stops renewing."""

from __future__ import annotations

import itertools
import time
from abc import ABC, abstractmethod
from collections.abc import Callable

from attrs import frozen

from modkit_errors import Exhausted


@frozen(kw_only=True)
class Lease:
    """The right to act under a name for a while.

    Attributes:
        name: What is held, such as ``rag.reindex``.
        holder: Who holds it.
        epoch: Fencing token, > 0; every later lease of the same name has a greater one, so that a resource which
            remembers the greatest epoch seen can refuse a holder that lost its lease without noticing.
        ttl_s: Seconds that the lease lasts, counted from just *before* the call that gave it.
    """

    name: str
    holder: str
    epoch: int
    ttl_s: float


class LeaseStore(ABC):
    """Gives out leases; at every moment a name has at most one holder."""

    @abstractmethod
    async def acquire(self, name: str, *, holder: str, ttl_s: float) -> Lease | None:
        """Take the lease of *name* if it is free, expired, or held by the same *holder*.

        Args:
            name: What to hold.
            holder: Unique per running task. A holder that asks again (after a crash, say) gets a new epoch,
                and its earlier lease ends.
            ttl_s: Seconds until it expires unless renewed, > 0.

        Returns:
            The lease, or ``None`` while somebody else holds it.

        Raises:
            ValueError: *ttl_s* is not positive.
            Exhausted: The store holds as many leases as it can.
            Unavailable: The store cannot be reached.
        """

    @abstractmethod
    async def renew(self, lease: Lease) -> bool:
        """Let *lease* last for another ``ttl_s`` from now; false if it has been lost, and must not be acted on."""

    @abstractmethod
    async def release(self, lease: Lease) -> bool:
        """End *lease* early; false if it had been lost before."""


@frozen
class _Held:
    lease: Lease
    expires_at: float


class InMemoryLeaseStore(LeaseStore):
    """Leases among the tasks of one process.

    Args:
        clock: Seconds, never going back.
        max_leases: How many names can be held at the same time.
    """

    def __init__(
        self, *, clock: Callable[[], float] = time.monotonic, max_leases: int = 10_000
    ) -> None:
        self._clock = clock
        self._max_leases = max_leases
        self._held: dict[str, _Held] = {}
        # One counter for all names: epochs grow per name, and nothing is remembered about names that are free.
        self._epochs = itertools.count(1)

    async def acquire(self, name: str, *, holder: str, ttl_s: float) -> Lease | None:
        """Take the lease of *name* if it is free, expired, or held by the same *holder*."""
        if not ttl_s > 0:
            raise ValueError(f"ttl_s of lease {name!r} is {ttl_s}; it must be greater than 0")
        now = self._clock()
        current = self._held.get(name)
        if current is not None and current.expires_at > now and current.lease.holder != holder:
            return None
        if current is None and len(self._held) >= self._max_leases:
            self._forget_expired(now)
        lease = Lease(name=name, holder=holder, epoch=next(self._epochs), ttl_s=ttl_s)
        self._held[name] = _Held(lease, now + ttl_s)
        return lease

    async def renew(self, lease: Lease) -> bool:
        """Let *lease* last for another ``ttl_s`` from now; false if it has been lost."""
        now = self._clock()
        if not self._is_current(lease, now):
            return False
        self._held[lease.name] = _Held(lease, now + lease.ttl_s)
        return True

    async def release(self, lease: Lease) -> bool:
        """End *lease* early; false if it had been lost before."""
        if not self._is_current(lease, self._clock()):
            return False
        del self._held[lease.name]
        return True

    def _is_current(self, lease: Lease, now: float) -> bool:
        current = self._held.get(lease.name)
        return (
            current is not None and current.lease.epoch == lease.epoch and current.expires_at > now
        )

    def _forget_expired(self, now: float) -> None:
        self._held = {name: held for name, held in self._held.items() if held.expires_at > now}
        if len(self._held) >= self._max_leases:
            raise Exhausted(
                detail=f"{self._max_leases} leases are held; no further name can be leased."
            )

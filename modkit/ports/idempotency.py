"""The idempotency store: a request that is sent twice runs once."""

from __future__ import annotations

import heapq
import itertools
import time
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Callable

from attrs import define, frozen

from modkit_errors import Conflict, Exhausted


@frozen(kw_only=True)
class StoredResponse:
    """The answer to the first request, given again to its repetitions.

    Attributes:
        status: HTTP status, 200..299.
        headers: Names in lower case, and values.
        body: As it was sent, before compression.
    """

    status: int
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""


@frozen(kw_only=True)
class IdempotencyClaim:
    """The right, and the duty, to run a request: it ends with ``complete`` or ``release``.

    Attributes:
        scope: Whose key it is, and for what.
        key: The caller's idempotency key.
        number: Tells this claim from earlier and later ones of the same key.
    """

    scope: str
    key: str
    number: int


class IdempotencyStore(ABC):
    """Remembers requests by their idempotency key."""

    @abstractmethod
    async def begin(
        self, scope: str, key: str, *, fingerprint: bytes, claim_ttl_s: float
    ) -> IdempotencyClaim | StoredResponse:
        """Claim *key*, or return what the request that had it before was answered.

        Args:
            scope: Tenant, subject and operation: the same key in another scope is another key.
            key: As the caller sent it.
            fingerprint: Digest of all that makes the request what it is; a repetition has the same.
            claim_ttl_s: Seconds after which the request is taken for lost unless it has ended, > 0; more than it is
                given to run, or it could run twice.

        Raises:
            Conflict: The key was used for a different request; or the same request is running now; or it has
                succeeded, but its response was too large to keep.
            Exhausted: The store can take no further key at the moment.
            Unavailable: The store cannot be reached; the request must not run.
        """

    @abstractmethod
    async def complete(
        self, claim: IdempotencyClaim, response: StoredResponse, *, keep_s: float
    ) -> bool:
        """Keep *response* for repetitions during *keep_s* seconds; false if the claim had been lost before."""

    @abstractmethod
    async def release(self, claim: IdempotencyClaim) -> bool:
        """Forget a request that failed, so that it can be tried again; false if the claim had been lost before."""


@define
class _Entry:
    number: int
    fingerprint: bytes
    expires_at: float
    finished: bool = False
    response: StoredResponse | None = None  # None after finishing: too large to keep

    @property
    def size_bytes(self) -> int:
        if self.response is None:
            return 0
        headers = sum(len(name) + len(value) for name, value in self.response.headers)
        return headers + len(self.response.body)


_Id = tuple[str, str]


class InMemoryIdempotencyStore(IdempotencyStore):
    """Remembers within one process. What it has promised to keep it keeps: when full, new keys are refused.

    Args:
        clock: Seconds, never going back.
        max_keys: Bound of all scopes together.
        max_keys_per_scope: Bound of one scope, so that one caller cannot use up the store.
        max_response_bytes: A larger response is not kept; its repetition is a conflict, and does not run.
        max_total_bytes: Bound of all kept responses; beyond it further ones count as too large.
    """

    def __init__(
        self,
        *,
        clock: Callable[[], float] = time.monotonic,
        max_keys: int = 100_000,
        max_keys_per_scope: int = 10_000,
        max_response_bytes: int = 1024**2,
        max_total_bytes: int = 64 * 1024**2,
    ) -> None:
        self._clock = clock
        self._max_keys = max_keys
        self._max_keys_per_scope = max_keys_per_scope
        self._max_response_bytes = max_response_bytes
        self._max_total_bytes = max_total_bytes
        self._numbers = itertools.count(1)
        self._entries: dict[_Id, _Entry] = {}
        self._keys_per_scope: Counter[str] = Counter()
        self._total_bytes = 0
        # Soonest first; an item whose entry has another expiry by now is out of date, and skipped.
        self._expiries: list[tuple[float, int, _Id]] = []

    async def begin(
        self, scope: str, key: str, *, fingerprint: bytes, claim_ttl_s: float
    ) -> IdempotencyClaim | StoredResponse:
        """Claim *key*, or return what the request that had it before was answered."""
        now = self._clock()
        self._forget_expired(now)
        entry = self._entries.get((scope, key))
        if entry is not None:
            return _repeat(entry, fingerprint)
        self._check_room(scope, now)
        claim = IdempotencyClaim(scope=scope, key=key, number=next(self._numbers))
        self._entries[scope, key] = _Entry(claim.number, fingerprint, now + claim_ttl_s)
        self._keys_per_scope[scope] += 1
        self._expect(scope, key)
        return claim

    async def complete(
        self, claim: IdempotencyClaim, response: StoredResponse, *, keep_s: float
    ) -> bool:
        """Keep *response* for repetitions during *keep_s* seconds; false if the claim had been lost before."""
        entry = self._running(claim)
        if entry is None:
            return False
        entry.finished = True
        entry.response = response
        size_bytes = entry.size_bytes
        if size_bytes > min(self._max_response_bytes, self._max_total_bytes - self._total_bytes):
            entry.response = None
        else:
            self._total_bytes += size_bytes
        entry.expires_at = self._clock() + keep_s
        self._expect(claim.scope, claim.key)
        return True

    async def release(self, claim: IdempotencyClaim) -> bool:
        """Forget a request that failed; false if the claim had been lost before."""
        if self._running(claim) is None:
            return False
        self._forget((claim.scope, claim.key))
        return True

    def _running(self, claim: IdempotencyClaim) -> _Entry | None:
        self._forget_expired(self._clock())
        entry = self._entries.get((claim.scope, claim.key))
        if entry is None or entry.number != claim.number or entry.finished:
            return None
        return entry

    def _check_room(self, scope: str, now: float) -> None:
        if (
            len(self._entries) >= self._max_keys
            or self._keys_per_scope[scope] >= self._max_keys_per_scope
        ):
            raise Exhausted(
                detail="Too many idempotency keys are remembered; try again later.",
                retry_after_s=max(0.0, self._expiries[0][0] - now) if self._expiries else None,
            )

    def _expect(self, scope: str, key: str) -> None:
        """Note when the entry expires; rebuild the notes when most of them are out of date."""
        entry = self._entries[scope, key]
        heapq.heappush(self._expiries, (entry.expires_at, entry.number, (scope, key)))
        if len(self._expiries) > 64 + 2 * len(self._entries):
            self._expiries = [
                (kept.expires_at, kept.number, where) for where, kept in self._entries.items()
            ]
            heapq.heapify(self._expiries)

    def _forget_expired(self, now: float) -> None:
        while self._expiries and self._expiries[0][0] <= now:
            expires_at, number, where = heapq.heappop(self._expiries)
            entry = self._entries.get(where)
            if entry is not None and (entry.number, entry.expires_at) == (number, expires_at):
                self._forget(where)

    def _forget(self, where: _Id) -> None:
        entry = self._entries.pop(where)
        self._total_bytes -= entry.size_bytes
        self._keys_per_scope[where[0]] -= 1
        if not self._keys_per_scope[where[0]]:
            del self._keys_per_scope[where[0]]


def _repeat(entry: _Entry, fingerprint: bytes) -> StoredResponse:
    if entry.fingerprint != fingerprint:
        raise Conflict(
            detail="This idempotency key was used for a different request; use a new key."
        )
    if not entry.finished:
        raise Conflict(
            detail="A request with this idempotency key is still running; ask again later."
        )
    if entry.response is None:
        raise Conflict(
            detail="The request with this idempotency key has succeeded, but its response was too large to keep."
        )
    return entry.response

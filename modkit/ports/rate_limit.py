"""The rate limit store: how often something may happen, per key."""

from __future__ import annotations

import time
from abc import ABC, abstractmethod
from collections import OrderedDict
from collections.abc import Callable
from math import floor

from attrs import field, frozen
from attrs.validators import ge, gt


@frozen(kw_only=True)
class RateLimit:
    """A token bucket: *burst* at once, refilled at *per_second*.

    Attributes:
        per_second: Tokens that come back each second, > 0; fractions are fine.
        burst: Size of the bucket, >= 1.
    """

    per_second: float = field(validator=gt(0))
    burst: int = field(validator=ge(1))


@frozen(kw_only=True)
class RateDecision:
    """Whether it may happen now.

    Attributes:
        allowed: Whether the tokens were there, and have been taken.
        remaining: Whole tokens left, 0..burst.
        reset_s: Seconds until the bucket is full again if nothing more is taken, >= 0.
        retry_after_s: Seconds until the same request would be allowed, 0 when it was.
    """

    allowed: bool
    remaining: int
    reset_s: float
    retry_after_s: float


class RateLimitStore(ABC):
    """Counts what has happened, per key."""

    @abstractmethod
    async def take(self, key: str, limit: RateLimit, *, cost: int = 1) -> RateDecision:
        """Take *cost* tokens from the bucket of *key*, or none if there are fewer.

        Args:
            key: Who is limited by what, such as ``route:rag.search:tenant:<id>``; one key, one limit.
            limit: Size and speed of the bucket.
            cost: Tokens to take, 1..burst.

        Raises:
            ValueError: *cost* is out of range; such a request could never be allowed.
            Unavailable: The store cannot be reached.
        """


class InMemoryRateLimitStore(RateLimitStore):
    """Buckets of one process.

    Args:
        clock: Seconds, never going back.
        max_keys: Bound of memory. Beyond it the bucket that was used least recently is forgotten, and is full
            when it is next asked for: better than refusing every new key.
    """

    def __init__(
        self, *, clock: Callable[[], float] = time.monotonic, max_keys: int = 100_000
    ) -> None:
        self._clock = clock
        self._max_keys = max_keys
        # Per key: tokens, when they were counted, and when the bucket will be full. Least recently used first; a plain
        # dict would scan its deleted entries to find the first.
        self._buckets: OrderedDict[str, tuple[float, float, float]] = OrderedDict()

    async def take(self, key: str, limit: RateLimit, *, cost: int = 1) -> RateDecision:
        """Take *cost* tokens from the bucket of *key*, or none if there are fewer."""
        burst, per_second = limit.burst, limit.per_second
        if not 1 <= cost <= burst:
            raise ValueError(
                f"cost of {key!r} is {cost}; it must be from 1 to the burst of {burst}"
            )
        now = self._clock()
        tokens, at, _ = self._buckets.pop(key, (float(burst), now, now))
        tokens = min(float(burst), tokens + (now - at) * per_second)
        slack = 1e-9 * (1 + per_second)  # a nanosecond of rounding must not cost the last token
        missing = cost - tokens
        allowed = missing <= slack
        if allowed:
            tokens = max(0.0, tokens - cost)
        self._forget(now)
        reset_s = (burst - tokens) / per_second
        self._buckets[key] = (tokens, now, now + reset_s)
        return RateDecision(
            allowed=allowed,
            remaining=floor(tokens + slack),
            reset_s=reset_s,
            retry_after_s=0.0 if allowed else missing / per_second,
        )

    def _forget(self, now: float) -> None:
        """Drop up to two of the oldest buckets that are full by now, and make room for one more."""
        for _ in range(2):
            oldest = next(iter(self._buckets), None)
            if oldest is None:
                return
            if self._buckets[oldest][2] > now and len(self._buckets) < self._max_keys:
                return
            del self._buckets[oldest]

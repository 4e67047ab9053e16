"""When a call is made again, and after how long."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Final

from attrs import frozen

from modkit.http.config import RetryPolicy

_IDEMPOTENT: Final = {"GET", "HEAD", "PUT", "DELETE", "OPTIONS"}
_DIGITS_OF_SECONDS: Final = 9


def _now() -> datetime:
    return datetime.now(UTC)


@frozen(kw_only=True)
class Timing:
    """Where a client takes the time from; tests give their own.

    Attributes:
        clock: Seconds that only grow.
        now: The date, in UTC.
        sleep: Waits so many seconds.
        chance: Draws a number in ``[0, 1)``.
    """

    clock: Callable[[], float] = time.monotonic
    now: Callable[[], datetime] = _now
    sleep: Callable[[float], Awaitable[object]] = asyncio.sleep
    chance: Callable[[], float] = random.random


def is_idempotent(method: str, *, has_key: bool) -> bool:
    """Whether making the call twice does no more than making it once.

    Args:
        method: In upper case.
        has_key: Whether an ``Idempotency-Key`` goes with it.

    Source:
        RFC 9110, section 9.2.2, and the draft of the Idempotency-Key header field.
    """
    return has_key or method in _IDEMPOTENT


def is_worth_retrying(status: int, *, idempotent: bool) -> bool:
    """Whether an answer with *status* may be followed by a better one."""
    # A server that says 429 has not done what was asked.
    return status == 429 or (idempotent and (status == 408 or status >= 500))


def backoff_s(policy: RetryPolicy, attempt: int, chance: float) -> float:
    """Return how long to wait after the failed *attempt*, counted from 1: exponential, with full jitter.

    Args:
        policy: The bounds.
        attempt: Which one failed, from 1.
        chance: In ``[0, 1)``.
    """
    return chance * min(policy.max_delay_s, policy.base_delay_s * 2.0 ** (attempt - 1))


def parse_retry_after(value: str, now: datetime) -> float | None:
    """Return the seconds that a ``Retry-After`` asks to wait, or ``None`` when *value* cannot be read.

    Args:
        value: Seconds or a date.
        now: The date that a date counts from, aware.

    Returns:
        At least 0.

    Source:
        RFC 9110, section 10.2.3.

    Example:
        >>> parse_retry_after("120", datetime.now(UTC))
        120.0
    """
    text = value.strip()
    if text.isascii() and text.isdigit():
        return float(text) if len(text) <= _DIGITS_OF_SECONDS else float("inf")
    try:
        date = parsedate_to_datetime(text)
        if (
            date.tzinfo is None
        ):  # an HTTP date without a zone, or with -0000, is in UTC all the same
            date = date.replace(tzinfo=UTC)
        return max(0.0, (date - now).total_seconds())
    except (ValueError, OverflowError):
        return None

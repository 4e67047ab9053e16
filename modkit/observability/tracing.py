"""Trace context: who called us in which trace, and what we tell those that we call."""

from __future__ import annotations

import os
import re
import sys
from typing import TYPE_CHECKING, Final

from attrs import frozen

if TYPE_CHECKING:
    from opentelemetry.trace import Tracer

MAX_STATE_CHARACTERS: Final = 512
_MAX_STATE_MEMBERS: Final = 32
_LARGE_MEMBER_CHARACTERS: Final = 128
_PARENT = re.compile(r"([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?")
_MEMBER = re.compile(
    r"([a-z][a-z0-9_\-*/]{0,255}|[a-z0-9][a-z0-9_\-*/]{0,240}@[a-z][a-z0-9_\-*/]{0,13})"
    r"=[ -+\--<>-~]{0,255}[!-+\--<>-~]"
)
_SAMPLED: Final = 1


@frozen(kw_only=True)
class TraceContext:
    """A place in a distributed trace.

    Attributes:
        trace_id: 32 lower-case hex digits, not all zero.
        span_id: Of the caller when received, our own when sent; 16 lower-case hex digits, not all zero.
        sampled: Whether the caller may have recorded its part.
        state: ``tracestate`` of other vendors, passed on as it is; at most 512 characters.
    """

    trace_id: str
    span_id: str
    sampled: bool = False
    state: str = ""


def parse_traceparent(header: str, state: str = "") -> TraceContext | None:
    """Read the headers of a call.

    Args:
        header: Value of ``traceparent``.
        state: Value of ``tracestate``, several joined by commas; dropped whole when it is not valid.

    Returns:
        The context, or ``None`` when *header* is not valid: the call then starts a trace of its own.

    Source:
        W3C Trace Context, sections 3.2 and 3.3.

    Example:
        >>> parse_traceparent("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01").sampled
        True
    """
    found = _PARENT.fullmatch(header)
    if found is None:
        return None
    version, trace_id, span_id, flags, more = found.groups()
    # A later version may have more fields, which are not ours to read; this one has none.
    if version == "ff" or (version == "00" and more is not None):
        return None
    if not trace_id.strip("0") or not span_id.strip("0"):
        return None
    return TraceContext(
        trace_id=trace_id,
        span_id=span_id,
        sampled=bool(int(flags, 16) & _SAMPLED),
        state=bounded_state(state) if state else "",
    )


def format_traceparent(context: TraceContext) -> str:
    """Return the ``traceparent`` to send: version 00, and no flag but the sampled one."""
    return f"00-{context.trace_id}-{context.span_id}-{'01' if context.sampled else '00'}"


def bounded_state(state: str) -> str:
    """Return a valid ``tracestate`` of at most 512 characters, or nothing if *state* is not valid.

    What is too much goes by whole members: first those longer than 128 characters, from the right, then the rightmost.
    """
    members = [member for part in state.split(",") if (member := part.strip(" \t"))]
    if len(members) > _MAX_STATE_MEMBERS:
        return ""
    keys: set[str] = set()
    for member in members:
        found = _MEMBER.fullmatch(member)
        if found is None or found[1] in keys:
            return ""
        keys.add(found[1])
    while len(text := ",".join(members)) > MAX_STATE_CHARACTERS:
        large = [
            place for place, member in enumerate(members) if len(member) > _LARGE_MEMBER_CHARACTERS
        ]
        del members[large[-1] if large else -1]
    return text


def new_trace_id() -> str:
    """Return a random trace id, 32 lower-case hex digits."""
    return os.urandom(16).hex()


def new_span_id() -> str:
    """Return a random span id, 16 lower-case hex digits."""
    return os.urandom(8).hex()


def tracer(name: str) -> Tracer | None:
    """Return the OpenTelemetry tracer *name*, or ``None`` when no provider is installed and spans would go nowhere.

    Costs well under a microsecond without a provider, so hot paths may ask each time.
    """
    # Who installs a provider has imported this; there is no need to load it in order to find out that nobody did.
    trace = sys.modules.get("opentelemetry.trace")
    if trace is None:
        return None
    provider = trace.get_tracer_provider()
    if isinstance(provider, (trace.ProxyTracerProvider, trace.NoOpTracerProvider)):
        return None
    installed: Tracer = provider.get_tracer(name)
    return installed

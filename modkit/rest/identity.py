"""The ids of a request: its own, and the trace that it belongs to."""

from __future__ import annotations

import re

import uuid_utils

from modkit.observability.context import RequestInfo
from modkit.observability.tracing import parse_traceparent

_REQUEST_ID = re.compile(rb"[!-~]{1,128}")


def request_info(headers: dict[bytes, bytes]) -> RequestInfo:
    """Return the ids that the client sent where they are valid, else new ones.

    A new request without a trace uses its id, a UUIDv7, for the trace as well.
    """
    given = headers.get(b"x-request-id")
    trace_id = _trace_id(headers)
    if given is not None and _REQUEST_ID.fullmatch(given):
        return RequestInfo(
            request_id=given.decode("ascii"), trace_id=trace_id or uuid_utils.uuid7().hex
        )
    made = uuid_utils.uuid7()
    return RequestInfo(request_id=str(made), trace_id=trace_id or made.hex)


def _trace_id(headers: dict[bytes, bytes]) -> str:
    """Return the trace id of a W3C ``traceparent``, or an empty text where there is no valid one."""
    sent = headers.get(b"traceparent")
    caller = parse_traceparent(sent.decode("latin-1")) if sent else None
    return caller.trace_id if caller is not None else ""

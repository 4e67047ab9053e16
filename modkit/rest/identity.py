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
    given, caller = headers.get(b"x-request-id"), headers.get(b"traceparent")
    trace_id = _trace_id(caller) if caller else ""
    made = uuid_utils.uuid7()
    request_id = str(made)
    if given is not None and _REQUEST_ID.fullmatch(given):
        request_id = given.decode("ascii")
    return RequestInfo(request_id=request_id, trace_id=trace_id or made.hex)


def _trace_id(traceparent: bytes) -> str:
    """Return the trace id of a W3C ``traceparent``, or an empty text where it is not valid."""
    caller = parse_traceparent(traceparent.decode("latin-1"))
    return caller.trace_id if caller is not None else ""

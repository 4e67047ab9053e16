"""The ids of a request: its own, and the trace that it belongs to."""

from __future__ import annotations

import re

import uuid_utils

from modkit.observability.context import RequestInfo

_REQUEST_ID = re.compile(rb"[!-~]{1,128}")
_TRACE_PARENT = re.compile(rb"([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]{2}(-.*)?")


def request_info(headers: dict[bytes, bytes]) -> RequestInfo:
    """Return the ids that the client sent where they are valid, else new ones.

    A new request without a trace uses its id, a UUIDv7, for the trace as well.
    """
    given = headers.get(b"x-request-id")
    trace_id = _trace_id(headers.get(b"traceparent", b""))
    if given is not None and _REQUEST_ID.fullmatch(given):
        return RequestInfo(
            request_id=given.decode("ascii"), trace_id=trace_id or uuid_utils.uuid7().hex
        )
    made = uuid_utils.uuid7()
    return RequestInfo(request_id=str(made), trace_id=trace_id or made.hex)


def _trace_id(trace_parent: bytes) -> str:
    """Return the trace id of a W3C ``traceparent``, or an empty text where it is not valid."""
    found = _TRACE_PARENT.fullmatch(trace_parent) if trace_parent else None
    if found is None or found[1] == b"ff" or (found[1] == b"00" and found[4] is not None):
        return ""
    if not found[2].strip(b"0") or not found[3].strip(b"0"):
        return ""
    return found[2].decode("ascii")

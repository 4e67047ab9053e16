"""The request being served: what every log record of it carries."""

from __future__ import annotations

from contextvars import ContextVar
from typing import Final
from uuid import UUID

from attrs import define


@define(kw_only=True)
class RequestInfo:
    """Identity of the request that the current task serves.

    Not frozen: who calls is known later than the request, and one assignment then reaches everybody who already
    holds this value, tasks that the request started included.

    Attributes:
        request_id: The id that the caller sees in ``x-request-id``.
        trace_id: 32 lower-case hex digits, or empty.
        tenant_id: Tenant of the caller, once known.
        subject_id: The caller, once known.
    """

    request_id: str
    trace_id: str = ""
    tenant_id: UUID | None = None
    subject_id: UUID | None = None


REQUEST: Final[ContextVar[RequestInfo | None]] = ContextVar("modkit_request", default=None)
"""Set by whoever serves a request (REST, gRPC, a job); ``None`` outside of one."""

"""One client span per attempt where tracing is on, and the trace context that goes with every call."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Final

from yarl import URL

from modkit.http.origins import host_of, shown_url
from modkit.observability.context import REQUEST
from modkit.observability.tracing import (
    TraceContext,
    format_traceparent,
    new_span_id,
    tracer,
)

if TYPE_CHECKING:
    from opentelemetry.trace import Span, SpanContext

_FAILURES_FROM: Final = 400


class AttemptSpan:
    """The client's span of one attempt; without tracing, only the headers to send.

    Args:
        method: Of the call.
        url: Of the call.
        resends: How many attempts there were before.
    """

    def __init__(self, method: str, url: URL, resends: int) -> None:
        self._span: Span | None = None
        recorder = tracer("modkit.http")
        if recorder is None:
            return
        from opentelemetry.trace import SpanKind  # noqa: PLC0415 - loaded already where there is a tracer

        attributes: dict[str, str | int] = {
            "http.request.method": method,
            "server.address": host_of(url),
            "server.port": url.port or 0,
            "url.full": shown_url(url),
        }
        if resends:
            attributes["http.request.resend_count"] = resends
        self._span = recorder.start_span(method, kind=SpanKind.CLIENT, attributes=attributes)

    def headers(self) -> dict[str, str]:
        """Return ``traceparent`` and ``tracestate`` to send; nothing outside of any trace."""
        context = self._span.get_span_context() if self._span else _current()
        if context is None or not context.is_valid:
            return _of_request()
        sent = TraceContext(
            trace_id=f"{context.trace_id:032x}",
            span_id=f"{context.span_id:016x}",
            sampled=context.trace_flags.sampled,
        )
        headers = {"traceparent": format_traceparent(sent)}
        if state := context.trace_state.to_header():
            headers["tracestate"] = state
        return headers

    def end(self, status: int = 0, failure: str = "") -> None:
        """Record how the attempt ended.

        Args:
            status: Of the answer; 0 if there is none.
            failure: Code of the error if there is no answer.
        """
        if self._span is None:
            return
        from opentelemetry.trace import Status, StatusCode  # noqa: PLC0415 - as above

        if status:
            self._span.set_attribute("http.response.status_code", status)
        if failure or status >= _FAILURES_FROM:
            self._span.set_attribute("error.type", failure or str(status))
            self._span.set_status(Status(StatusCode.ERROR))
        self._span.end()


def _current() -> SpanContext | None:
    trace = sys.modules.get("opentelemetry.trace")
    return None if trace is None else trace.get_current_span().get_span_context()


def _of_request() -> dict[str, str]:
    """Return the trace that the request being served belongs to, though nobody records it here."""
    request = REQUEST.get()
    if request is None or not request.trace_id:
        return {}
    context = TraceContext(trace_id=request.trace_id, span_id=new_span_id())
    return {"traceparent": format_traceparent(context)}

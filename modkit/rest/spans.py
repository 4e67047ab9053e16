"""One span per request, where the application has configured tracing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modkit.observability.tracing import parse_traceparent
from modkit.rest.exchange import Exchange

if TYPE_CHECKING:
    from opentelemetry.trace import Tracer


class RequestSpan:
    """The server's span of one request, current from its creation until ``end``.

    It continues the trace of ``traceparent``; the request's trace id becomes its own.

    Args:
        tracer: Where spans are recorded.
        exchange: The request.
    """

    def __init__(self, tracer: Tracer, exchange: Exchange) -> None:
        # Loaded already wherever there is a tracer; a platform without one never pays for it.
        from opentelemetry import context, trace  # noqa: PLC0415

        headers = exchange.headers
        caller = parse_traceparent(
            headers.get(b"traceparent", b"").decode("latin-1"),
            headers.get(b"tracestate", b"").decode("latin-1"),
        )
        parent = None
        if caller is not None:
            remote = trace.SpanContext(
                int(caller.trace_id, 16),
                int(caller.span_id, 16),
                is_remote=True,
                trace_flags=trace.TraceFlags(int(caller.sampled)),
                trace_state=trace.TraceState.from_header([caller.state]),
            )
            parent = trace.set_span_in_context(trace.NonRecordingSpan(remote))
        self._exchange = exchange
        self._failed = trace.Status(trace.StatusCode.ERROR)
        self._span = tracer.start_span(
            exchange.method,
            context=parent,
            kind=trace.SpanKind.SERVER,
            attributes={
                "http.request.method": exchange.method,
                "url.path": exchange.path,
                "modkit.request_id": exchange.request.request_id,
            },
        )
        trace_id = self._span.get_span_context().trace_id
        exchange.request.trace_id = trace.format_trace_id(trace_id)
        self._detach = context.detach
        self._token = context.attach(trace.set_span_in_context(self._span))

    def end(self) -> None:
        """Record how the request ended."""
        exchange, span = self._exchange, self._span
        self._detach(self._token)
        if exchange.route:
            span.update_name(f"{exchange.method} {exchange.route}")
            span.set_attribute("http.route", exchange.route)
        if exchange.status:
            span.set_attribute("http.response.status_code", exchange.status)
        if exchange.status >= 500:
            span.set_status(self._failed)
        span.end()

"""Calls to other systems over HTTP: pooled, bounded, retried, traced, and kept away from where they may not go."""

from modkit.http.client import HttpClient
from modkit.http.config import EgressPolicy, HttpClientConfig, RedirectPolicy, RetryPolicy
from modkit.http.headers import Headers
from modkit.http.options import CallOptions, Resolve
from modkit.http.response import Response, StreamedResponse
from modkit.http.retrying import Timing
from modkit.http.transport import HttpTransport
from modkit_errors.outbound import (
    EgressRefused,
    InvalidResponse,
    InvalidUrl,
    RedirectRefused,
    ResponseTooLarge,
    UpstreamRefused,
    UpstreamTooSlow,
    UpstreamUnreachable,
)

__all__ = [
    "CallOptions",
    "EgressPolicy",
    "EgressRefused",
    "Headers",
    "HttpClient",
    "HttpClientConfig",
    "HttpTransport",
    "InvalidResponse",
    "InvalidUrl",
    "RedirectPolicy",
    "RedirectRefused",
    "Resolve",
    "Response",
    "ResponseTooLarge",
    "RetryPolicy",
    "StreamedResponse",
    "Timing",
    "UpstreamRefused",
    "UpstreamTooSlow",
    "UpstreamUnreachable",
]

"""What a call to another system over HTTP can fail with; every operation that makes one can answer these."""

from __future__ import annotations

from typing import ClassVar

from attrs import define

from modkit_errors.categories import Denied, Malformed, TimedOut, UpstreamFailed


@define
class InvalidUrl(Malformed):
    """The address is not one that can be called."""

    template: ClassVar[str] = "{url} cannot be called: {reason}."
    url: str
    reason: str


@define
class EgressRefused(Denied):
    """The platform may not call this address."""

    template: ClassVar[str] = "{url} may not be called: {reason}."
    url: str
    reason: str


@define
class UpstreamUnreachable(UpstreamFailed):
    """The other system did not answer."""

    template: ClassVar[str] = "{url} did not answer: {reason}."
    url: str
    reason: str


@define
class UpstreamTooSlow(TimedOut):
    """The other system did not answer in time."""

    template: ClassVar[str] = "{url} did not answer within {timeout_s:g} s."
    url: str
    timeout_s: float


@define
class UpstreamRefused(UpstreamFailed):
    """The other system answered with a failure."""

    template: ClassVar[str] = "{url} answered with the status {upstream_status}."
    url: str
    upstream_status: int


@define
class InvalidResponse(UpstreamFailed):
    """The answer of the other system cannot be read."""

    template: ClassVar[str] = "The answer of {url} cannot be read: {reason}."
    url: str
    reason: str


@define
class ResponseTooLarge(UpstreamFailed):
    """The answer of the other system is larger than is accepted."""

    template: ClassVar[str] = "The answer of {url} has more than {limit_bytes} bytes."
    url: str
    limit_bytes: int


@define
class RedirectRefused(UpstreamFailed):
    """The other system sent us to a place where we do not go."""

    template: ClassVar[str] = "{url} redirects to a place that is not followed: {reason}."
    url: str
    reason: str

"""The error categories: each has one HTTP status and one gRPC code, and every module error is a subclass of one."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from functools import partial
from typing import Any, ClassVar

import attrs
from attrs import define, field

from modkit_errors.details import FieldError

RESERVED_MEMBERS = frozenset(
    {"type", "title", "status", "detail", "instance", "code", "trace_id", "errors"}
)
"""Member names of a problem document that an error's own field may not take."""

_WORD_START = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_ERROR_BASE_TYPE = "gts://gts.x.core.errors.err.v1~"


def snake_case(class_name: str) -> str:
    """Turn ``DocumentNotFound`` into ``document_not_found``; runs of capitals stay one word."""
    return _WORD_START.sub("_", class_name).lower()


def _owner(python_module: str) -> tuple[str, str]:
    """Return ``(vendor, module)`` of a class from where it is defined."""
    parts = python_module.split(".")
    if parts[0].startswith("modkit"):
        return "modkit", "core"
    if "contract" in parts[1:]:
        package = parts[: parts.index("contract")]
        return package[0], package[-1]
    return parts[0].strip("_") or "main", parts[1] if len(parts) > 1 else "core"


@define
class PlatformError(Exception):
    """Something went wrong inside the platform.

    A module error is one attrs class under a category: its docstring's first line is the problem's title, its
    class name gives ``code`` and ``type``, its fields are the extension members, and ``template`` (formatted with
    those fields) is the default detail. Nothing else is written, and nothing maps it.

    Attributes:
        detail: What was asked, found and to try, for this occurrence; empty means *template*, or else the title.
        errors: Every invalid field of the request, in document order.

    Example:
        >>> @define
        ... class DocumentNotFound(NotFound):
        ...     '''No such document, or none that this caller may see.'''
        ...     document_id: str
        >>> error = DocumentNotFound("d-1")
        >>> error.status, error.code
        (404, 'DOCUMENT_NOT_FOUND')
    """

    status: ClassVar[int] = 500
    grpc_code: ClassVar[str] = "INTERNAL"
    code: ClassVar[str] = "INTERNAL_ERROR"
    title: ClassVar[str] = "Something went wrong inside the platform."
    type: ClassVar[str] = _ERROR_BASE_TYPE
    template: ClassVar[str] = ""
    version: ClassVar[int] = 1

    detail: str = field(default="", kw_only=True)
    errors: tuple[FieldError, ...] = field(default=(), kw_only=True)

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        own = cls.__dict__
        name = snake_case(cls.__name__)
        if "code" not in own:
            cls.code = name.upper()
        if "title" not in own:
            cls.title = ((own.get("__doc__") or cls.__name__).strip().splitlines() or [""])[0]
        vendor, module = _owner(cls.__module__)
        cls.type = f"{_ERROR_BASE_TYPE}{vendor}.{module}.errors.{name}.v{cls.version}"

    def __str__(self) -> str:
        return self.detail or (
            self.template.format(**self.extensions()) if self.template else self.title
        )

    def __reduce__(self) -> tuple[Callable[[], PlatformError], tuple[()]]:
        """Return how to make a copy, for ``copy`` and ``pickle``; what `Exception` returns passes no field by name."""
        values = {
            item.alias or item.name: getattr(self, item.name)
            for item in attrs.fields(type(self))
            if item.init
        }
        return partial(type(self), **values), ()

    def extensions(self) -> dict[str, Any]:
        """Return the error's own fields by name, in the order of declaration."""
        return {
            item.name: getattr(self, item.name)
            for item in attrs.fields(type(self))
            if item.name not in RESERVED_MEMBERS
        }

    def headers(self) -> dict[str, str]:
        """Return the response headers that this error asks for, names in lower case."""
        return {}


@define
class _Retryable(PlatformError):
    """Try again later."""

    retry_after_s: float | None = field(default=None, kw_only=True)

    def headers(self) -> dict[str, str]:
        """Return ``retry-after`` in whole seconds, at least 1, where a delay is known."""
        if self.retry_after_s is None:
            return {}
        return {"retry-after": str(max(1, math.ceil(self.retry_after_s)))}


@define
class Malformed(PlatformError):
    """The request cannot be read."""

    status: ClassVar[int] = 400
    grpc_code: ClassVar[str] = "INVALID_ARGUMENT"
    code: ClassVar[str] = "BAD_REQUEST"


@define
class Unauthenticated(PlatformError):
    """Credentials are missing, wrong or expired."""

    status: ClassVar[int] = 401
    grpc_code: ClassVar[str] = "UNAUTHENTICATED"
    code: ClassVar[str] = "UNAUTHENTICATED"

    def headers(self) -> dict[str, str]:
        """Return the challenge that RFC 9110 asks for with a 401."""
        return {"www-authenticate": "Bearer"}


@define
class Denied(PlatformError):
    """The caller is known, but may not do this."""

    status: ClassVar[int] = 403
    grpc_code: ClassVar[str] = "PERMISSION_DENIED"
    code: ClassVar[str] = "FORBIDDEN"


@define
class NotFound(PlatformError):
    """There is no such thing, or none that this caller may see."""

    status: ClassVar[int] = 404
    grpc_code: ClassVar[str] = "NOT_FOUND"
    code: ClassVar[str] = "NOT_FOUND"


@define
class Conflict(PlatformError):
    """The request contradicts the state of the resource."""

    status: ClassVar[int] = 409
    grpc_code: ClassVar[str] = "ABORTED"
    code: ClassVar[str] = "CONFLICT"


@define
class Gone(PlatformError):
    """It was here, and is no more."""

    status: ClassVar[int] = 410
    grpc_code: ClassVar[str] = "NOT_FOUND"
    code: ClassVar[str] = "GONE"


@define
class PreconditionFailed(PlatformError):
    """A condition that the caller set does not hold."""

    status: ClassVar[int] = 412
    grpc_code: ClassVar[str] = "FAILED_PRECONDITION"
    code: ClassVar[str] = "PRECONDITION_FAILED"


@define
class Invalid(PlatformError):
    """The request is well-formed, but its content is not valid."""

    status: ClassVar[int] = 422
    grpc_code: ClassVar[str] = "INVALID_ARGUMENT"
    code: ClassVar[str] = "VALIDATION_ERROR"


@define
class Exhausted(_Retryable):
    """A limit or quota is used up."""

    status: ClassVar[int] = 429
    grpc_code: ClassVar[str] = "RESOURCE_EXHAUSTED"
    code: ClassVar[str] = "RATE_LIMITED"


@define
class Internal(PlatformError):
    """Something went wrong inside the platform."""

    status: ClassVar[int] = 500
    grpc_code: ClassVar[str] = "INTERNAL"
    code: ClassVar[str] = "INTERNAL_ERROR"


@define
class UpstreamFailed(_Retryable):
    """A system that this one depends on answered with a failure."""

    status: ClassVar[int] = 502
    grpc_code: ClassVar[str] = "UNAVAILABLE"
    code: ClassVar[str] = "UPSTREAM_ERROR"


@define
class Unavailable(_Retryable):
    """The platform cannot serve this now."""

    status: ClassVar[int] = 503
    grpc_code: ClassVar[str] = "UNAVAILABLE"
    code: ClassVar[str] = "SERVICE_UNAVAILABLE"


@define
class TimedOut(_Retryable):
    """The answer took too long."""

    status: ClassVar[int] = 504
    grpc_code: ClassVar[str] = "DEADLINE_EXCEEDED"
    code: ClassVar[str] = "UPSTREAM_TIMEOUT"

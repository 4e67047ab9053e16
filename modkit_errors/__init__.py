"""Error categories, the catalogue of a platform's errors, and problem documents (RFC 9457)."""

from modkit_errors.catalogue import Catalogue, InvalidCatalogue
from modkit_errors.categories import (
    Conflict,
    Denied,
    Exhausted,
    Gone,
    Internal,
    Invalid,
    Malformed,
    NotFound,
    PlatformError,
    PreconditionFailed,
    TimedOut,
    Unauthenticated,
    Unavailable,
    UpstreamFailed,
)
from modkit_errors.details import FieldError
from modkit_errors.problem import InvalidProblem, Problem

__all__ = [
    "Catalogue",
    "Conflict",
    "Denied",
    "Exhausted",
    "FieldError",
    "Gone",
    "Internal",
    "Invalid",
    "InvalidCatalogue",
    "InvalidProblem",
    "Malformed",
    "NotFound",
    "PlatformError",
    "PreconditionFailed",
    "Problem",
    "TimedOut",
    "Unauthenticated",
    "Unavailable",
    "UpstreamFailed",
]

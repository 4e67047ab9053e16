"""The problem document (RFC 9457): the one form in which an error leaves a process."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import attrs
import msgspec
from attrs import field, frozen

from modkit_errors.categories import RESERVED_MEMBERS, PlatformError
from modkit_errors.details import FieldError

MEDIA_TYPE: Final = "application/problem+json"


class InvalidProblem(ValueError):
    """The bytes are not a problem document."""


@frozen(kw_only=True)
class Problem:
    """A problem document, as sent to and received from clients.

    Attributes:
        type: URI of the kind of error, ``gts://...``.
        title: The kind of error in one sentence; the same for every occurrence.
        status: HTTP status, 400..599.
        detail: This occurrence, for people.
        instance: Path of the request that failed.
        code: The kind of error for machines, UPPER_SNAKE.
        trace_id: 32 hex digits that find the request in logs and traces.
        errors: Every invalid field.
        extensions: The error's own fields as JSON values, by name.
    Source:
        RFC 9457, sections 3.1 and 3.2.
    """

    type: str
    title: str
    status: int
    code: str
    detail: str = ""
    instance: str = ""
    trace_id: str = ""
    errors: tuple[FieldError, ...] = ()
    extensions: Mapping[str, Any] = field(factory=dict[str, Any])

    @classmethod
    def of(cls, error: PlatformError, *, instance: str = "", trace_id: str = "") -> Problem:
        """Describe *error* as it happened while serving the path *instance*."""
        return cls(
            type=error.type,
            title=error.title,
            status=error.status,
            code=error.code,
            detail=str(error),
            instance=instance,
            trace_id=trace_id,
            errors=error.errors,
            extensions={
                item.name: value
                for item in attrs.fields(type(error))
                if item.name not in RESERVED_MEMBERS
                and ((value := getattr(error, item.name)) is not None or item.default is not None)
            },
        )

    def to_json(self) -> bytes:
        """Encode as a JSON object; members that are empty are left out."""
        document: dict[str, Any] = {
            "type": self.type,
            "title": self.title,
            "status": self.status,
            "code": self.code,
        }
        for name in ("detail", "instance", "trace_id", "errors"):
            if value := getattr(self, name):
                document[name] = value
        return msgspec.json.encode(document | dict(self.extensions))

    @classmethod
    def from_json(cls, body: bytes) -> Problem:
        """Read a problem document; members it does not define become extensions.

        A member of another type than it should have is ignored, as the standard asks, but there is no problem
        without a status.

        Raises:
            InvalidProblem: *body* is no JSON object with a status of 400..599.
        """
        try:
            document = msgspec.json.decode(body, type=dict[str, Any])
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            raise InvalidProblem(f"not a problem document: {error}") from error
        known = {
            name: value
            for name, kind in _MEMBERS.items()
            if (value := _member(document, name, kind)) is not None
        }
        if not 400 <= known.get("status", 0) <= 599:
            raise InvalidProblem("not a problem document: status is not a number from 400 to 599")
        extensions = {
            name: value for name, value in document.items() if name not in RESERVED_MEMBERS
        }
        return cls(**(_ABSENT | known), extensions=extensions)


_MEMBERS: Final[Mapping[str, Any]] = {
    "type": str,
    "title": str,
    "status": int,
    "code": str,
    "detail": str,
    "instance": str,
    "trace_id": str,
    "errors": tuple[FieldError, ...],
}
_ABSENT: Final[dict[str, Any]] = {"type": "about:blank", "title": "", "code": ""}


def _member(document: Mapping[str, Any], name: str, kind: Any) -> Any:
    try:
        return msgspec.convert(document.get(name), kind)
    except msgspec.ValidationError:
        return None

"""One operation of the REST API: everything that a route says about itself, as one record."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from enum import Enum
from typing import Any

from attrs import define, field, frozen

from modkit_errors import PlatformError


class InvalidOperations(ValueError):
    """Operations that cannot be served: a start-up error that lists every one of them.

    Attributes:
        problems: One line per problem, each with the ``file:line`` of the declaration.
    """

    def __init__(self, problems: Sequence[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(problems))


@frozen
class Access:
    """Who may call an operation.

    Attributes:
        resource: Name of the resource type, such as ``documents``; empty for a public operation.
        action: What is done with it, such as ``read``; empty for a public operation.
    """

    resource: str = ""
    action: str = ""

    @property
    def is_public(self) -> bool:
        """Whether callers need no credentials."""
        return not self.resource


class ResponseKind(Enum):
    """How a handler's answer travels."""

    JSON = "json"
    EMPTY = "empty"
    EVENTS = "events"
    BYTES = "bytes"
    BYTE_STREAM = "byte_stream"
    WEBSOCKET = "websocket"


@frozen(kw_only=True)
class ResponseShape:
    """What an operation answers when it succeeds.

    Attributes:
        kind: How the answer travels.
        type: What the handler returns or yields: a DTO, an event, ``bytes``; None for an empty answer.
        received: For a WebSocket, the type of the client's messages.
        status: HTTP status of success, 200..299; 101 for a WebSocket.
        media_type: Content type of the answer; empty for none.
        has_location: Whether the answer carries ``Location`` (a ``Created`` value).
    """

    kind: ResponseKind
    type: Any = None
    received: Any = None
    status: int = 200
    media_type: str = "application/json"
    has_location: bool = False


@frozen
class Example:
    """A named example of a request body or an answer, shown in the API documentation."""

    name: str
    value: Any


@define(kw_only=True)
class Operation:
    """One operation, filled in by the builder and compiled at start.

    Attributes:
        method: Upper-case HTTP method, or ``WEBSOCKET``.
        path: Template such as ``/rag/v1/documents/{document_id}``.
        module: Name of the module that declared it.
        declared_at: ``file:line`` of the declaration, for messages.
        operation_id: ``<module>.<verb_noun>``, unique in the platform.
        summary: One line.
        description: Markdown; the handler's docstring when left empty.
        tags: Groups in the documentation; the module's name when left empty.
        access: Who may call; None until said.
        response: What a success answers; None until said.
        raises: Errors of the module that the operation can answer, beside the framework's own.
        media_types: Accepted media types of the body; empty means what the handler's parameters imply.
        body_limit_bytes: Largest accepted body; None means the server's default.
        response_headers: Fixed headers of a successful answer, names in lower case.
        timeout_s: Longest run time in seconds; None means the server's default, 0 means none (streams).
        in_flight_limit: Most concurrent runs; None means the server's default.
        large_answers: Whether answers may be megabytes, and so are encoded on a thread.
        request_examples: Examples of the request body.
        response_examples: Examples of the answer.
        deprecated: Whether clients should move away.
        documented: Whether the API document shows it.
        handler: The coroutine function, or the async generator function of a stream; None until given.
    """

    method: str
    path: str
    module: str
    declared_at: str = ""
    operation_id: str = ""
    summary: str = ""
    description: str = ""
    tags: tuple[str, ...] = ()
    access: Access | None = None
    response: ResponseShape | None = None
    raises: tuple[type[PlatformError], ...] = ()
    media_types: tuple[str, ...] = ()
    body_limit_bytes: int | None = None
    response_headers: tuple[tuple[str, str], ...] = ()
    timeout_s: float | None = None
    in_flight_limit: int | None = None
    large_answers: bool = False
    request_examples: list[Example] = field(factory=list[Example])
    response_examples: list[Example] = field(factory=list[Example])
    deprecated: bool = False
    documented: bool = True
    handler: Callable[..., Any] | None = None

    @property
    def place(self) -> str:
        """Where it was declared, and as what, for messages."""
        return f"{self.declared_at}: {self.method} {self.path}"

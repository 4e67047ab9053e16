"""What a handler's signature says about a request: parameters, body, and the markers that refine them."""

from __future__ import annotations

from typing import Any, Literal

from attrs import frozen


@frozen
class Query:
    """Refines a query parameter: ``Annotated[str, Query(alias="$filter")]``.

    Attributes:
        alias: Name on the wire; empty means the argument's name.
        description: For the documentation; empty means the handler's ``Args:`` entry.
    """

    alias: str = ""
    description: str = ""


@frozen
class Header:
    """Takes an argument from a request header: ``Annotated[str, Header("x-tenant")]``.

    Attributes:
        name: Name of the header, in any case.
        description: For the documentation; empty means the handler's ``Args:`` entry.
    """

    name: str
    description: str = ""


@frozen
class Body:
    """Takes an argument from the JSON body where its type alone does not say so: ``Annotated[dict[str, int], Body()]``.

    Attributes:
        description: For the documentation; empty means the handler's ``Args:`` entry.
    """

    description: str = ""


@frozen(kw_only=True)
class Parameter:
    """One argument of a handler that comes from the path, the query or a header.

    Attributes:
        name: Name on the wire; a header's in lower case.
        argument: Name in the handler's signature.
        kind: Type as written, with ``Annotated`` constraints; of one item where *is_repeated*.
        required: Whether a request without it is refused.
        default: What the handler gets without it; None where *required*.
        description: For the documentation.
        is_repeated: Whether it may occur many times; the handler gets a *container* of them.
        container: ``list``, ``tuple``, ``set`` or ``frozenset`` where *is_repeated*.
    """

    name: str
    argument: str
    kind: Any
    required: bool
    default: Any = None
    description: str = ""
    is_repeated: bool = False
    container: type[Any] | None = None


@frozen(kw_only=True)
class BodySpec:
    """The argument of a handler that comes from the body.

    Attributes:
        argument: Name in the handler's signature.
        kind: ``json`` decodes it, ``raw`` and ``upload`` stream its bytes, ``multipart`` streams its parts.
        type: Type as written; the stream class for the last three.
        media_types: Accepted media types, wildcards possible.
        required: Whether a request without a body is refused.
        default: What the handler gets without one; None where *required*.
        description: For the documentation.
    """

    argument: str
    kind: Literal["json", "raw", "upload", "multipart"]
    type: Any
    media_types: tuple[str, ...]
    required: bool = True
    default: Any = None
    description: str = ""


@frozen(kw_only=True)
class Signature:
    """Where each argument of a handler comes from.

    Attributes:
        path: Parameters of the template, in the order of the template.
        query: Query parameters, in the order of the signature.
        headers: Header parameters, in the order of the signature.
        body: The body; None where the handler takes none.
        context: Argument that gets the ``SecurityContext``; empty for none.
        scope: Argument that gets the ``AccessScope``; empty for none.
        channel: Argument that gets the ``Channel`` of a WebSocket; empty for none.
    """

    path: tuple[Parameter, ...] = ()
    query: tuple[Parameter, ...] = ()
    headers: tuple[Parameter, ...] = ()
    body: BodySpec | None = None
    context: str = ""
    scope: str = ""
    channel: str = ""

"""The operations of a platform as one OpenAPI 3.1 document."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

import msgspec

from modkit.rest.api_info import ApiInfo
from modkit.rest.binding import describe
from modkit.rest.openapi.components import Components, InvalidApi, JsonObject
from modkit.rest.openapi.described_operation import DescribedOperation
from modkit.rest.openapi.implied_errors import errors_of
from modkit.rest.openapi.problem_responses import ProblemParts, members_of
from modkit.rest.operation import Operation
from modkit_errors import FieldError

_METHODS: Final = ("GET", "PUT", "POST", "DELETE", "PATCH", "WEBSOCKET")
_HEADERS: Final[JsonObject] = {
    "Location": {
        "description": "Where the new resource lives.",
        "schema": {"type": "string", "format": "uri-reference"},
    },
    "Retry-After": {
        "description": "Whole seconds to wait before trying again, where a delay is known.",
        "schema": {"type": "integer", "minimum": 1},
    },
    "WWW-Authenticate": {
        "description": "How to authenticate.",
        "schema": {"type": "string", "examples": ["Bearer"]},
    },
    "X-Request-Id": {
        "description": "The request's id: the caller's own, or else a new one.",
        "schema": {"type": "string", "minLength": 1, "maxLength": 128},
    },
}
BEARER: Final = "bearerAuth"
_BEARER_SCHEME: Final = {
    "type": "http",
    "scheme": "bearer",
    "description": "An access token of the platform's identity provider.",
}


def document(operations: Sequence[Operation], info: ApiInfo) -> dict[str, Any]:
    """Describe *operations*, which are complete; their order does not matter.

    Operations that are marked as undocumented are left out.

    WebSockets have no place in OpenAPI's ``paths``: they are listed in the description, and typed in ``x-websockets``.

    Raises:
        InvalidApi: Two operations share an id or a route, or a model has the name of a problem.
        InvalidOperations: A handler's signature does not fit its operation.
    """
    ordered = sorted(operations, key=lambda one: (one.path, _METHODS.index(one.method)))
    _refuse_duplicates(ordered)
    described = [
        DescribedOperation(operation, describe(operation))
        for operation in ordered
        if operation.documented
    ]
    served = [one for one in described if one.operation.method != "WEBSOCKET"]
    sockets = [one for one in described if one.operation.method == "WEBSOCKET"]
    errors = list(
        dict.fromkeys(error for one in served for error in errors_of(one.operation, one.signature))
    )
    components = Components.of(
        (
            FieldError,
            *(kind for error in errors for kind, _ in members_of(error).values()),
            *(kind for one in described for kind in one.kinds()),
        )
    )
    problems = ProblemParts(components)
    problems.add(errors)
    paths: JsonObject = {}
    for one in served:
        methods = paths.setdefault(one.operation.path, {})
        methods[one.operation.method.lower()] = one.operation_object(
            components, problems
        ) | _security(one, info)
    answers = (*problems.responses.values(), *_answers(paths))
    headers = {name for answer in answers for name in answer.get("headers", ()) if name in _HEADERS}
    is_guarded = any(not one.is_public() for one in described)
    found: JsonObject = {
        "openapi": "3.1.0",
        "info": _info(info, sockets),
        "servers": [{"url": url} for url in info.servers or ("/",)],
        "tags": _tags(described, info.tags),
        "paths": paths,
        "components": {
            "schemas": _sorted(components.schemas),
            "responses": _sorted(problems.responses),
            "examples": _sorted(problems.examples),
            "headers": {name: _HEADERS[name] for name in sorted(headers)},
            "securitySchemes": {BEARER: _BEARER_SCHEME} if is_guarded else {},
        },
    }
    if sockets:
        found["x-websockets"] = {
            one.operation.path: one.socket_object(components) | _security(one, info)
            for one in sockets
        }
    plain: JsonObject = msgspec.json.decode(
        msgspec.json.encode(found)
    )  # tuples of defaults become lists
    return plain


def to_json(found: Mapping[str, Any]) -> bytes:
    """Encode a document as indented JSON, ready to be served."""
    return msgspec.json.format(msgspec.json.encode(found), indent=2)


def _refuse_duplicates(operations: Iterable[Operation]) -> None:
    places: dict[tuple[str, ...], Operation] = {}
    for operation in operations:
        for key, name in (
            ((operation.operation_id,), f"the id {operation.operation_id!r}"),
            ((operation.method, operation.path), f"{operation.method} {operation.path}"),
        ):
            first = places.setdefault(key, operation)
            if first is not operation:
                raise InvalidApi(
                    f"{operation.declared_at}: {name} is already declared at {first.declared_at}; change one of them"
                )


def _info(info: ApiInfo, sockets: Sequence[DescribedOperation]) -> JsonObject:
    text = info.description or info.title
    if sockets:
        lines = [f"- `{one.operation.path}`: {one.operation.summary}" for one in sockets]
        text = "\n".join((text, "", "## WebSockets", "", *lines))
    found: JsonObject = {"title": info.title, "version": info.version, "description": text}
    contact = {"name": info.contact_name, "url": info.contact_url}
    if any(contact.values()):
        found["contact"] = {name: value for name, value in contact.items() if value}
    if info.license:
        found["license"] = {"name": info.license, "identifier": info.license}
    return found


def _security(one: DescribedOperation, info: ApiInfo) -> JsonObject:
    if one.is_public():
        return {"security": []}
    optional: list[JsonObject] = [{}] if info.credentials_optional else []
    return {"security": [{BEARER: []}, *optional]}


def _answers(paths: JsonObject) -> list[JsonObject]:
    return [
        answer
        for methods in paths.values()
        for one in methods.values()
        for answer in one["responses"].values()
    ]


def _tags(
    described: Iterable[DescribedOperation], descriptions: Mapping[str, str]
) -> list[JsonObject]:
    names = sorted({tag for one in described for tag in one.tags()})
    return [
        {"name": name, "description": descriptions.get(name) or f"Operations of {name}."}
        for name in names
    ]


def _sorted(parts: Mapping[str, Any]) -> JsonObject:
    return dict(sorted(parts.items()))

"""One operation in the API document: parameters, body, answers and who may call."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Iterator
from http import HTTPStatus
from typing import Any, Final

import msgspec
from attrs import frozen

from modkit.docstring import description_of
from modkit.rest.media_types import is_covered
from modkit.rest.openapi.components import SCHEMAS, Components, JsonObject, without_none
from modkit.rest.openapi.implied_errors import errors_of
from modkit.rest.openapi.problem_responses import ProblemParts
from modkit.rest.operation import Operation, ResponseKind, ResponseShape
from modkit.rest.parameters import BodySpec, Parameter, Signature

_REQUEST_ID: Final = {"X-Request-Id": {"$ref": "#/components/headers/X-Request-Id"}}
_BYTES: Final[JsonObject] = {"type": "string", "format": "binary"}
_TEXT: Final[JsonObject] = {"type": "string"}


@frozen
class DescribedOperation:
    """An operation with what its handler's signature says."""

    operation: Operation
    signature: Signature

    def kinds(self) -> Iterator[object]:
        """Yield every type that needs a schema."""
        signature, response = self.signature, self.operation.response
        for parameter in (*signature.path, *signature.query, *signature.headers):
            yield without_none(parameter.kind)[0]
        if signature.body is not None and signature.body.kind == "json":
            yield signature.body.type
        if response is not None and response.kind in (
            ResponseKind.JSON,
            ResponseKind.EVENTS,
            ResponseKind.WEBSOCKET,
        ):
            yield response.type
            if response.kind is ResponseKind.WEBSOCKET:
                yield response.received

    def operation_object(self, components: Components, problems: ProblemParts) -> JsonObject:
        """Return the operation object."""
        operation, signature = self.operation, self.signature
        found: JsonObject = self._head(components)
        if signature.body is not None:
            found["requestBody"] = _request_body(signature.body, operation, components)
        found["responses"] = {
            **_success(operation, components),
            **problems.by_status(errors_of(operation, signature)),
        }
        return found | _extensions(operation)

    def socket_object(self, components: Components) -> JsonObject:
        """Return the same for a WebSocket, which OpenAPI itself cannot describe."""
        response = self.operation.response
        assert response is not None
        return self._head(components) | {
            "received": components.schema(response.received),
            "sent": components.schema(response.type),
        }

    def tags(self) -> tuple[str, ...]:
        """Return the groups of the operation in the documentation."""
        return self.operation.tags or (self.operation.module,)

    def is_public(self) -> bool:
        """Tell whether callers need no credentials."""
        access = self.operation.access
        return access is not None and access.is_public

    def _head(self, components: Components) -> JsonObject:
        operation, signature = self.operation, self.signature
        head: JsonObject = {
            "operationId": operation.operation_id,
            "summary": operation.summary,
            "description": _description(operation),
            "tags": list(self.tags()),
        }
        if operation.deprecated:
            head["deprecated"] = True
        parameters = [
            _parameter(parameter, place, components)
            for place, found in (
                ("path", signature.path),
                ("query", signature.query),
                ("header", signature.headers),
            )
            for parameter in found
        ]
        if parameters:
            head["parameters"] = parameters
        return head


def _description(operation: Operation) -> str:
    return operation.description or _handler_text(operation.handler) or operation.summary


def _handler_text(handler: Callable[..., Any] | None) -> str:
    while isinstance(handler, functools.partial):  # whose own docstring describes partial itself
        handler = handler.func
    return description_of(inspect.getdoc(handler)) if handler is not None else ""


def _parameter(parameter: Parameter, place: str, components: Components) -> JsonObject:
    kind, _ = without_none(parameter.kind)  # a text is never null: leaving it out says so
    schema: JsonObject = components.schema(kind)
    if parameter.is_repeated:
        schema = JsonObject(type="array", items=schema)
        if parameter.container in (set, frozenset):
            schema["uniqueItems"] = True
    if parameter.default is not None:
        schema = schema | {"default": msgspec.to_builtins(parameter.default, order="deterministic")}
    found: JsonObject = {"name": parameter.name, "in": place}
    if parameter.description:
        found["description"] = parameter.description
    return found | {"required": parameter.required, "schema": schema}


def _request_body(body: BodySpec, operation: Operation, components: Components) -> JsonObject:
    contents: JsonObject = {}
    for media_type in body.media_types:
        if body.kind == "json":
            schema = components.schema(body.type)
            content = {"schema": schema} | components.examples(schema, operation.request_examples)
        elif media_type == "multipart/form-data":
            content = {"schema": _form(body)}
        else:
            content = {"schema": _BYTES}
        contents[media_type] = content
    described: JsonObject = {"description": body.description} if body.description else {}
    return described | {"required": body.required, "content": contents}


def _form(body: BodySpec) -> JsonObject:
    if body.kind == "upload":
        return {"type": "object", "required": ["file"], "properties": {"file": _BYTES}}
    return {"type": "object", "additionalProperties": True}


def _success(operation: Operation, components: Components) -> JsonObject:
    response = operation.response
    assert response is not None
    headers: JsonObject = dict(_REQUEST_ID)
    if response.has_location:
        headers["Location"] = {"$ref": "#/components/headers/Location"}
    for name, value in operation.response_headers:
        headers[name.title()] = {
            "description": "Always this value.",
            "schema": {"type": "string", "const": value},
        }
    found: JsonObject = {"description": HTTPStatus(response.status).phrase, "headers": headers}
    if content := _content(response, operation, components):
        found["content"] = {response.media_type: content}
    return {str(response.status): found}


def _content(response: ResponseShape, operation: Operation, components: Components) -> JsonObject:
    match response.kind:
        case ResponseKind.JSON:
            schema = components.schema(response.type)
            return {"schema": schema} | components.examples(schema, operation.response_examples)
        case ResponseKind.EVENTS:
            return {"schema": _event(components.schema(response.type))}
        case ResponseKind.BYTES | ResponseKind.BYTE_STREAM:
            return {"schema": _bytes(response.media_type)}
        case _:
            return {}


def _bytes(media_type: str) -> JsonObject:
    if is_covered(media_type, ("application/json",)):
        return {}  # any JSON: only the handler knows which
    return _TEXT if media_type.startswith("text/") else _BYTES


def _event(item: JsonObject) -> JsonObject:
    # OpenAPI 3.1 has no word for one item of a stream (3.2 says itemSchema): tools let the schema stand for each event.
    schema: JsonObject = {"anyOf": [item, {"$ref": f"{SCHEMAS}Problem"}]}
    return {
        "type": "object",
        "description": "One server-sent event; the stream is many of them. An event `error`, "
        "whose data is a problem, ends a stream that failed.",
        "required": ["data"],
        "properties": {
            "data": _TEXT | {"contentMediaType": "application/json", "contentSchema": schema},
            "event": _TEXT,
            "id": _TEXT,
            "retry": {"type": "integer", "minimum": 0},
        },
    }


def _extensions(operation: Operation) -> JsonObject:
    found: JsonObject = {}
    access = operation.access
    if access is not None and not access.is_public:
        found["x-permission"] = {"resource": access.resource, "action": access.action}
    for name, value in (
        ("x-in-flight-limit", operation.in_flight_limit),
        ("x-body-limit-bytes", operation.body_limit_bytes),
        ("x-timeout-s", operation.timeout_s),
    ):
        if value is not None:
            found[name] = value
    return found

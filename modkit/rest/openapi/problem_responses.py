"""How the problems of a platform look in the API document."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from itertools import groupby
from typing import Any, Final, get_type_hints

import attrs
from attrs import define, field

from modkit.rest.openapi.components import SCHEMAS, Components, InvalidApi, JsonObject, without_none
from modkit.rest.openapi.examples import Examples, NoExample
from modkit_errors import FieldError, Invalid, PlatformError, Unauthenticated, refusals
from modkit_errors.categories import RESERVED_MEMBERS
from modkit_errors.problem import MEDIA_TYPE

_FIELD_EXAMPLES: Final = {
    refusals.InvalidPath: FieldError("path.id", "format", "Expected a UUID, found 'x'."),
    refusals.InvalidQuery: FieldError("query.limit", "maximum", "Expected at most 200, found 500."),
    refusals.InvalidHeader: FieldError("header.x-tenant", "missing", "This header is required."),
    Invalid: FieldError("$.items[0].name", "missing", "This field is required."),
}


def members_of(error: type[PlatformError]) -> dict[str, tuple[Any, bool]]:
    """Return the extension members of *error*: type and whether every problem has it, by name.

    Raises:
        InvalidApi: The type of a field does not exist at run time.
    """
    try:
        hints = get_type_hints(error, include_extras=True)
    except (NameError, TypeError) as cause:
        raise InvalidApi(
            f"the field types of {error.__module__}.{error.__qualname__} cannot be read: {cause}; "
            "import them at run time, not under TYPE_CHECKING"
        ) from cause
    members: dict[str, tuple[Any, bool]] = {}
    for item in attrs.fields(error):
        if item.name not in RESERVED_MEMBERS:
            kind, optional = without_none(hints[item.name])
            members[item.name] = (kind, not optional)
    return members


@define
class ProblemParts:
    """Writes the problems of a document, each once.

    Attributes:
        examples: What to publish as ``#/components/examples``.
        responses: What to publish as ``#/components/responses``: those that only the framework answers.
    """

    _components: Components
    _names: dict[type[PlatformError], str] = field(factory=dict[type[PlatformError], str])
    examples: JsonObject = field(factory=dict[str, Any])
    responses: JsonObject = field(factory=dict[str, Any])

    def add(self, errors: Iterable[type[PlatformError]]) -> None:
        """Publish the schema and the example of every error, once and in a stable order."""
        self._components.add("Problem", _problem_schema())
        ordered = sorted(dict.fromkeys(errors), key=lambda error: (error.__name__, error.type))
        for error in ordered:
            alone = sum(other.__name__ == error.__name__ for other in ordered) == 1
            name = error.__name__ if alone else f"{_module_of(error)}{error.__name__}"
            self._names[error] = name
            schema = self._schema(error)
            self._components.add(f"{name}Problem", schema)
            with suppress(NoExample):  # a member that only its author could make up
                self.examples[name] = {
                    "summary": error.title,
                    "value": self._example(error, schema),
                }

    def by_status(self, errors: Iterable[type[PlatformError]]) -> dict[str, JsonObject]:
        """Return the ``responses`` of an operation that answers *errors*, which are sorted by status."""
        return {
            str(status): self._response(tuple(group))
            for status, group in groupby(errors, key=lambda error: error.status)
        }

    def _response(self, errors: tuple[type[PlatformError], ...]) -> JsonObject:
        if not all(error.__module__.startswith("modkit_errors.") for error in errors):
            return self._written(errors)
        name = "Or".join(self._names[error] for error in errors)
        if name not in self.responses:
            self.responses[name] = self._written(errors)
        return {"$ref": f"#/components/responses/{name}"}

    def _written(self, errors: tuple[type[PlatformError], ...]) -> JsonObject:
        references = {error.code: f"{SCHEMAS}{self._names[error]}Problem" for error in errors}
        if len(errors) == 1:
            schema: JsonObject = {"$ref": references[errors[0].code]}
        else:
            schema = {
                "oneOf": [{"$ref": reference} for reference in references.values()],
                "discriminator": {"propertyName": "code", "mapping": references},
            }
        names = [name for error in errors if (name := self._names[error]) in self.examples]
        return {
            "description": _description(errors),
            "headers": _headers(errors),
            "content": {
                MEDIA_TYPE: {
                    "schema": schema,
                    "examples": {name: {"$ref": f"#/components/examples/{name}"} for name in names},
                }
            },
        }

    def _schema(self, error: type[PlatformError]) -> JsonObject:
        members = members_of(error)
        own: JsonObject = {
            "type": "object",
            "properties": {
                "type": {"type": "string", "const": error.type},
                "status": {"type": "integer", "const": error.status},
                "code": {"type": "string", "const": error.code},
                **{name: self._components.schema(kind) for name, (kind, _) in members.items()},
            },
        }
        if required := [name for name, (_, always) in members.items() if always]:
            own["required"] = required
        return {"description": error.title, "allOf": [{"$ref": f"{SCHEMAS}Problem"}, own]}

    def _example(self, error: type[PlatformError], schema: JsonObject) -> JsonObject:
        made: JsonObject = Examples(self._components.schemas).of(schema["allOf"][1])
        members = {name: value for name, value in made.items() if name not in RESERVED_MEMBERS}
        example: JsonObject = {
            "type": error.type,
            "title": error.title,
            "status": error.status,
            "code": error.code,
            "detail": _detail(error, members),
            "trace_id": "7c1f0d92a84b4e63b5d2908e6fa31c47",
        }
        if error in _FIELD_EXAMPLES:
            example["errors"] = [attrs.asdict(_FIELD_EXAMPLES[error])]
        return example | members


def _description(errors: tuple[type[PlatformError], ...]) -> str:
    if len(errors) == 1:
        return errors[0].title
    return "\n".join(f"- `{error.code}`: {error.title}" for error in errors)


def _detail(error: type[PlatformError], members: JsonObject) -> str:
    try:
        return error.template.format(**members) or error.title
    except (KeyError, ValueError, TypeError, AttributeError):
        return error.title  # the template formats the real value, not its JSON form


def _module_of(error: type[PlatformError]) -> str:
    """Return ``Rag`` for an error of the module rag, from its GTS type."""
    module = error.type.rsplit("~", 1)[-1].split(".")[1]
    return "".join(word.capitalize() for word in module.split("_"))


def _headers(errors: tuple[type[PlatformError], ...]) -> JsonObject:
    names = ["X-Request-Id"]
    if any(error.status == Unauthenticated.status for error in errors):
        names.append("WWW-Authenticate")
    if any("retry_after_s" in attrs.fields_dict(error) for error in errors):
        names.append("Retry-After")
    return {name: {"$ref": f"#/components/headers/{name}"} for name in names}


def _problem_schema() -> JsonObject:
    return {
        "type": "object",
        "description": "A problem document (RFC 9457). Each kind of error adds its own members.",
        "required": ["type", "title", "status", "code"],
        "properties": {
            "type": {"type": "string", "description": "GTS identifier of the kind of error."},
            "title": {"type": "string", "description": "The kind of error in one sentence."},
            "status": {"type": "integer", "minimum": 400, "maximum": 599},
            "code": {"type": "string", "description": "The kind of error, for programs."},
            "detail": {"type": "string", "description": "What happened this time."},
            "instance": {"type": "string", "description": "Path of the request."},
            "trace_id": {
                "type": "string",
                "description": "Finds the request in logs and traces.",
                "pattern": "^[0-9a-f]{32}$",
            },
            "errors": {
                "type": "array",
                "description": "Every invalid field of the request.",
                "items": {"$ref": f"{SCHEMAS}FieldError"},
            },
        },
    }

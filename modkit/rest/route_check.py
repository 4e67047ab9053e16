"""The start-up check of declared operations: nothing half-wired is served."""

from __future__ import annotations

import re
from collections.abc import Sequence

from modkit.rest.operation import InvalidOperations, Operation, ResponseKind

_LITERAL = re.compile(r"[A-Za-z0-9._~:@!$&'()*+,;=-]+")
_PARAMETER = re.compile(r"\{[a-z][a-z0-9_]*\}")
_OPERATION_ID = re.compile(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)+")
_VERSION = re.compile(r"v[1-9][0-9]*")


def path_parameters(path: str) -> tuple[str, ...]:
    """Return the names of the parameters in a template, from left to right.

    Example:
        >>> path_parameters("/rag/v1/documents/{document_id}")
        ('document_id',)
    """
    return tuple(
        segment[1:-1] for segment in path.split("/") if _PARAMETER.fullmatch(segment) is not None
    )


def check_operations(
    module: str, operations: Sequence[Operation], prefixes: Sequence[str] | None
) -> None:
    """Check the operations of one module.

    Args:
        module: Name of the module.
        operations: All of them.
        prefixes: Allowed first path segments; None allows every path.

    Raises:
        InvalidOperations: With every problem found.
    """
    problems: list[str] = []
    ids: dict[str, Operation] = {}
    places: dict[tuple[str, str], Operation] = {}
    for operation in operations:
        found = [*_parts_problems(operation, module), *_path_problems(operation.path, prefixes)]
        first = ids.setdefault(operation.operation_id, operation)
        if operation.operation_id and first is not operation:
            found.append(f"the operation id is already taken at {first.declared_at}")
        first = places.setdefault((operation.method, operation.path), operation)
        if first is not operation:
            found.append(f"the same route is already declared at {first.declared_at}")
        problems.extend(f"{operation.place}: {problem}" for problem in found)
    if problems:
        raise InvalidOperations(problems)


def _parts_problems(operation: Operation, module: str) -> list[str]:
    found: list[str] = []
    if operation.access is None:
        found.append("says nothing about access; add .requires(resource, action) or .public()")
    elif operation.access.is_public != (not operation.access.action):
        found.append(".requires() needs a resource and an action")
    if operation.response is None:
        found.append("says nothing about its answer; add .returns(...) or another response")
    elif operation.large_answers and (
        operation.response.kind is not ResponseKind.JSON or operation.response.has_location
    ):
        found.append(".large_answers() is for .returns(...) alone")
    if operation.handler is None:
        found.append("has no handler; end the chain with .handler(function)")
    if not operation.operation_id:
        found.append(f"has no id; add .operation_id('{module}.<verb_noun>')")
    elif not _OPERATION_ID.fullmatch(
        operation.operation_id
    ) or not operation.operation_id.startswith(f"{module}."):
        found.append(f"the operation id {operation.operation_id!r} must be '{module}.<verb_noun>'")
    if not operation.summary:
        found.append("has no summary; add .summary('What it does')")
    for limit, name in (
        (operation.body_limit_bytes, "body_limit"),
        (operation.in_flight_limit, "in_flight"),
    ):
        if limit is not None and limit < 1:
            found.append(f".{name}() must be at least 1")
    if operation.timeout_s is not None and not 0 <= operation.timeout_s < float("inf"):
        found.append(".timeout() must be a number of seconds, 0 for none")
    return found


def _path_problems(path: str, prefixes: Sequence[str] | None) -> list[str]:
    found: list[str] = []
    segments = path.split("/")
    if not path.startswith("/"):
        found.append("the path must start with a slash")
    if path != "/":
        found.extend(
            f"the path segment {segment!r} must be plain text or one {{parameter}} in snake_case"
            for segment in segments[1:]
            if not _LITERAL.fullmatch(segment) and not _PARAMETER.fullmatch(segment)
        )
    names = path_parameters(path)
    found.extend(
        f"the parameter {name!r} occurs twice in the path"
        for name in dict.fromkeys(names)
        if names.count(name) > 1
    )
    if (
        not found
        and prefixes is not None
        and not (len(segments) > 3 and segments[1] in prefixes and _VERSION.fullmatch(segments[2]))
    ):
        accepted = " or ".join(f"/{prefix}/v1/..." for prefix in prefixes)
        found.append(f"the path must look like {accepted}")
    return found

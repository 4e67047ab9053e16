"""Finding the target of a path: most templates in dictionaries, the rest in a trie of segments."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import islice
from typing import Any, Final, Generic, TypeVar
from urllib.parse import unquote_to_bytes

from modkit.rest.operation import InvalidOperations, Operation
from modkit_errors import NotFound
from modkit_errors.refusals import InvalidPath, MethodNotAllowed, UpgradeRequired

T = TypeVar("T")

_BAD_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2})")
_WEBSOCKET: Final = "WEBSOCKET"
_NO_VALUES: Final[tuple[str, ...]] = ()


class _Node(Generic[T]):
    """A segment of the templates: what may follow, and what ends here, by method."""

    __slots__ = ("literals", "parameter", "targets", "template")

    def __init__(self) -> None:
        self.literals: dict[str, _Node[T]] = {}
        self.parameter: _Node[T] | None = None
        self.targets: dict[str, T] = {}
        self.template = ""


class Router(Generic[T]):
    """Finds targets by method and path, in time linear in the length of the path.

    A literal segment goes before a parameter, from left to right, whatever the order of registration. The path
    alone picks the template; then the method is looked up. HEAD is served by GET. A parameter is never empty, and
    a trailing slash makes another path.

    Args:
        entries: ``(operation, target)`` pairs.

    Raises:
        InvalidOperations: Two operations share method and path, or name the same parameter differently.
    """

    def __init__(self, entries: Iterable[tuple[Operation, T]] = ()) -> None:
        self._static: dict[str, dict[str, T]] = {}
        # Templates such as /shop/v1/items/{id}, by what is before the parameter: three times as fast as the trie.
        self._open: dict[str, dict[str, T]] = {}
        self._root: _Node[T] = _Node()
        problems: list[str] = []
        owners: dict[tuple[str, str], Operation] = {}
        first_at: dict[str, Operation] = {}
        for operation, target in entries:
            node = self._node(operation.path)
            first = first_at.setdefault(node.template or operation.path, operation)
            if node.template and node.template != operation.path:
                problems.append(
                    f"{operation.declared_at}: {operation.path} and {node.template} ({first.declared_at}) "
                    "differ only in the names of their parameters; use the same names"
                )
                continue
            node.template = operation.path
            owner = owners.setdefault((operation.method, operation.path), operation)
            if owner is not operation:
                problems.append(
                    f"{operation.declared_at}: {operation.method} {operation.path} is already served "
                    f"by the operation declared at {owner.declared_at}"
                )
                continue
            node.targets[operation.method] = target
            if operation.method == "GET":
                node.targets.setdefault("HEAD", target)
            start, parameter, _ = operation.path.partition("{")
            if not parameter:
                self._static[operation.path] = node.targets
            elif "/" not in operation.path[len(start) :]:
                self._open[start] = node.targets
        if problems:
            raise InvalidOperations(problems)

    def find(self, method: str, path: str) -> tuple[T, tuple[str, ...]]:
        """Return the target and the values of the path's parameters, from left to right.

        Args:
            method: Upper-case method, or ``WEBSOCKET``.
            path: Percent-encoded path, ASCII.

        Raises:
            NotFound: No template fits.
            MethodNotAllowed: One does, but not with this method.
            UpgradeRequired: What has this path is a WebSocket, and GET alone does not open it.
            InvalidPath: The percent-encoding is broken, or does not hold UTF-8.
        """
        targets, values = self._look_up(path)
        target = targets.get(method)
        if target is None:
            if method == "GET" and _WEBSOCKET in targets:
                raise UpgradeRequired
            allowed = _allowed(targets)
            if method == _WEBSOCKET or not allowed:
                raise NotFound(detail="No operation has this path.")
            raise MethodNotAllowed(allowed)
        return target, values

    def methods(self, path: str) -> tuple[str, ...]:
        """Return the methods of a path, sorted, for ``Allow``.

        Raises:
            NotFound: No template fits.
            InvalidPath: As for ``find``.
        """
        allowed = _allowed(self._look_up(path)[0])
        if not allowed:
            raise NotFound(detail="No operation has this path.")
        return allowed

    def _look_up(self, path: str) -> tuple[dict[str, T], tuple[str, ...]]:
        targets = self._static.get(path)
        if targets is not None:
            return targets, _NO_VALUES
        if "%" not in path and path.isascii():
            end = path.rfind("/") + 1
            targets = self._open.get(path[:end])
            if targets is not None and end < len(path):
                return targets, (path[end:],)
        return self._walk(path)

    def _walk(self, path: str) -> tuple[dict[str, T], tuple[str, ...]]:
        if not path.startswith("/"):
            raise NotFound(detail="No operation has this path.")
        segments = path[1:].split("/")
        if "%" in path or not path.isascii():
            segments = [decode_segment(segment) for segment in segments]
        node, values, depth = self._root, _NO_VALUES, 0
        # Where a parameter would have fitted as well as the literal that was taken, the last on top. Every node of
        # the trie is tried once at most, so no path is slow.
        others: list[tuple[_Node[T], tuple[str, ...], int]] = []
        while True:
            for segment in islice(segments, depth, None):
                depth += 1
                literal = node.literals.get(segment)
                parameter = node.parameter if segment else None
                if literal is not None:
                    if parameter is not None:
                        others.append((parameter, (*values, segment), depth))
                    node = literal
                elif parameter is not None:
                    node, values = parameter, (*values, segment)
                else:
                    break
            else:
                if node.targets:
                    return node.targets, values
            if not others:
                raise NotFound(detail="No operation has this path.")
            node, values, depth = others.pop()

    def _node(self, path: str) -> _Node[T]:
        node = self._root
        for segment in path[1:].split("/"):
            if segment.startswith("{"):
                if node.parameter is None:
                    node.parameter = _Node()
                node = node.parameter
            else:
                node = node.literals.setdefault(segment, _Node())
        return node


def decode_segment(segment: str) -> str:
    """Undo the percent-encoding of one path segment; an encoded slash becomes part of the value.

    Raises:
        InvalidPath: The encoding is broken, or does not hold UTF-8.
    """
    if not segment.isascii() or _BAD_ESCAPE.search(segment):
        raise InvalidPath(detail="The path is not percent-encoded correctly.")
    try:
        return unquote_to_bytes(segment).decode()
    except UnicodeDecodeError as error:
        raise InvalidPath(detail="The path is not UTF-8 under its percent-encoding.") from error


def _allowed(targets: dict[str, Any]) -> tuple[str, ...]:
    methods = {method for method in targets if method != _WEBSOCKET}
    return tuple(sorted(methods | {"OPTIONS"})) if methods else ()

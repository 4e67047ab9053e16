"""A handler's signature, read once at start: where each of its arguments comes from."""

from __future__ import annotations

import functools
import inspect
import re
from collections.abc import Callable, Mapping
from types import NoneType, UnionType
from typing import Annotated, Any, Final, Literal, Union, get_args, get_origin, get_type_hints

import attrs

from modkit.codec import Meta, text_decoder
from modkit.docstring import arguments_of
from modkit.rest.operation import InvalidOperations, Operation, ResponseKind
from modkit.rest.parameters import Body, BodySpec, Header, Parameter, Query, Signature
from modkit.rest.route_check import path_parameters
from modkit.rest.uploads import Multipart, RawBody, Upload
from modkit.rest.websocket import Channel
from modkit.security import AccessScope, SecurityContext

_STREAMS: Final[dict[type, tuple[Literal["raw", "upload", "multipart"], tuple[str, ...]]]] = {
    RawBody: ("raw", ("application/octet-stream",)),
    Upload: ("upload", ("application/octet-stream", "multipart/form-data")),
    Multipart: ("multipart", ("multipart/form-data",)),
}
_STREAMED: Final = (ResponseKind.EVENTS, ResponseKind.BYTE_STREAM)
_CONTAINERS: Final = (list, tuple, set, frozenset)
_BODYLESS: Final = frozenset({"GET", "DELETE", "WEBSOCKET"})
_HEADER_NAME = re.compile(r"[a-z0-9!#$%&'*+.^_`|~-]+")


def describe(operation: Operation) -> Signature:
    """Return where each argument of the operation's handler comes from.

    Raises:
        InvalidOperations: With every argument that cannot be given a value, and why.
    """
    reader = _SignatureReader(operation)
    signature = reader.read()
    if reader.problems:
        raise InvalidOperations(reader.problems)
    return signature


def place_of(handler: Callable[..., Any]) -> str:
    """Return ``name (file:line)`` of a handler, for messages."""
    function = inspect.unwrap(_function_of(handler))
    code = getattr(function, "__code__", None)
    name = getattr(function, "__qualname__", repr(handler))
    return f"{name} ({code.co_filename}:{code.co_firstlineno})" if code else name


def split_annotated(hint: Any) -> tuple[Any, tuple[Any, ...]]:
    """Split ``Annotated[T, ...]`` into the type and what annotates it."""
    if get_origin(hint) is Annotated:
        plain, *extras = get_args(hint)
        return plain, tuple(extras)
    return hint, ()


class _SignatureReader:
    """Reads one signature and collects what is wrong with it."""

    def __init__(self, operation: Operation) -> None:
        if operation.handler is None:
            raise InvalidOperations([f"{operation.place}: has no handler"])
        self.operation = operation
        self.handler = operation.handler
        self.problems: list[str] = []
        self.template = path_parameters(operation.path)
        self.found: dict[str, str] = {}
        self.path: dict[str, Parameter] = {}
        self.query: list[Parameter] = []
        self.headers: list[Parameter] = []
        self.body: BodySpec | None = None
        self.documented = arguments_of(inspect.getdoc(_function_of(self.handler)))

    def read(self) -> Signature:
        """Give every argument a source, or note why it has none."""
        self._refuse_wrong_kind()
        hints = self._hints()
        for argument in _arguments(self.handler):
            if argument.kind in (argument.VAR_POSITIONAL, argument.VAR_KEYWORD):
                self._problem(argument.name, "has no fixed name; write each parameter out")
            elif argument.kind is argument.POSITIONAL_ONLY:
                self._problem(argument.name, "is positional-only; arguments are passed by name")
            elif argument.name not in hints:
                self._problem(argument.name, "has no type")
            else:
                self._classify(argument, hints[argument.name])
        for name in self.template:
            if name not in self.path:
                self._problem(name, "is in the path but the handler does not take it")
        if self.operation.method == "WEBSOCKET" and "channel" not in self.found:
            self._problem("channel", "is missing; a WebSocket handler takes a Channel[...]")
        self._refuse_same_names("query", self.query)
        self._refuse_same_names("header", self.headers)
        return Signature(
            path=tuple(self.path[name] for name in self.template if name in self.path),
            query=tuple(self.query),
            headers=tuple(self.headers),
            body=self.body,
            **self.found,
        )

    def _refuse_wrong_kind(self) -> None:
        response = self.operation.response
        streams = response is not None and response.kind in _STREAMED
        function = _function_of(self.handler)
        if streams and inspect.iscoroutinefunction(function):
            text = "returns once; a stream needs an async generator"
        elif not streams and inspect.isasyncgenfunction(function):
            text = "is an async generator; say .streams(...) or .streams_bytes(...)"
        else:
            return
        self.problems.append(f"{self.operation.place}: {place_of(self.handler)} {text}")

    def _problem(self, name: str, text: str) -> None:
        self.problems.append(
            f"{self.operation.place}: parameter {name!r} of {place_of(self.handler)} {text}"
        )

    def _hints(self) -> Mapping[str, Any]:
        function = _function_of(self.handler)
        try:
            return get_type_hints(function, include_extras=True)
        except (NameError, TypeError, AttributeError) as error:
            self.problems.append(
                f"{self.operation.place}: the types of {place_of(self.handler)} cannot be read: {error}; "
                "import them at run time, not under TYPE_CHECKING"
            )
            return {}

    def _classify(self, argument: inspect.Parameter, hint: Any) -> None:
        plain, extras = split_annotated(hint)
        header = _marker(extras, Header)
        body = _marker(extras, Body)
        if plain is SecurityContext:
            self._single("context", argument.name)
        elif plain is AccessScope:
            if self.operation.access is not None and self.operation.access.is_public:
                self._problem(argument.name, "is an AccessScope, but a public route decides none")
            self._single("scope", argument.name)
        elif (get_origin(plain) or plain) is Channel:
            self._channel(argument.name, plain)
        elif argument.name in self.template:
            if parameter := self._text(argument, hint, argument.name, "", required=True):
                self.path[argument.name] = parameter
        elif header is not None:
            self._header(argument, hint, header)
        elif plain in _STREAMS:
            kind, media_types = _STREAMS[plain]
            self._body(argument, plain, kind, media_types, "")
        elif body is not None or _is_model(plain):
            self._body(
                argument,
                _without(hint, Body),
                "json",
                ("application/json",),
                body.description if body else "",
            )
        else:
            query = _marker(extras, Query) or Query()
            parameter = self._text(argument, hint, query.alias or argument.name, query.description)
            if parameter:
                self.query.append(parameter)

    def _single(self, role: str, name: str) -> None:
        if role in self.found:
            self._problem(name, f"repeats {self.found[role]!r}; one {role} is enough")
        self.found[role] = name

    def _channel(self, name: str, hint: Any) -> None:
        response = self.operation.response
        if response is None or response.kind is not ResponseKind.WEBSOCKET:
            self._problem(name, "is a Channel, but the route is no WebSocket")
        elif get_args(hint) and get_args(hint) != (response.received, response.type):
            self._problem(
                name, f"is {hint}, but the route exchanges {response.received}, {response.type}"
            )
        self._single("channel", name)

    def _header(self, argument: inspect.Parameter, hint: Any, header: Header) -> None:
        name = header.name.lower()
        if not _HEADER_NAME.fullmatch(name):
            self._problem(argument.name, f"names {header.name!r}, which is no header name")
            return
        parameter = self._text(argument, hint, name, header.description)
        if parameter and parameter.is_repeated:
            self._problem(argument.name, "is a list; a header has one value")
        elif parameter:
            self.headers.append(parameter)

    def _text(
        self,
        argument: inspect.Parameter,
        hint: Any,
        name: str,
        description: str,
        *,
        required: bool = False,
    ) -> Parameter | None:
        kind = _without(hint, Query, Header)
        container, item = _container(kind)
        is_repeated = container is not None and not required
        try:
            text_decoder(item if is_repeated else kind)
        except TypeError as error:
            self._problem(
                argument.name,
                f"cannot be read from text ({error}); a body is an attrs class or Annotated[T, Body()]",
            )
            return None
        has_default = argument.default is not argument.empty
        if required and has_default:
            self._problem(
                argument.name, "is in the path, which is never without it; drop the default"
            )
        return Parameter(
            name=name,
            argument=argument.name,
            kind=item if is_repeated else kind,
            required=not has_default and not _is_optional(kind),
            default=argument.default if has_default else None,
            description=description or self._described(argument.name, kind),
            is_repeated=is_repeated,
            container=container if is_repeated else None,
        )

    def _body(
        self,
        argument: inspect.Parameter,
        kind: Any,
        form: Literal["json", "raw", "upload", "multipart"],
        media_types: tuple[str, ...],
        description: str,
    ) -> None:
        if self.operation.method in _BODYLESS:
            self._problem(
                argument.name, f"is a body, but {self.operation.method} requests have none"
            )
        if self.body is not None:
            self._problem(argument.name, f"is a second body beside {self.body.argument!r}")
        has_default = argument.default is not argument.empty
        if has_default and form != "json":
            self._problem(
                argument.name, "is a stream and always there, perhaps empty; drop the default"
            )
        self.body = BodySpec(
            argument=argument.name,
            kind=form,
            type=kind,
            media_types=self.operation.media_types or media_types,
            required=not has_default,
            default=argument.default if has_default else None,
            description=description or self._described(argument.name, kind),
        )

    def _described(self, name: str, kind: Any) -> str:
        _, extras = split_annotated(kind)
        meta = [extra.description for extra in extras if isinstance(extra, Meta)]
        return next((text for text in meta if text), "") or self.documented.get(name, "")

    def _refuse_same_names(self, source: str, parameters: list[Parameter]) -> None:
        first: dict[str, Parameter] = {}
        for parameter in parameters:
            other = first.setdefault(parameter.name, parameter)
            if other is not parameter:
                self._problem(parameter.argument, f"reads the same {source} as {other.argument!r}")


def _function_of(handler: Callable[..., Any]) -> Callable[..., Any]:
    """Return the function that carries the annotations of a handler of any kind."""
    while isinstance(handler, functools.partial):
        handler = handler.func
    if inspect.isroutine(handler) or inspect.isclass(handler):
        return handler
    return type(handler).__call__


def _arguments(handler: Callable[..., Any]) -> list[inspect.Parameter]:
    """Return the arguments that are still open; those given to ``partial`` by name are taken."""
    taken: set[str] = set()
    inner = handler
    while isinstance(inner, functools.partial):
        taken.update(inner.keywords)
        inner = inner.func
    return [
        argument
        for argument in inspect.signature(handler).parameters.values()
        if argument.name not in taken
    ]


def _marker(extras: tuple[Any, ...], kind: type[Any]) -> Any:
    """Return the marker of *kind*, also where the class itself was written; None where there is none."""
    for extra in extras:
        if isinstance(extra, kind):
            return extra
        if extra is kind:
            return kind()
    return None


def _without(hint: Any, *markers: type[Any]) -> Any:
    """Return *hint* without our markers, constraints kept."""
    plain, extras = split_annotated(hint)
    kept = tuple(
        extra for extra in extras if not isinstance(extra, markers) and extra not in markers
    )
    return Annotated[(plain, *kept)] if kept else plain


def _container(hint: Any) -> tuple[type[Any] | None, Any]:
    """Return the container and item type of ``list[T]`` and its like; no container for others."""
    plain, _ = split_annotated(hint)
    origin, arguments = get_origin(plain), get_args(plain)
    is_homogeneous = len(arguments) == 1 or (len(arguments) == 2 and arguments[1] is Ellipsis)
    if origin in _CONTAINERS and is_homogeneous:
        return origin, arguments[0]
    return None, hint


def _is_optional(hint: Any) -> bool:
    plain, _ = split_annotated(hint)
    return get_origin(plain) in (Union, UnionType) and NoneType in get_args(plain)


def _is_model(hint: Any) -> bool:
    """Whether a type is read from JSON: an attrs class, a list of them, or a union of them."""
    plain, _ = split_annotated(hint)
    origin, arguments = get_origin(plain), get_args(plain)
    if origin in (Union, UnionType):
        members = [member for member in arguments if member is not NoneType]
        return bool(members) and all(_is_model(member) for member in members)
    if origin in _CONTAINERS:
        return any(_is_model(argument) for argument in arguments)
    candidate = origin or plain
    return isinstance(candidate, type) and attrs.has(candidate)

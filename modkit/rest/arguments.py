"""Path, query and headers of a request as a handler's typed arguments, by decoders made at start."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from attrs import frozen

from modkit.codec import text_decoder
from modkit.rest.exchange import Exchange
from modkit.rest.parameters import Parameter, Signature
from modkit.rest.query_string import split_query
from modkit_errors import FieldError, Malformed
from modkit_errors.refusals import InvalidHeader, InvalidPath, InvalidQuery

_MAX_ERRORS = 100
_MAX_EXCERPT = 50


@frozen
class _Decoded:
    """A parameter with its decoder, and what repeated texts are collected in."""

    argument: str
    decode: Callable[[str], Any]
    container: type[Any] | None
    parameter: Parameter

    def read(self, texts: list[str]) -> Any:
        """Return the argument that *texts* stand for; one text, unless the parameter repeats."""
        if self.container is None:
            (text,) = texts
            return self.decode(text)
        return self.container(map(self.decode, texts))


class ArgumentReader:
    """Reads the arguments of one operation that are not its body.

    Args:
        signature: Where the arguments come from.
    """

    def __init__(self, signature: Signature) -> None:
        self._path = tuple(
            (place, item.argument, text_decoder(item.kind))
            for place, item in enumerate(signature.path)
        )
        self._path_names = tuple(item.name for item in signature.path)
        self._query = {item.name: _decoded(item) for item in signature.query}
        self._headers = {item.name.encode(): _decoded(item) for item in signature.headers}
        self._required_query = tuple(item.name for item in signature.query if item.required)
        self._defaults: dict[str, Any] = {
            item.argument: item.default
            for item in (*signature.query, *signature.headers)
            if not item.required
        }

    def read(self, exchange: Exchange, values: tuple[str, ...]) -> dict[str, Any]:
        """Return the arguments by name.

        Args:
            exchange: The request.
            values: Decoded values of the template's parameters, from left to right.

        Raises:
            InvalidPath: A path parameter is not valid; ``errors`` lists the invalid ones of query and headers too.
            InvalidQuery: A query parameter is not valid, unknown, missing or repeated; likewise.
            InvalidHeader: A header is missing, repeated or not valid.
        """
        arguments = self._defaults.copy()
        try:
            for place, argument, decode in self._path:
                arguments[argument] = decode(values[place])
            if query := exchange.scope["query_string"]:
                given = split_query(query)
                for name, texts in given.items():
                    item = self._query[name]
                    arguments[item.argument] = item.read(texts)
                for name in self._required_query:
                    given[name]
            elif self._required_query:
                raise KeyError(self._required_query[0])
            if self._headers:
                self._read_headers(exchange, arguments)
        except (ValueError, KeyError) as error:
            raise self._refusal(exchange, values, error) from None
        return arguments

    def _read_headers(self, exchange: Exchange, arguments: dict[str, Any]) -> None:
        repeated = exchange.repeated_headers()
        for name, item in self._headers.items():
            value = exchange.headers.get(name)
            if value is not None:
                if name in repeated:
                    raise ValueError
                arguments[item.argument] = item.decode(_header_text(value))
            elif item.parameter.required:
                raise KeyError(name)

    # Only a request that is refused anyway pays for finding everything that is wrong with it.

    def _refusal(self, exchange: Exchange, values: tuple[str, ...], cause: Exception) -> Malformed:
        path = tuple(self._path_errors(values))
        query = tuple(self._query_errors(exchange.scope["query_string"]))
        headers = tuple(self._header_errors(exchange))
        errors = (*path, *query, *headers)[:_MAX_ERRORS]
        if not errors:  # a decoder that refuses once and accepts once: a bug, not the client's
            raise RuntimeError("a parameter was refused for no reason that can be found") from cause
        kind = InvalidPath if path else InvalidQuery if query else InvalidHeader
        return kind(detail=f"{errors[0].field}: {errors[0].message}", errors=errors)

    def _path_errors(self, values: tuple[str, ...]) -> Iterator[FieldError]:
        for name, (place, _, decode) in zip(self._path_names, self._path, strict=True):
            try:
                decode(values[place])
            except ValueError as error:
                yield FieldError(f"path.{name}", "invalid", str(error))

    def _query_errors(self, query: bytes) -> Iterator[FieldError]:
        try:
            given = split_query(query)
        except ValueError as error:
            yield FieldError("query", "encoding", str(error))
            return
        known = ", ".join(self._query) or "none"
        for name, texts in given.items():
            excerpt = name if len(name) <= _MAX_EXCERPT else f"{name[:_MAX_EXCERPT]}..."
            place = f"query.{excerpt}"
            item = self._query.get(name)
            if item is None:
                message = f"There is no such parameter; known are: {known}."
                yield FieldError(place, "unknown", message)
            elif len(texts) > 1 and not item.parameter.is_repeated:
                message = f"It may be given once, found {len(texts)}."
                yield FieldError(place, "duplicate", message)
            else:
                try:
                    item.read(texts)
                except ValueError as error:
                    yield FieldError(place, "invalid", str(error))
        for name in self._required_query:
            if name not in given:
                yield FieldError(f"query.{name}", "missing", "This parameter is required.")

    def _header_errors(self, exchange: Exchange) -> Iterator[FieldError]:
        repeated = exchange.repeated_headers()
        for name, item in self._headers.items():
            place = f"header.{item.parameter.name}"
            value = exchange.headers.get(name)
            if value is None:
                if item.parameter.required:
                    yield FieldError(place, "missing", "This header is required.")
            elif name in repeated:
                yield FieldError(place, "duplicate", "It may be given once.")
            else:
                try:
                    item.decode(_header_text(value))
                except ValueError as error:
                    yield FieldError(place, "invalid", str(error))


def _decoded(parameter: Parameter) -> _Decoded:
    decode = text_decoder(parameter.kind)
    return _Decoded(parameter.argument, decode, parameter.container, parameter)


def _header_text(value: bytes) -> str:
    text = value.decode("latin-1").strip(" \t")
    if not (text.isascii() and (text.isprintable() or "\t" in text)):
        raise ValueError("Expected printable ASCII.")
    return text

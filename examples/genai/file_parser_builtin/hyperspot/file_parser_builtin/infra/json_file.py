"""JSON and JSON Lines: members by name, lists of records as tables."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, Final, NoReturn, TypeAlias

from attrs import frozen

from hyperspot.file_parser.contract import (
    ParsedContent,
    ParseFailed,
    ParseRequest,
    Place,
    media_types,
)
from hyperspot.file_parser.contract.building import BlockBuilder, Budget
from hyperspot.file_parser_builtin.domain.charset import decode

_STAGE: Final = "reading JSON"
_MOST_COLUMNS: Final = 200
_MOST_LEVELS: Final = 6  # deeper values are shown as they are written


class _Scalar(str):
    """A value without members; a number as it was written."""

    __slots__ = ()


class _String(_Scalar):
    """A string, which JSON writes in quotes."""

    __slots__ = ()


@frozen
class _Object:
    """An object with all its members, names that occur twice included."""

    members: list[tuple[str, Any]]

    @property
    def is_flat(self) -> bool:
        return all(isinstance(value, _Scalar) for _, value in self.members)


_Value: TypeAlias = "_Scalar | _Object | list[Any]"


def parse_json_file(path: Path, request: ParseRequest, budget: Budget) -> ParsedContent:
    """Return the members of a document: scalars as ``name: value``, lists of flat objects as tables."""
    decoded = decode(path.read_bytes(), request.charset)
    builder = BlockBuilder(budget, _STAGE)
    try:
        if request.media_type == media_types.JSON_LINES:
            value: _Value = list(_lines(decoded.text))
        else:
            value = _loaded(decoded.text)
        budget.check_time(_STAGE)
        _Walk(builder).add(value, "$", 1)
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}: {error.msg}"
        raise ParseFailed(request.filename, request.media_type, where) from error
    except RecursionError as error:
        reason = "its values are nested too deep"
        raise ParseFailed(request.filename, request.media_type, reason) from error
    except _NoNumber as error:
        raise ParseFailed(request.filename, request.media_type, f"{error} is no JSON") from error
    return ParsedContent(blocks=builder.finish(), charset=decoded.charset)


class _NoNumber(Exception):
    """NaN or an infinity, which JSON does not have."""


def _lines(text: str) -> Iterator[_Value]:
    for number, line in enumerate(text.splitlines(), 1):
        if line.strip():
            try:
                yield _loaded(line)
            except json.JSONDecodeError as error:
                raise json.JSONDecodeError(
                    f"in line {number}: {error.msg}", line, error.pos
                ) from error


def _loaded(text: str) -> _Value:
    def refuse(name: str) -> NoReturn:
        raise _NoNumber(name)

    value: Any = json.loads(
        text,
        object_pairs_hook=lambda pairs: _Object([(name, _value(item)) for name, item in pairs]),
        parse_int=_Scalar,
        parse_float=_Scalar,
        parse_constant=refuse,
    )
    return _value(value)


def _value(value: Any) -> _Value:
    """Return what the decoder made, with words for what is no text yet; lists are changed in place."""
    if isinstance(value, list):
        items: list[Any] = value  # pyright: ignore[reportUnknownVariableType]  # json says nothing of its items
        items[:] = map(_value, items)
        return items
    if isinstance(value, _Object | _Scalar):
        return value
    return _String(value) if isinstance(value, str) else _Scalar(json.dumps(value))


@frozen
class _Walk:
    """Adds values to a builder."""

    builder: BlockBuilder

    def add(self, value: _Value, path: str, level: int) -> None:
        """Add the value at *path*, whose own members are headings of *level*."""
        self.builder.at(Place(element=path))
        if isinstance(value, _Scalar):
            self.builder.text(value)
            self.builder.end_block()
        elif isinstance(value, _Object):
            self._members(value, path, level)
        elif records := _records(value):
            self._table(records)
        else:
            self._items(value, path, level)

    def _members(self, value: _Object, path: str, level: int) -> None:
        for name, member in value.members:
            where = f"{path}.{name}" if name.isidentifier() else f"{path}[{json.dumps(name)}]"
            self.builder.at(Place(element=where))
            if isinstance(member, _Scalar):
                self.builder.text(f"{name}: {member}")
                self.builder.end_block()
                continue
            self.builder.start_heading(level)
            self.builder.text(name)
            self.builder.end_block()
            self._nested(member, where, level + 1)

    def _items(self, items: Sequence[_Value], path: str, level: int) -> None:
        for index, item in enumerate(items):
            where = f"{path}[{index}]"
            self.builder.at(Place(element=where))
            if isinstance(item, _Scalar):
                self.builder.open_item(ordered=False)
                self.builder.text(item)
                self.builder.close()
            else:
                self._nested(item, where, level)

    def _nested(self, value: _Value, path: str, level: int) -> None:
        if level > _MOST_LEVELS:
            self.builder.code_block("".join(_written(value)), "json")
        else:
            self.add(value, path, level)

    def _table(self, records: Sequence[_Object]) -> None:
        names = list(dict.fromkeys(name for item in records for name, _ in item.members))
        self.builder.open_table()
        self.builder.add_row(names, is_header=True)
        for record in records:
            cells = dict(record.members)
            self.builder.add_row([cells.get(name, "") for name in names])
        self.builder.close()


def _records(items: Sequence[_Value]) -> list[_Object]:
    """Return *items* if they are records of one kind: flat objects with few names."""
    records = [
        item for item in items if isinstance(item, _Object) and item.members and item.is_flat
    ]
    names = {name for item in records for name, _ in item.members}
    return records if len(records) == len(items) and 0 < len(names) <= _MOST_COLUMNS else []


def _written(value: _Value) -> Iterator[str]:
    """Yield *value* as text; its depth is what the decoder took."""
    quote: Callable[[str], str] = json.dumps
    if isinstance(value, _Scalar):
        yield quote(value) if isinstance(value, _String) else str(value)
    elif isinstance(value, _Object):
        for number, (name, member) in enumerate(value.members):
            yield f"{', ' if number else '{'}{quote(name)}: "
            yield from _written(member)
        yield "}" if value.members else "{}"
    else:
        for number, item in enumerate(value):
            yield ", " if number else "["
            yield from _written(item)
        yield "]" if value else "[]"

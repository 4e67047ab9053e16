"""YAML text into a tree with the line of every value, within bounds.

Reads events, never objects: no tag makes anything but text, an alias costs what it stands for, and depth
is checked before it can hurt.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

import yaml
from attrs import field, frozen

from modkit.config.problems import Origin
from modkit.config.scalars import resolve_plain
from modkit.config.tree import MAX_DEPTH, Branch, Items, Node, Scalar

MAX_NODES: Final = 100_000

_Loader = (
    yaml.CSafeLoader if yaml.__with_libyaml__ else yaml.SafeLoader
)  # same events, 10x the speed


@frozen(kw_only=True)
class YamlMistake:
    """One mistake, at a line and column counted from 1."""

    line: int
    column: int
    message: str


class YamlInvalid(ValueError):
    """The text is not YAML that we take."""

    def __init__(self, mistakes: list[YamlMistake]) -> None:
        self.mistakes = tuple(mistakes)
        super().__init__("; ".join(f"{m.line}:{m.column}: {m.message}" for m in mistakes))


@frozen
class _Built:
    """A node with its size in nodes, aliases counted in full, and its height in levels."""

    node: Node
    size: int = 1
    height: int = 0


def read_yaml(
    text: str, *, origin_at: Callable[[int], Origin], scalar: Callable[[Scalar], Node]
) -> Node | None:
    """Read one document.

    Args:
        text: The document; one that is empty gives None.
        origin_at: The origin of what is written at a line, counted from 1.
        scalar: Has the last word on a scalar.

    Raises:
        YamlInvalid: Not YAML, a duplicate key, a key that is no text, a tag, more than one document, or too
            large: 100 000 values with aliases counted in full, 64 levels.
    """
    try:
        text.encode()
        reader = _Reader(yaml.parse(text, Loader=_Loader), origin_at, scalar)
        node = reader.document()
    except UnicodeEncodeError as error:
        raise YamlInvalid(
            [YamlMistake(line=1, column=1, message=f"is not text: {error.reason}")]
        ) from error
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        message = f"not valid YAML: {error.problem or error.context or 'unreadable'}"
        raise YamlInvalid([YamlMistake(line=line, column=column, message=message)]) from error
    except yaml.YAMLError as error:
        reason = str(getattr(error, "reason", "unreadable"))
        raise YamlInvalid(
            [YamlMistake(line=1, column=1, message=f"not valid YAML: {reason}")]
        ) from error
    if reader.mistakes:
        raise YamlInvalid(reader.mistakes)
    return node


@frozen
class _Reader:
    _events: Iterator[yaml.Event]
    _origin_at: Callable[[int], Origin]
    _scalar: Callable[[Scalar], Node]
    _anchors: dict[str, _Built | None] = field(factory=dict[str, "_Built | None"], init=False)
    mistakes: list[YamlMistake] = field(factory=list[YamlMistake], init=False)

    def document(self) -> Node | None:
        next(self._events)  # the start of the stream
        if isinstance(next(self._events), yaml.StreamEndEvent):
            return None
        built = self._read(next(self._events), depth=0)
        next(self._events)  # the end of the document
        after = next(self._events)
        if not isinstance(after, yaml.StreamEndEvent):
            self._note(after, "a second document starts here; one file holds one")
        return built.node

    def _read(self, event: yaml.Event, *, depth: int, key_line: int | None = None) -> _Built:
        line = key_line or _line(event)
        if isinstance(event, yaml.AliasEvent):
            return self._alias(event, depth)
        if depth > MAX_DEPTH:
            raise self._stop(event, f"nested more than {MAX_DEPTH} levels deep")
        anchor: str | None = getattr(event, "anchor", None)
        if anchor is not None:
            self._anchors[anchor] = None
        if isinstance(event, yaml.ScalarEvent):
            built = _Built(self._read_scalar(event, line))
        elif isinstance(event, yaml.SequenceStartEvent):
            self._refuse_tag(event)
            built = self._sequence(line, depth, event)
        else:
            self._refuse_tag(event)
            built = self._mapping(line, depth, event)
        if anchor is not None:
            self._anchors[anchor] = built
        return built

    def _read_scalar(self, event: yaml.ScalarEvent, line: int) -> Node:
        origin = self._origin_at(line)
        is_text = event.tag in ("!", "tag:yaml.org,2002:str")
        if not is_text:
            self._refuse_tag(event)
        quoted = is_text or not event.implicit[0]
        value = event.value if quoted else resolve_plain(event.value)
        return self._scalar(Scalar(origin=origin, value=value, shown=event.value))

    def _sequence(self, line: int, depth: int, start: yaml.Event) -> _Built:
        items: list[Node] = []
        size, height = 1, 0
        while not isinstance(event := next(self._events), yaml.SequenceEndEvent):
            item = self._read(event, depth=depth + 1)
            items.append(item.node)
            size, height = self._grown(start, size + item.size), max(height, item.height + 1)
        return _Built(Items(origin=self._origin_at(line), items=tuple(items)), size, height)

    def _mapping(self, line: int, depth: int, start: yaml.Event) -> _Built:
        entries: dict[str, Node] = {}
        lines: dict[str, int] = {}
        size, height = 1, 0
        while not isinstance(event := next(self._events), yaml.MappingEndEvent):
            key_line = _line(event)
            key = self._key(event, depth)
            below = self._read(next(self._events), depth=depth + 1, key_line=key_line)
            if key is not None and key in lines:
                self._note(
                    event, f"duplicate key {key}, first at line {lines[key]}; keep one of them"
                )
            elif key is not None:
                entries[key], lines[key] = below.node, key_line
            size, height = self._grown(start, size + below.size), max(height, below.height + 1)
        return _Built(Branch(origin=self._origin_at(line), entries=entries), size, height)

    def _key(self, event: yaml.Event, depth: int) -> str | None:
        if not isinstance(event, yaml.ScalarEvent):
            self._note(event, "a key must be text; write it out")
            self._read(event, depth=depth + 1)
            return None
        self._refuse_tag(event)
        key = str(event.value)
        if event.implicit[0] and key == "<<":
            self._note(event, "merge keys (<<) are not supported; give a second file instead")
            return None
        if event.implicit[0] and not isinstance(resolve_plain(key), str):
            self._note(event, f'a key must be text; write it in quotes: "{key}"')
            return None
        return key

    def _alias(self, event: yaml.AliasEvent, depth: int) -> _Built:
        anchor = str(event.anchor)
        if anchor not in self._anchors:
            raise self._stop(event, f"the alias *{anchor} has no anchor &{anchor} above it")
        built = self._anchors[anchor]
        if built is None:
            raise self._stop(event, f"the alias *{anchor} stands inside its own anchor")
        if depth + built.height > MAX_DEPTH:
            raise self._stop(event, f"nested more than {MAX_DEPTH} levels deep")
        return built

    def _grown(self, event: yaml.Event, size: int) -> int:
        if size > MAX_NODES:
            raise self._stop(event, f"more than {MAX_NODES} values, aliases counted in full")
        return size

    def _refuse_tag(self, event: yaml.Event) -> None:
        tag = getattr(event, "tag", None)
        if tag is not None:
            self._note(event, f"tags are not supported, found {tag}")

    def _note(self, event: yaml.Event, message: str) -> None:
        column = event.start_mark.column + 1 if event.start_mark else 1
        self.mistakes.append(YamlMistake(line=_line(event), column=column, message=message))

    def _stop(self, event: yaml.Event, message: str) -> YamlInvalid:
        self._note(event, message)
        return YamlInvalid(self.mistakes)


def _line(event: yaml.Event) -> int:
    return event.start_mark.line + 1 if event.start_mark else 1

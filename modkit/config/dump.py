"""The effective configuration: every value in use, and where it came from."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from enum import Enum
from pathlib import PurePath
from typing import Any, NamedTuple, cast
from uuid import UUID

import attrs
import yaml

from modkit.config.configuration import Configuration
from modkit.config.paths import Keys, dotted, split_path
from modkit.config.problems import Origin
from modkit.config.references import escape
from modkit.config.scalars import resolve_plain
from modkit.config.section import keys_of
from modkit.config.tree import Branch, Node, find, typed
from modkit.secret import Secret


class EffectiveValue(NamedTuple):
    """One value in use.

    Attributes:
        keys: The key, from the root.
        value: Text, number, bool, None, or a list or mapping of these; ``***`` for a secret.
        origin: Where it was written, or which class has the default.
    """

    keys: Keys
    value: Any
    origin: Origin

    @property
    def path(self) -> str:
        """The key as a dotted path."""
        return dotted(self.keys)


def effective(configuration: Configuration, sections: Mapping[str, type]) -> list[EffectiveValue]:
    """Return every value of *sections* in the order of their keys; a list is one value.

    Raises:
        ConfigurationInvalid: As ``Configuration.check``.
    """
    made = configuration.check(sections)
    values: list[EffectiveValue] = []
    for path, section in made.items():
        keys = split_path(path)
        values += _walk(section, find(configuration.root, keys), keys, owner=sections[path])
    return values


def _walk(value: Any, node: Node | None, keys: Keys, *, owner: type) -> Iterator[EffectiveValue]:
    kind: type[Any] = value.__class__
    if attrs.has(kind):
        for key in keys_of(kind).values():
            below = getattr(value, key.attribute)
            yield from _walk(below, _below(node, key.name), (*keys, key.name), owner=kind)
    elif isinstance(value, Mapping) and value:
        entries = cast("Mapping[object, object]", value)
        for name, below in entries.items():
            text = str(plain(name))
            yield from _walk(below, _below(node, text), (*keys, text), owner=owner)
    else:
        origin = Origin(source="default", place=owner.__name__) if node is None else node.origin
        yield EffectiveValue(keys, plain(value), origin)


def _below(node: Node | None, name: str) -> Node | None:
    inner = typed(node) if node is not None else None
    return inner.entries.get(name) if isinstance(inner, Branch) else None


def plain(value: Any) -> Any:
    """Return *value* as a document has it, secrets masked."""
    if isinstance(value, Secret):
        return "***"
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, PurePath | UUID):
        return str(value)
    kind: type[Any] = value.__class__
    if attrs.has(kind):
        return {key.name: plain(getattr(value, key.attribute)) for key in keys_of(kind).values()}
    if isinstance(value, Mapping):
        entries = cast("Mapping[object, object]", value)
        return {str(plain(key)): plain(item) for key, item in entries.items()}
    if isinstance(value, set | frozenset):
        return sorted((plain(item) for item in cast("set[Any]", value)), key=str)
    if isinstance(value, list | tuple):
        return [plain(item) for item in cast("list[Any]", value)]
    return value


def as_tree(values: Iterable[EffectiveValue]) -> dict[str, Any]:
    """Nest *values* again, as in a file; ready for JSON."""
    tree: dict[str, Any] = {}
    for keys, value, _ in values:
        here = tree
        for key in keys[:-1]:
            here = here.setdefault(str(key), {})
        here[str(keys[-1])] = value
    return tree


def as_yaml(values: Iterable[EffectiveValue]) -> str:
    """Write *values* as a configuration file; one without secrets gives the same sections again."""
    return yaml.dump(
        as_tree(values), Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=10_000
    )


def as_text(values: Iterable[EffectiveValue]) -> str:
    """Write *values* one a line, each with its origin."""
    lines = [(f"{value.path} = {_inline(value.value)}", value.origin) for value in values]
    width = max((len(text) for text, _ in lines), default=0)
    return "".join(f"{text:<{min(width, 60)}}  # {origin}\n" for text, origin in lines)


def _inline(value: Any) -> str:
    text = yaml.dump(
        value, Dumper=_Dumper, default_flow_style=True, allow_unicode=True, width=10**9
    )
    return text.removesuffix("\n").removesuffix("\n...")


class _Dumper(yaml.SafeDumper):
    """Quotes what our reader would take for something else, and writes nothing twice by alias."""

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002  # the signature of PyYAML
        return True


def _text_node(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    # Line breaks that only YAML knows, such as U+0085, survive as escapes only.
    is_plain = isinstance(resolve_plain(text), str) and "${" not in text and text.isprintable()
    return dumper.represent_scalar(  # pyright: ignore[reportUnknownMemberType]  # untyped in the stubs
        "tag:yaml.org,2002:str", escape(text), style=None if is_plain else '"'
    )


_Dumper.add_representer(str, _text_node)

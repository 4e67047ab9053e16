"""The configuration of one process: all layers merged, asked by section."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final, TypeVar

from attrs import Factory, define, evolve, field, frozen

from modkit.config.paths import Keys, dotted, split_path
from modkit.config.problems import ConfigProblem, ConfigurationInvalid, Origin, Refused
from modkit.config.refusal import nearest, one_of, unknown_key
from modkit.config.section import is_section, keys_of
from modkit.config.sources import (
    layered,
    read_environment,
    read_file,
    read_overrides,
    unused_variables,
)
from modkit.config.structure import branch, structure
from modkit.config.tree import Branch, Node, find, from_python, without

S = TypeVar("S")

_NOTHING: Final[Mapping[str, Any]] = MappingProxyType({})


@define
class Outline:
    """The sections that exist, as a tree: a section may hold keys of its own and other sections."""

    kind: type | None = None
    below: dict[str, Outline] = Factory(dict[str, "Outline"])

    @classmethod
    def of(cls, sections: Mapping[str, type]) -> Outline:
        """Arrange *sections* by path.

        Raises:
            ValueError: A path is none.
            TypeError: A section is no attrs class, or has a key that is also a section below it.
        """
        root = cls()
        for path, kind in sections.items():
            if not is_section(kind):
                raise TypeError(f"the section {path} must be an attrs class, found {kind!r}")
            here = root
            for key in split_path(path):
                here = here.below.setdefault(key, cls())
            here.kind = kind
        root._check_keys("")
        return root

    def _check_keys(self, path: str) -> None:
        both = self.own_keys & self.below.keys()
        if both:
            raise TypeError(f"{path}: {', '.join(sorted(both))} is both a key and a section")
        for name, outline in self.below.items():
            outline._check_keys(f"{path}.{name}".removeprefix("."))

    @property
    def own_keys(self) -> set[str]:
        """The keys of the section itself, without those of sections below."""
        return set(keys_of(self.kind)) if self.kind is not None else set()


@frozen(repr=False)
class Configuration:
    """An immutable tree of values, each with the place where it was written.

    Attributes:
        root: The merged tree.
        env_prefix: Start of the names of configuration variables.
        unused_variables: Variables with the prefix that set nothing.

    Example:
        >>> from attrs import frozen
        >>> @frozen(kw_only=True)
        ... class ServerConfig:
        ...     port: int = 80
        >>> configuration = Configuration.load(environ={"MODKIT_SERVER__PORT": "8080"})
        >>> configuration.section("server", ServerConfig)
        ServerConfig(port=8080)
    """

    root: Branch
    env_prefix: str = field(default="", kw_only=True)
    unused_variables: tuple[str, ...] = field(default=(), kw_only=True)

    def __repr__(self) -> str:
        # Values may be secrets: which ones is known only to the sections.
        return f"Configuration(sections=[{', '.join(self.root.entries)}])"

    @classmethod
    def load(
        cls,
        *,
        files: Sequence[Path] = (),
        environ: Mapping[str, str] = _NOTHING,
        env_prefix: str = "MODKIT_",
        overrides: Sequence[str] = (),
        defaults: Mapping[str, Any] = _NOTHING,
    ) -> Configuration:
        """Read and merge all layers.

        Args:
            files: YAML files, lowest first.
            environ: The environment, for ``${VAR}`` in files and for variables with the prefix.
            env_prefix: Start of the names of configuration variables, underscore included.
            overrides: ``path=value`` texts of the command line.
            defaults: What the application gives below all else, as nested Python values.

        Raises:
            ConfigurationInvalid: A source cannot be read; all such problems of all sources.
        """
        problems: list[ConfigProblem] = []
        layers: list[Node | None] = [
            from_python(defaults, Origin(source="default", place="the application"))
        ]
        readers: list[Callable[[], Node | None]] = [
            *(partial(read_file, file, environ) for file in files),
            partial(read_environment, environ, env_prefix),
            partial(read_overrides, overrides),
        ]
        for read in readers:
            try:
                layers.append(read())
            except Refused as error:
                problems += error.problems
        if problems:
            raise ConfigurationInvalid(problems)
        return cls(
            layered(*layers),
            env_prefix=env_prefix,
            unused_variables=unused_variables(environ, env_prefix),
        )

    def with_overrides(self, overrides: Sequence[str]) -> Configuration:
        """Return a copy with ``path=value`` texts on top.

        Raises:
            ConfigurationInvalid: One of them cannot be read.
        """
        try:
            return evolve(self, root=layered(self.root, read_overrides(overrides)))
        except Refused as error:
            raise ConfigurationInvalid(error.problems) from error

    def section(self, path: str, kind: type[S]) -> S:
        """Return the section at *path*; one that is not there has all defaults.

        Args:
            path: Such as ``modules.rag.config``.
            kind: Its attrs class.

        Raises:
            ConfigurationInvalid: All problems of the section.
        """
        keys = split_path(path)
        node = find(self.root, keys)
        if node is None:
            node = Branch(origin=_default_origin(kind), entries={})
        try:
            return structure(node, kind)
        except Refused as error:
            raise ConfigurationInvalid(error.under(*keys)) from error

    def check(self, sections: Mapping[str, type]) -> dict[str, Any]:
        """Return all *sections* by path, and make sure that nothing else is configured.

        A section may lie below another one: ``modules.rag`` with ``enabled`` and ``modules.rag.config``.

        Raises:
            ConfigurationInvalid: All problems of all sections, unknown keys, sections and modules anywhere.
        """
        outline = Outline.of(sections)
        made: dict[str, Any] = {}
        problems = [*_check(outline, self.root, (), made), *self._near_misses(outline)]
        if problems:
            raise ConfigurationInvalid(problems)
        return {path: made[dotted(split_path(path))] for path in sections}

    def _near_misses(self, outline: Outline) -> Iterable[ConfigProblem]:
        for variable in self.unused_variables:
            name = variable.removeprefix(self.env_prefix).lower()
            if any(name.startswith(f"{section}_") for section in outline.below):
                yield ConfigProblem(
                    origin=Origin(source="environment", place=variable),
                    message="sets nothing; two underscores nest, as in PREFIX_SERVER__PORT",
                )


def _check(
    outline: Outline, node: Node | None, keys: Keys, made: dict[str, Any]
) -> list[ConfigProblem]:
    if node is None:
        node = Branch(origin=_default_origin(outline.kind), entries={})
    try:
        here = branch(node, "a mapping")
    except Refused as error:
        return error.under(*keys)
    own = outline.own_keys
    problems = [
        ConfigProblem(
            keys=(*keys, name),
            origin=found.origin,
            message=_unknown(keys, name, [*own, *outline.below]),
        )
        for name, found in here.entries.items()
        if name not in own and name not in outline.below
    ]
    if outline.kind is not None:
        mine = without(here, here.entries.keys() - own)
        try:
            made[dotted(keys)] = structure(mine, outline.kind)
        except Refused as error:
            problems += error.under(*keys)
    for name, below in outline.below.items():
        problems += _check(below, here.entries.get(name), (*keys, name), made)
    return problems


def _unknown(keys: Keys, name: str, known: Sequence[str]) -> str:
    if keys == ("modules",):
        return (
            f"no such module is installed{nearest(name, known)}; expected {one_of(sorted(known))}"
        )
    return unknown_key(name, sorted(known))


def _default_origin(kind: type | None) -> Origin:
    return Origin(
        source="default", place=kind.__name__ if kind is not None else "the configuration"
    )

"""The layers of a configuration, lowest first: defaults, files in order, environment, command line.

| source       | written as                               | value                                    |
|--------------|------------------------------------------|------------------------------------------|
| default      | Python values                            | as it is                                 |
| file         | YAML, at most 1 MiB                      | typed by YAML; ``${VAR}`` is filled in   |
| environment  | ``PREFIX_SERVER__PORT=80``; ``__`` nests | a text field takes the text as it is,    |
| command line | ``--set server.port=80``                 | others a number, ``[a, b]``, ``{a: 1}``  |

Names of variables are lower-cased. A variable with the prefix but no ``__`` is not ours: service managers
and shells set such variables.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from modkit.config.paths import split_path
from modkit.config.problems import ConfigProblem, Origin, Refused
from modkit.config.references import ReferenceUnresolved, expand, has_reference
from modkit.config.scalars import resolve_plain
from modkit.config.tree import (
    MAX_DEPTH,
    Branch,
    Broken,
    Node,
    Scalar,
    Text,
    branch_at,
    find,
    merge,
    typed,
)
from modkit.config.yaml_source import YamlInvalid, read_yaml

MAX_FILE_BYTES: Final = 1024 * 1024


def read_file(path: Path, environ: Mapping[str, str]) -> Node | None:
    """Read one configuration file; an empty one gives None.

    Raises:
        Refused: It cannot be read, is too large, no UTF-8, no YAML, or not a mapping.
    """
    try:
        with path.open("rb") as file:
            content = file.read(MAX_FILE_BYTES + 1)
    except OSError as error:
        raise _file_refused(str(path), f"cannot read the file: {error.strerror}") from error
    except ValueError as error:
        raise _file_refused(repr(path), "the name of the file is not a path") from error
    if len(content) > MAX_FILE_BYTES:
        raise _file_refused(str(path), f"larger than {MAX_FILE_BYTES} bytes")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise _file_refused(f"{path}:{line}", "the file is not UTF-8 text") from None
    return _read_text(path, text, environ)


def _read_text(path: Path, text: str, environ: Mapping[str, str]) -> Node | None:
    def origin_at(line: int) -> Origin:
        return Origin(source="file", place=f"{path}:{line}", folder=path.parent)

    def scalar(found: Scalar) -> Node:
        return _expanded(found, environ)

    try:
        node = read_yaml(text, origin_at=origin_at, scalar=scalar)
    except YamlInvalid as error:
        raise Refused(
            ConfigProblem(
                origin=Origin(source="file", place=f"{path}:{mistake.line}:{mistake.column}"),
                message=mistake.message,
            )
            for mistake in error.mistakes
        ) from error
    if node is None or isinstance(node, Branch):
        return node
    if isinstance(node, Scalar) and not node.shown:  # nothing but "---"
        return None
    raise _file_refused(
        node.origin.place, "the file must hold a mapping, such as server: {port: 80}"
    )


def read_environment(environ: Mapping[str, str], prefix: str) -> Node | None:
    """Read the variables that start with *prefix* and have ``__`` in the rest.

    Raises:
        Refused: A part of a name is empty, two variables give one key, or a value is not text.
    """
    tree: Node | None = None
    problems: list[ConfigProblem] = []
    names: dict[tuple[str, ...], str] = {}
    found = sorted(
        (tuple(name.removeprefix(prefix).lower().split("__")), name)
        for name in environ
        if name.startswith(prefix)
    )
    for keys, name in found:
        if len(keys) < 2:
            continue
        origin = Origin(source="environment", place=name)
        reason = _unfit_name(keys, names)
        above = find(tree, keys[:-1]) if tree is not None else None
        if not reason and above is not None and not isinstance(typed(above), Branch):
            reason = (
                f"{above.origin.place} already gives a value that is not a mapping to a key above"
            )
        try:
            node = untyped(environ[name], origin)
        except ValueError as error:
            reason = reason or str(error)
        else:
            if not reason:
                names[keys] = name
                tree = merge(tree, branch_at(keys, node))
        if reason:
            problems.append(ConfigProblem(keys=keys, origin=origin, message=reason))
    if problems:
        raise Refused(problems)
    return tree


def _unfit_name(keys: tuple[str, ...], names: Mapping[tuple[str, ...], str]) -> str:
    if not all(keys):
        return "a part of the name is empty; write PREFIX_SECTION__KEY"
    if len(keys) > MAX_DEPTH:
        return f"nested more than {MAX_DEPTH} levels deep"
    if keys in names:
        return f"the variable {names[keys]} gives the same key; keep one of them"
    return ""


def unused_variables(environ: Mapping[str, str], prefix: str) -> tuple[str, ...]:
    """Return the names with *prefix* that name no key, for a check of near misses."""
    return tuple(
        sorted(
            name
            for name in environ
            if name.startswith(prefix) and "__" not in name.removeprefix(prefix)
        )
    )


def read_overrides(overrides: Sequence[str]) -> Node | None:
    """Read ``path=value`` texts of the command line; a later one wins.

    Raises:
        Refused: A text has no ``=``, its path is no path, or its value is not text.
    """
    tree: Node | None = None
    problems: list[ConfigProblem] = []
    for position, override in enumerate(overrides, start=1):
        path, equals, text = override.partition("=")
        # The text may be a secret, so a broken override is named by its path or its position only.
        place = f"--set {path}" if equals else f"--set number {position}"
        origin = Origin(source="command line", place=place)
        try:
            if not equals:
                raise ValueError("write it as path=value, such as server.port=80")
            keys = split_path(path)
            if len(keys) > MAX_DEPTH:
                raise ValueError(f"nested more than {MAX_DEPTH} levels deep")
            tree = merge(tree, branch_at(keys, untyped(text, origin)))
        except ValueError as error:
            problems.append(ConfigProblem(origin=origin, message=str(error)))
    if problems:
        raise Refused(problems)
    return tree


def untyped(text: str, origin: Origin) -> Text:
    """Return *text* as a value whose type the field decides.

    Raises:
        ValueError: It holds bytes that are not UTF-8.
    """
    try:
        text.encode()
    except UnicodeEncodeError:
        raise ValueError("the value is not UTF-8 text") from None
    node: Node = Scalar(origin=origin, value=resolve_plain(text.strip()), shown=text)
    if text.lstrip()[:1] in ("[", "{"):
        try:
            node = read_yaml(text, origin_at=lambda _: origin, scalar=lambda found: found) or node
        except YamlInvalid:
            # It may be meant for a text field; any other will refuse it.
            node = Scalar(origin=origin, value=text, shown=text)
    return Text(origin=origin, text=text, typed=node, shown=text)


def layered(*layers: Node | None) -> Branch:
    """Merge *layers*, lowest first."""
    root: Node = Branch(origin=Origin(source="default", place="the configuration"), entries={})
    for layer in layers:
        if layer is not None:
            root = merge(root, layer)
    assert isinstance(root, Branch)  # every layer is one
    return root


def _expanded(scalar: Scalar, environ: Mapping[str, str]) -> Node:
    if not has_reference(scalar.shown):
        return scalar
    try:
        text = expand(scalar.shown, environ)
        text.encode()
    except ReferenceUnresolved as error:
        return Broken(origin=scalar.origin, reason=str(error))
    except UnicodeEncodeError:
        return Broken(origin=scalar.origin, reason=f"{scalar.shown} gives what is not UTF-8 text")
    # Quotes say nothing here: inside {...} YAML asks for them, whatever the type of the field.
    value = Scalar(origin=scalar.origin, value=resolve_plain(text.strip()), shown=scalar.shown)
    return Text(origin=scalar.origin, text=text, typed=value, shown=scalar.shown)


def _file_refused(place: str, message: str) -> Refused:
    return Refused([ConfigProblem(origin=Origin(source="file", place=place), message=message)])

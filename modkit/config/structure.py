"""The tree of values into typed sections, with all problems of it at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from enum import Enum
from functools import cache
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, TypeVar, Union, get_args, get_origin

from cattrs import BaseConverter
from msgspec import Meta

from modkit.config.constraints import breaches
from modkit.config.kinds import (
    LISTS,
    MAPPINGS,
    bare_kind,
    describe,
    is_secret,
    limits_of,
    takes_any_text,
)
from modkit.config.problems import ConfigProblem, Refused
from modkit.config.references import FILE_PREFIX, ReferenceUnresolved, read_secret
from modkit.config.refusal import problem, refused, unknown_key, what_was_found
from modkit.config.scalar_hooks import (
    SCALARS,
    Hook,
    enumeration,
    literal,
    scalar_or_enum,
    text_of,
    value_of,
)
from modkit.config.section import is_section, keys_of
from modkit.config.tree import Branch, Broken, Items, Node, Scalar, Text, is_null, typed
from modkit.secret import Secret

S = TypeVar("S")


def structure(node: Node, kind: type[S]) -> S:
    """Make a *kind* of *node*.

    Raises:
        Refused: It does not fit; the problems are relative to *node*.
        TypeError: A field of *kind* has a type that a configuration cannot hold.
    """
    made: S = _hook_of(kind, _converter())(node, kind)
    return made


def check_kind(kind: type) -> None:
    """Make sure that a configuration can hold every field of the section class *kind*.

    Raises:
        TypeError: It cannot; the message names the type and what there is.
    """
    for key in keys_of(kind).values():
        _hook_of(key.kind, _converter())


@cache
def _converter() -> BaseConverter:
    converter = BaseConverter()
    # Later ones are asked first; the first one answers for what nothing else takes.
    converter.register_structure_hook_factory(_is_anything, _unsupported)
    converter.register_structure_hook_func(_is(Any), _plain)
    for kind, hook in SCALARS.items():
        converter.register_structure_hook(kind, scalar_or_enum(hook))
    converter.register_structure_hook(Enum, enumeration)
    converter.register_structure_hook_func(_is(Literal), literal)
    converter.register_structure_hook_factory(_is(*LISTS), _list_hook)
    converter.register_structure_hook_factory(_is(*MAPPINGS), _mapping_hook)
    converter.register_structure_hook_factory(_is(Union, UnionType), _union_hook)
    converter.register_structure_hook_factory(is_section, _section_hook)
    converter.register_structure_hook_factory(is_secret, _secret_hook)
    converter.register_structure_hook_factory(_is(Annotated), _annotated_hook)
    return converter


def _hook_of(kind: Any, converter: BaseConverter) -> Hook:
    # The converter finds the hook of int for a subclass of int too, which would make a plain int.
    is_scalar = isinstance(kind, type) and issubclass(kind, (bytes, *SCALARS))
    if is_scalar and kind not in SCALARS and not issubclass(kind, Enum):
        return _unsupported(kind, converter)
    return converter.get_structure_hook(kind)


def _is_anything(_: Any) -> bool:
    return True


def _is(*kinds: Any) -> Callable[[Any], bool]:
    return lambda kind: kind in kinds or get_origin(kind) in kinds


def _unsupported(kind: Any, _: BaseConverter) -> Hook:
    raise TypeError(
        f"a configuration cannot hold {kind!r}; use text, numbers, bool, Path, UUID, Enum, Literal, Secret[str], "
        "lists, mappings with text keys, attrs classes, or a union of these"
    )


def _plain(node: Node, _: Any) -> Any:
    node = typed(node)
    if isinstance(node, Broken):
        raise refused(node, "a value")
    if isinstance(node, Branch):
        hook = _mapping_hook(dict[str, Any], _converter())
        return hook(node, dict[str, Any])
    if isinstance(node, Items):
        return _list_hook(list[Any], _converter())(node, list[Any])
    return node.value


def _list_hook(kind: Any, converter: BaseConverter) -> Hook:
    make = LISTS[get_origin(kind) or kind]
    arguments = get_args(kind)
    if make is tuple and arguments and arguments[-1] is not Ellipsis and get_origin(kind) is tuple:
        return _tuple_hook(arguments, converter)
    item_kind = arguments[0] if arguments else Any

    def build(node: Node, _: Any) -> Any:
        items = _items(node, f"a list of {describe(item_kind)}")
        return make(_each(enumerate(items), lambda _: item_kind, converter).values())

    return build


def _tuple_hook(kinds: Sequence[Any], converter: BaseConverter) -> Hook:
    def build(node: Node, _: Any) -> Any:
        accepted = f"a list of {len(kinds)} entries"
        items = _items(node, accepted)
        if len(items) != len(kinds):
            raise problem(node, f"expected {accepted}, found {len(items)}")
        return tuple(_each(enumerate(items), lambda key: kinds[int(key)], converter).values())

    return build


def _items(node: Node, accepted: str) -> tuple[Node, ...]:
    inner = typed(node)
    if not isinstance(inner, Items):
        # What was written may hold what belongs in a secret below, so only its kind is told.
        raise refused(inner, accepted, show=False)
    return inner.items


def _mapping_hook(kind: Any, converter: BaseConverter) -> Hook:
    key_kind, item_kind = get_args(kind) or (str, Any)

    def build(node: Node, _: Any) -> Any:
        entries = branch(node, "a mapping").entries
        made = _each(entries.items(), lambda _: item_kind, converter)
        if key_kind is str:
            return made
        problems: list[ConfigProblem] = []
        keyed: dict[Any, Any] = {}
        for key, value in made.items():
            written = Text(
                origin=entries[str(key)].origin,
                text=str(key),
                typed=Scalar(origin=entries[str(key)].origin, value=str(key), shown=str(key)),
                shown=str(key),
            )
            try:
                keyed[_hook_of(key_kind, converter)(written, key_kind)] = value
            except Refused as error:
                problems += error.under(key)
        if problems:
            raise Refused(problems)
        return keyed

    return build


def branch(node: Node, accepted: str) -> Branch:
    """Return *node* as a mapping; null is an empty one.

    Raises:
        Refused: It is something else.
    """
    inner = typed(node)
    if isinstance(inner, Branch):
        return inner
    if is_null(inner):
        return Branch(origin=inner.origin, entries={})
    raise refused(inner, accepted, show=False)


def _each(
    nodes: Iterable[tuple[str | int, Node]],
    kind_of: Callable[[str | int], Any],
    converter: BaseConverter,
) -> dict[str | int, Any]:
    problems: list[ConfigProblem] = []
    made: dict[str | int, Any] = {}
    for key, node in nodes:
        kind = kind_of(key)
        hook = _hook_of(kind, converter)
        try:
            made[key] = hook(node, kind)
        except Refused as error:
            problems += error.under(key)
    if problems:
        raise Refused(problems)
    return made


def _section_hook(kind: type, converter: BaseConverter) -> Hook:
    keys = keys_of(kind)

    def build(node: Node, _: Any) -> Any:
        section = branch(node, f"a mapping with the keys {', '.join(keys) or '(none)'}")
        problems = [
            ConfigProblem(keys=(name,), origin=found.origin, message=unknown_key(name, keys))
            for name, found in section.entries.items()
            if name not in keys
        ]
        check_kind(kind)
        for key in keys.values():
            if key.is_required and key.name not in section.entries:
                message = f"required, and not set; expected {describe(key.kind)}"
                problems.append(
                    ConfigProblem(keys=(key.name,), origin=section.origin, message=message)
                )
        given = ((name, found) for name, found in section.entries.items() if name in keys)
        try:
            values = _each(given, lambda name: keys[str(name)].kind, converter)
        except Refused as error:
            raise Refused([*problems, *error.problems]) from error
        if problems:
            raise Refused(problems)
        try:
            return kind(**{str(name): value for name, value in values.items()})
        except (ValueError, TypeError) as error:
            # Validators of attrs add the attribute and the value to their arguments.
            raise problem(section, str(error.args[0] if error.args else error)) from error

    return build


def _union_hook(kind: Any, converter: BaseConverter) -> Hook:
    members = [member for member in get_args(kind) if member is not NoneType]
    is_optional = len(members) < len(get_args(kind))
    # Text takes anything that an environment variable holds, so it is asked last.
    members.sort(key=takes_any_text)

    def build(node: Node, _: Any) -> Any:
        is_text = isinstance(node, Text) and takes_any_text(members[-1])
        if is_optional and is_null(node) and not is_text:
            return None
        if isinstance(node, Broken):
            raise refused(node, "")
        refusals: list[Refused] = []
        for member in members:
            try:
                return _hook_of(member, converter)(node, member)
            except Refused as error:
                refusals.append(error)
        if len(refusals) == 1:
            raise refusals[0]
        show = not any(is_secret(bare_kind(member)) for member in members)
        raise refused(node, describe(kind), show=show)

    return build


def _secret_hook(kind: Any, _: BaseConverter) -> Hook:
    inner = get_args(kind)[0] if get_args(kind) else str
    if bare_kind(inner) is not str:
        raise TypeError(f"a configuration holds secrets as Secret[str], not {kind!r}")
    limits = limits_of(inner)

    def build(node: Node, _: Any) -> Secret[str]:
        value = value_of(node)
        text = value.reveal() if isinstance(value, Secret) else text_of(node, show=False)  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]  # isinstance cannot tell Secret[str]
        secret = Secret(str(text))  # pyright: ignore[reportUnknownArgumentType]  # as above
        if not isinstance(value, Secret) and secret.reveal().startswith(FILE_PREFIX):
            try:
                secret = Secret(read_secret(secret.reveal(), node.origin.folder))
            except ReferenceUnresolved as error:
                raise problem(node, str(error)) from error
        _check_limits(node, secret, limits)
        return secret

    return build


def _annotated_hook(kind: Any, converter: BaseConverter) -> Hook:
    inner = get_args(kind)[0]
    hook = _hook_of(inner, converter)
    limits = limits_of(kind)

    def build(node: Node, _: Any) -> Any:
        value = hook(node, inner)
        _check_limits(node, value, limits)
        return value

    return build


def _check_limits(node: Node, value: Any, limits: Iterable[Meta]) -> None:
    masked = isinstance(value, Secret)
    checked: Any = value.reveal() if masked else value  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]  # any secret
    broken = [breach for meta in limits for breach in breaches(checked, meta)]
    if broken:
        found = what_was_found(node, show=not masked)
        raise problem(node, f"{' and '.join(broken)}, found {found}")

"""Types as attrs classes: ``@gts_type`` derives the schema of a class, and checks id and derivation at import."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from copy import deepcopy
from typing import Any, Final, TypeVar

import attrs
from attrs import frozen

from modkit.gts.derivation import Derivation
from modkit.gts.faults import InvalidGtsId
from modkit.gts.flatten import ComparedPairs
from modkit.gts.identifier import GtsTypeId
from modkit.gts.prepared import prepared
from modkit.gts.schema_walk import Schema
from modkit.gts.typed_schema import ClassSchema
from modkit.gts.validators import Validators

C = TypeVar("C", bound=type[Any])

_MARK: Final = "__gts_type__"
_VERSION_IN_NAME: Final = re.compile(r"V([0-9]+)(?:_([0-9]+))?$")


class InvalidTypeClass(TypeError):
    """A class cannot be the type it says; the message names the class, the identifier and what to change."""

    def __init__(self, cls: type[Any], type_id: str, fault: str) -> None:
        super().__init__(f"{cls.__module__}.{cls.__qualname__} as {type_id}: {fault}")


@frozen(kw_only=True)
class _Declaration:
    """What ``@gts_type`` has found out about a class.

    Attributes:
        type_id: Its identifier.
        schema: Its JSON Schema.
        is_final: Whether nothing derives from it.
        is_closed: Whether an instance has no members but the fields of the class.
        known: Prepared schemas, by identifier, of this type and all that it refers to.
    """

    type_id: GtsTypeId
    schema: Schema
    is_final: bool
    is_closed: bool
    known: Mapping[str, Schema]


def gts_type(
    type_id: str,
    *,
    base: type[Any] | None = None,
    final: bool = False,
    abstract: bool = False,
    closed: bool = False,
    traits_schema: Mapping[str, Any] | None = None,
    traits: Mapping[str, Any] | None = None,
    keywords: Mapping[str, Any] | None = None,
) -> Callable[[C], C]:
    """Declare an attrs class as a type of the global type system; stands above ``@frozen``.

    The schema (JSON Schema 2020-12) has title and descriptions from docstrings and constraints from ``Meta``. That of a
    derived class refers to its base in ``allOf``, and says only what the class adds or writes again; a field written
    again must be at least as strict. Identifier, base and derivation are checked here, so that a mistake shows at
    import; that ``traits`` fit their schema is checked where the type is registered. A name that ends in a version,
    such as ``OrderPlacedV1`` or ``OrderPlacedV1_2``, must end in that of the identifier.

    Args:
        type_id: The identifier; that of *base* and one segment more if there is one.
        base: The class of the type that this one derives from; the class must inherit from it.
        final: Nothing derives from it (``x-gts-final``).
        abstract: It has no instances, only types derived from it have (``x-gts-abstract``).
        closed: Instances have no members but the fields. Open types allow more, so that others can derive with new
            fields; a decoder of the class takes its own fields only, in any case.
        traits_schema: Schema of the traits that derived types have values for (``x-gts-traits-schema``).
        traits: Values of traits (``x-gts-traits``).
        keywords: Other keywords, to add to what the class itself says, such as ``minProperties``.

    Raises:
        InvalidTypeClass: The class cannot be this type; the message names class, identifier and fix.
        UnsupportedType: A field has no form in JSON.

    Example:
        >>> @gts_type("gts.x.core.events.type.v1~")
        ... @frozen(kw_only=True)
        ... class EventV1:
        ...     '''Something that has happened.'''
        ...     type: GtsTypeId
        >>> type_id_of(EventV1)
        'gts.x.core.events.type.v1~'
        >>> schema_of(EventV1)["required"]
        ['type']
    """

    def declare(cls: C) -> C:
        own_id = _checked_id(cls, type_id)
        parent = _checked_base(cls, own_id, base)
        if final and abstract:
            raise InvalidTypeClass(cls, own_id, "it cannot be both final and abstract")
        extra: Schema = {
            "x-gts-final": final or None,
            "x-gts-abstract": abstract or None,
            "x-gts-traits-schema": traits_schema,
            "x-gts-traits": traits,
        }
        written = ClassSchema(
            cls=cls,
            type_id=own_id,
            base=base,
            base_id=parent.type_id if parent else None,
            is_base_closed=parent is not None and parent.is_closed,
            is_closed=closed or (parent is not None and parent.is_closed),
            extra={name: value for name, value in extra.items() if value is not None},
            keywords=keywords or {},
        )
        if parent is not None and parent.is_closed and (new := written.new_fields()):
            raise InvalidTypeClass(
                cls, own_id, f"{parent.type_id} is closed: remove the new field {new[0]!r}"
            )
        schema, referred = written.write(_id_of_class)
        known: dict[str, Schema] = dict(parent.known) if parent else {}
        for other in referred:
            known |= _declaration(other).known
        known[own_id] = prepared(schema, own_id)
        if parent is not None:
            _check_derivation(cls, own_id, parent.type_id, known)
        declaration = _Declaration(
            type_id=own_id,
            schema=schema,
            is_final=final,
            is_closed=written.is_closed,
            known=known,
        )
        setattr(cls, _MARK, declaration)
        return cls

    return declare


def type_id_of(cls: type[Any]) -> GtsTypeId:
    """Return the identifier of a class declared with `gts_type`.

    Raises:
        TypeError: It is not declared so.
    """
    return _declaration(cls).type_id


def schema_of(cls: type[Any]) -> dict[str, Any]:
    """Return the JSON Schema of a class declared with `gts_type`; the caller may change it.

    Raises:
        TypeError: It is not declared so.
    """
    return deepcopy(_declaration(cls).schema)


def base_of(cls: type[Any]) -> type[Any] | None:
    """Return the class of the type that *cls* derives from, or None where it is a base type.

    Raises:
        TypeError: *cls* is not declared with `gts_type`.
    """
    _declaration(cls)
    return next((one for one in cls.__mro__[1:] if _MARK in vars(one)), None)


def _declaration(cls: type[Any]) -> _Declaration:
    found = vars(cls).get(_MARK)  # not that of a base, which names another type
    if not isinstance(found, _Declaration):
        raise TypeError(f'{cls.__module__}.{cls.__qualname__} is no type: write @gts_type("gts.…")')
    return found


def _id_of_class(cls: type[Any]) -> str | None:
    found = vars(cls).get(_MARK)
    return found.type_id if isinstance(found, _Declaration) else None


def _checked_id(cls: type[Any], text: str) -> GtsTypeId:
    if not attrs.has(cls):
        raise InvalidTypeClass(cls, text, "it is no attrs class: write @gts_type above @frozen")
    try:
        found = GtsTypeId(text)
    except InvalidGtsId as error:
        raise InvalidTypeClass(cls, text, error.reason) from error
    named = _VERSION_IN_NAME.search(cls.__name__)
    last = found.segments[-1]
    version = (str(last.ver_major), None if last.ver_minor is None else str(last.ver_minor))
    if named and (named[1] != version[0] or named[2] not in (None, version[1])):
        shown = "_".join(part for part in version if part is not None)
        raise InvalidTypeClass(
            cls, text, f"its name ends in {named[0]}: end it in V{shown}, or change the identifier"
        )
    return found


def _checked_base(
    cls: type[Any], type_id: GtsTypeId, base: type[Any] | None
) -> _Declaration | None:
    nearest = next((one for one in cls.__mro__[1:] if _MARK in vars(one)), None)
    if base is None:
        if nearest is not None:
            raise InvalidTypeClass(
                cls, type_id, f"it inherits from a type: add base={nearest.__name__}"
            )
        if type_id.parent is not None:
            raise InvalidTypeClass(
                cls,
                type_id,
                f"say which class is {type_id.parent}, with base=, and inherit from it",
            )
        return None
    if _id_of_class(base) is None:
        raise InvalidTypeClass(
            cls, type_id, f"its base {base.__qualname__} is no type: declare it with @gts_type"
        )
    parent = _declaration(base)
    if nearest is not base:
        other = f", not from {nearest.__name__}" if nearest else ""
        raise InvalidTypeClass(
            cls, type_id, f"it must inherit directly from its base {base.__name__}{other}"
        )
    if type_id.parent != parent.type_id:
        raise InvalidTypeClass(
            cls,
            type_id,
            f"it must be the identifier of its base and one segment: {parent.type_id}vendor.package.namespace.type.v1~",
        )
    if parent.is_final:
        raise InvalidTypeClass(cls, type_id, f"{parent.type_id} is final: nothing derives from it")
    return parent


def _check_derivation(
    cls: type[Any], type_id: GtsTypeId, base_id: GtsTypeId, known: Mapping[str, Schema]
) -> None:
    def value_faults(schema: Schema, value: Any) -> list[str]:
        return Validators(known.get).faults_of_schema(base_id, schema, value)

    derivation = Derivation(known.get, value_faults, ComparedPairs(known.get))
    if faults := derivation.faults(base_id, known[type_id]):
        raise InvalidTypeClass(
            cls, type_id, f"it does not fit its base {base_id}: {'; '.join(faults)}"
        )

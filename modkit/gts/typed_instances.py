"""Instances as attrs objects: their identifiers, their documents, and a store that takes classes and objects."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any, Final

import msgspec

from modkit.codec.encode import encoder
from modkit.gts.entity import Entity
from modkit.gts.faults import InvalidGtsId
from modkit.gts.identifier import GtsInstanceId
from modkit.gts.store import GtsStore
from modkit.gts.typed import base_of, schema_of, type_id_of
from modkit.gts.validation import register

_CACHED_ENCODERS: Final = 256


def gts_instance(cls: type[Any], name: str) -> GtsInstanceId:
    """Return the identifier of a well-known instance of *cls*.

    Args:
        cls: A class declared with `gts_type`.
        name: What is added to the identifier of the type: ``vendor.package.namespace.name.vMAJOR[.MINOR]`` or a UUID.

    Raises:
        TypeError: *cls* is no type.
        InvalidGtsId: *name* is no such segment; the message says why.
    """
    type_id = type_id_of(cls)
    if "~" in name:
        raise InvalidGtsId(name, f"it names another type; write what follows {type_id}")
    return GtsInstanceId(type_id + name)


def document_of(instance: object) -> dict[str, Any]:
    """Return the JSON document of an object whose class is declared with `gts_type`.

    Raises:
        TypeError: Its class is no type, or a field holds what JSON cannot carry.
    """
    cls: Any = type(instance)
    type_id_of(cls)
    write: Callable[[Any], bytes] = _encoder(cls)
    document: dict[str, Any] = msgspec.json.decode(write(instance))
    return document


def register_type(store: GtsStore, cls: type[Any]) -> Entity:
    """Store the type *cls*, after those that it derives from where *store* does not have them.

    Types that its fields refer to must be in the store.

    Raises:
        TypeError: *cls* is no type.
        InvalidEntity: It does not fit what the store holds; its bases stay there.
        Exhausted: The store is full.
    """
    base = base_of(cls)
    if base is not None and type_id_of(base) not in store:
        register_type(store, base)
    return register(store, schema_of(cls))


def register_instance(store: GtsStore, instance: object) -> Entity:
    """Store the document of *instance*, an object whose class is declared with `gts_type` and is in *store*.

    Raises:
        TypeError: Its class is no type.
        InvalidEntity: It has no identifier, breaks its schema, or its type is not in the store or is abstract.
        Exhausted: The store is full.
    """
    return register(store, document_of(instance))


@lru_cache(maxsize=_CACHED_ENCODERS)
def _encoder(cls: type[Any]) -> Callable[[Any], bytes]:
    return encoder(cls)

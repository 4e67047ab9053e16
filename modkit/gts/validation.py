"""Whether the entities of a store fit together: an instance its type, a type the types that it derives from."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from typing import Any, Final

from modkit.gts.derivation import Derivation
from modkit.gts.entity import URI_PREFIX, Entity, InvalidEntity
from modkit.gts.faults import InvalidGtsId, shortened
from modkit.gts.flatten import ComparedPairs, circles
from modkit.gts.identifier import GtsId, is_gts_type_id
from modkit.gts.prepared import MODIFIERS, reference_faults
from modkit.gts.schema_walk import Schema
from modkit.gts.store import GtsStore
from modkit.gts.traits import SCHEMA_KEYWORD, VALUES_KEYWORD, Traits, is_sealed, traits_of

FINAL, ABSTRACT = MODIFIERS
SCHEMA_ONLY: Final = (*MODIFIERS, SCHEMA_KEYWORD, VALUES_KEYWORD)
"""Keywords that describe types, and that no instance may have."""


def register(store: GtsStore, document: Mapping[str, Any]) -> Entity:
    """Store *document* if it is valid together with what the store holds.

    Raises:
        InvalidEntity: It is not; the store is unchanged.
        Exhausted: The store is full.
    """
    entity = store.checked(document)
    faults = document_faults(entity)
    if faults:
        raise InvalidEntity(entity.id, tuple(faults))
    before = store.find(entity.id)
    store.put(document)
    try:
        validate(store, entity.id)
    except InvalidEntity:
        store.remove(entity.id)
        if before is not None:
            store.put(before.content)
        raise
    return entity


def document_faults(entity: Entity) -> list[str]:
    """Return what keeps a document from being registered, beyond what a store asks of each."""
    if not entity.is_type:
        if entity.type_id is None:
            return ["no member tells its type: give it an identifier that begins with the type"]
        return []
    faults = reference_faults(dict(entity.content))
    identifier = entity.content.get("$id")
    if not str(identifier).startswith(URI_PREFIX):
        faults.append(f"$id: {shortened(str(identifier))!r} does not begin with {URI_PREFIX}")
    elif not is_gts_type_id(entity.id):
        faults.append(f"$id: {_why_no_type(entity.id)}")
    return faults


def validate(store: GtsStore, entity_id: str) -> None:
    """Check the entity *entity_id* as an instance or as a type, whichever it is.

    Raises:
        UnknownEntity: There is none.
        InvalidEntity: It does not fit.
    """
    if store.get(entity_id).is_type:
        validate_type(store, entity_id)
    else:
        validate_instance(store, entity_id)


def validate_finished(store: GtsStore, entity_id: str) -> None:
    """Check the entity *entity_id* as a finished one: a type also has closed traits, with values.

    Raises:
        UnknownEntity: There is none.
        InvalidEntity: It does not fit.
    """
    validate(store, entity_id)
    entity = store.get(entity_id)
    if entity.is_type and not is_sealed(effective_traits(store, entity_id)):
        remedy = f"close every {SCHEMA_KEYWORD} of the chain and give values in {VALUES_KEYWORD}"
        raise InvalidEntity(entity_id, (f"its traits are open or without values: {remedy}",))


def validate_instance(store: GtsStore, instance_id: str) -> None:
    """Check the instance *instance_id* against its type.

    Raises:
        UnknownEntity: There is no such entity.
        InvalidEntity: Its type is unknown or abstract, or it breaks the schema.
    """
    entity = store.get(instance_id)
    if entity.is_type:
        raise InvalidEntity(instance_id, ("it is a type, and an instance is wanted",))
    if entity.type_id is None:
        raise InvalidEntity(instance_id, ("no member tells its type",))
    faults = [
        f"/{name}: only a schema has this keyword" for name in SCHEMA_ONLY if name in entity.content
    ]
    schema = store.find_schema(entity.type_id)
    if schema is None:
        faults.append(f"its type {shortened(entity.type_id)} is not registered")
    elif schema.get(ABSTRACT) is True:
        faults.append(f"its type {shortened(entity.type_id)} is abstract: name a derived one")
    else:
        faults += store.validators.faults(entity.type_id, entity.content)
    if faults:
        raise InvalidEntity(instance_id, tuple(faults))


def validate_type(store: GtsStore, type_id: str) -> None:
    """Check the type *type_id* against each type of its chain, the one next to the base first.

    Raises:
        UnknownEntity: There is no such type.
        InvalidEntity: It does not fit, or refers to something that is not registered.
    """
    store.schema(type_id)
    if not is_gts_type_id(type_id):
        raise InvalidEntity(type_id, (_why_no_type(type_id),))
    faults = _chain_faults(store, type_id)
    faults = faults or list(effective_traits(store, type_id).faults)
    if faults:
        raise InvalidEntity(type_id, tuple(faults))
    store.validators.check(type_id)


def effective_traits(store: GtsStore, type_id: str) -> Traits:
    """Return the traits of *type_id* with their values, defaults included.

    Raises:
        UnknownEntity: A type of its chain is not registered.
        InvalidGtsId: *type_id* is no identifier.
    """
    chain = [(link, store.schema(link)) for link in GtsId(type_id).chain]

    def value_faults(schema: Schema, value: Any) -> list[str]:
        return store.validators.faults_of_schema(type_id, schema, value)

    is_abstract = chain[-1][1].get(ABSTRACT) is True
    return traits_of(chain, store.find_schema, value_faults, is_abstract=is_abstract)


def _chain_faults(store: GtsStore, type_id: str) -> list[str]:
    chain = GtsId(type_id).chain
    missing = [link for link in chain if store.find_schema(link) is None]
    if missing:
        return [f"the type {shortened(link)} of its chain is not registered" for link in missing]
    faults = [
        f"{reference} applies itself to the same value, for ever"
        for reference in circles(type_id, store.find_schema)
    ]
    for base, derived in pairwise(chain):
        if faults:
            break
        if store.schema(base).get(FINAL) is True:
            return [f"{shortened(base)} is final: nothing derives from it"]
        faults = [
            fault if derived == type_id else f"{shortened(derived)}: {fault}"
            for fault in _derivation(store, base).faults(base, store.schema(derived))
        ]
    return faults


def _derivation(store: GtsStore, base: str) -> Derivation:
    def value_faults(schema: Schema, value: Any) -> list[str]:
        return store.validators.faults_of_schema(base, schema, value)

    return Derivation(store.find_schema, value_faults, ComparedPairs(store.find_schema))


def _why_no_type(text: str) -> str:
    try:
        GtsId(text)
    except InvalidGtsId as error:
        return str(error)
    return f"{text!r} names no type: end it with ~"

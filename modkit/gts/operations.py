"""The operations of the specification as plain answers: what the command line prints and the HTTP server sends.

A negative answer is an answer and no error: ``ok`` is false, and ``error`` says why.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from modkit.gts.attributes import attribute
from modkit.gts.casting import cast
from modkit.gts.compatibility import Compatibility, compared
from modkit.gts.entity import Entity
from modkit.gts.identifier import GtsId, GtsSegment
from modkit.gts.pattern import GtsPattern
from modkit.gts.query import Query
from modkit.gts.relationships import graph_of
from modkit.gts.store import GtsStore
from modkit.gts.validation import register, validate_finished, validate_instance, validate_type
from modkit_errors import PlatformError

Answer = dict[str, Any]

DEFAULT_LIMIT: Final = 100
MOST_RESULTS: Final = 1_000


def validate_id(gts_id: str) -> Answer:
    """Tell whether *gts_id* is an identifier, or a pattern if it has a wildcard (OP#1)."""
    error = _id_error(gts_id)
    return _answer({"id": gts_id, "valid": error is None, "is_wildcard": "*" in gts_id}, error)


def parse_id(gts_id: str) -> Answer:
    """Take *gts_id* apart (OP#3); of a pattern, the segments before the wildcard that are whole."""
    error = _id_error(gts_id)
    is_wildcard = "*" in gts_id
    whole = gts_id[: gts_id.rfind("~") + 1] if is_wildcard else gts_id
    segments = GtsId(whole).segments if error is None and whole else ()
    return _answer(
        {
            "id": gts_id,
            "ok": error is None,
            "is_type": gts_id.endswith("~"),
            "is_wildcard": is_wildcard,
            "segments": [_segment(one) for one in segments],
        },
        error,
    )


def match(candidate: str, pattern: str) -> Answer:
    """Tell whether *pattern* covers *candidate* (OP#4)."""
    answer: Answer = {"candidate": candidate, "pattern": pattern, "match": False}
    try:
        answer["match"] = GtsPattern.parse(pattern).matches(candidate)
    except PlatformError as error:
        return _answer(answer, str(error))
    return answer


def uuid_of(gts_id: str) -> Answer:
    """Return the UUID of *gts_id* (OP#5)."""
    try:
        return {"id": gts_id, "uuid": str(GtsId(gts_id).uuid)}
    except PlatformError as error:
        return _answer({"id": gts_id, "uuid": None}, str(error))


class GtsOperations:
    """The operations on one store.

    Args:
        store: The entities; shared with the caller, who sees what is registered here.
    """

    def __init__(self, store: GtsStore) -> None:
        self.store = store

    def extract_id(self, document: Mapping[str, Any]) -> Answer:
        """Tell the identifiers of *document* (OP#2)."""
        entity = self.store.extract(document)
        return {
            "id": entity.id,
            "type_id": _plain(entity.type_id),
            "is_type": entity.is_type,
            "selected_entity_field": entity.entity_field,
            "selected_type_id_field": entity.type_field,
        }

    def register(self, document: Mapping[str, Any], *, validate: bool = False) -> Answer:
        """Store *document*; with *validate* only if it fits what the store holds."""
        try:
            entity = register(self.store, document) if validate else self.store.put(document)
        except PlatformError as error:
            return {"ok": False, "error": str(error)}
        return {"ok": True, **_summary(entity)}

    def list_entities(self, limit: int = DEFAULT_LIMIT) -> Answer:
        """Return the first *limit* entities, without their contents."""
        ids = self.store.ids()
        shown = [_summary(self.store.get(one)) for one in ids[:limit]]
        return {"entities": shown, "count": len(shown), "total": len(ids)}

    def get_entity(self, gts_id: str) -> Answer:
        """Return the entity *gts_id* with its content."""
        try:
            entity = self.store.get(gts_id)
        except PlatformError as error:
            return {"ok": False, "id": gts_id, "error": str(error)}
        return {"ok": True, **_summary(entity), "content": entity.content}

    def validate_instance(self, instance_id: str) -> Answer:
        """Check an instance against its type (OP#6)."""
        try:
            validate_instance(self.store, instance_id)
        except PlatformError as error:
            return {"id": instance_id, "ok": False, "error": str(error)}
        return {"id": instance_id, "ok": True}

    def validate_type(self, type_id: str) -> Answer:
        """Check a type against the types that it derives from (OP#12, OP#13)."""
        try:
            validate_type(self.store, type_id)
        except PlatformError as error:
            return {"id": type_id, "ok": False, "error": str(error)}
        return {"id": type_id, "ok": True}

    def validate_entity(self, entity_id: str) -> Answer:
        """Check an instance or a type, whichever *entity_id* names, as a finished one."""
        entity = self.store.find(entity_id)
        is_type = entity_id.endswith("~") if entity is None else entity.is_type
        answer = {"id": entity_id, "ok": True, "entity_type": "schema" if is_type else "instance"}
        try:
            validate_finished(self.store, entity_id)
        except PlatformError as error:
            return {**answer, "ok": False, "error": str(error)}
        return answer

    def resolve_relationships(self, gts_id: str) -> Answer:
        """Return what *gts_id* refers to, directly and by way of others (OP#7)."""
        graph = graph_of(self.store, gts_id)
        nodes = {
            str(node.id): {
                "refs": node.refs,
                "type_id": _plain(node.type_id),
                "is_known": node.is_known,
            }
            for node in graph.nodes.values()
        }
        return {"id": gts_id, "ok": not graph.errors, "nodes": nodes, "errors": list(graph.errors)}

    def compatibility(self, old_type_id: str, new_type_id: str) -> Answer:
        """Compare two versions of a type (OP#8)."""
        answer: Answer = {"old": old_type_id, "new": new_type_id}
        try:
            old, new = self.store.schema(old_type_id), self.store.schema(new_type_id)
        except PlatformError as error:
            return {**answer, **_verdict(None), "error": str(error)}
        return {**answer, **_verdict(compared(old, new, self.store.find_schema))}

    def cast(self, instance_id: str, to_type_id: str) -> Answer:
        """Turn an instance into one of another version of its type (OP#9)."""
        answer: Answer = {"from": instance_id, "to": to_type_id}
        try:
            done = cast(self.store, instance_id, to_type_id)
        except PlatformError as error:
            return {**answer, "ok": False, "casted_entity": None, "error": str(error)}
        return {
            **answer,
            "ok": True,
            "casted_entity": done.document,
            "added_properties": list(done.added),
            "removed_properties": list(done.removed),
            **_verdict(done.compatibility),
        }

    def query(self, expression: str, limit: int = DEFAULT_LIMIT) -> Answer:
        """Return the documents that *expression* asks for, at most *limit* (OP#10)."""
        answer: Answer = {"expr": expression, "limit": limit}
        try:
            query = Query.parse(expression)
        except PlatformError as error:
            return {**answer, "count": 0, "results": [], "error": str(error)}
        found = query.run(self.store)
        results = [entity.content for entity, _ in zip(found, range(limit), strict=False)]
        return {**answer, "count": len(results), "results": results}

    def attribute(self, selector: str) -> Answer:
        """Return the value that *selector* names (OP#11)."""
        try:
            return {"path": selector, "resolved": True, "value": attribute(self.store, selector)}
        except PlatformError as error:
            return {"path": selector, "resolved": False, "value": None, "error": str(error)}


def _id_error(text: str) -> str | None:
    try:
        if "*" in text:
            GtsPattern.parse(text)
        else:
            GtsId(text)
    except PlatformError as error:
        return str(error)
    return None


def _answer(answer: Answer, error: str | None) -> Answer:
    return answer if error is None else {**answer, "error": error}


def _segment(segment: GtsSegment) -> Answer:
    return {
        "vendor": segment.vendor,
        "package": segment.package,
        "namespace": segment.namespace,
        "type": segment.type_name,
        "ver_major": segment.ver_major,
        "ver_minor": segment.ver_minor,
        "is_type": segment.is_type,
    }


def _summary(entity: Entity) -> Answer:
    return {"id": entity.id, "type_id": _plain(entity.type_id), "is_type": entity.is_type}


def _plain(gts_id: str | None) -> str | None:
    return None if gts_id is None else str(gts_id)  # not every encoder writes a subclass of str


def _verdict(found: Compatibility | None) -> Answer:
    changes = () if found is None else found.changes
    return {
        "is_backward_compatible": found is not None and found.is_backward,
        "is_forward_compatible": found is not None and found.is_forward,
        "is_fully_compatible": found is not None and found.is_full,
        "changes": [
            {"place": one.place, "change": one.text, "breaks": one.breaks.value} for one in changes
        ],
    }

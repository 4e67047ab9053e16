"""Documents of others, copied: what the registry keeps is JSON, and nobody else can change it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from modkit.gts import UnreadableDocument, read_object
from modkit.gts.faults import shortened
from modkit.gts.json_kinds import is_array, is_object

_MOST_INTEGER = 2**64  # what encoders of JSON write without loss


def own_copy(document: Mapping[str, Any]) -> dict[str, Any]:
    """Return a copy of *document*.

    Raises:
        UnreadableDocument: It holds something that no JSON document can, such as NaN, half a surrogate pair or an
            integer beyond 64 bits, or nests deeper than a reader can follow.
    """
    try:
        text = json.dumps(document, ensure_ascii=False, allow_nan=False).encode()
    except RecursionError as error:
        raise UnreadableDocument("it nests too deep") from error
    except (TypeError, ValueError) as error:
        raise UnreadableDocument(shortened(str(error))) from error
    found = read_object(text)
    _refuse_huge_integers(found)
    return found


def same_content(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Return whether both are the same JSON, the order of members aside; ``1``, ``1.0`` and ``true`` are not the same."""
    return json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True)


def _refuse_huge_integers(document: dict[str, Any]) -> None:
    waiting: list[Any] = [document]
    while waiting:
        value = waiting.pop()
        if is_object(value):
            waiting.extend(value.values())
        elif is_array(value):
            waiting.extend(value)
        elif isinstance(value, int) and not -_MOST_INTEGER // 2 <= value < _MOST_INTEGER:
            raise UnreadableDocument("an integer in it has more than 64 bits")

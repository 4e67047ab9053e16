"""One invalid field of a request: where, which rule, and what to write instead."""

from __future__ import annotations

from attrs import frozen


@frozen
class FieldError:
    """One entry of a problem's ``errors`` list.

    Attributes:
        field: JSON path into the body (``$.items[0].name``), or ``query.limit``, ``path.id``, ``header.x-tenant``.
        code: The broken rule in snake case, for machines: ``missing``, ``type``, ``unknown``, ``max_length`` ...
        message: For people: what was found and what is accepted; never echoes more than a short excerpt.
    """

    field: str
    code: str
    message: str

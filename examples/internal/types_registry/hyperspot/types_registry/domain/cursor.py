"""Cursors: where a list goes on, opaque to those who hold one."""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode

from hyperspot.types_registry.contract.errors import InvalidEntityQuery
from modkit.gts import MAX_ID_CHARACTERS, is_gts_id


def cursor_after(gts_id: str) -> str:
    """Return the cursor of what follows *gts_id*.

    Example:
        >>> place_of(cursor_after("gts.x.core.events.type.v1~"))
        'gts.x.core.events.type.v1~'
    """
    return urlsafe_b64encode(gts_id.encode()).decode().rstrip("=")


def place_of(cursor: str) -> str:
    """Return the identifier after which *cursor* goes on; empty for an empty one.

    Raises:
        InvalidEntityQuery: It is no cursor.
    """
    if not cursor:
        return ""
    try:
        padding = "=" * (-len(cursor) % 4)
        found = urlsafe_b64decode(cursor[: 2 * MAX_ID_CHARACTERS] + padding).decode()
    except ValueError as error:
        raise _no_cursor() from error
    if not is_gts_id(found):
        raise _no_cursor()
    return found


def _no_cursor() -> InvalidEntityQuery:
    return InvalidEntityQuery("cursor", "it is none; use next_cursor of a page as it was sent")

"""Names in Python for what schemas name."""

from __future__ import annotations

import keyword
import re
from typing import Final

from modkit.gts.entity import InvalidEntity

BUILT_IN_HINTS: Final = frozenset({"bool", "float", "int", "str", "tuple"})
"""Types that generated hints use without an import."""

_WORD: Final = re.compile(r"[A-Za-z0-9]+")


class UnsupportedSchema(InvalidEntity):
    """No attrs class has this schema; the faults say what stands in the way, and where."""


def check_field_name(type_id: str, place: str, name: str) -> None:
    """Raise `UnsupportedSchema` where *name* cannot be that of a field."""
    if not name.isidentifier() or keyword.iskeyword(name) or name.startswith("_"):
        reason = f"{place}: {name!r} is no name of a field in Python: rename the property"
    elif name in BUILT_IN_HINTS:
        reason = f"{place}: a field {name!r} would hide the type: rename the property"
    else:
        return
    raise UnsupportedSchema(type_id, (reason,))


def class_name_of(text: str) -> str:
    """Return *text* as the name of a class.

    Example:
        >>> class_name_of("order_placed"), class_name_of("9 lives")
        ('OrderPlaced', 'T9Lives')
    """
    name = "".join(word[:1].upper() + word[1:] for word in _WORD.findall(text))
    return name if name[:1].isalpha() else f"T{name}"

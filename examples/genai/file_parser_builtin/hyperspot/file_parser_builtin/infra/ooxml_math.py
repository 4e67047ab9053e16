"""Equations in Office documents (OMML) as one line of text."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from hyperspot.file_parser_builtin.infra.ooxml import (
    XmlElement,
    child,
    children,
    local_attribute,
    local_name,
)

_PLAIN_LENGTH: Final = 1


def math_text(element: XmlElement) -> str:
    r"""Return an equation in the linear form of Office, without its markup.

    Fractions are ``(a+b)/c``, powers ``x^2``, indexes ``x_1``, roots ``√(x)``, matrices ``[a, b; c, d]``.
    """
    pieces: list[str] = []
    for item in element:
        name = local_name(item)
        if name == "t":
            pieces.append(item.text or "")
        elif name in _WRITERS:
            pieces.append(_WRITERS[name](item))
        elif not name.endswith("Pr"):
            pieces.append(math_text(item))
    return "".join(pieces)


def _part(item: XmlElement, name: str) -> str:
    found = child(item, name)
    return "" if found is None else math_text(found)


def _group(text: str) -> str:
    """Return *text* in brackets where it would else run into what is beside it."""
    is_plain = len(text) <= _PLAIN_LENGTH or text.isalnum()
    return text if is_plain else f"({text})"


def _scripts(item: XmlElement) -> str:
    below, above = _part(item, "sub"), _part(item, "sup")
    return (f"_{_group(below)}" if below else "") + (f"^{_group(above)}" if above else "")


def _fraction(item: XmlElement) -> str:
    return f"{_group(_part(item, 'num'))}/{_group(_part(item, 'den'))}"


def _radical(item: XmlElement) -> str:
    degree = _part(item, "deg")
    return f"√({f'{degree}&' if degree else ''}{_part(item, 'e')})"


def _n_ary(item: XmlElement) -> str:
    sign = child(item, "naryPr", "chr")
    shown = "∫" if sign is None else local_attribute(sign, "val")
    return f"{shown}{_scripts(item)} {_part(item, 'e')}"


def _delimited(item: XmlElement) -> str:
    signs = {"begChr": "(", "endChr": ")", "sepChr": "|"}
    for name, usual in signs.items():
        given = child(item, "dPr", name)
        signs[name] = usual if given is None else local_attribute(given, "val")
    inner = signs["sepChr"].join(math_text(part) for part in children(item, "e"))
    return f"{signs['begChr']}{inner}{signs['endChr']}"


def _matrix(item: XmlElement) -> str:
    rows = (", ".join(math_text(cell) for cell in children(r, "e")) for r in children(item, "mr"))
    return f"[{'; '.join(rows)}]"


def _limit(sign: str) -> Callable[[XmlElement], str]:
    return lambda item: f"{_part(item, 'e')}{sign}{_group(_part(item, 'lim'))}"


_WRITERS: Final[Mapping[str, Callable[[XmlElement], str]]] = {
    "f": _fraction,
    "rad": _radical,
    "sSup": lambda item: _part(item, "e") + _scripts(item),
    "sSub": lambda item: _part(item, "e") + _scripts(item),
    "sSubSup": lambda item: _part(item, "e") + _scripts(item),
    "sPre": lambda item: _scripts(item) + _part(item, "e"),
    "nary": _n_ary,
    "d": _delimited,
    "m": _matrix,
    "eqArr": lambda item: "; ".join(math_text(part) for part in children(item, "e")),
    "func": lambda item: f"{_part(item, 'fName')} {_part(item, 'e')}",
    "limLow": _limit("_"),
    "limUpp": _limit("^"),
}

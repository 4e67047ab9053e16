"""Reading Google-style docstrings: the text, and what they say of each argument or attribute."""

from __future__ import annotations

import inspect
import re

_HEADING = re.compile(
    r"(Args|Arguments|Attributes|Example|Examples|Note|Notes|Raises|Returns|Source|Yields):"
)
_ENTRY = re.compile(r"\*{0,2}(\w+)(?: \([^)]*\))?: ?(.*)")


def description_of(docstring: str | None) -> str:
    r"""Return what comes before the first section, summary line included.

    Example:
        >>> description_of("Fetch it.\n\nSlowly.\n\nReturns:\n    It.")
        'Fetch it.\n\nSlowly.'
    """
    kept: list[str] = []
    for line in inspect.cleandoc(docstring or "").splitlines():
        if _HEADING.fullmatch(line):
            break
        kept.append(line)
    return "\n".join(kept).strip()


def arguments_of(docstring: str | None, *, section: str = "Args") -> dict[str, str]:
    r"""Return the entries of a section by name, each on one line.

    Args:
        docstring: Of a function or a class.
        section: Its heading without the colon; ``Arguments`` is read as ``Args``.

    Example:
        >>> arguments_of("Fetch.\n\nArgs:\n    limit: How many,\n        at most.\n    name: Which.")
        {'limit': 'How many, at most.', 'name': 'Which.'}
    """
    found: dict[str, str] = {}
    headings = (f"{section}:", "Arguments:") if section == "Args" else (f"{section}:",)
    in_section, current, depth = False, "", 0
    for line in inspect.cleandoc(docstring or "").splitlines():
        indent = len(line) - len(line.lstrip())
        if line and not indent:
            in_section, depth = line in headings, 0
        elif in_section and line:
            depth = depth or indent
            entry = _ENTRY.fullmatch(line.strip()) if indent == depth else None
            if entry:
                current = entry[1]
                found[current] = entry[2]
            elif current:
                found[current] = f"{found[current]} {line.strip()}".strip()
    return found


def descriptions_of(cls: type) -> dict[str, str]:
    """Return what the ``Attributes:`` sections of a class and its bases say of each attribute, on one line each."""
    found: dict[str, str] = {}
    for owner in reversed(cls.__mro__[:-1]):
        found |= arguments_of(owner.__dict__.get("__doc__"), section="Attributes")
    return found

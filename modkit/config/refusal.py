"""Why a value does not fit, in words that never show a secret."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

from modkit.config.problems import ConfigProblem, Refused
from modkit.config.tree import Branch, Broken, Items, Node, Text, is_null
from modkit.secret import Secret

_SHOWN_CHARACTERS = 40


def refused(node: Node, accepted: str, *, show: bool = True, hint: str = "") -> Refused:
    """Return the problem that *node* is not *accepted*; *show* is false for secrets."""
    if isinstance(node, Broken):
        return problem(node, node.reason)
    return problem(node, f"expected {accepted}, found {what_was_found(node, show=show)}{hint}")


def problem(node: Node, message: str) -> Refused:
    """Return the problem that *message* tells about *node*."""
    return Refused([ConfigProblem(origin=node.origin, message=message)])


def what_was_found(node: Node, *, show: bool) -> str:
    """Say what was found; *show* tells whether the value may be seen."""
    # The contents of a mapping or list are never shown: a secret may be among them.
    if isinstance(node, Branch):
        return "a mapping"
    if isinstance(node, Items):
        return "a list"
    assert not isinstance(node, Broken)
    if is_null(node):
        return "nothing" if not node.shown else "null"
    if isinstance(node, Text) or isinstance(node.value, str):
        kind, shown = "the text", repr(node.shown)
    elif isinstance(node.value, bool):
        kind, shown = "the boolean", node.shown
    elif isinstance(node.value, Secret):
        kind, shown = "a secret", "***"
    else:
        kind, shown = "the number", node.shown
    if not show:
        return f"{kind} ***"
    if len(shown) > _SHOWN_CHARACTERS:
        shown = f"{shown[:_SHOWN_CHARACTERS]}..."
    return f"{kind} {shown}"


def unknown_key(name: str, known: Iterable[str]) -> str:
    """Say that there is no key *name*, which is nearest, and which there are."""
    names = list(known)
    return f"unknown key{nearest(name, names)}; expected {one_of(names)}"


def one_of(names: Iterable[str]) -> str:
    """Say which *names* there are."""
    known = ", ".join(names)
    return f"one of: {known}" if known else "none"


def nearest(found: str, names: Iterable[str]) -> str:
    """Ask whether the nearest of *names* was meant; empty where none is near."""
    near = get_close_matches(found, list(names), n=1)
    return f" (did you mean {near[0]}?)" if near else ""

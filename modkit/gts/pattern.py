"""Patterns: which identifiers a text with a wildcard, or an identifier as the root of a family, covers."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from attrs import field, frozen

from modkit.gts.faults import InvalidGtsId, InvalidGtsPattern
from modkit.gts.grammar import IDENTIFIER, MAX_ID_CHARACTERS, NAME, NUMBER, WILDCARD

_MINOR: Final = re.compile(r"(\.v[0-9]+)\.[0-9]+(?=~|$)")
_ESCAPED_OPEN_VERSION: Final = re.compile(r"\\.v[0-9]+(?=~|$)")
_ANY_MINOR_END: Final = re.compile(rf"(?<=[.~])({NAME}(?:\.{NAME}){{3}}\.v{NUMBER})\.\*")
_CACHED_PATTERNS: Final = 1024


@frozen
class GtsPattern:
    """What a policy, a query or a subscription names: one identifier, or all with one beginning.

    - ``gts.x.core.*`` covers every identifier that begins so; ``*`` stands once, at the end, after a dot or ``~``.
    - A type covers itself, the types derived from it and their instances; with ``~*`` it leaves out itself.
    - A version without a minor one covers every minor version; ``v1.1`` covers ``v1.1`` only.

    Attributes:
        text: The pattern as written.

    Raises:
        InvalidGtsPattern: It is none; the message says why.

    Example:
        >>> events = GtsPattern.parse("gts.x.core.events.type.v1~acme.*")
        >>> events.matches("gts.x.core.events.type.v1.3~acme.shop.orders.placed.v1~")
        True
        >>> events.matches("gts.x.core.events.type.v2~acme.shop.orders.placed.v1~")
        False
    """

    text: str
    _covers: re.Pattern[str] = field(repr=False, eq=False, alias="_covers")

    @classmethod
    def parse(cls, text: str) -> GtsPattern:
        """Return the pattern that *text* is.

        Raises:
            InvalidGtsPattern: It is none.
        """
        return _compiled(text)

    @property
    def is_wildcard(self) -> bool:
        """Whether it ends in ``*``."""
        return self.text[-1] == "*"

    @property
    def index_prefix(self) -> str:
        """What each covered identifier begins with once its minor versions are left out: for an index."""
        text = _without_any_minor(self.text).removesuffix("*")
        return without_minors(text)

    @property
    def is_prefix(self) -> bool:
        """Whether it covers whatever begins like `index_prefix`: its wildcard stands before the first version."""
        return self.is_wildcard and "~" not in self.text and not _ANY_MINOR_END.search(self.text)

    def matches(self, candidate: str) -> bool:
        """Return whether *candidate*, an identifier or the text of a narrower pattern, is covered.

        Raises:
            InvalidGtsId: *candidate* is neither.
        """
        if len(candidate) > MAX_ID_CHARACTERS or IDENTIFIER.fullmatch(candidate) is None:
            if WILDCARD.fullmatch(candidate) is None or len(candidate) > MAX_ID_CHARACTERS:
                raise InvalidGtsId.of(candidate)
            candidate = _without_any_minor(candidate)
        return self._covers.fullmatch(candidate) is not None

    def matches_valid(self, candidate: str) -> bool:
        """Return what `matches` does for a *candidate* that is known to be an identifier."""
        return self._covers.fullmatch(candidate) is not None


def without_minors(text: str) -> str:
    """Return *text*, an identifier, without its minor versions.

    Example:
        >>> without_minors("gts.a.b.c.d.v1.5~e.f.g.h.v2.0")
        'gts.a.b.c.d.v1~e.f.g.h.v2'
    """
    return _MINOR.sub(r"\1", text)


@lru_cache(maxsize=_CACHED_PATTERNS)
def _compiled(text: str) -> GtsPattern:
    if len(text) > MAX_ID_CHARACTERS or not (
        IDENTIFIER.fullmatch(text) or WILDCARD.fullmatch(text)
    ):
        raise InvalidGtsPattern.of(text)
    return GtsPattern(text, _covers=re.compile(_expression(text), re.DOTALL))


def _expression(text: str) -> str:
    literal = _without_any_minor(text).replace(".", r"\.")
    literal = _ESCAPED_OPEN_VERSION.sub(rf"\g<0>(?:\\.{NUMBER})?", literal)
    if literal[-1] == "*":
        return f"{literal[:-1]}.+"
    return f"{literal}.*" if literal[-1] == "~" else literal


def _without_any_minor(text: str) -> str:
    """Return *text* with ``v1~`` for a final ``v1.*``: both cover every minor version and what derives from it."""
    return _ANY_MINOR_END.sub(r"\1~", text)

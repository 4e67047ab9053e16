"""Identifiers of the global type system as strings that are known to be valid."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from functools import cache, lru_cache
from typing import Any, ClassVar, Final, NamedTuple, Self, TypeGuard

from modkit.gts.faults import InvalidGtsId
from modkit.gts.grammar import IDENTIFIER, MAX_ID_CHARACTERS, SEGMENT, UUID_TAIL

_CACHED_SEGMENTS: Final = 8192
_is_grammatical: Final = IDENTIFIER.fullmatch


def _schema(name: str, pattern: str) -> Mapping[str, Any]:
    return {
        "type": "string",
        "format": name,
        "maxLength": MAX_ID_CHARACTERS,
        "pattern": pattern,
        "x-gts-ref": "gts.*",
    }


class GtsSegment(NamedTuple):  # made by the million, at a third of the price of an attrs class
    """One link of the chain: ``vendor.package.namespace.type.vMAJOR[.MINOR]``.

    Attributes:
        vendor: Who defines it.
        package: Module, plugin or application of the vendor.
        namespace: Category inside the package; ``_`` where there is none.
        type_name: The thing that is named.
        ver_major: Major version, at least 0.
        ver_minor: Minor version, or None where it is left open.
        is_type: Whether ``~`` follows, so that the identifier up to here names a type.
    """

    vendor: str
    package: str
    namespace: str
    type_name: str
    ver_major: int
    ver_minor: int | None
    is_type: bool


class GtsId(str):
    """A valid identifier; it is a string, and compares and serialises as one.

    The call checks the text and returns a `GtsTypeId` or a `GtsInstanceId`. As a field of an attrs class it is checked
    when JSON is decoded, and has a pattern in the JSON Schema.

    Raises:
        InvalidGtsId: The text is no identifier; the message names the segment and the fix.

    Example:
        >>> event = GtsId("gts.x.core.events.type.v1~acme.shop.orders.placed.v1.2~")
        >>> event.is_type, event.parent
        (True, 'gts.x.core.events.type.v1~')
        >>> event.segments[-1].vendor, event.segments[-1].ver_minor
        ('acme', 2)
    """

    __slots__ = ()

    described: ClassVar[str] = "a GTS identifier such as gts.x.core.events.type.v1~"
    json_schema: ClassVar[Mapping[str, Any]] = _schema(
        "gts-id", f"^gts\\.(?:{SEGMENT}~)+(?:{SEGMENT}|{UUID_TAIL})?$"
    )

    def __new__(cls, text: str) -> Self:
        """Return *text* as the kind of identifier that it is."""
        if len(text) > MAX_ID_CHARACTERS or _is_grammatical(text) is None:
            raise InvalidGtsId.of(text)
        is_type = text[-1] == "~"
        if cls is GtsId:
            return str.__new__(GtsTypeId if is_type else GtsInstanceId, text)  # type: ignore[return-value]  # subclasses of cls
        if issubclass(cls, GtsTypeId) is not is_type:
            raise InvalidGtsId(
                text,
                "it names a type, and an instance is wanted"
                if is_type
                else "it names an instance, and a type is wanted: end it with ~",
            )
        return str.__new__(cls, text)

    def __getnewargs__(self) -> tuple[str]:
        """Return what a copy is made of."""
        return (str(self),)

    @property
    def is_type(self) -> bool:
        """Whether a type is named, and not an instance of one."""
        return self[-1] == "~"

    @property
    def parent(self) -> GtsTypeId | None:
        """The type before the last link: of an instance its type, of a base type None."""
        end = self.rfind("~", 0, -1) + 1
        return _unchecked_type(self[:end]) if end else None

    @property
    def chain(self) -> tuple[GtsTypeId, ...]:
        """The types of the chain from the base to the last, this one included if it is a type."""
        ends = [end for end, letter in enumerate(self, 1) if letter == "~"]
        return tuple(_unchecked_type(self[:end]) for end in ends)

    @property
    def uuid_tail(self) -> uuid.UUID | None:
        """The UUID of an anonymous instance that is named together with its type, or else None."""
        tail = self[self.rfind("~") + 1 :]
        return uuid.UUID(tail) if "-" in tail else None

    @property
    def segments(self) -> tuple[GtsSegment, ...]:
        """The links of the chain, without a UUID at its end."""
        texts = self[4:].split("~")  # after "gts."
        last = texts.pop()
        types = tuple(map(_type_segment, texts))
        return (*types, _instance_segment(last)) if last and "-" not in last else types

    @property
    def uuid(self) -> uuid.UUID:
        """The UUIDv5 of the whole text, the same everywhere and for ever.

        Example:
            >>> GtsId("gts.x.test5.events.type.v1~").uuid
            UUID('de567dcc-10ef-597d-8f82-3c999ed9b979')
        """
        return uuid.uuid5(_namespace(), str(self))


class GtsTypeId(GtsId):
    """The identifier of a type: it ends in ``~``."""

    __slots__ = ()

    described: ClassVar[str] = "the GTS identifier of a type, such as gts.x.core.events.type.v1~"
    json_schema: ClassVar[Mapping[str, Any]] = _schema("gts-type-id", f"^gts\\.(?:{SEGMENT}~)+$")


class GtsInstanceId(GtsId):
    """The identifier of an instance: its type, then a segment or a UUID without ``~`` after it."""

    __slots__ = ()

    described: ClassVar[str] = (
        "the GTS identifier of an instance, such as gts.x.core.events.topic.v1~acme.shop._.orders.v1"
    )
    json_schema: ClassVar[Mapping[str, Any]] = _schema(
        "gts-instance-id", f"^gts\\.(?:{SEGMENT}~)+(?:{SEGMENT}|{UUID_TAIL})$"
    )


def is_gts_id(text: object) -> TypeGuard[str]:
    """Return whether *text* is a valid identifier, without a wildcard.

    Example:
        >>> is_gts_id("gts.x.core.events.type.v1~"), is_gts_id("gts.x.core.*")
        (True, False)
    """
    return (
        isinstance(text, str)
        and len(text) <= MAX_ID_CHARACTERS
        and _is_grammatical(text) is not None
    )


def is_gts_type_id(text: object) -> TypeGuard[str]:
    """Return whether *text* is the valid identifier of a type."""
    return is_gts_id(text) and text[-1] == "~"


def _unchecked_type(text: str) -> GtsTypeId:
    return str.__new__(GtsTypeId, text)  # a part of a valid text, so valid itself


@lru_cache(maxsize=_CACHED_SEGMENTS)  # few types stand at the beginning of most identifiers
def _type_segment(text: str) -> GtsSegment:
    return _segment(text, is_type=True)


@lru_cache(maxsize=_CACHED_SEGMENTS)
def _instance_segment(text: str) -> GtsSegment:
    return _segment(text, is_type=False)


def _segment(text: str, *, is_type: bool) -> GtsSegment:
    vendor, package, namespace, type_name, version = text.split(".", 4)
    major, _, minor = version[1:].partition(".")
    return GtsSegment(
        vendor, package, namespace, type_name, int(major), int(minor) if minor else None, is_type
    )


@cache
def _namespace() -> uuid.UUID:
    return uuid.uuid5(uuid.NAMESPACE_URL, "gts")

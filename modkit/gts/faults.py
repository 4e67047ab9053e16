"""What is wrong with a text that is no GTS identifier or pattern: which segment, which part of it, and how to write it."""

from __future__ import annotations

from typing import ClassVar, Final

from attrs import define

from modkit.gts.grammar import MAX_ID_CHARACTERS, ONE_NUMBER, ONE_TOKEN, ONE_UUID
from modkit_errors import Malformed

_SHOWN_CHARACTERS: Final = 120
_PARTS: Final = ("vendor", "package", "namespace", "type")
_SHAPE: Final = "vendor.package.namespace.type.vMAJOR[.MINOR]"


@define
class InvalidGtsId(Malformed):
    """The text is no GTS identifier.

    Attributes:
        gts_id: The text, cut to 120 characters.
        reason: Which segment is wrong, and how to write it.
    """

    template: ClassVar[str] = "Invalid GTS identifier: {gts_id}: {reason}"

    gts_id: str
    reason: str

    @classmethod
    def of(cls, text: str) -> InvalidGtsId:
        """Return the error about *text*, which is no identifier."""
        return cls(shortened(text), explain_id(text))


@define
class InvalidGtsPattern(Malformed):
    """The text is no GTS pattern.

    Attributes:
        pattern: The text, cut to 120 characters.
        reason: What is wrong with it, and how to write it.
    """

    template: ClassVar[str] = "Invalid GTS pattern: {pattern}: {reason}"

    pattern: str
    reason: str

    @classmethod
    def of(cls, text: str) -> InvalidGtsPattern:
        """Return the error about *text*, which is no pattern."""
        return cls(shortened(text), explain_pattern(text))


def shortened(text: str, most: int = _SHOWN_CHARACTERS) -> str:
    """Return *text* for a message: at most *most* characters of it."""
    return text if len(text) <= most else f"{text[:most]}…"


def explain_id(text: str) -> str:
    """Say what is wrong with *text*, which is no identifier.

    Example:
        >>> explain_id("gts.x.core.events.type.v01~")
        "segment 1: version 'v01' has a leading zero, write v1"
        >>> explain_id("gts.x.core.events.type.v1")
        'a single segment names a type: end it with ~, or put the type and ~ before it'
    """
    whole = _explain_whole(text)
    if whole:
        return whole
    if "*" in text:
        return "a wildcard makes it a pattern; an identifier has none"
    segments = text.removeprefix("gts.").split("~")
    last = segments.pop()
    for number, segment in enumerate(segments, 1):
        if fault := _explain_segment(segment):
            return f"segment {number}: {fault}"
    if not segments:
        return _explain_segment(last) or (
            "a single segment names a type: end it with ~, or put the type and ~ before it"
        )
    if "-" in last and "." not in last:
        return f"segment {len(segments) + 1}: {shortened(last)!r} is no UUID in lower case"
    return f"segment {len(segments) + 1}: {_explain_segment(last)}"


def explain_pattern(text: str) -> str:
    """Say what is wrong with *text*, which is no pattern.

    Example:
        >>> explain_pattern("gts.x.*.events.*")
        'a pattern has one wildcard, at its end'
    """
    if "*" not in text:
        return explain_id(text)
    whole = _explain_whole(text)
    if whole:
        return whole
    if text.count("*") > 1 or not text.endswith("*"):
        return "a pattern has one wildcard, at its end"
    before = text[:-1]
    if not before.endswith((".", "~", ".v")):
        return "the wildcard follows a dot or ~, and stands for all that comes after"
    *segments, last = before.removeprefix("gts.").split("~")
    for number, segment in enumerate(segments, 1):
        if fault := _explain_segment(segment):
            return f"segment {number}: {fault}"
    tokens = last.split(".")[:-1]
    wrong = next((token for token in tokens[:4] if not ONE_TOKEN.fullmatch(token)), None)
    number = len(segments) + 1
    if wrong is not None:
        return f"segment {number}: {shortened(wrong)!r} is no token: use a-z, 0-9 and _, no digit first"
    return f"segment {number}: a segment is {_SHAPE}, and this one goes on after it"


def _explain_whole(text: str) -> str:
    if len(text) > MAX_ID_CHARACTERS:
        return f"it has {len(text)} characters, at most {MAX_ID_CHARACTERS} are allowed"
    if text != text.strip():
        return "it begins or ends with white space"
    if not text.startswith("gts."):
        return "it begins with 'gts.', in lower case"
    return ""


def _explain_segment(segment: str) -> str:
    if not segment:
        return "it is empty; write one ~ between segments"
    if ONE_UUID.fullmatch(segment):
        return "a UUID names an instance, and comes last"
    tokens = segment.split(".")
    if tokens[0] == "gts":
        return "'gts.' stands at the beginning of the identifier only"
    if len(tokens) < 5:
        return f"it has {len(tokens)} of the parts {_SHAPE}"
    for part, token in zip(_PARTS, tokens, strict=False):
        if not ONE_TOKEN.fullmatch(token):
            return (
                f"{part} {shortened(token)!r} is no token: use a-z, 0-9 and _, and no digit first"
            )
    return _explain_version(tokens[4:])


def _explain_version(parts: list[str]) -> str:
    shown = shortened(".".join(parts))
    if not parts[0].startswith("v"):
        return f"version {shown!r} follows the four tokens and begins with v, such as v1 or v1.2"
    numbers = [parts[0][1:], *parts[1:]]
    if len(numbers) > 2:
        return f"version {shown!r} has more than vMAJOR.MINOR"
    for number in numbers:
        if ONE_NUMBER.fullmatch(number):
            continue
        if number.isascii() and number.isdigit():
            return f"version {shown!r} has a leading zero, write v{'.'.join(str(int(one or '0')) for one in numbers)}"
        return f"version {shown!r} is no vMAJOR or vMAJOR.MINOR of whole numbers"
    return ""

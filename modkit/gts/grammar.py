"""The grammar of GTS identifiers as regular expressions; every rule about single characters is here."""

from __future__ import annotations

import re
from typing import Final

MAX_ID_CHARACTERS: Final = 1024
"""The longest identifier that the specification allows."""

NAME: Final = r"[a-z_][a-z0-9_]*"
NUMBER: Final = r"(?:0|[1-9][0-9]*)"
SEGMENT: Final = rf"{NAME}(?:\.{NAME}){{3}}\.v{NUMBER}(?:\.{NUMBER})?"
UUID_TAIL: Final = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"

# Each part ends where the next cannot begin, so nothing once read is ever given back: the possessive forms, which
# clients do not know, say so, and make it three times as fast.
_NAME: Final = rf"{NAME}+"
_NUMBER: Final = r"(?:0|[1-9][0-9]*+)"
_SEGMENT: Final = rf"{_NAME}\.{_NAME}\.{_NAME}\.{_NAME}\.v{_NUMBER}(?:\.{_NUMBER})?+"
IDENTIFIER: Final = re.compile(rf"gts\.{_SEGMENT}~(?:{_SEGMENT}~)*+(?:{_SEGMENT}|{UUID_TAIL})?+")
WILDCARD: Final = re.compile(
    rf"gts\.(?:{SEGMENT}~)*(?:(?:{NAME}\.){{0,4}}|(?:{NAME}\.){{4}}v(?:{NUMBER}\.)?)\*"
)
ONE_TOKEN: Final = re.compile(NAME)
ONE_NUMBER: Final = re.compile(NUMBER)
ONE_UUID: Final = re.compile(UUID_TAIL)

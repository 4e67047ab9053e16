"""URLs: read, checked, compared, and shown without what is nobody's business."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from yarl import URL

from modkit.http.addresses import parse_address
from modkit_errors.outbound import InvalidUrl

_SHOWN_CHARACTERS: Final = 200
_MAX_LABEL: Final = 63
_MAX_NAME: Final = 253  # characters, RFC 1035
_NEVER: Final = re.compile(r"[\x00-\x20\\\x7f]")
_NUMBER: Final = re.compile(r"[0-9]+|0[xX][0-9a-fA-F]*")


def read_url(text: str) -> URL:
    """Read the address of a call.

    Raises:
        InvalidUrl: It is no absolute ``http`` or ``https`` URL, names a user or password, or its host is a network
            address in a notation other than the usual one.
    """
    if _NEVER.search(text):
        raise InvalidUrl("This URL", "it has spaces, control characters or backslashes")
    try:
        url = URL(text)
        host, port = url.raw_host, url.port
    except ValueError:  # its message repeats the whole URL
        raise InvalidUrl("This URL", "it is not written as a URL is") from None
    if url.scheme not in {"http", "https"} or not host or not port:
        raise InvalidUrl("This URL", "it does not begin with https:// or http:// and a host")
    if url.raw_user is not None or url.raw_password is not None:
        raise InvalidUrl(
            shown_url(url), "it names a user or a password, which belong into a header"
        )
    if parse_address(host) is None and not _is_name(host.removesuffix(".")):
        raise InvalidUrl(
            "This URL",
            "its host is no name: parts have 1 to 63 characters, all together at most 253",
        )
    # What other software takes for an address, though nobody sees which: 2130706433, 0x7f.1, 0177.0.0.1.
    if parse_address(host) is None and _NUMBER.fullmatch(host.rstrip(".").rpartition(".")[2]):
        raise InvalidUrl(shown_url(url), "its host is a number; write four decimal ones")
    return url.with_fragment(None)


def _is_name(host: str) -> bool:
    """Whether *host* can be asked for: the resolver fails in its own way on what DNS has no room for."""
    return len(host) <= _MAX_NAME and all(0 < len(label) <= _MAX_LABEL for label in host.split("."))


def shown_url(url: URL) -> str:
    """Return *url* for people: without user, password, query and fragment, and at most 200 characters."""
    host = url.raw_host or ""
    shown_host = f"[{host}]" if ":" in host else host
    port = "" if url.is_default_port() or url.explicit_port is None else f":{url.explicit_port}"
    return f"{url.scheme}://{shown_host}{port}{url.raw_path}"[:_SHOWN_CHARACTERS]


def origin_of(url: URL) -> tuple[str, str, int]:
    """Return scheme, host and port of *url*: two URLs with the same ones have the same origin.

    Source:
        RFC 6454, section 4.
    """
    return url.scheme, host_of(url), url.port or 0


def host_of(url: URL) -> str:
    """Return the host in lower case, without the dot that may end a name."""
    return (url.raw_host or "").lower().rstrip(".")


def is_one_of(host: str, patterns: Iterable[str]) -> bool:
    """Whether *host* is named by one of *patterns*: ``*``, ``*.example.com`` (any below) or the name itself.

    Example:
        >>> is_one_of("a.example.com", ["*.example.com"]), is_one_of("example.com", ["*.example.com"])
        (True, False)
    """
    return any(_matches(host, pattern.lower().rstrip(".")) for pattern in patterns)


def _matches(host: str, pattern: str) -> bool:
    if pattern == "*":
        return True
    if pattern.startswith("*."):
        return host.endswith(pattern[1:]) and parse_address(host) is None
    return host == pattern

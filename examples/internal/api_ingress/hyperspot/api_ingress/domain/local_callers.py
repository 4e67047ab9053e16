"""Who may call a platform without authentication: programs and web pages of this machine."""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence
from typing import Final
from urllib.parse import urlsplit

from attrs import frozen

_EVERY_ORIGIN: Final = "*"


@frozen
class LocalCallers:
    """Tells requests of this machine from those that a web page of elsewhere makes its visitor's browser send.

    A browser on this machine reaches the loopback address too, whatever page it shows: a form or a WebSocket of
    that page needs no consent of the server, and a page whose name is pointed at 127.0.0.1 (DNS rebinding) can even
    read the answers. Such a request names itself in ``Origin`` or ``Host``.

    Attributes:
        allowed_origins: Origins of elsewhere that may call, as for CORS; ``*`` alone means every origin.
    """

    allowed_origins: tuple[str, ...] = ()

    def refusal(self, headers: Sequence[tuple[bytes, bytes]]) -> str:
        """Return why a request with these headers is refused, or an empty text where it is not.

        Args:
            headers: Names in lower case, and values.
        """
        for name, value in headers:
            text = value.decode("latin-1")
            if name == b"host" and not is_this_machine(f"//{text}"):
                return "Without authentication only localhost is served, and the Host header names another."
            if name == b"origin" and not self._allows(text):
                return "Without authentication only web pages of this machine are served; this one is not."
        return ""

    def _allows(self, origin: str) -> bool:
        allowed = self.allowed_origins
        return _EVERY_ORIGIN in allowed or origin in allowed or is_this_machine(origin)


def is_this_machine(address: str) -> bool:
    """Tell whether the host in a URL is ``localhost``, a name below it, or a loopback address.

    Example:
        >>> is_this_machine("//[::1]:8087"), is_this_machine("http://localhost.example")
        (True, False)
    """
    try:
        host = (urlsplit(address).hostname or "").removesuffix(".")
        return (
            host == "localhost"
            or host.endswith(".localhost")
            or ipaddress.ip_address(host).is_loopback
        )
    except ValueError:
        return False

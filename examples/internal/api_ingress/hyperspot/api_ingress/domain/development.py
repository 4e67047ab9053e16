"""Development without an identity provider: one fixed caller, served on this machine only."""

from __future__ import annotations

import ipaddress
import logging
from typing import Final
from uuid import UUID

from modkit import Phase, SecurityContext, StartupError

_LOG: Final = logging.getLogger(__name__)

DEVELOPER: Final = SecurityContext(
    subject_id=UUID("11111111-6a88-4768-9dfc-6bcd5187d9ed"),
    subject_tenant_id=UUID("00000000-df51-5b42-9538-d2b56b7ee953"),
    token_scopes=frozenset({"*"}),
)
"""The caller of every request while authentication is switched off."""


def refuse_beyond_loopback(host: str) -> None:
    """Make sure that a platform without authentication is not reachable from other machines.

    Args:
        host: The address to listen on, or ``localhost``.

    Raises:
        StartupError: *host* is not a loopback address.
    """
    if not _is_loopback(host):
        raise StartupError(
            Phase.CONFIGURE,
            f"auth_disabled serves everyone without credentials, and bind_addr {host or '(every interface)'} "
            "can be reached from other machines",
            remedy="bind to 127.0.0.1, or install an authentication module and set "
            "modules.api_ingress.config.auth_disabled: false",
        )


def warn_of_open_doors() -> None:
    """Say loudly that everyone is served without credentials."""
    _LOG.warning(
        "authentication is switched off: every request is served as subject %s of tenant %s",
        DEVELOPER.subject_id,
        DEVELOPER.subject_tenant_id,
    )


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False

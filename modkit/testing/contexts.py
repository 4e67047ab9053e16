"""Callers for tests."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final
from uuid import UUID, uuid5

from modkit.secret import Secret
from modkit.security import SecurityContext

_NAMES: Final = UUID("6f1c7d55-0f0e-5bb0-9a53-0c9d0a3f2a51")


def security_context(
    *,
    subject: str | UUID = "alice",
    tenant: str | UUID = "acme",
    scopes: Iterable[str] = ("*",),
    subject_type: str = "",
    token: str | None = None,
) -> SecurityContext:
    """Return a caller; the same names always give the same ids.

    Args:
        subject: Name or id of who calls.
        tenant: Name or id of the tenant that the subject belongs to.
        scopes: Scopes of the token; ``*`` means all.
        subject_type: GTS id of the kind of subject.
        token: The caller's own token, if the code under test passes it on.

    Example:
        >>> alice = security_context(subject="alice", tenant="acme")
        >>> alice == security_context(subject="alice", tenant="acme")
        True
        >>> alice.subject_tenant_id == security_context(tenant="globex").subject_tenant_id
        False
    """
    return SecurityContext(
        subject_id=_id("subject", subject),
        subject_tenant_id=_id("tenant", tenant),
        subject_type=subject_type,
        token_scopes=frozenset(scopes),
        bearer_token=None if token is None else Secret(token),
    )


def _id(kind: str, name: str | UUID) -> UUID:
    return name if isinstance(name, UUID) else uuid5(_NAMES, f"{kind}:{name}")

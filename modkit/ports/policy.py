"""The policy decision point: what a caller may touch."""

from __future__ import annotations

from abc import ABC, abstractmethod

from modkit.security import AccessScope, SecurityContext
from modkit_errors import Denied


class PolicyDecisionPoint(ABC):
    """Answers whether a caller may do something, and to which resources."""

    @abstractmethod
    async def decide(self, ctx: SecurityContext, resource: str, action: str) -> AccessScope:
        """Return what *ctx* may touch when doing *action* to *resource*.

        Args:
            ctx: The caller; may be anonymous.
            resource: Name of the kind of resource, such as ``documents``.
            action: Name of the action, such as ``read``.

        Returns:
            The scope that every query of this operation must keep to; empty means that nothing is visible.

        Raises:
            Denied: The caller may not do this at all.
            Unavailable: No decision can be had; the caller of this method must then refuse.
        """


class DenyAllPolicy(PolicyDecisionPoint):
    """Allows nothing: the default until a policy module is installed."""

    async def decide(self, ctx: SecurityContext, resource: str, action: str) -> AccessScope:  # noqa: ARG002 - the same answer for every caller
        """Refuse, whoever asks for whatever."""
        raise Denied(detail=f"No policy is installed, so {action!r} on {resource!r} is denied.")


class OwnTenantPolicy(PolicyDecisionPoint):
    """Allows everything on what belongs to the caller's own tenant: for development and tests, never a default."""

    async def decide(self, ctx: SecurityContext, resource: str, action: str) -> AccessScope:  # noqa: ARG002 - any resource, any action
        """Return the scope of the caller's tenant."""
        return AccessScope.tenants(frozenset({ctx.subject_tenant_id}))

"""Who calls and what they may, in tests: tokens minted for callers, and a policy that keeps to their tenant."""

from __future__ import annotations

from modkit.ports.authenticator import Authenticator
from modkit.ports.policy import PolicyDecisionPoint
from modkit.secret import Secret
from modkit.security import AccessScope, SecurityContext
from modkit_errors import Unauthenticated


class MintedTokens(Authenticator):
    """Knows the callers that it minted a token for, and nobody else."""

    def __init__(self) -> None:
        self._callers: dict[str, SecurityContext] = {}

    def token_of(self, caller: SecurityContext) -> str:
        """Return a token that stands for *caller*."""
        token = f"{caller.subject_id}.{len(self._callers)}"
        self._callers[token] = caller
        return token

    async def authenticate(self, token: Secret[str]) -> SecurityContext:
        """Return the caller that *token* was minted for.

        Raises:
            Unauthenticated: It was not minted here.
        """
        caller = self._callers.get(token.reveal())
        if caller is None:
            raise Unauthenticated(detail="This token was not minted by the test.")
        return caller


class OwnTenantPolicy(PolicyDecisionPoint):
    """Allows everything on what belongs to the caller's own tenant."""

    async def decide(self, ctx: SecurityContext, resource: str, action: str) -> AccessScope:  # noqa: ARG002 - any resource, any action
        """Return the scope of the caller's tenant."""
        return AccessScope.tenants(frozenset({ctx.subject_tenant_id}))

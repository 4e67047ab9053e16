"""Who calls, in tests: tokens minted for callers."""

from __future__ import annotations

from modkit.ports.authenticator import Authenticator
from modkit.secret import Secret
from modkit.security import SecurityContext
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

"""The authenticator: who is calling, told from a token."""

from __future__ import annotations

from abc import ABC, abstractmethod

from modkit.secret import Secret
from modkit.security import SecurityContext


class Authenticator(ABC):
    """Turns the bearer token of a request into its caller; one is asked for every request with a token."""

    @abstractmethod
    async def authenticate(self, token: Secret[str]) -> SecurityContext:
        """Return the caller that *token* stands for.

        Args:
            token: What followed ``Bearer`` in the request, not yet checked in any way.

        Returns:
            A caller that is not anonymous.

        Raises:
            Unauthenticated: The token is malformed, unknown, expired, revoked or not meant for this platform.
            Unavailable: Whoever knows the answer cannot be reached; the token may still be good.
        """

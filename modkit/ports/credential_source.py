"""The credential source: secrets that modules need to call others."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from types import MappingProxyType

from modkit.secret import Secret
from modkit.security import SecurityContext
from modkit_errors import NotFound


class CredentialSource(ABC):
    """Looks up a credential by name, for the caller's tenant."""

    @abstractmethod
    async def get(self, ctx: SecurityContext, name: str) -> Secret[str]:
        """Return the credential *name* that holds for the tenant of *ctx*.

        Args:
            ctx: On whose behalf the credential is used.
            name: Such as ``openai_api_key``.

        Raises:
            NotFound: There is no such credential, or none that this caller may use.
            Unavailable: The store of credentials cannot be reached.
        """


class StaticCredentials(CredentialSource):
    """A fixed set of platform-wide credentials, the same for every tenant; by default none.

    Example:
        >>> import asyncio
        >>> source = StaticCredentials({"mail": Secret("s3cret")})
        >>> asyncio.run(source.get(SecurityContext.ANONYMOUS, "mail")).reveal()
        's3cret'
    """

    def __init__(self, credentials: Mapping[str, Secret[str]] = MappingProxyType({})) -> None:
        self._credentials = dict(credentials)

    async def get(self, ctx: SecurityContext, name: str) -> Secret[str]:  # noqa: ARG002 - one answer for every tenant
        """Return the credential *name*."""
        try:
            return self._credentials[name]
        except KeyError:
            raise NotFound(detail=f"There is no credential named {name!r}.") from None

"""Entitlements: which licensed features a tenant may use."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Final

from modkit.security import SecurityContext

BASE_FEATURE: Final = "gts.x.core.lic.feat.v1~x.core.global.base.v1"
"""The feature that every installation has."""


class Entitlements(ABC):
    """Answers whether the caller's tenant has bought a feature."""

    @abstractmethod
    async def is_entitled(self, ctx: SecurityContext, feature: str) -> bool:
        """Tell whether the tenant of *ctx* may use *feature* now.

        Args:
            ctx: The caller.
            feature: GTS id of the feature, ``gts.x.core.lic.feat.v1~...``.

        Raises:
            Unavailable: The answer cannot be had; the caller of this method must then refuse.
        """


class BaseEntitlements(Entitlements):
    """Grants the base feature to everybody and nothing else: the default without a licence module."""

    async def is_entitled(self, ctx: SecurityContext, feature: str) -> bool:  # noqa: ARG002 - one answer for every tenant
        """Tell whether *feature* is the base feature."""
        return feature == BASE_FEATURE

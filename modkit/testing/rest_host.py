"""What hosts the REST API in a test: the usual pipeline, without a server."""

from __future__ import annotations

from typing import Any

from modkit.context import ModuleContext
from modkit.module import module
from modkit.ports import Authenticator, DenyAllPolicy, PolicyDecisionPoint
from modkit.rest import Hosting, RestHostCapability, Routes


@module(name="harness_rest_host", optional=(Authenticator, PolicyDecisionPoint))
class HarnessRestHost(RestHostCapability):
    """Hosts the operations of the modules under test; it has none of its own."""

    async def init(self, ctx: ModuleContext[Any]) -> None:
        """Ask who knows callers and what they may."""
        self._hosting = Hosting(
            authenticator=ctx.hub.try_get(Authenticator),
            policy=ctx.hub.try_get(PolicyDecisionPoint) or DenyAllPolicy(),
        )

    def routes(self, routes: Routes) -> None:
        """Declare nothing."""

    def rest_hosting(self) -> Hosting:
        """Return the default limits, and who decides."""
        return self._hosting

"""Health: alive, ready, and how the modules are."""

from __future__ import annotations

from datetime import UTC, datetime

from attrs import frozen

from hyperspot.api_ingress.api.rest.dto import (
    BackgroundWorkDto,
    HealthDto,
    ModuleHealthDto,
    ModuleHealthListDto,
)
from modkit.lifecycle.health import Health, ModuleHealth
from modkit.rest import Routes
from modkit_errors import Unavailable


@frozen
class HealthRoutes:
    """What probes and operators ask."""

    _health: Health

    def register(self, routes: Routes) -> None:
        """Declare the operations."""
        (
            routes.get("/healthz")
            .operation_id("api_ingress.get_liveness")
            .summary("Whether the process is alive")
            .tag("health")
            .public()
            .returns_bytes("text/plain")
            .handler(self.alive)
        )
        (
            routes.get("/readyz")
            .operation_id("api_ingress.get_readiness")
            .summary("Whether the platform takes requests")
            .tag("health")
            .public()
            .returns_bytes("text/plain")
            .raises(Unavailable)
            .handler(self.ready)
        )
        (
            routes.get("/health")
            .operation_id("api_ingress.get_health")
            .summary("The health of the platform in one word")
            .tag("health")
            .public()
            .returns(HealthDto)
            .header("cache-control", "no-store")
            .handler(self.summary)
        )
        (
            routes.get("/health/modules")
            .operation_id("api_ingress.list_module_health")
            .summary("The health of every module")
            .tag("health")
            .requires("health", "read")
            .returns(ModuleHealthListDto)
            .header("cache-control", "no-store")
            .handler(self.modules)
        )

    async def alive(self) -> bytes:
        """Answer ``ok`` for as long as the process can answer at all."""
        return b"ok"

    async def ready(self) -> bytes:
        """Answer ``ready`` from the end of the start to the beginning of the stop."""
        if not self._health.is_ready:
            raise Unavailable(detail="The platform is starting or stopping.", retry_after_s=1.0)
        return b"ready"

    async def summary(self) -> HealthDto:
        """Look at every module, and say whether all are well."""
        found = await self._health.modules()
        return HealthDto(
            status="healthy" if all(one.healthy for one in found) else "unhealthy",
            timestamp=datetime.now(UTC),
        )

    async def modules(self) -> ModuleHealthListDto:
        """List state, failed checks and background work of each module, in start order."""
        found = await self._health.modules()
        return ModuleHealthListDto(items=tuple(map(_dto, found)))


def _dto(health: ModuleHealth) -> ModuleHealthDto:
    return ModuleHealthDto(
        name=health.name,
        state=health.state.value,
        healthy=health.healthy,
        failed_checks=health.failed_checks,
        work=tuple(
            BackgroundWorkDto(
                name=work.name,
                state=work.state,
                failures=work.failures,
                last_error=work.last_error,
            )
            for work in health.work
        ),
    )

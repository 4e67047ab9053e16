"""Health: what probes see in each state, and who may see the modules."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import pytest

from examples.internal.api_ingress.tests.conftest import Serve
from modkit import AccessScope, SecurityContext, health_check, module
from modkit.ports import Authenticator, PolicyDecisionPoint
from modkit.secret import Secret
from modkit_errors import Denied, Unauthenticated

pytestmark = pytest.mark.anyio


@module(name="patient")
class PatientModule:
    """Well until told otherwise."""

    is_ill = False

    @health_check
    async def pulse(self) -> None:
        if type(self).is_ill:
            raise RuntimeError("no pulse")


class KnowsNames(Authenticator):
    async def authenticate(self, token: Secret[str]) -> SecurityContext:
        if token.reveal() not in ("operator", "guest"):
            raise Unauthenticated(detail="Who is this?")
        number = 1 if token.reveal() == "operator" else 2
        return SecurityContext(subject_id=UUID(int=number), subject_tenant_id=UUID(int=9))


class OperatorsOnly(PolicyDecisionPoint):
    async def decide(self, ctx: SecurityContext, resource: str, action: str) -> AccessScope:
        if (ctx.subject_id, resource, action) != (UUID(int=1), "health", "read"):
            raise Denied(detail="Not for you.")
        return AccessScope.tenants(frozenset({ctx.subject_tenant_id}))


async def test_a_ready_platform_is_alive_ready_and_healthy(serve: Serve) -> None:
    client = (await serve(PatientModule)).client
    assert (await client.get("/healthz")).text == "ok"
    assert (await client.get("/readyz")).text == "ready"
    health = await client.get("/health")
    assert health.headers["cache-control"] == "no-store"
    assert health.json()["status"] == "healthy"
    assert datetime.fromisoformat(health.json()["timestamp"]).tzinfo is not None
    modules = (await client.get("/health/modules")).json()["items"]
    assert [(one["name"], one["state"], one["healthy"]) for one in modules] == [
        ("patient", "running", True),
        ("api_ingress", "running", True),
    ]


async def test_a_platform_that_is_not_ready_says_so_and_lives(serve: Serve) -> None:
    served = await serve()
    served.host.health.set_ready(ready=False)
    answer = await served.client.get("/readyz")
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "1")
    assert answer.json()["code"] == "SERVICE_UNAVAILABLE"
    assert (await served.client.get("/healthz")).status_code == 200


async def test_an_ill_module_shows(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    client = (await serve(PatientModule)).client
    monkeypatch.setattr(PatientModule, "is_ill", True)
    assert (await client.get("/health")).json()["status"] == "unhealthy"
    (ill, _) = (await client.get("/health/modules")).json()["items"]
    assert (ill["healthy"], ill["failed_checks"]) == (False, ["pulse"])
    assert (await client.get("/readyz")).status_code == 200


@pytest.mark.parametrize(
    ("token", "status"), [("", 401), ("thief", 401), ("guest", 403), ("operator", 200)]
)
async def test_modules_are_shown_to_who_may_see_them(serve: Serve, token: str, status: int) -> None:
    clients = {Authenticator: KnowsNames(), PolicyDecisionPoint: OperatorsOnly()}
    served = await serve(clients=clients, auth_disabled=False)
    headers = {"authorization": f"Bearer {token}"} if token else {}
    answer = await served.client.get("/health/modules", headers=headers)
    assert answer.status_code == status
    assert (await served.client.get("/health")).status_code == 200


async def test_nobody_sees_modules_where_nobody_decides(serve: Serve) -> None:
    served = await serve(clients={Authenticator: KnowsNames()}, auth_disabled=False)
    answer = await served.client.get("/health/modules", headers={"authorization": "Bearer guest"})
    assert answer.status_code == 403

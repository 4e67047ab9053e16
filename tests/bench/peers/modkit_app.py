"""Ours: the whole pipeline, with time limit, in-flight limit, request id, strict query and body."""

from __future__ import annotations

from uuid import UUID

from attrs import frozen
from peers.documents import TOKEN, Document, document

from modkit.ports.authenticator import Authenticator
from modkit.ports.policy import PolicyDecisionPoint
from modkit.rest import Hosting, RestApi, Routes
from modkit.secret import Secret
from modkit.security import AccessScope, SecurityContext
from modkit_errors import Unauthenticated

GRACE = SecurityContext(subject_id=UUID(int=1), subject_tenant_id=UUID(int=2))
OWN_TENANT = AccessScope.tenants(frozenset({GRACE.subject_tenant_id}))


class CachingAuthenticator(Authenticator):
    """Has verified the one token before."""

    def __init__(self) -> None:
        self._verified = {Secret(TOKEN): GRACE}

    async def authenticate(self, token: Secret[str]) -> SecurityContext:
        try:
            return self._verified[token]
        except KeyError:
            raise Unauthenticated from None


class CachingPolicy(PolicyDecisionPoint):
    """Has decided before."""

    async def decide(self, ctx: SecurityContext, resource: str, action: str) -> AccessScope:
        return OWN_TENANT


@frozen
class Pong:
    ok: bool


async def ping() -> Pong:
    return Pong(ok=True)


async def read(document_id: UUID, sections: int) -> Document:
    return document(document_id, sections)


async def read_own(ctx: SecurityContext, document_id: UUID, sections: int) -> Document:
    return document(document_id, sections)


async def echo(sent: Document) -> Document:
    return sent


def _routes() -> Routes:
    routes = Routes("bench")
    (
        routes.get("/bench/v1/ping")
        .operation_id("bench.ping")
        .summary("Answer")
        .public()
        .returns(Pong)
        .handler(ping)
    )
    (
        routes.get("/bench/v1/documents/{document_id}")
        .operation_id("bench.get_document")
        .summary("Read a document")
        .public()
        .returns(Document)
        .handler(read)
    )
    (
        routes.get("/bench/v1/own/{document_id}")
        .operation_id("bench.get_own_document")
        .summary("Read a document of the caller")
        .requires("documents", "read")
        .returns(Document)
        .handler(read_own)
    )
    (
        routes.post("/bench/v1/documents")
        .operation_id("bench.echo_document")
        .summary("Return what was sent")
        .public()
        .returns(Document)
        .handler(echo)
    )
    return routes


def _api() -> RestApi:
    api = RestApi(Hosting(authenticator=CachingAuthenticator(), policy=CachingPolicy()))
    api.mount("bench", _routes().operations)
    return api


app = _api()

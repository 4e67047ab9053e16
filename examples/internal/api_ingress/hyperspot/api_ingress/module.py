"""Composition root of api_ingress."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Mapping

from hyperspot.api_ingress.api.rest.documentation import DocumentationRoutes
from hyperspot.api_ingress.api.rest.health import HealthRoutes
from hyperspot.api_ingress.config import ApiIngressConfig
from hyperspot.api_ingress.domain.development import (
    DEVELOPER,
    refuse_beyond_loopback,
    warn_of_open_doors,
)
from hyperspot.api_ingress.domain.local_callers import LocalCallers
from hyperspot.api_ingress.infra.http_server import HttpServer
from hyperspot.api_ingress.infra.tls import server_context
from modkit import ModuleContext, Phase, StartupError, module, on_ready, on_start, on_stop
from modkit.announcements import Announcements
from modkit.host_config import ServerConfig
from modkit.lifecycle.health import Health
from modkit.listeners import Listeners, parse_address
from modkit.ports import Authenticator, DenyAllPolicy, OwnTenantPolicy, PolicyDecisionPoint
from modkit.rest import (
    Hosting,
    PipelineSettings,
    RestApi,
    RestHostCapability,
    Routes,
)
from modkit.rest.openapi import ApiInfo

_BIND_SETTING = "modules.api_ingress.config.bind_addr"


@module(
    name="api_ingress",
    config=ApiIngressConfig,
    optional=(Authenticator, PolicyDecisionPoint),
)
class ApiIngressModule(RestHostCapability):
    """Serves the operations of every module over HTTP."""

    root_paths = True
    _server: HttpServer | None = None

    @classmethod
    def listen_addresses(cls, config: ApiIngressConfig) -> Mapping[str, str]:
        """Return the one address that the ingress listens on."""
        return {_BIND_SETTING: config.bind_addr}

    async def init(self, ctx: ModuleContext[ApiIngressConfig]) -> None:
        """Decide who may call, and refuse to serve without anybody who knows callers."""
        self._config = ctx.config
        self._api = ctx.resource(RestApi)
        self._health = ctx.resource(Health)
        self._listeners = ctx.resource(Listeners)
        self._announcements = ctx.resources.find(Announcements)
        self._drain_timeout_s = ctx.resource(ServerConfig).drain_timeout_s
        self._authenticator = ctx.hub.try_get(Authenticator)
        self._policy: PolicyDecisionPoint = ctx.hub.try_get(PolicyDecisionPoint) or DenyAllPolicy()
        self._tls = server_context(self._config.tls)
        api = self._config.api
        self._info = ApiInfo(
            title=api.title,
            version=api.version,
            description=api.description,
            credentials_optional=self._config.auth_disabled,
        )
        if self._config.auth_disabled:
            refuse_beyond_loopback(parse_address(self._config.bind_addr, setting=_BIND_SETTING)[0])
            self._policy = OwnTenantPolicy()
        elif self._authenticator is None:
            raise StartupError(
                Phase.INIT,
                "no module provides Authenticator, so nobody could be let in",
                remedy="install an authentication module, or for development on this machine set "
                "modules.api_ingress.config.auth_disabled: true",
            )

    def rest_hosting(self) -> Hosting:
        """Return how requests are treated."""
        limits, tls, cors = self._config.limits, self._config.tls, self._config.cors
        return Hosting(
            settings=PipelineSettings(
                body_limit_bytes=limits.body_limit_bytes,
                json_limit_bytes=limits.json_limit_bytes,
                uri_limit_bytes=limits.uri_limit_bytes,
                header_limit_bytes=limits.header_limit_bytes,
                timeout_s=limits.timeout_s,
                body_timeout_s=limits.body_timeout_s,
                in_flight_limit=limits.in_flight,
                cors=cors if cors.allowed_origins else None,
                hsts_max_age_s=tls.hsts_max_age_s if self._tls else 0,
                anonymous_subject=DEVELOPER if self._config.auth_disabled else None,
            ),
            authenticator=self._authenticator,
            policy=self._policy,
            info=self._info,
        )

    def routes(self, routes: Routes) -> None:
        """Declare health and documentation."""
        HealthRoutes(self._health).register(routes)
        if self._config.enable_docs:
            DocumentationRoutes(self._api, self._info).register(routes)

    @on_start
    async def bind(self) -> None:
        """Take the address; connections wait in the queue until the platform is ready."""
        listener = self._listeners.listen(self._config.bind_addr, setting=_BIND_SETTING)
        if self._config.auth_disabled:
            try:
                refuse_beyond_loopback(listener.getsockname()[0])  # what a name really stands for
            except StartupError:
                listener.close()
                raise
        self._url = _url(listener, is_tls=self._tls is not None)
        self._server = HttpServer(
            self._api,
            listener,
            limits=self._config.limits,
            tls=self._tls,
            trusted_proxies=self._config.trusted_proxies,
            local_callers=LocalCallers(self._config.cors.allowed_origins)
            if self._config.auth_disabled
            else None,
            drain_timeout_s=self._drain_timeout_s,
        )

    @on_ready
    async def serve(self) -> None:
        """Serve, and say where."""
        assert self._server is not None  # bind() made it, or the start ended there
        await self._server.start()
        if self._config.auth_disabled:
            warn_of_open_doors()
        if self._announcements is not None:
            if self._config.enable_docs:
                self._announcements.add("API docs", f"{self._url}/docs")
                self._announcements.add("OpenAPI", f"{self._url}/openapi.json")
            self._announcements.add("health", f"{self._url}/health")

    @on_stop
    async def stop_serving(self) -> None:
        """Let go of the address, so that new connections are refused, and let requests in flight finish."""
        self._listeners.close()
        if self._server is not None:  # else the address could not be taken
            await self._server.stop()


def _url(listener: socket.socket, *, is_tls: bool) -> str:
    host, port = listener.getsockname()[:2]
    address = ipaddress.ip_address(host)
    if address.is_unspecified:
        host = "localhost"
    elif address.version == 6:
        host = f"[{host}]"
    return f"{'https' if is_tls else 'http'}://{host}:{port}"

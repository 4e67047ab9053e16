"""An ingress that really listens, in this process, beside modules of the test."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import httpx
import pytest
from attrs import frozen

from hyperspot.api_ingress import ApiIngressModule
from modkit.announcements import Announcements
from modkit.config import Configuration
from modkit.context import Resources
from modkit.discovery import specs_of
from modkit.host import Host


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"


def configuration(home: Path, modules: Mapping[str, Any]) -> Configuration:
    return Configuration.load(
        defaults={"server": {"home_dir": str(home), "drain_timeout_s": 1}, "modules": modules}
    )


@frozen(kw_only=True)
class Served:
    """A host that serves, and a client of it."""

    host: Host
    client: httpx.AsyncClient
    url: str
    home: Path
    modules: Mapping[str, Any]

    async def restart(self, name: str, **config: Any) -> None:
        modules = {**self.modules, name: {"config": config}}
        await self.host.restart(name, configuration(self.home, modules))


Serve = Callable[..., Awaitable[Served]]
MakeHost = Callable[..., Host]


@pytest.fixture(name="make_ingress")
def make_ingress_fixture(tmp_path: Path) -> MakeHost:
    """Return what makes a host of the ingress and *others*, not started; *config* is the section of the ingress."""

    def make(
        *others: type,
        clients: Mapping[Any, Any] | None = None,
        modules: Mapping[str, Any] | None = None,
        **config: Any,
    ) -> Host:
        config = {"bind_addr": "127.0.0.1:0", "auth_disabled": True, **config}
        resources = Resources()
        resources.give(Announcements, Announcements())
        return Host(
            specs_of([ApiIngressModule, *others]),
            configuration(tmp_path, {"api_ingress": {"config": config}, **(modules or {})}),
            clients=clients,
            resources=resources,
        )

    return make


@pytest.fixture(name="serve")
async def serve_fixture(tmp_path: Path, make_ingress: MakeHost) -> AsyncIterator[Serve]:
    """Return what starts an ingress beside *others*; it is stopped after the test."""
    async with AsyncExitStack() as stack:

        async def start(*others: type, modules: Any = None, **config: Any) -> Served:
            clients = config.pop("clients", None)
            host = make_ingress(*others, clients=clients, modules=modules, **config)
            await stack.enter_async_context(host.started())
            announcements = host.resources.find(Announcements)
            assert announcements is not None
            url = announcements.all()[-1].text.removesuffix("/health")
            client = await stack.enter_async_context(httpx.AsyncClient(base_url=url))
            return Served(
                host=host,
                client=client,
                url=url,
                home=tmp_path,
                modules={
                    "api_ingress": {
                        "config": {"bind_addr": "127.0.0.1:0", "auth_disabled": True, **config}
                    },
                    **(modules or {}),
                },
            )

        yield start

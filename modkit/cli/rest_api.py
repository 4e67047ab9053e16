"""The REST API of all modules, composed without starting anything."""

from __future__ import annotations

from typing import Any

from attrs import frozen

from modkit.application import Application
from modkit.cli.session import run_async
from modkit.host import Host, RunMode
from modkit.rest.api import RestApi
from modkit.rest.openapi import ApiInfo, InvalidApi, document
from modkit.rest.operation import InvalidOperations, Operation
from modkit.startup_error import Phase, StartupError


@frozen(kw_only=True)
class ComposedApi:
    """What a platform would serve.

    Attributes:
        operations: Those of all modules.
        info: What the module that hosts them says about them; None where it says nothing.
    """

    operations: tuple[Operation, ...] = ()
    info: ApiInfo | None = None

    def document(self, application: Application) -> dict[str, Any]:
        """Describe the operations as ``/openapi.json`` does; in the words of *application* where no module has its own.

        Raises:
            StartupError: They do not fit into one document.
        """
        info = self.info or ApiInfo(
            title=f"{application.name} API",
            version=application.version,
            description=application.summary,
        )
        try:
            return document(self.operations, info)
        except (InvalidApi, InvalidOperations) as error:
            raise StartupError(Phase.COMPOSE, str(error)) from error


def composed_api(host: Host) -> ComposedApi:
    """Take *host* as far as composing, and stop it again.

    Raises:
        StartupError: A module failed on the way.
    """

    async def compose() -> ComposedApi:
        async with host.started(RunMode.CHECK):
            api = host.resources.find(RestApi)
            if api is None:
                return ComposedApi()
            return ComposedApi(operations=api.operations, info=api.hosting.info)

    return run_async(compose)

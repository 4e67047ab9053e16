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
        credentials_optional: Whether callers need no credentials.
    """

    operations: tuple[Operation, ...] = ()
    credentials_optional: bool = False

    def document(self, application: Application) -> dict[str, Any]:
        """Describe the operations.

        Raises:
            StartupError: They do not fit into one document.
        """
        info = ApiInfo(
            title=f"{application.name} API",
            version=application.version,
            description=application.summary,
            credentials_optional=self.credentials_optional,
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
            anonymous = api.hosting.settings.anonymous_subject
            return ComposedApi(
                operations=api.operations, credentials_optional=anonymous is not None
            )

    return run_async(compose)

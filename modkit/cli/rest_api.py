"""The operations of all modules, composed without starting anything."""

from __future__ import annotations

from modkit.cli.session import Session, run_async
from modkit.host import RunMode
from modkit.rest.api import RestApi
from modkit.rest.operation import Operation


def composed_operations(session: Session) -> tuple[Operation, ...]:
    """Take the platform as far as composing, and return what its modules composed."""

    async def compose() -> tuple[Operation, ...]:
        async with session.host().started(RunMode.CHECK) as host:
            api = host.resources.find(RestApi)
            return api.operations if api is not None else ()

    return run_async(compose)

"""Shared engines: modules whose databases have the same address share one pool of connections."""

from __future__ import annotations

from typing import Final

from sqlalchemy.ext.asyncio import AsyncEngine

from modkit_db.addresses import DatabaseAddress
from modkit_db.engines import make_engine


class SharedEngines:
    """The engines of one host, by address."""

    def __init__(self) -> None:
        self._engines: Final[dict[str, AsyncEngine]] = {}

    def engine(self, address: DatabaseAddress) -> AsyncEngine:
        """Return the engine of *address*, made when first asked for; it connects when it is first used."""
        key = address.url.render_as_string(hide_password=False)
        if key not in self._engines:
            self._engines[key] = make_engine(
                address.url, pool=address.config.pool, sqlite=address.config.sqlite
            )
        return self._engines[key]

    async def close(self) -> None:
        """Close all connections."""
        while self._engines:
            await self._engines.popitem()[1].dispose()

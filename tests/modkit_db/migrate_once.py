"""A process that migrates one database and prints which revisions it has run."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from sqlalchemy import make_url

from modkit_db.addresses import DatabaseAddress
from modkit_db.config import PoolConfig, ServerConfig, SqliteConfig
from modkit_db.engines import make_engine
from modkit_db.migrations import Migrations
from modkit_db.revisions import Revisions


async def main(url: str, folder: str) -> None:
    engine = make_engine(make_url(url), pool=PoolConfig(), sqlite=SqliteConfig())
    address = DatabaseAddress(server="main", url=engine.url, config=ServerConfig())
    done = await Migrations(Revisions.read("shelf", Path(folder)), engine, address).run()
    sys.stdout.write(" ".join(done))
    await engine.dispose()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))

"""Configuration of databases: section ``database`` of the platform, and ``modules.<name>.database`` of a module."""

from __future__ import annotations

from typing import Annotated, Literal

from attrs import field, frozen

from modkit import Meta, Secret


@frozen(kw_only=True)
class PoolConfig:
    """Connections of one process to one server.

    Attributes:
        max_connections: Most connections; who needs one more waits.
        acquire_timeout_s: How long to wait for a free one.
        max_lifetime_s: Age at which a connection is replaced before it is used again.
        test_before_acquire: Whether a connection is tried before it is used: one round trip against a failed request.
    """

    max_connections: Annotated[int, Meta(ge=1, le=1000)] = 10
    acquire_timeout_s: Annotated[float, Meta(gt=0)] = 10.0
    max_lifetime_s: Annotated[int, Meta(ge=1)] = 1800
    test_before_acquire: bool = True


@frozen(kw_only=True)
class SqliteConfig:
    """What each connection to SQLite is set to.

    Attributes:
        journal_mode: ``WAL`` lets readers go on while one writes.
        synchronous: ``NORMAL`` loses nothing when the process dies; ``FULL`` nothing when the machine does.
        busy_timeout_s: How long a writer waits for its turn.
        cache_mb: Pages kept in memory by each connection, MiB.
    """

    journal_mode: Literal["WAL", "DELETE", "TRUNCATE", "MEMORY"] = "WAL"
    synchronous: Literal["NORMAL", "FULL", "EXTRA"] = "FULL"
    busy_timeout_s: Annotated[float, Meta(gt=0, le=3600)] = 10.0
    cache_mb: Annotated[int, Meta(ge=1, le=4096)] = 8

    def pragmas(self) -> tuple[str, ...]:
        """Return the statements that set a connection up."""
        return (
            f"PRAGMA busy_timeout = {int(self.busy_timeout_s * 1000)}",
            f"PRAGMA journal_mode = {self.journal_mode}",
            f"PRAGMA synchronous = {self.synchronous}",
            f"PRAGMA cache_size = -{self.cache_mb * 1024}",
            "PRAGMA foreign_keys = ON",
        )


@frozen(kw_only=True)
class ServerConfig:
    """A database server, or a folder of SQLite files.

    Attributes:
        dsn: Address such as ``postgresql://user:password@host:5432/name``; the fields below overrule its parts.
        engine: Kind of server, where there is no *dsn*.
        host: Name or address of the server.
        port: Its port.
        user: Who connects.
        password: Their password.
        name: Name of the database; the module's name where this is empty.
        auto_provision: Whether a database that is missing is made.
        pool: Connections.
        sqlite: Settings of SQLite.
    """

    dsn: Secret[str] | None = None
    engine: Literal["sqlite", "postgresql", "mariadb"] = "sqlite"
    host: str = ""
    port: Annotated[int, Meta(ge=0, le=65535)] = 0
    user: str = ""
    password: Secret[str] | None = None
    name: str = ""
    auto_provision: bool = False
    pool: PoolConfig = field(factory=PoolConfig)
    sqlite: SqliteConfig = field(factory=SqliteConfig)


@frozen(kw_only=True)
class DatabaseConfig:
    """Section ``database``: the servers of the platform.

    Attributes:
        servers: Servers by a name of your choice. Without any, each module has a SQLite file in its own folder.
        default: The server of modules that name none; may be empty where there is one server.
    """

    servers: dict[str, ServerConfig] = field(factory=dict[str, ServerConfig])
    default: str = ""


@frozen(kw_only=True)
class ModuleDatabaseConfig:
    """Which database the module uses.

    Attributes:
        server: Name of a server in ``database.servers``; the default one where this is empty.
        name: Name of the database; the one of the server where this is empty.
    """

    server: str = ""
    name: str = ""

"""Where the database of a module is: its server's configuration, turned into an address."""

from __future__ import annotations

import re
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from attrs import field, frozen
from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from modkit import Secret
from modkit.startup_error import Phase, StartupError
from modkit_db.config import DatabaseConfig, ModuleDatabaseConfig, ServerConfig

_DRIVERS: Final = {
    "sqlite": "sqlite+aiosqlite",
    "postgres": "postgresql+asyncpg",
    "postgresql": "postgresql+asyncpg",
    "mariadb": "mariadb+asyncmy",
    "mysql": "mysql+asyncmy",
}
_EXTRAS: Final = {"aiosqlite": "db", "asyncpg": "postgresql", "asyncmy": "mariadb"}
_LOCAL: Final = "local"
_FILE_NAME: Final = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]*")


@frozen(kw_only=True)
class DatabaseAddress:
    """One database of one server; its text names both, and no secret.

    Attributes:
        server: Name of the server in the configuration.
        url: How it is reached, with the asynchronous driver; holds the password.
        config: The server's configuration.

    Example:
        >>> from modkit_db.config import ServerConfig
        >>> config = ServerConfig(dsn=Secret("postgresql://app:s3cret@db.example.com/rag"))
        >>> print(DatabaseAddress(server="main", url=make_url(config.dsn.reveal()), config=config))
        database 'rag' of server 'main' (postgresql at db.example.com)
    """

    server: str
    url: URL = field(repr=False)
    config: ServerConfig = field(repr=False)

    @property
    def is_sqlite(self) -> bool:
        """Whether the database is a file."""
        return self.url.get_backend_name() == "sqlite"

    def is_missing_file(self) -> bool:
        """Return whether the database would be a file that is not there yet."""
        return self.is_sqlite and not Path(str(self.url.database)).exists()

    def __str__(self) -> str:
        if self.is_sqlite:
            return f"database {self.url.database or ':memory:'} of server {self.server!r}"
        port = f":{self.url.port}" if self.url.port else ""
        place = f"{self.url.get_backend_name()} at {self.url.host or 'localhost'}{port}"
        return f"database {self.url.database!r} of server {self.server!r} ({place})"

    def masked(self, text: str) -> str:
        """Return *text* without the password and the DSN, should a driver have put them there."""
        secrets = [self.url.password or "", self.config.dsn.reveal() if self.config.dsn else ""]
        for secret in filter(None, secrets):
            text = text.replace(secret, "***")
        return text


def address_of(
    databases: DatabaseConfig, wanted: ModuleDatabaseConfig, *, module: str, home: Path
) -> DatabaseAddress:
    """Return where the database of *module* is; nothing is connected.

    The name of the database is the one that the module is configured with, else the one of its server, else the
    module's own name.

    Args:
        databases: Section ``database``.
        wanted: Section ``modules.<name>.database``.
        module: Name of the module.
        home: The module's folder, where SQLite files are.

    Raises:
        StartupError: There is no such server, its address cannot be read, or its driver is not installed.
    """
    server, config = _server(databases, wanted)
    setting = f"database.servers.{server}"
    url = _parsed(config.dsn, setting) if config.dsn else URL.create(config.engine)
    backend = url.get_backend_name()
    if backend not in _DRIVERS:
        raise StartupError(
            Phase.CONFIGURE,
            f"{setting}.dsn is of {backend!r}, which is no known kind of database",
            remedy=f"begin it with one of: {', '.join(f'{kind}://' for kind in _DRIVERS)}",
        )
    name = wanted.name or config.name or url.database or module
    if backend == "sqlite":
        url = url.set(database=_file(name, home, setting))
    else:
        url = url.set(
            host=config.host or url.host or "localhost",
            port=config.port or url.port,
            username=config.user or url.username,
            password=config.password.reveal() if config.password else url.password,
            database=name,
        )
    driver = _DRIVERS[backend].partition("+")[2]
    if find_spec(driver) is None:
        raise StartupError(
            Phase.CONFIGURE,
            f"{setting} needs the package {driver}, which is not installed",
            remedy=f"install hyperspot-modkit[{_EXTRAS[driver]}]",
        )
    return DatabaseAddress(server=server, url=url.set(drivername=_DRIVERS[backend]), config=config)


def _server(databases: DatabaseConfig, wanted: ModuleDatabaseConfig) -> tuple[str, ServerConfig]:
    servers = databases.servers or {_LOCAL: ServerConfig()}
    name = wanted.server or databases.default or (next(iter(servers)) if len(servers) == 1 else "")
    if name not in servers:
        problem = (
            f"there is no database server {name!r}" if name else "no database server is chosen"
        )
        raise StartupError(
            Phase.CONFIGURE,
            problem,
            remedy=f"set database.default to one of database.servers: {', '.join(servers)}",
        )
    return name, servers[name]


def _parsed(dsn: Secret[str], setting: str) -> URL:
    try:
        return make_url(dsn.reveal())
    except (ArgumentError, ValueError):  # the cause could quote the DSN
        raise StartupError(
            Phase.CONFIGURE,
            f"{setting}.dsn is no address of a database",
            remedy="write it as postgresql://user:password@host:5432/name; encode / : @ in a password as %2F %3A %40",
        ) from None


def _file(name: str, home: Path, setting: str) -> str:
    """Return the path of a SQLite database: one with a folder is taken as it is, a plain name lies in *home*."""
    if name == ":memory:" or Path(name).is_absolute():
        return name
    if not _FILE_NAME.fullmatch(name):
        raise StartupError(
            Phase.CONFIGURE,
            f"{setting} has the file {name!r}",
            remedy="write a plain name, which lies in the module's folder, or an absolute path",
        )
    return str(home / (name if "." in name else f"{name}.db"))

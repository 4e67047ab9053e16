"""Where the database of a module is, from configuration."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from modkit import Secret
from modkit.startup_error import StartupError
from modkit_db.addresses import DatabaseAddress, address_of
from modkit_db.config import DatabaseConfig, ModuleDatabaseConfig, ServerConfig

HOME = Path("/srv/modkit/rag")


def address(wanted: ModuleDatabaseConfig | None = None, **servers: ServerConfig) -> DatabaseAddress:
    databases = DatabaseConfig(servers=servers)
    return address_of(databases, wanted or ModuleDatabaseConfig(), module="rag", home=HOME)


def server(dsn: str, **fields: Any) -> ServerConfig:
    return ServerConfig(dsn=Secret(dsn), **fields)


def rendered(found: DatabaseAddress) -> str:
    return found.url.render_as_string(hide_password=False)


def test_without_configuration_there_is_a_file_in_the_folder_of_the_module() -> None:
    assert rendered(address()) == "sqlite+aiosqlite:////srv/modkit/rag/rag.db"


@pytest.mark.parametrize(
    ("config", "url"),
    [
        (server("postgres://u:p@h:1/n"), "postgresql+asyncpg://u:p@h:1/n"),
        (server("mysql://u@h/n"), "mysql+asyncmy://u@h/n"),
        (server("postgresql://u:p@h:1"), "postgresql+asyncpg://u:p@h:1/rag"),
        (
            server("postgresql://u:p@h:1/n", host="i", port=2, user="v", password=Secret("q")),
            "postgresql+asyncpg://v:q@i:2/n",
        ),
        (server("postgresql://h/n", name="m"), "postgresql+asyncpg://h/m"),
        (ServerConfig(engine="mariadb"), "mariadb+asyncmy://localhost/rag"),
        (server("sqlite:////data/all.db"), "sqlite+aiosqlite:////data/all.db"),
        (server("sqlite:///notes"), "sqlite+aiosqlite:////srv/modkit/rag/notes.db"),
    ],
)
def test_fields_overrule_parts_of_the_dsn(config: ServerConfig, url: str) -> None:
    assert rendered(address(main=config)) == url


def test_the_name_of_the_module_comes_first() -> None:
    wanted = ModuleDatabaseConfig(server="b", name="mine")
    found = address(wanted, a=ServerConfig(), b=server("postgresql://h/n", name="m"))
    assert rendered(found) == "postgresql+asyncpg://h/mine"


@pytest.mark.parametrize(
    ("wanted", "servers", "said"),
    [
        (ModuleDatabaseConfig(server="c"), {"a": ServerConfig()}, "no database server 'c'"),
        (
            ModuleDatabaseConfig(),
            {"a": ServerConfig(), "b": ServerConfig()},
            "database.servers: a, b",
        ),
        (ModuleDatabaseConfig(), {"a": server("s3cret")}, "database.servers.a.dsn is no address"),
        (ModuleDatabaseConfig(), {"a": server("postgresql://u:s3cret@h:x/n")}, "no address"),
        (ModuleDatabaseConfig(), {"a": server("oracle://u:s3cret@h/n")}, "of 'oracle'"),
        (ModuleDatabaseConfig(name="../../etc/x"), {"a": ServerConfig()}, "the file '../../etc/x'"),
    ],
)
def test_what_cannot_be_used_is_named_without_secrets(
    wanted: ModuleDatabaseConfig, servers: dict[str, ServerConfig], said: str
) -> None:
    with pytest.raises(StartupError, match=said) as caught:
        address(wanted, **servers)
    assert "s3cret" not in str(caught.value)


def test_a_driver_that_quotes_the_password_is_masked() -> None:
    found = address(main=server("postgresql://u:s3cret@h/n"))
    assert "s3cret" not in f"{found} {found!r}"
    assert found.masked("cannot log in with s3cret") == "cannot log in with ***"

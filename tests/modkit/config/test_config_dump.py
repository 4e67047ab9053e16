from __future__ import annotations

import json
import subprocess
import sys
from enum import Enum
from pathlib import Path
from typing import Annotated, Any, Literal
from uuid import UUID

import pytest
from attrs import Factory, frozen
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from msgspec import Meta

from modkit.config import (
    Configuration,
    ConfigurationInvalid,
    as_text,
    as_tree,
    as_yaml,
    configuration_schema,
    effective,
)
from modkit.secret import Secret


class Mode(Enum):
    FAST = "fast"
    OFF = "off"


@frozen(kw_only=True)
class TlsConfig:
    """Encryption.

    Attributes:
        certificate: PEM file,
            with its chain.
    """

    certificate: Path


@frozen(kw_only=True)
class ServerConfig:
    """Where the platform listens.

    More about it.

    Attributes:
        port: TCP port, 1..65535.
    """

    host: str = "localhost"
    port: Annotated[int, Meta(ge=1, le=65535)] = 80
    mode: Mode = Mode.FAST
    choice: Literal["a", "b"] | None = None
    ratio: float = 0.5
    owner: UUID | None = None
    labels: dict[str, str] = Factory(dict)
    names: Annotated[list[str], Meta(max_length=9)] = Factory(list)
    tls: TlsConfig | None = None
    password: Annotated[Secret[str], Meta(min_length=4)] | None = None


@frozen(kw_only=True)
class Switch:
    enabled: bool = True


SECTIONS: dict[str, type] = {
    "server": ServerConfig,
    "modules.rag": Switch,
    "modules.rag.config": TlsConfig,
}
GIVEN = {"modules": {"rag": {"config": {"certificate": "x"}}}}

servers = st.builds(
    ServerConfig,
    host=st.text(),
    port=st.integers(1, 65535),
    mode=st.sampled_from(Mode),
    choice=st.sampled_from(["a", "b", None]),
    ratio=st.floats(allow_nan=False, allow_infinity=False),
    owner=st.none() | st.uuids(),
    labels=st.dictionaries(st.text(), st.text(), max_size=3),
    names=st.lists(
        st.sampled_from(["no", "1e3", "0x1", "", "a: b", "${x}", "$${x}", "#", "~"]) | st.text(),
        max_size=3,
    ),
    tls=st.none() | st.just(TlsConfig(certificate=Path("a/b"))),
)


@given(server=servers)
def test_what_is_shown_as_yaml_loads_again(
    tmp_path_factory: pytest.TempPathFactory, server: ServerConfig
) -> None:
    file = tmp_path_factory.mktemp("dump") / "config.yaml"
    shown = effective(Configuration.load(defaults={**GIVEN, "server": server}), SECTIONS)
    file.write_bytes(as_yaml(shown).encode())
    again = Configuration.load(files=[file])
    assert again.section("server", ServerConfig) == server
    assert effective(again, SECTIONS)[0].value == server.host
    json.dumps(as_tree(shown))


def test_every_value_has_its_origin(tmp_path: Path) -> None:
    file = tmp_path / "config.yaml"
    file.write_text("server:\n  host: a\n  labels:\n    x.y: z\n  password: hunter2\n")
    configuration = Configuration.load(
        files=[file],
        environ={"MODKIT_SERVER__MODE": "off"},
        overrides=["server.port=8080"],
        defaults=GIVEN,
    )
    shown = {
        value.path: (value.value, str(value.origin)) for value in effective(configuration, SECTIONS)
    }
    assert shown["server.host"] == ("a", f"{file}:2")
    assert shown['server.labels["x.y"]'] == ("z", f"{file}:4")
    assert shown["server.password"] == ("***", f"{file}:5")
    assert shown["server.mode"] == ("off", "environment variable MODKIT_SERVER__MODE")
    assert shown["server.port"] == (8080, "--set server.port")
    assert shown["server.ratio"] == (0.5, "default of ServerConfig")
    assert shown["modules.rag.enabled"] == (True, "default of Switch")
    assert shown["modules.rag.config.certificate"] == ("x", "default of the application")


def test_the_text_has_one_line_a_value() -> None:
    shown = effective(Configuration.load(defaults=GIVEN), SECTIONS)
    lines = as_text(shown).splitlines()
    assert len(lines) == len(shown)
    assert lines[0].split() == [
        "server.host",
        "=",
        "localhost",
        "#",
        "default",
        "of",
        "ServerConfig",
    ]


def test_an_invalid_configuration_is_not_shown() -> None:
    with pytest.raises(ConfigurationInvalid, match="certificate"):
        effective(Configuration.load(), SECTIONS)


# --- schema ------------------------------------------------------------------------------------


def validator() -> Draft202012Validator:
    schema = configuration_schema(SECTIONS)
    Draft202012Validator.check_schema(schema)
    json.dumps(schema, allow_nan=False)
    return Draft202012Validator(schema)


@given(server=servers)
def test_the_schema_accepts_what_is_shown(server: ServerConfig) -> None:
    shown = as_tree(effective(Configuration.load(defaults={**GIVEN, "server": server}), SECTIONS))
    shown["server"].pop("password")
    assert list(validator().iter_errors(shown)) == []


@pytest.mark.parametrize(
    ("tree", "is_valid"),
    [
        ({}, True),
        ({"server": None}, True),
        ({"server": {"port": "${PORT}"}}, True),
        ({"server": {"mode": "off", "choice": None}}, True),
        ({"server": {"password": "long enough"}}, True),
        ({"modules": {"rag": {"enabled": False, "config": {"certificate": "x"}}}}, True),
        ({"server": {"port": 0}}, False),
        ({"server": {"port": "80"}}, False),
        ({"server": {"prot": 80}}, False),
        ({"server": {"mode": "slow"}}, False),
        ({"server": {"choice": "c"}}, False),
        ({"server": {"password": "abc"}}, False),
        ({"server": {"names": ["a"] * 10}}, False),
        ({"server": {"labels": {"a": 1}}}, False),
        ({"servers": {}}, False),
        ({"modules": {"rga": {}}}, False),
        ({"modules": {"rag": {"config": {"x": 1}}}}, False),
    ],
    ids=repr,
)
def test_the_schema_refuses_what_the_configuration_refuses(
    tree: dict[str, Any], is_valid: bool
) -> None:
    assert validator().is_valid(tree) is is_valid


def test_the_schema_describes_keys_and_defaults() -> None:
    definitions = configuration_schema(SECTIONS)["$defs"]
    server = definitions["ServerConfig"]
    assert server["description"] == "Where the platform listens."
    assert server["properties"]["port"]["description"] == "TCP port, 1..65535."
    assert server["properties"]["port"]["default"] == 80
    assert server["properties"]["mode"]["default"] == "fast"
    certificate = definitions["TlsConfig"]["properties"]["certificate"]
    assert certificate["description"] == "PEM file, with its chain."
    assert "default" not in certificate


def test_importing_modkit_loads_no_configuration() -> None:
    script = "import modkit, sys; sys.exit('modkit.config' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0

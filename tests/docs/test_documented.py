"""Whatever a person can name, there is a text about: public names, error codes, configuration keys, commands."""

from __future__ import annotations

import importlib
import inspect
from pathlib import Path
from types import ModuleType
from typing import Any

import click
import pytest

import modkit
import modkit.config
import modkit.gts
import modkit.ports
import modkit.rest
import modkit.testing
import modkit_errors
from docs.write_reference import (
    LIBRARIES,
    PUBLIC,
    cli_page,
    commands,
    config_keys,
    config_page,
    errors_page,
    write,
)
from hyperspot.platform import APPLICATION
from modkit.config import configuration_schema
from modkit.host import Host
from modkit.host_config import platform_sections
from modkit_errors import PlatformError
from tests.source_tree import ROOT, SourceFile, imports, sources

PACKAGES = (
    modkit,
    modkit.config,
    modkit.gts,
    modkit.ports,
    modkit.rest,
    modkit.testing,
    modkit_errors,
)
NAMES = [
    pytest.param(package, name, id=f"{package.__name__}.{name}")
    for package in PACKAGES
    for name in package.__all__
    if inspect.isclass(getattr(package, name)) or inspect.isroutine(getattr(package, name))
]
ERRORS = [
    pytest.param(error, id=error.code)
    for error in Host(APPLICATION.specs(), APPLICATION.configuration()).catalogue
]
COMMANDS = [pytest.param(context.command, id=path) for path, context in commands()]
KEYS = [
    pytest.param(key, id=path)
    for path, key in config_keys(configuration_schema(platform_sections(APPLICATION.specs())))
]


def own_docstring(named: Any) -> str:
    """The docstring as written: not that of a base class, nor the signature that a decorator makes up."""
    if inspect.isclass(named):
        return vars(named).get("__doc__") or ""
    return inspect.getdoc(named) or ""


@pytest.mark.parametrize(("package", "name"), NAMES)
def test_public_name_is_described(package: ModuleType, name: str) -> None:
    assert len(own_docstring(getattr(package, name)).split()) >= 2


@pytest.mark.parametrize(("package", "name"), NAMES)
def test_public_methods_are_described(package: ModuleType, name: str) -> None:
    named = getattr(package, name)
    methods = {
        method: member
        for method, member in (vars(named).items() if inspect.isclass(named) else ())
        if not method.startswith("_")
        and (inspect.isfunction(member) or isinstance(member, property))
    }
    assert [method for method, member in methods.items() if not inspect.getdoc(member)] == []


@pytest.mark.parametrize("error", ERRORS)
def test_error_says_what_happened(error: type[PlatformError]) -> None:
    assert error.title.endswith("."), f"{error.title!r} is no sentence"
    assert f"`{error.code}`" in errors_page()


@pytest.mark.parametrize("command", COMMANDS)
def test_command_and_its_options_say_what_they_do(command: click.Command) -> None:
    options = [option for option in command.params if isinstance(option, click.Option)]
    assert (command.help or "").strip()
    assert [option.name for option in options if not option.help] == []


@pytest.mark.parametrize("key", KEYS)
def test_configuration_key_is_described(key: dict[str, Any]) -> None:
    assert key.get("description")


def test_reference_is_written_without_a_warning(tmp_path: Path) -> None:
    write(tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == {"api", "cli.md", "config.md", "errors.md"}
    assert 'id="ModuleHarness"' in (tmp_path / "api" / "modkit" / "testing.html").read_text()
    assert 'id="module"' in (tmp_path / "api" / "modkit.html").read_text()


def test_what_modules_import_is_in_the_reference() -> None:
    shown = (*PUBLIC, "modkit.module")  # the latter since modkit lists its decorator of this name
    listed = {name for module in shown for name in names_of(importlib.import_module(module))}
    used = {
        (module, name)
        for source in (*sources(), *snippets())
        if source.module.partition(".")[0] not in LIBRARIES
        for module, name, _ in imports(source)
        if module.partition(".")[0] in LIBRARIES
    }
    assert sorted(one for one in used if one[0] not in shown and one[1] not in listed) == []


def names_of(module: ModuleType) -> list[str]:
    return getattr(module, "__all__", None) or list(vars(module))


def snippets() -> list[SourceFile]:
    found = sorted((ROOT / "docs" / "snippets").rglob("*.py"))
    return [SourceFile(path=path, module=f"snippets.{path.stem}") for path in found]


def test_reference_names_what_there_is() -> None:
    assert "| `modules.api_ingress.config.bind_addr` | `string` |" in config_page()
    assert "| `server.workers` | `integer, >= 1, <= 64` | `1` |" in config_page()
    assert "| 415 | `NO_PARSER_AVAILABLE` |" in errors_page()
    assert "## hyperspot config show" in cli_page()
    assert "`-c, --config FILE`" in cli_page()

"""What each command prints, for people and for programs."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from click.testing import CliRunner
from openapi_spec_validator import OpenAPIV31SpecValidator

from hyperspot.platform import APPLICATION
from modkit import module
from modkit.cli import command_line
from modkit.config import Configuration
from modkit.host_config import platform_sections

COMMANDS = ("run", "check", "migrate", "config", "modules", "routes", "openapi", "errors", "gts")
EVERY_HELP = [(), *((name,) for name in COMMANDS), ("config", "show"), ("config", "schema")]


@pytest.mark.parametrize("command", EVERY_HELP, ids=lambda parts: " ".join(parts) or "top")
@pytest.mark.parametrize("option", ["-h", "--help"])
def test_everything_has_help(cli: Any, command: tuple[str, ...], option: str) -> None:
    result = cli(*command, option, modules=())
    assert result.exit_code == 0
    assert f"Usage: {' '.join(('time', *command))}" in result.stdout


def test_help_lists_every_command_and_the_exit_codes(cli: Any) -> None:
    text = cli("--help").stdout
    assert all(re.search(rf"\b{name}\b +[A-Z]", text) for name in COMMANDS)
    assert "0 done, 1 failed, 2 wrong usage, 3 wrong configuration" in text
    assert "TIME_SERVER__WORKERS" in text
    assert {"time run", "time config show"} <= {line.strip() for line in text.splitlines()}


def test_version_names_the_platform(cli: Any) -> None:
    assert cli("--version").stdout == "time, version 1.2.3\n"


def test_check_sums_up_what_fits_together(cli: Any) -> None:
    result = cli("check")
    assert (result.exit_code, result.stderr) == (0, "")
    assert re.fullmatch(
        r"ok: 3 modules, 2 operations, \d+ errors; the platform can start\n", result.stdout
    )


def test_check_takes_a_platform_without_a_rest_api(cli: Any, samples: Any) -> None:
    result = cli("check", modules=(samples.clock,))
    assert result.stdout.startswith("ok: 1 module, 0 operations, ")


def test_migrate_says_when_it_is_done(cli: Any) -> None:
    result = cli("migrate")
    assert (result.exit_code, result.stdout) == (0, "ok: everything is up to date\n")


def test_the_plan_of_a_platform_without_stored_data_is_empty(cli: Any) -> None:
    result = cli("migrate", "--plan")
    assert (result.exit_code, result.stdout) == (0, "-- everything is up to date\n")


def test_modules_are_listed_in_start_order(cli: Any) -> None:
    lines = cli("modules").stdout.splitlines()
    assert lines[0].split() == ["module", "state", "provides", "requires", "optional", "class"]
    assert [line.split()[:4] for line in lines[1:]] == [
        ["clock", "enabled", "Clock", "-"],
        ["end", "enabled", "-", "Clock"],
        ["gate", "enabled", "-", "-"],
    ]


def test_disabled_modules_are_listed_last(cli: Any) -> None:
    result = cli("-s", "modules.end.enabled=false", "modules", "--format", "json")
    found = json.loads(result.stdout)
    assert [(one["name"], one["state"]) for one in found] == [
        ("clock", "enabled"),
        ("gate", "enabled"),
        ("end", "disabled"),
    ]
    assert found[2]["requires"] == ["Clock"]
    assert found[2]["optional"] == ["Calendar"]
    assert found[2]["after"] == ["clock"]


def test_graph_is_mermaid(cli: Any) -> None:
    lines = cli("modules", "--graph").stdout.splitlines()
    assert lines[0] == "flowchart LR"
    node = r'    m_\w+\["\w+"\]'
    edge = r'    m_\w+ (-->|-\.->)\|"[^"|]+"\| m_\w+'
    assert [line for line in lines[1:] if not re.fullmatch(f"{node}|{edge}", line)] == []
    assert '    m_end -->|"Clock"| m_clock' in lines
    assert '    m_end -.->|"starts after"| m_clock' in lines


def test_graph_shows_the_chosen_provider_only(cli: Any, samples: Any) -> None:
    @module(name="sundial", provides=(samples.contract,))
    class Sundial:
        """Provides the time as well."""

    result = cli(
        *("-s", "server.providers.Clock=clock", "modules", "--graph"),
        modules=(samples.clock, samples.days, Sundial),
    )
    assert '-->|"Clock"| m_clock' in result.stdout
    assert 'm_sundial["sundial"]' in result.stdout
    assert "| m_sundial" not in result.stdout


def test_graph_has_no_json_form(cli: Any) -> None:
    result = cli("modules", "--graph", "--format", "json")
    assert result.exit_code == 2
    assert "--graph prints Mermaid" in result.stderr


def test_routes_say_who_may_call(cli: Any) -> None:
    found = json.loads(cli("routes", "--format", "json").stdout)
    assert [(one["method"], one["path"], one["access"]) for one in found] == [
        ("GET", "/end/v1/days/{day_id}", "days:read"),
        ("GET", "/end/v1/now", "public"),
    ]
    lines = cli("routes").stdout.splitlines()
    assert lines[0].split() == ["method", "path", "access", "operation", "summary"]
    assert "end.get_now" in lines[2]


def test_errors_are_sorted_by_status(cli: Any) -> None:
    found = json.loads(cli("errors", "--format", "json").stdout)
    statuses = [one["status"] for one in found]
    assert statuses == sorted(statuses)
    assert {"NOT_FOUND", "INTERNAL_ERROR"} <= {one["code"] for one in found}
    assert all(one["type"].startswith("gts://") and one["title"] for one in found)
    assert len(cli("errors").stdout.splitlines()) == len(found) + 1


def test_openapi_prints_or_writes_a_valid_document(cli: Any, tmp_path: Path) -> None:
    printed = cli("openapi")
    written = cli("openapi", "-o", "api.json")
    assert written.stdout == ""
    assert written.stderr == "wrote api.json\n"
    found = json.loads((tmp_path / "api.json").read_bytes())
    assert json.loads(printed.stdout) == found
    assert list(OpenAPIV31SpecValidator(found).iter_errors()) == []
    assert list(found["paths"]) == ["/end/v1/days/{day_id}", "/end/v1/now"]


def test_config_show_names_origins_and_masks_secrets(
    cli: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a.yaml").write_text("server:\n  workers: 3\n")
    monkeypatch.setenv("TIME_MODULES__CLOCK__CONFIG__ZONE", "CET")
    result = cli("-c", "a.yaml", "-s", "server.drain_delay_s=2", "config", "show")
    assert re.search(r"^server\.workers = 3 +# .*a\.yaml:2$", result.stdout, re.MULTILINE)
    assert re.search(r"\.zone = CET +# .*TIME_MODULES__CLOCK__CONFIG__ZONE", result.stdout)
    assert re.search(r"drain_delay_s = 2\.0 +# .*--set", result.stdout)
    assert "api_key" in result.stdout
    assert "k3y-of-the-clock" not in result.stdout
    assert not result.stdout.endswith("\n\n")


@pytest.mark.parametrize(
    ("form", "read"),
    [pytest.param("yaml", yaml.safe_load, id="yaml"), pytest.param("json", json.loads, id="json")],
)
def test_config_show_can_be_loaded_again(cli: Any, tmp_path: Path, form: str, read: Any) -> None:
    first = cli("-s", "modules.clock.config.zone=CET", "config", "show", "--format", form).stdout
    assert "k3y-of-the-clock" not in first
    assert read(first)["modules"]["clock"]["config"]["zone"] == "CET"


def test_config_schema_accepts_the_shipped_profile() -> None:
    result = CliRunner().invoke(command_line(APPLICATION), ["config", "schema"])
    schema = json.loads(result.stdout)
    assert APPLICATION.default_file is not None
    profile = yaml.safe_load(APPLICATION.default_file.read_text())
    validator = jsonschema.Draft202012Validator(schema)
    validator.check_schema(schema)
    assert [error.message for error in validator.iter_errors(profile)] == []
    profile["modules"]["api_ingress"]["config"]["enable_doks"] = True
    assert [error.message for error in validator.iter_errors(profile)] != []


def test_shipped_profile_is_valid_configuration() -> None:
    configuration = APPLICATION.configuration()
    assert isinstance(configuration, Configuration)
    assert configuration.check(platform_sections(APPLICATION.specs()))


def test_a_named_file_puts_the_shipped_profile_out_of_use(tmp_path: Path) -> None:
    file = tmp_path / "own.yaml"
    file.write_text("modules: {api_ingress: {config: {auth_disabled: true}}}\n")
    result = CliRunner().invoke(
        command_line(APPLICATION), ["-c", str(file), "config", "show", "--format", "json"]
    )
    assert json.loads(result.stdout)["modules"]["api_ingress"]["config"]["enable_docs"] is False

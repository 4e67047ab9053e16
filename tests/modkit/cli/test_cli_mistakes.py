"""A user's mistake: a message that helps, an exit code, and no traceback. A defect: its traceback."""

from __future__ import annotations

import re
from abc import ABC
from pathlib import Path
from typing import Any

import pytest

from modkit import ModuleContext, module
from modkit.application import Application
from modkit.cli import command_line
from modkit.lifecycle.hooks import on_start
from modkit.rest import RestCapability, Routes

FAILED, USAGE, CONFIGURATION = 1, 2, 3


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param("modules: [\n", r"own\.yaml:2:1: not valid YAML", id="bad-yaml"),
        pytest.param(
            "servr: {}\n", r"servr \(own\.yaml:1\): unknown key \(did you mean server\?\)", id="key"
        ),
        pytest.param(
            "modules:\n  nope: {}\n",
            r"modules\.nope \(own\.yaml:2\): no such module is installed",
            id="module",
        ),
        pytest.param("server: {workers: no}\n", r"server\.workers \(own\.yaml:1\)", id="type"),
        pytest.param("server: {workers: 0}\n", r"must be >= 1, found the number 0", id="range"),
        pytest.param("- 1\n", r"own\.yaml", id="a-list"),
    ],
)
def test_wrong_configuration_names_place_and_reason(
    cli: Any, tmp_path: Path, text: str, message: str
) -> None:
    (tmp_path / "own.yaml").write_text(text)
    result = cli("-c", "own.yaml", "check")
    assert result.exit_code == CONFIGURATION
    assert result.stdout == ""
    assert result.stderr.startswith("error: the configuration is not valid\n")
    assert re.search(message, result.stderr)
    assert "Traceback" not in result.stderr


def test_all_problems_of_the_configuration_are_told_at_once(cli: Any, tmp_path: Path) -> None:
    (tmp_path / "own.yaml").write_text("server: {workers: 0, drain_delay_s: x}\nmodules: {a: {}}\n")
    result = cli("-c", "own.yaml", "-s", "server.oops=1", "check")
    assert all(
        name in result.stderr for name in ("workers", "drain_delay_s", "modules.a", "server.oops")
    )


def test_a_file_that_is_no_text_is_told(cli: Any, tmp_path: Path) -> None:
    (tmp_path / "own.yaml").write_bytes(b"\xff\xfe\x00")
    result = cli("-c", "own.yaml", "check")
    assert result.exit_code == CONFIGURATION
    assert "own.yaml:1: the file is not UTF-8 text" in result.stderr


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        pytest.param(("bogus",), "No such command 'bogus'", id="command"),
        pytest.param(("check", "--bogus"), "No such option", id="option"),
        pytest.param(("check", "more"), "unexpected extra argument", id="argument"),
        pytest.param(("-c", "none.yaml", "check"), "does not exist", id="no-file"),
        pytest.param(("-c", ".", "check"), "is a directory", id="folder-as-file"),
        pytest.param(("openapi", "-o", "."), "is a directory", id="folder-as-output"),
        pytest.param(("run", "--workers", "0"), "not in the range", id="workers"),
        pytest.param(("routes", "--format", "xml"), "is not one of", id="format"),
    ],
)
def test_wrong_usage_has_its_own_exit_code(
    cli: Any, arguments: tuple[str, ...], message: str
) -> None:
    result = cli(*arguments)
    assert result.exit_code == USAGE
    assert message in " ".join(result.stderr.replace("│", "").split())


def test_a_wrong_override_is_wrong_configuration(cli: Any) -> None:
    result = cli("-s", "server", "check")
    assert result.exit_code == CONFIGURATION
    assert "write it as path=value" in result.stderr


def test_a_file_that_cannot_be_written_is_named(cli: Any) -> None:
    result = cli("openapi", "-o", "no/such/folder/api.json")
    assert result.exit_code == FAILED
    assert result.stderr == (
        "error: a file cannot be used\nno/such/folder/api.json: No such file or directory\n"
    )


def test_a_log_file_that_cannot_be_written_is_wrong_configuration(cli: Any, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    result = cli("-s", "logging.default.file=../file/x.log", "run")
    assert result.exit_code == CONFIGURATION
    assert "logging.default.file: cannot write" in result.stderr


@pytest.mark.parametrize("command", ["run", "check", "migrate", "modules", "routes", "errors"])
def test_no_module_at_all_is_told(cli: Any, command: str) -> None:
    result = cli(command, modules=())
    assert result.exit_code == FAILED
    assert "no module is installed" in result.stderr
    assert "modkit.modules" in result.stderr


def test_nothing_to_run_is_told(cli: Any, samples: Any) -> None:
    result = cli("-s", "modules.clock.enabled=false", "run", modules=(samples.clock,))
    assert result.exit_code == FAILED
    assert "every installed module is disabled" in result.stderr
    assert "modules.clock.enabled: true" in result.stderr


def test_a_missing_provider_names_both_ends(cli: Any, samples: Any) -> None:
    result = cli("check", modules=(samples.days,))
    assert result.exit_code == FAILED
    assert result.stderr.startswith("error: the platform cannot start\n")
    assert "end" in result.stderr
    assert "Clock" in result.stderr


def test_two_providers_name_the_setting(cli: Any, samples: Any) -> None:
    @module(name="sundial", provides=(samples.contract,))
    class Sundial:
        """Provides the time as well."""

    result = cli("check", modules=(samples.clock, Sundial))
    assert result.exit_code == FAILED
    assert "server.providers.Clock" in result.stderr


def test_a_circle_is_told(cli: Any) -> None:
    class Left(ABC):  # noqa: B024 - only its name counts
        """One side."""

    class Right(ABC):  # noqa: B024 - only its name counts
        """The other side."""

    @module(name="left", provides=(Left,), requires=(Right,))
    class LeftModule:
        """Needs the right one."""

    @module(name="right", provides=(Right,), requires=(Left,))
    class RightModule:
        """Needs the left one."""

    result = cli("check", modules=(LeftModule, RightModule))
    assert result.exit_code == FAILED
    assert "left" in result.stderr
    assert "right" in result.stderr


def test_half_wired_routes_are_told(cli: Any) -> None:
    @module(name="half")
    class HalfModule(RestCapability):
        """Forgets the handler."""

        def routes(self, routes: Routes) -> None:
            routes.get("/half/v1/things")

    result = cli("check", modules=(HalfModule,))
    assert result.exit_code == FAILED
    assert "has no handler" in result.stderr
    assert "Traceback" not in result.stderr


@module(name="failing")
class FailingModule:
    """Fails in a way that nobody thought of."""

    async def init(self, ctx: ModuleContext[Any]) -> None:
        raise KeyError("the-lost-key")


def test_a_failing_module_is_told_without_traceback(cli: Any) -> None:
    result = cli("check", modules=(FailingModule,))
    assert result.exit_code == FAILED
    assert "module 'failing', phase init" in result.stderr
    assert "KeyError: 'the-lost-key'" in result.stderr
    assert "the traceback is in the log at level debug" in result.stderr
    assert "Traceback" not in result.stderr


def test_verbose_shows_the_traceback_first_and_once(cli: Any) -> None:
    result = cli("--verbose", "check", modules=(FailingModule,))
    assert result.exit_code == FAILED
    log, _, message = result.stderr.partition("error: the platform cannot start\n")
    assert log.count('raise KeyError("the-lost-key")') == 1
    assert message.startswith("module 'failing', phase init")


def test_verbose_wins_over_the_configured_level(cli: Any) -> None:
    arguments = ("-s", "logging.default.console_level=error", "run")
    quiet = cli(*arguments, modules=(FailingModule,))
    verbose = cli("-v", *arguments, modules=(FailingModule,))
    assert '"level": "debug"' not in quiet.stderr
    assert '"level": "debug"' in verbose.stderr


def test_a_module_that_fails_when_it_starts_ends_the_run(cli: Any) -> None:
    @module(name="late")
    class LateModule:
        """Fails at the start."""

        @on_start
        async def begin(self) -> None:
            raise OSError("no luck")

    result = cli("run", modules=(LateModule,))
    assert result.exit_code == FAILED
    assert "module 'late', phase start" in result.stderr
    assert "is ready" not in result.stderr


def test_a_defect_of_ours_keeps_its_traceback() -> None:
    def broken() -> Any:
        raise ZeroDivisionError("a defect")

    application = Application(name="time", summary="", version="1", modules=broken)
    with pytest.raises(ZeroDivisionError, match="a defect"):
        command_line(application).main(["check"], standalone_mode=True)

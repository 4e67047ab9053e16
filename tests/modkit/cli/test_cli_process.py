"""The command as a process: pipes, colours, terminals, broken installations, and what it imports."""

from __future__ import annotations

import os
import pty
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

COMMAND = ("-c", "from modkit.cli import main; main()")
PATIENCE_S = 60


def call(
    *arguments: str, path: Path | None = None, environ: dict[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    environ = {**os.environ, **(environ or {})}
    if path is not None:
        environ["PYTHONPATH"] = str(path)
    return subprocess.run(
        [sys.executable, *COMMAND, *arguments],
        env=environ,
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        check=False,
    )


def on_a_terminal(environ: dict[str, str], *arguments: str) -> str:
    """Return what the command writes to a terminal."""
    master, slave = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, *COMMAND, *arguments],
        stdin=slave,
        stdout=slave,
        stderr=slave,
        env={**os.environ, "TERM": "xterm", **environ},
    )
    os.close(slave)
    chunks: list[bytes] = []
    try:
        while chunk := _read(master):
            chunks.append(chunk)
        process.wait(PATIENCE_S)
    finally:
        os.close(master)
    return b"".join(chunks).decode()


def _read(descriptor: int) -> bytes:
    try:
        return os.read(descriptor, 65_536)
    except OSError:  # Linux says so when the last writer of a terminal has gone
        return b""


def installed(folder: Path, value: str) -> Path:
    """Pretend that a distribution is installed whose entry point is *value*."""
    metadata = folder / "broken-1.0.dist-info"
    metadata.mkdir(parents=True)
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: broken\nVersion: 1.0\n")
    (metadata / "entry_points.txt").write_text(f"[modkit.modules]\nbroken = {value}\n")
    return folder


@pytest.mark.parametrize(
    ("value", "message"),
    [
        pytest.param("no_such_package:Module", "cannot be imported", id="import-fails"),
        pytest.param("json:JSONDecoder", "JSONDecoder is not a module", id="no-module"),
    ],
)
def test_a_broken_entry_point_is_told(tmp_path: Path, value: str, message: str) -> None:
    result = call("check", path=installed(tmp_path, value))
    assert result.returncode == 1
    assert message in result.stderr
    assert "Traceback" not in result.stderr


def test_verbose_shows_why_an_entry_point_is_broken(tmp_path: Path) -> None:
    result = call("-v", "check", path=installed(tmp_path, "no_such_package:Module"))
    assert "ModuleNotFoundError: No module named 'no_such_package'" in result.stderr
    assert result.stderr.rstrip().splitlines()[-1].strip() == "fix: repair or uninstall broken"


def test_output_in_a_pipe_has_no_escapes() -> None:
    for arguments in ((), ("--help",), ("errors",), ("bogus",)):
        result = call(*arguments)
        assert "\x1b" not in result.stdout + result.stderr, arguments


def test_headings_are_bold_on_a_terminal_unless_colour_is_unwanted() -> None:
    assert "\x1b[1mstatus" in on_a_terminal({"NO_COLOR": ""}, "errors")
    assert "\x1b" not in on_a_terminal({"NO_COLOR": "1"}, "errors")


def test_a_reader_that_stops_early_is_no_failure() -> None:
    script = "from hyperspot.platform import main; main()"
    process = subprocess.Popen(
        [sys.executable, "-c", script, "openapi"], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert process.stdout is not None
    assert process.stderr is not None
    assert process.stdout.readline() == b"{\n"
    process.stdout.close()
    errors = process.stderr.read().decode()
    process.stderr.close()
    process.wait(PATIENCE_S)
    assert "Traceback" not in errors
    assert "BrokenPipeError" not in errors


@pytest.mark.parametrize(
    ("arguments", "unwanted"),
    [
        pytest.param(
            ["--version"],
            "modkit.host modkit.config cattrs yaml structlog starlette rich.panel",
            id="version",
        ),
        pytest.param(
            ["--help"], "modkit.host modkit.config cattrs yaml structlog starlette", id="help"
        ),
        pytest.param(["errors"], "structlog uvicorn", id="errors"),
    ],
)
def test_a_command_imports_only_what_it_needs(arguments: list[str], unwanted: str) -> None:
    script = (
        "import sys\nfrom modkit.cli import command_line\nfrom modkit.application import Application\n"
        "from modkit.discovery import specs_of\nfrom modkit import module\n"
        "sample = module(name='sample')(type('Sample', (), {}))\n"
        "one = Application(name='x', summary='', version='1', modules=lambda: specs_of([sample]))\n"
        f"command_line(one).main({arguments!r}, standalone_mode=False)\n"
        f"print([name for name in {unwanted.split()!r} if name in sys.modules])\n"
    )
    result = subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        check=True,
    )
    assert result.stdout.splitlines()[-1] == "[]"


def test_run_on_a_terminal_tells_its_progress_and_stops_on_ctrl_c(tmp_path: Path) -> None:
    script = "from hyperspot.platform import main; main()"
    settings = (f"server.home_dir={tmp_path}", "modules.api_ingress.config.bind_addr=127.0.0.1:0")
    overrides = [part for setting in settings for part in ("-s", setting)]
    master, slave = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-c", script, *overrides, "run"], stdin=slave, stdout=slave, stderr=slave
    )
    os.close(slave)
    text = b""
    try:
        while chunk := _read(master):
            is_ready = b"Ctrl-C stops it" in text
            text += chunk
            if not is_ready and b"Ctrl-C stops it" in text:
                process.send_signal(signal.SIGINT)
        assert process.wait(PATIENCE_S) == 0
    finally:
        process.kill()
        os.close(master)
    assert re.match(rb"starting \d+ modules \.\.\.", text)
    assert b"is ready" in text
    assert b"API docs  http://127.0.0.1:" in text
    assert b"Traceback" not in text

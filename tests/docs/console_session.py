"""The console blocks of a page, and a shell that runs them as a reader would.

In a ``console`` block, ``$`` begins a command, ``>`` goes on with it, and the rest is what it prints; ``...`` stands for
anything that was left out. All blocks of a page are one session. A command that serves is left running until the page
ends, on a free port in place of the one that the page names. What only a person can do stands in ``sh`` blocks.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Final, Self

import pytest
from attrs import define, field, frozen

PORT: Final = "8087"
_BLOCK = re.compile(
    r"^(?P<indent>[ ]*)```console[^\n]*\n(?P<text>.*?)^(?P=indent)```", re.MULTILINE | re.DOTALL
)
_SERVES = re.compile(r"(?P<command>hyperspot|python \S+)(?P<options>.*) run( .*)?")
_HEALTH = re.compile(r"health\s+http://127\.0\.0\.1:(?P<port>\d+)/health")
_COMMAND_TIMEOUT_S: Final = 60

needs_a_shell = pytest.mark.skipif(
    shutil.which("bash") is None or shutil.which("curl") is None,
    reason="replays commands as a person types them, with bash and curl",
)


@frozen(kw_only=True)
class Step:
    """One command of a page and what it prints there."""

    line: int
    command: str
    output: str

    def is_like(self, found: str) -> bool:
        """Whether *found* is the output, except for what the page leaves out."""
        lines = self.output.strip().splitlines()
        pattern = "".join("(?:.*\n)?" if line == "..." else f"{_like(line)}\n" for line in lines)
        return (
            re.fullmatch(pattern, f"{found.strip()}\n" if lines else found, re.DOTALL) is not None
        )


def steps(text: str) -> Iterator[Step]:
    """Return every command of every console block in *text*, the text of a page."""
    for block in _BLOCK.finditer(text):
        first = text.count("\n", 0, block.start("text")) + 1
        lines = [line.removeprefix(block["indent"]) for line in block["text"].splitlines()]
        starts = [number for number, line in enumerate(lines) if line.startswith("$ ")]
        for start, end in zip(starts, [*starts[1:], len(lines)], strict=True):
            more = start + 1
            while more < end and lines[more].startswith("> "):
                more += 1
            command = [line[2:] for line in lines[start:more]]
            yield Step(
                line=first + start,
                command="\n".join(command),
                output="\n".join(lines[more:end]),
            )


@define
class ConsoleSession:
    """Runs commands in *folder*; what serves is stopped at the end, and must end well."""

    folder: Path
    variables: dict[str, str] = field(factory=dict)
    _servers: list[subprocess.Popen[str]] = field(factory=list, init=False)
    _port: str = field(default=PORT, init=False)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        codes = [_ended(server) for server in self._servers]
        assert error or codes == [0] * len(codes)

    def run(self, command: str) -> str:
        """Return what *command* prints, on both streams; of one that serves, until it is ready."""
        command = command.replace("python3 noxfile.py serve", "hyperspot run")
        if _SERVES.fullmatch(command):
            return self._serve(command)
        done = subprocess.run(
            ["bash", "-c", command.replace(f"127.0.0.1:{PORT}", f"127.0.0.1:{self._port}")],
            cwd=self.folder,
            env=self._environ(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=_COMMAND_TIMEOUT_S,
            check=False,
        )
        return self._shown(done.stdout)

    def _serve(self, command: str) -> str:
        for server in self._servers:  # in another terminal, a reader stops the one before
            assert _ended(server) == 0
        self._servers.clear()
        prefixes = ("HYPERSPOT_", "GREETER_")
        bind = {
            f"{prefix}MODULES__API_INGRESS__CONFIG__BIND_ADDR": "127.0.0.1:0" for prefix in prefixes
        }
        server = subprocess.Popen(
            ["bash", "-c", f"exec {command}"],
            cwd=self.folder,
            env={**self._environ(), **bind},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self._servers.append(server)
        assert server.stdout is not None
        printed = ""
        for line in server.stdout:
            printed += "" if _is_log(line) else line
            if found := _HEALTH.search(line):
                self._port = found["port"]
                return self._shown(printed)
        raise AssertionError(f"{command} ended before it was ready:\n{printed}")

    def _environ(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if "__" not in name}
        home = self.folder / "home"
        home.mkdir(exist_ok=True)
        path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
        return {**kept, "HOME": str(home), "PATH": path, "NO_COLOR": "1", **self.variables}

    def _shown(self, printed: str) -> str:
        return printed.replace("\r", "").replace(f"127.0.0.1:{self._port}", f"127.0.0.1:{PORT}")


def _is_log(line: str) -> bool:
    """Whether *line* is a record of the log, which is written by a thread of its own, now before and now after others."""
    return line.startswith('{"timestamp"')


def _like(line: str) -> str:
    return ".*?".join(re.escape(part) for part in line.split("..."))


def _ended(server: subprocess.Popen[str]) -> int:
    """Tell *server* to stop, and return its exit code."""
    server.send_signal(signal.SIGTERM)
    try:
        server.communicate(timeout=_COMMAND_TIMEOUT_S)
    finally:
        server.kill()
    return server.returncode

"""Signals: a real process that runs a small platform."""

from __future__ import annotations

import asyncio
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO

import pytest

from modkit import ModuleContext, module
from modkit.host import RunMode
from modkit.lifecycle.shutdown import run_until_stopped
from tests.modkit.conftest import HostMaker
from tests.source_tree import ROOT

PLATFORM = """
import asyncio, sys
from modkit import StartupError, background, module, on_start, on_stop
from modkit.config import Configuration
from modkit.discovery import specs_of
from modkit.host import Host
from modkit.lifecycle.shutdown import run_until_stopped

MODE = sys.argv[2]

def say(text):
    print(text, flush=True)

@module(name="base")
class Base:
    async def init(self, ctx):
        ctx.on_close(lambda: say("base closed"))

    @background()
    async def work(self):
        await asyncio.Event().wait()

@module(name="user", after=("base",))
class User:
    @on_start
    async def start(self):
        if MODE == "hangs while starting":
            say("starting")
            await asyncio.Event().wait()
        if MODE == "fails":
            raise ValueError("boom")

    @on_stop
    async def stop(self):
        say("user stops")
        if MODE == "hangs while stopping":
            await asyncio.Event().wait()
        say("user stopped")

async def main():
    configuration = Configuration.load(defaults={"server": {"home_dir": sys.argv[1]}})
    host = Host(specs_of([Base, User]), configuration)
    await run_until_stopped(host, announce=lambda: say("ready"))

try:
    asyncio.run(main())
except StartupError as error:
    say(f"error: {error.problem}")
    sys.exit(3)
say("end")
"""


class Running:
    """The platform in a process of its own."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process
        assert process.stdout is not None
        self._output: IO[str] = process.stdout

    def wait_for(self, line: str) -> None:
        for found in self._output:
            if found.strip() == line:
                return
        raise AssertionError(f"it ended without saying {line!r}")

    def end(self) -> tuple[int, list[str], str]:
        out, err = self.process.communicate(timeout=30)
        return self.process.returncode, out.split("\n")[:-1], err


Run = Callable[[str], Running]


@pytest.fixture(name="run")
def run_fixture(tmp_path: Path) -> Iterator[Run]:
    started: list[subprocess.Popen[str]] = []

    def run(mode: str) -> Running:
        started.append(
            subprocess.Popen(
                [sys.executable, "-c", PLATFORM, str(tmp_path), mode],
                cwd=ROOT,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
            )
        )
        return Running(started[-1])

    yield run
    for process in started:
        process.kill()
        process.communicate()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT], ids=lambda it: it.name)
def test_signal_stops_a_ready_platform_in_order(run: Run, number: signal.Signals) -> None:
    running = run("plain")
    running.wait_for("ready")
    running.process.send_signal(number)
    code, out, err = running.end()
    assert (code, out) == (0, ["user stops", "user stopped", "base closed", "end"])
    assert "Traceback" not in err


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT], ids=lambda it: it.name)
def test_signal_during_the_start_ends_it_and_stops_what_had_started(
    run: Run, number: signal.Signals
) -> None:
    running = run("hangs while starting")
    running.wait_for("starting")
    running.process.send_signal(number)
    code, out, err = running.end()
    assert (code, out) == (0, ["user stops", "user stopped", "base closed", "end"])
    assert "Traceback" not in err


def test_second_signal_gives_up_waiting_and_still_closes_the_rest(run: Run) -> None:
    running = run("hangs while stopping")
    running.wait_for("ready")
    running.process.send_signal(signal.SIGTERM)
    running.wait_for("user stops")
    running.process.send_signal(signal.SIGTERM)
    code, out, err = running.end()
    assert (code, out) == (0, ["base closed", "end"])
    assert "Traceback" not in err


def test_failed_start_is_an_error_of_the_caller(run: Run) -> None:
    code, out, err = run("fails").end()
    assert (code, out[-1]) == (3, "error: User.start() raised ValueError: boom")
    assert "base closed" in out
    assert "Traceback" not in err


@pytest.mark.anyio
async def test_other_modes_return_when_they_are_done(make_host: HostMaker) -> None:
    host = make_host()
    said: list[str] = []
    async with asyncio.timeout(10):
        await run_until_stopped(host, RunMode.CHECK, announce=lambda: said.append("ready"))
    assert said == []
    assert host.running == ()


@pytest.mark.anyio
@pytest.mark.usefixtures("no_leaks")
@pytest.mark.parametrize("when", ["starting", "ready"])
async def test_cancelling_stops_the_host(make_host: HostMaker, when: str) -> None:
    reached, closed = asyncio.Event(), asyncio.Event()

    @module(name="mod")
    class Mod:
        async def init(self, ctx: ModuleContext[object]) -> None:
            ctx.on_close(closed.set)
            if when == "starting":
                reached.set()
                await asyncio.Event().wait()

    host = make_host(Mod)
    running = asyncio.create_task(run_until_stopped(host, announce=reached.set))
    async with asyncio.timeout(10):
        await reached.wait()
        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running
    assert closed.is_set()
    assert host.running == ()


@pytest.mark.anyio
async def test_failure_to_announce_stops_the_host(make_host: HostMaker) -> None:
    def fail() -> None:
        raise ValueError("no terminal")

    host = make_host()
    with pytest.raises(ValueError, match="no terminal"):
        await run_until_stopped(host, announce=fail)
    assert not host.health.is_ready

"""Worker processes: what the parent does about deaths and signals, with workers that are a few lines of script."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

PATIENCE_S = 30.0
ROOT = Path(__file__).parents[2]
SCRIPT = """
import os, signal, sys
from modkit import ModuleContext, module
from modkit.config import Configuration
from modkit.discovery import specs_of
from modkit.listeners import ListenerCapability
from modkit.worker_process import WORKER_VARIABLE
from modkit.workers import run_workers

@module(name="door")
class DoorModule(ListenerCapability):
    @classmethod
    def listen_addresses(cls, config):
        return {"modules.door.config.bind_addr": "127.0.0.1:0"}

def tell_listening():
    os.write(int(os.environ["MODKIT_PARENT"]), b"x")

if WORKER_VARIABLE not in os.environ:
    modules = [DoorModule] if "listens" in sys.argv else []
    sys.exit(run_workers(specs_of(modules), Configuration.load(), 2))

number = os.environ[WORKER_VARIABLE]
"""
# In one write, whatever buffering the environment asks for: the lines of two workers go to one pipe.
WAITS = "os.write(1, f'up {number} {os.getpid()}\\n'.encode()); signal.pause()"


class Run:
    """One parent process."""

    def __init__(self, script: Path, *arguments: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, str(script), *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        )

    def line(self) -> str:
        assert self.process.stdout is not None
        return self.process.stdout.readline().rstrip("\n")

    def end(self) -> tuple[int, list[str]]:
        output, _ = self.process.communicate(timeout=PATIENCE_S)
        return self.process.returncode, output.splitlines()


@pytest.fixture
def run(tmp_path: Path) -> Iterator[Callable[..., Run]]:
    """Run *worker*, lines of Python, as two workers of one parent."""
    with ExitStack() as stack:

        def start(worker: str, *arguments: str) -> Run:
            script = tmp_path / "script.py"
            script.write_text(SCRIPT + worker)
            started = Run(script, *arguments)
            stack.enter_context(started.process)
            stack.callback(started.process.kill)
            return started

        yield start


def test_workers_are_numbered_and_end_with_the_parent(run: Callable[..., Run]) -> None:
    started = run(f"signal.signal(signal.SIGTERM, lambda *_: sys.exit(0)); {WAITS}")
    assert sorted(started.line().split()[1] for _ in range(2)) == ["1", "2"]
    started.process.terminate()
    assert started.end() == (0, [])


def test_a_worker_that_dies_gets_its_number_again(run: Callable[..., Run]) -> None:
    started = run(WAITS)
    first, second = (started.line().split() for _ in range(2))
    os.kill(int(first[2]), signal.SIGKILL)
    assert started.line() == f"worker {first[1]} ended with code -9 and is replaced"
    replacement = started.line().split()
    assert (replacement[1], replacement[2] in (first[2], second[2])) == (first[1], False)
    started.process.terminate()
    assert started.end() == (0, [])


def test_a_worker_that_cannot_stay_up_ends_all(run: Callable[..., Run]) -> None:
    started = run(f"if number == '2': sys.exit(7)\n{WAITS}")
    code, output = started.end()
    assert code == 1
    assert output.count("worker 2 ended with code 7 and is replaced") == 4
    assert "worker 2 cannot stay up: it ended 5 times" in output[-1]


def test_the_second_worker_waits_until_the_first_listens(run: Callable[..., Run]) -> None:
    started = run(
        "if number == '1':\n"
        "    print('first', flush=True)\n"
        "    sys.stdin.read(1)\n"
        "    print('listens', flush=True)\n"
        f"    tell_listening()\n{WAITS}",
        "listens",
    )
    assert [started.line() for _ in range(2)] == ["first", "listens"]
    assert sorted(started.line().split()[1] for _ in range(2)) == ["1", "2"]
    started.process.terminate()
    assert started.end() == (0, [])


@pytest.mark.parametrize("code", [1, 3])
def test_a_first_worker_that_cannot_start_is_the_only_one(
    run: Callable[..., Run], code: int
) -> None:
    started = run(f"print('no', number, flush=True); sys.exit({code})", "listens")
    assert started.end() == (code, ["no 1"])


def test_a_first_worker_that_crashes_is_tried_again(run: Callable[..., Run]) -> None:
    started = run("os.kill(os.getpid(), signal.SIGKILL)", "listens")
    code, output = started.end()
    assert code == 1
    assert output.count("worker 1 ended with code -9 and is replaced") == 4


def test_a_signal_before_the_first_listens_ends_it(run: Callable[..., Run]) -> None:
    started = run(WAITS, "listens")
    assert started.line().startswith("up 1 ")
    started.process.send_signal(signal.SIGINT)
    assert started.end() == (0, [])

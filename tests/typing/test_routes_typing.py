"""Half-wired routes fail mypy and pyright, and well-wired ones pass both."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ACCEPTED = Path(__file__).with_name("routes_accepted.py")

REFUSED = {
    "no_auth": "routes.get('/a').returns(Dto).handler(get)",
    "no_response": "routes.get('/a').public().handler(get)",
    "neither": "routes.get('/a').handler(get)",
    "auth_twice": "routes.get('/a').public().requires('items', 'read')",
    "auth_twice_when_complete": "routes.get('/a').returns(Dto).public().public()",
    "returns_twice": "routes.get('/a').returns(Dto).returns(Dto)",
    "returns_twice_when_complete": "routes.get('/a').public().returns(Dto).returns_nothing()",
    "wrong_dto": "routes.get('/a').public().returns(Other).handler(get)",
    "optional_dto": "routes.get('/a').public().returns(Dto).handler(get_maybe)",
    "list_for_one": "routes.get('/a').public().returns(Dto).handler(get_list)",
    "something_for_nothing": "routes.get('/a').public().returns_nothing().handler(get)",
    "sync_handler": "routes.get('/a').public().returns(Dto).handler(get_sync)",
    "body_without_location": "routes.post('/a').public().creates(Dto).handler(get)",
    "created_other": "routes.post('/a').public().creates(Other).handler(create)",
    "text_for_bytes": "routes.get('/a').public().returns_bytes('text/plain').handler(get_text)",
    "wrong_stream_item": "routes.get('/a').public().streams(Other).handler(events)",
    "wrong_event": "routes.get('/a').public().streams(Other).handler(typed_events)",
    "one_for_stream": "routes.get('/a').public().streams(Dto).handler(get)",
    "stream_for_one": "routes.get('/a').public().returns(Dto).handler(events)",
    "wrong_piece": "routes.get('/a').public().streams_bytes('text/csv').handler(events)",
    "stream_no_auth": "routes.get('/a').streams(Dto).handler(events)",
    "socket_no_messages": "routes.websocket('/a').public().handler(talk)",
    "socket_no_auth": "routes.websocket('/a').exchanges(Dto, int).handler(talk)",
    "socket_wrong_message": "routes.websocket('/a').public().exchanges(Dto, str).handler(talk)",
    "socket_no_channel": "routes.websocket('/a').public().exchanges(Dto, int).handler(get_none)",
    "socket_returns": "routes.websocket('/a').returns(Dto)",
    "unknown_error": "routes.get('/a').raises(ValueError)",
    "wrong_partial": "routes.get('/a').public().returns(Dto).handler(partial(with_store, 1))",
    "handler_of_nothing": "routes.get('/a').public().returns(Dto).handler(None)",
}

HEAD = """
from collections.abc import AsyncIterator
from functools import partial
from attrs import frozen
from modkit.rest.created import Created
from modkit.rest.events import Event
from modkit.rest.routes import Routes
from modkit.rest.websocket import Channel
@frozen
class Dto:
    name: str
@frozen
class Other:
    name: str
async def get() -> Dto: return Dto("")
async def get_maybe() -> Dto | None: return None
async def get_list() -> list[Dto]: return []
async def get_text() -> str: return ""
async def get_none() -> None: return None
def get_sync() -> Dto: return Dto("")
async def create() -> Created[Dto]: return Created(Dto(""), "/a")
async def with_store(store: str) -> Dto: return Dto(store)
async def events() -> AsyncIterator[Dto]:
    yield Dto("")
async def typed_events() -> AsyncIterator[Event[Dto]]:
    yield Event(Dto(""))
async def talk(channel: Channel[Dto, int]) -> None: await channel.send(1)
routes = Routes("shop")
"""


@pytest.fixture(name="refused", scope="module")
def refused_fixture(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file with one case per line, each marked with its name."""
    path = tmp_path_factory.mktemp("typing") / "routes_refused.py"
    path.write_text(HEAD + "".join(f"{code}  # case {name}\n" for name, code in REFUSED.items()))
    return path


@pytest.fixture(name="mypy_lines", scope="module")
def mypy_lines_fixture(refused: Path) -> dict[str, set[int]]:
    """Lines with errors by file name, as mypy sees them."""
    command = [
        sys.executable,
        "-m",
        "mypy",
        "--config-file",
        "pyproject.toml",
        "--no-pretty",
        str(ACCEPTED),
        str(refused),
    ]
    done = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, timeout=100, check=False
    )
    assert done.returncode in (0, 1), done.stdout + done.stderr
    found: dict[str, set[int]] = {}
    for name, line in re.findall(r"(\w+\.py):(\d+): error:", done.stdout):
        found.setdefault(name, set()).add(int(line))
    return found


@pytest.fixture(name="pyright_lines", scope="module")
def pyright_lines_fixture(refused: Path) -> dict[str, set[int]]:
    """Lines with errors by file name, as pyright sees them."""
    project = refused.with_name("pyrightconfig.json")
    settings = {
        "include": [str(ACCEPTED), str(refused)],
        "extraPaths": [str(ROOT)],
        "pythonVersion": "3.11",
        "typeCheckingMode": "strict",
        "reportUnknownLambdaType": False,
        "reportUnknownArgumentType": False,
    }
    project.write_text(json.dumps(settings))
    command = [
        sys.executable,
        "-m",
        "pyright",
        "--outputjson",
        "--pythonpath",
        sys.executable,
        "-p",
        str(project),
    ]
    done = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, timeout=100, check=False
    )
    found: dict[str, set[int]] = {}
    for problem in json.loads(done.stdout)["generalDiagnostics"]:
        if problem["severity"] == "error":
            name = Path(problem["file"]).name
            found.setdefault(name, set()).add(problem["range"]["start"]["line"] + 1)
    return found


def lines_of(path: Path) -> dict[str, int]:
    """Return the line of each case."""
    lines = path.read_text().splitlines()
    return {
        line.rpartition("# case ")[2]: number
        for number, line in enumerate(lines, 1)
        if "# case " in line
    }


def test_mypy_accepts_what_is_well_wired(mypy_lines: dict[str, set[int]]) -> None:
    assert mypy_lines.get(ACCEPTED.name, set()) == set()


def test_pyright_accepts_what_is_well_wired(pyright_lines: dict[str, set[int]]) -> None:
    assert pyright_lines.get(ACCEPTED.name, set()) == set()


def test_mypy_refuses_every_half_wired_route_and_nothing_else(
    refused: Path, mypy_lines: dict[str, set[int]]
) -> None:
    names = {line: name for name, line in lines_of(refused).items()}
    assert {names.get(line, f"line {line}") for line in mypy_lines[refused.name]} == set(REFUSED)


def test_pyright_refuses_every_half_wired_route_and_nothing_else(
    refused: Path, pyright_lines: dict[str, set[int]]
) -> None:
    names = {line: name for name, line in lines_of(refused).items()}
    assert {names.get(line, f"line {line}") for line in pyright_lines[refused.name]} == set(REFUSED)

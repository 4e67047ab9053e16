"""The real command as a process of its own, and a client that writes bytes to it."""

from __future__ import annotations

import json
import os
import queue
import signal
import socket
import ssl
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from attrs import define, field

PATIENCE_S = 30.0
FIRE = Path(__file__).with_name("fire.py")


class Platform:
    """One run of ``hyperspot``, with the module ``fire``; its output is read by a thread, line by line."""

    def __init__(
        self,
        home: Path,
        settings: dict[str, Any],
        arguments: Sequence[str],
        file: Path | None = None,
    ) -> None:
        values = {"server.home_dir": home, **settings}
        options = ["-c", str(file)] if file else []
        if not file:  # a file says itself where to listen
            values.setdefault("modules.api_ingress.config.bind_addr", "127.0.0.1:0")
        for key, value in values.items():
            options += ["-s", f"{key}={value}"]
        self.output: list[str] = []
        self._lines: queue.Queue[str | None] = queue.Queue()
        self.process = subprocess.Popen(
            [sys.executable, str(FIRE), *options, "run", *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            cwd=home,
            env={**os.environ, "HOME": str(home)},
            text=True,
            start_new_session=True,
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        self.address = ("", 0)

    @property
    def pid(self) -> int:
        return self.process.pid

    @property
    def text(self) -> str:
        return "\n".join(self.output)

    def wait_for(self, text: str, *, times: int = 1) -> str:
        """Read the output up to the line that has *text* for the n-th time, and return that line."""
        while True:
            line = self._lines.get(timeout=PATIENCE_S)
            assert line is not None, f"ended without {text!r}:\n{self.text}"
            self.output.append(line)
            times -= text in line
            if not times:
                return line

    def wait_ready(self) -> None:
        """Wait for the announcement that ends with the address of the health operation."""
        while "://" not in (line := self.wait_for("health ")):
            pass
        host, _, port = line.rpartition("://")[2].removesuffix("/health").rpartition(":")
        self.address = (host.strip("[]").replace("localhost", "127.0.0.1"), int(port))

    def signal(self, number: signal.Signals) -> None:
        self.process.send_signal(number)

    def end(self) -> int:
        """Wait for the end, read the rest of the output, and return the exit code."""
        code = self.process.wait(PATIENCE_S)
        while (line := self._lines.get(timeout=PATIENCE_S)) is not None:
            self.output.append(line)
        self._reader.join(PATIENCE_S)
        return code

    def reap(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait(PATIENCE_S)
        # Ends once the last process that inherited the output has gone, so workers may not outlive this either.
        self._reader.join(PATIENCE_S)
        assert not self._reader.is_alive(), "a worker is left"
        assert self.process.stdout is not None
        self.process.stdout.close()

    def connect(self) -> Wire:
        return Wire(socket.create_connection(self.address, timeout=PATIENCE_S))

    def ask(self, request: str, body: bytes = b"", **headers: str) -> Answer:
        """Send one well-formed request on a connection of its own."""
        with self.connect() as wire:
            return wire.ask(request, body, **headers)

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self._lines.put(line.rstrip("\n"))
        self._lines.put(None)


@define
class Answer:
    """One HTTP answer."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def code(self) -> str:
        """The code of the problem document that this must be."""
        assert self.headers["content-type"] == "application/problem+json", self.body
        assert self.json["status"] == self.status
        code: str = self.json["code"]
        return code


@define
class Wire:
    """One connection."""

    socket: socket.socket
    _unread: bytes = field(default=b"", init=False)

    def __enter__(self) -> Wire:
        return self

    def __exit__(self, *_: object) -> None:
        self.socket.close()

    def send(self, data: bytes) -> None:
        self.socket.sendall(data)

    def ask(self, request: str, body: bytes = b"", **headers: str) -> Answer:
        if body:
            headers.setdefault("content_length", str(len(body)))
            headers.setdefault("content_type", "application/json")
        lines = [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
        head = "\r\n".join([f"{request} HTTP/1.1", "host: localhost", *lines, "", ""])
        self.send(head.encode("latin-1") + body)
        return self.answer(is_head=request.startswith("HEAD "))

    def answer(self, *, is_head: bool = False) -> Answer:
        head = self.until(b"\r\n\r\n").decode("latin-1").removesuffix("\r\n\r\n").split("\r\n")
        status = int(head[0].split(" ")[1])
        headers = dict(line.lower().split(": ", 1) for line in head[1:])
        if is_head or status in (100, 204):
            return Answer(status, headers, b"")
        if headers.get("transfer-encoding") == "chunked":
            body = b""
            while size := int(self.until(b"\r\n"), 16):
                body += self.exactly(size + 2)[:-2]
            self.exactly(2)
            return Answer(status, headers, body)
        return Answer(status, headers, self.exactly(int(headers["content-length"])))

    def until(self, mark: bytes) -> bytes:
        while mark not in self._unread:
            self._unread += self._more()
        head, mark, self._unread = self._unread.partition(mark)
        return head + mark

    def exactly(self, size: int) -> bytes:
        while len(self._unread) < size:
            self._unread += self._more()
        taken, self._unread = self._unread[:size], self._unread[size:]
        return taken

    def rest(self) -> bytes:
        """Read to the end of the connection."""
        while True:
            try:
                more = self.socket.recv(65_536)
            except ConnectionResetError:
                more = b""
            if not more:
                taken, self._unread = self._unread, b""
                return taken
            self._unread += more

    def _more(self) -> bytes:
        more = self.socket.recv(65_536)
        assert more, f"the connection ended after {self._unread!r}"
        return more


StartPlatform = Callable[..., Platform]


def _starter(stack: ExitStack, folder: Callable[[], Path]) -> StartPlatform:
    def start(
        *arguments: str,
        settings: dict[str, Any] | None = None,
        file: Path | None = None,
        is_ready: bool = True,
    ) -> Platform:
        platform = Platform(folder(), settings or {}, arguments, file)
        stack.callback(platform.reap)
        if is_ready:
            platform.wait_ready()
        return platform

    return start


@pytest.fixture
def start_platform(tmp_path: Path) -> Iterator[StartPlatform]:
    """Start a platform of its own for one test; it is gone when the test has ended."""
    with ExitStack() as stack:
        yield _starter(stack, lambda: tmp_path)


@pytest.fixture(scope="module")
def start_shared_platform(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StartPlatform]:
    """Start a platform that all tests of one file use."""
    with ExitStack() as stack:
        yield _starter(stack, lambda: tmp_path_factory.mktemp("home"))


def trusting(certificate: Path) -> ssl.SSLContext:
    """Return what believes this one certificate."""
    return ssl.create_default_context(cafile=str(certificate))

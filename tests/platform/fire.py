"""HyperSpot with one more module, whose operations hang, raise and lie; run as a script in place of ``hyperspot``."""

from __future__ import annotations

import asyncio
import itertools
import logging
import os
from collections.abc import AsyncIterator
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Annotated

import attrs
from attrs import frozen

from hyperspot.platform import APPLICATION
from modkit import Meta, ModuleContext, Secret, health_check, module, on_start
from modkit.cli import command_line
from modkit.discovery import installed_modules, specs_of
from modkit.rest import Created, RestApi, RestCapability, Routes
from modkit.rest.uploads import RawBody
from modkit.rest.websocket import Channel

_LOG = logging.getLogger("fire")


@frozen(kw_only=True)
class FireConfig:
    """What goes wrong at the start, by step: ``fails`` or ``hangs``; and secrets."""

    passwords: tuple[Secret[str], ...] = ()
    init: str = ""
    start: str = ""
    start_of_worker: str = ""
    is_well: bool = True


@frozen(kw_only=True)
class Note:
    """Any text."""

    text: Annotated[str, Meta(max_length=100)]


@frozen(kw_only=True)
class State:
    """What is left in this process."""

    pid: int
    in_flight: int
    tasks: int


@module(name="fire", config=FireConfig)
class FireModule(RestCapability):
    """Operations of every bad kind."""

    async def init(self, ctx: ModuleContext[FireConfig]) -> None:
        self._config = ctx.config
        self._api = ctx.resource(RestApi)
        _LOG.debug("configured as %s, %r", ctx.config, ctx.config.passwords)
        self._ended = asyncio.Event()
        await self._go_wrong("init", ctx.config.init)

    @on_start
    async def start(self) -> None:
        await self._go_wrong("start", self._config.start)
        if os.environ.get("MODKIT_WORKER") == self._config.start_of_worker:
            raise RuntimeError("this worker is not to start")

    @health_check
    async def is_well(self) -> None:
        if not self._config.is_well:
            raise RuntimeError("not well")

    async def _go_wrong(self, step: str, how: str) -> None:
        if how == "hangs":
            _LOG.warning("%s hangs", step)
            await asyncio.Event().wait()
        if how == "fails":
            raise RuntimeError(f"{step} is to fail")

    def routes(self, routes: Routes) -> None:
        def name(text: str) -> str:
            return f"fire.{text}"

        (
            routes.get("/fire/v1/state").operation_id(name("get_state")).summary("What is left")
            .public().returns(State).handler(self.state)
        )  # fmt: skip
        (
            routes.get("/fire/v1/quiet").operation_id(name("get_quiet"))
            .summary("Answers when a cut request has ended").public().returns(State).handler(self.quiet)
        )  # fmt: skip
        (
            routes.get("/fire/v1/until-drain").operation_id(name("get_until_drain"))
            .summary("Answers when the platform stops").public().returns(Note).handler(self.until_drain)
        )  # fmt: skip
        (
            routes.get("/fire/v1/hang").operation_id(name("get_hang")).summary("Never answers")
            .timeout(0).public().returns(Note).handler(self.hang)
        )  # fmt: skip
        (
            routes.get("/fire/v1/late").operation_id(name("get_late")).summary("Answers too late")
            .timeout(0.3).public().returns(Note).handler(self.hang)
        )  # fmt: skip
        (
            routes.get("/fire/v1/raise").operation_id(name("get_raise")).summary("Raises")
            .public().returns(Note).handler(self.fail)
        )  # fmt: skip
        (
            routes.get("/fire/v1/lie").operation_id(name("get_lie")).summary("Returns something else")
            .public().returns(Note).handler(self.lie)
        )  # fmt: skip
        (
            routes.get("/fire/v1/exit").operation_id(name("get_exit")).summary("Raises SystemExit")
            .public().returns(Note).handler(self.leave)
        )  # fmt: skip
        (
            routes.post("/fire/v1/notes").operation_id(name("create_note")).summary("Echoes")
            .body_limit(1000).public().creates(Note).handler(self.echo)
        )  # fmt: skip
        (
            routes.post("/fire/v1/uploads").operation_id(name("upload")).summary("Counts bytes")
            .accepts("application/octet-stream").body_limit(1_000_000).timeout(0)
            .public().returns(Note).handler(self.upload)
        )  # fmt: skip
        (
            routes.post("/fire/v1/spool").operation_id(name("spool")).summary("Keeps what came, never answers")
            .accepts("application/octet-stream").body_limit(1_000_000).timeout(0)
            .public().returns(Note).handler(self.spool)
        )  # fmt: skip
        (
            routes.get("/fire/v1/events").operation_id(name("stream_events"))
            .summary("One event, then another when the platform stops")
            .public().streams(Note).handler(self.events)
        )  # fmt: skip
        (
            routes.get("/fire/v1/silence").operation_id(name("stream_silence"))
            .summary("One event, then none for ever").public().streams(Note).handler(self.silence)
        )  # fmt: skip
        (
            routes.get("/fire/v1/flood").operation_id(name("stream_flood"))
            .summary("Events without pause, numbered").public().streams(Note).handler(self.flood)
        )  # fmt: skip
        (
            routes.get("/fire/v1/bytes").operation_id(name("stream_bytes")).summary("Never ends")
            .public().streams_bytes("application/octet-stream").handler(self.bytes)
        )  # fmt: skip
        (
            routes.websocket("/fire/v1/socket").operation_id(name("open_socket"))
            .summary("Echoes").public().exchanges(Note, Note).handler(self.socket)
        )  # fmt: skip

    async def state(self) -> State:
        """Tell what is left, once what was cancelled had time to end."""
        for _ in range(10):
            await asyncio.sleep(0)
        return State(pid=os.getpid(), in_flight=self._api.in_flight, tasks=len(asyncio.all_tasks()))

    async def quiet(self) -> State:
        """Wait for the end of a handler that was cut off, then for nothing but this request to be in flight."""
        await self._ended.wait()
        self._ended.clear()
        while self._api.in_flight > 1:
            await asyncio.sleep(0)
        return await self.state()

    async def until_drain(self) -> Note:
        """Answer when the platform stops."""
        _LOG.warning("until_drain waits")
        await self._api.draining.wait()
        return Note(text="drained")

    async def hang(self) -> Note:
        """Never answer."""
        _LOG.warning("hang waits")
        try:
            await asyncio.Event().wait()
        finally:
            self._ended.set()
        raise AssertionError

    async def fail(self) -> Note:
        """Raise something undeclared, with a secret in it."""
        raise RuntimeError("password=hunter2")

    async def lie(self) -> Note:
        """Return something else."""
        return 5  # type: ignore[return-value]  # the point of it

    async def leave(self) -> Note:
        """Raise what ends a program."""
        raise SystemExit(7)

    async def echo(self, body: Note) -> Created[Note]:
        """Return what came."""
        return Created(body, location="/fire/v1/notes/1")

    async def upload(self, body: RawBody) -> Note:
        """Count what came."""
        size = 0
        try:
            async for chunk in body:
                size += len(chunk)
                if size == len(chunk):
                    _LOG.warning("upload begun")
        finally:
            self._ended.set()
        return Note(text=str(size))

    async def spool(self, body: RawBody) -> Note:
        """Write what came to a file, and keep it until the request ends."""
        with NamedTemporaryFile(dir=Path.cwd(), prefix="spool-") as file:
            async for chunk in body:
                file.write(chunk)
            _LOG.warning("spooled")
            await asyncio.Event().wait()
        raise AssertionError

    async def events(self) -> AsyncIterator[Note]:
        """Send one event, and another at the end."""
        yield Note(text="first")
        await self._api.draining.wait()
        yield Note(text="last")

    async def silence(self) -> AsyncIterator[Note]:
        """Send one event, and none again."""
        try:
            yield Note(text="first")
            await asyncio.Event().wait()
        finally:
            self._ended.set()

    async def flood(self) -> AsyncIterator[Note]:
        """Send numbers as fast as they are read."""
        for number in itertools.count():
            yield Note(text=str(number))

    async def bytes(self) -> AsyncIterator[bytes]:
        """Send until nobody listens."""
        try:
            while True:
                yield b"x" * 65_536
        finally:
            self._ended.set()

    async def socket(self, channel: Channel[Note, Note]) -> None:
        """Return every message."""
        async for message in channel:
            await channel.send(message)


if __name__ == "__main__":
    command_line(
        attrs.evolve(APPLICATION, modules=lambda: (*installed_modules(), *specs_of([FireModule])))
    )()

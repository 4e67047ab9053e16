"""Listening sockets, owned by the host: they outlive the restart of a module and pass to worker processes."""

from __future__ import annotations

import os
import socket
from collections.abc import Mapping
from contextlib import suppress
from typing import Any, ClassVar, Final

from attrs import define

from modkit.capability import Capability, CapabilityHandler
from modkit.context import ModuleContext, Resources
from modkit.startup_error import Phase, StartupError
from modkit.worker_process import WorkerProcess

INHERITED_VARIABLE: Final = "MODKIT_LISTENERS"
_BACKLOG: Final = 2048


@define
class _Held:
    """A listening socket, the setting that asked for it, and how many runs of its module use it."""

    socket: socket.socket
    setting: str = ""
    users: int = 0


class Listeners:
    """The sockets that this process listens on, by address.

    Args:
        inherited: File descriptors of listening sockets handed down by a parent process, by address.
    """

    def __init__(self, inherited: Mapping[str, int] | None = None) -> None:
        self._held: dict[str, _Held] = {
            address: _Held(socket.socket(fileno=descriptor))
            for address, descriptor in (inherited or {}).items()
        }
        self._is_worker = bool(inherited)

    def listen(self, address: str, *, setting: str) -> socket.socket:
        """Return a socket that listens on *address*; the caller closes it, the host keeps listening.

        Asking twice, as a restarted module does, gives two sockets of one queue: no connection is refused between.

        Args:
            address: ``host:port``; port 0 takes a free one.
            setting: Configuration path of the address, for messages.

        Raises:
            StartupError: The address cannot be parsed or bound, or another setting has it, or it is new to a worker
                process; the message names both.
        """
        key = _key(address, setting)
        held = self._held.get(key)
        if held is None and self._is_worker:
            raise StartupError(
                Phase.START,
                f"{setting} is {address} now, and a worker process listens only where its parent does",
                remedy="stop the platform and start it again",
            )
        if held is None:
            held = self._held[key] = _Held(_bind(address, setting), setting)
        elif held.setting not in ("", setting):
            raise StartupError(
                Phase.START,
                f"cannot listen on {address} for {setting}: {held.setting} has it already",
                remedy=f"set {setting} to another address",
            )
        held.setting = setting
        held.users += 1
        return held.socket.dup()

    def release(self, address: str, *, setting: str) -> None:
        """Take back one call of `listen`; after the last one the host no longer listens on *address*."""
        key = _key(address, setting)
        held = self._held[key]
        held.users -= 1
        if held.users == 0:
            self._held.pop(key).socket.close()

    def descriptors(self) -> dict[str, int]:
        """Return the file descriptors by address, to hand to worker processes."""
        return {address: held.socket.fileno() for address, held in self._held.items()}

    def close(self) -> None:
        """Stop listening."""
        while self._held:
            self._held.popitem()[1].socket.close()


class _RunListeners(Listeners):
    """What one run of one module sees: it gives back what the run took, and no more."""

    def __init__(self, shared: Listeners, worker: WorkerProcess | None) -> None:
        super().__init__()
        self._shared = shared
        self._worker = worker
        self._taken: list[tuple[str, str]] = []

    def listen(self, address: str, *, setting: str) -> socket.socket:
        """Return a socket that listens on *address*; see `Listeners.listen`."""
        taken = self._shared.listen(address, setting=setting)
        self._taken.append((address, setting))
        if self._worker is not None:
            self._worker.tell_listening()
        return taken

    def close(self) -> None:
        """Give back every address; one that a newer run has taken too stays open."""
        while self._taken:
            address, setting = self._taken.pop()
            self._shared.release(address, setting=setting)


class ListenerHandler(CapabilityHandler["ListenerCapability"]):
    """Gives modules the host's `Listeners`, and in a worker process keeps in touch with the parent they came from."""

    def __init__(self, resources: Resources) -> None:
        super().__init__(resources)
        self._worker = WorkerProcess.of(os.environ)
        self._listeners = resources.find(Listeners) or Listeners(inherited_descriptors(os.environ))

    async def provision(self, module: ListenerCapability, ctx: ModuleContext[Any]) -> None:
        """Give *module* the listeners."""
        del module
        if self._worker is not None:
            self._worker.watch()
        listeners = _RunListeners(self._listeners, self._worker)
        ctx.on_close(listeners.close)
        ctx.resources.give(Listeners, listeners)

    async def close(self) -> None:
        """Stop listening."""
        self._listeners.close()
        if self._worker is not None:
            self._worker.close()


class ListenerCapability(Capability):
    """A module that listens: it starts last and stops first, since whatever it serves must be there."""

    handled_by: ClassVar[type[CapabilityHandler[Any]]] = ListenerHandler

    @classmethod
    def listen_addresses(cls, config: Any) -> Mapping[str, str]:
        """Return the addresses to listen on, each with its configuration path.

        The parent of several worker processes asks this, binds them once, and hands the sockets down.
        """
        del config
        return {}


def inherited_descriptors(environ: Mapping[str, str]) -> dict[str, int]:
    """Read the sockets that a parent process handed down, ``address=descriptor`` separated by commas."""
    pairs = (
        item.rpartition("=") for item in environ.get(INHERITED_VARIABLE, "").split(",") if item
    )
    return {address: int(descriptor) for address, _, descriptor in pairs}


def format_descriptors(descriptors: Mapping[str, int]) -> str:
    """Write *descriptors* as `inherited_descriptors` reads them."""
    return ",".join(f"{address}={descriptor}" for address, descriptor in descriptors.items())


def parse_address(address: str, *, setting: str) -> tuple[str, int]:
    """Split ``host:port``, ``[::1]:port`` or ``:port`` (every interface); *setting* is its path, for messages.

    Raises:
        StartupError: It is none of these.
    """
    host, colon, port = address.rpartition(":")
    if not colon or not port.isascii() or not port.isdigit() or int(port) > 65535:
        raise StartupError(
            Phase.CONFIGURE,
            f"{setting} is {address!r}, which is not host:port",
            remedy="write an address such as 127.0.0.1:8080 or [::1]:8080",
        )
    return host.removeprefix("[").removesuffix("]"), int(port)


def _key(address: str, setting: str) -> str:
    """Return what tells sockets apart: the address, but two settings with port 0 mean two ports."""
    return f"{setting}@{address}" if address.endswith(":0") else address


def _bind(address: str, setting: str) -> socket.socket:
    host, port = parse_address(address, setting=setting)
    try:
        family, kind, protocol, _, target = socket.getaddrinfo(
            host or None, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        listener = socket.socket(family, kind, protocol)
    except (OSError, UnicodeError) as error:  # the latter: a host name that cannot be one
        raise _cannot_listen(address, setting, error) from error
    try:
        if os.name == "posix":
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6 and not host:
            with suppress(OSError):  # a system without IPv4-mapped addresses still serves IPv6
                listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
        listener.bind(target)
        listener.listen(_BACKLOG)
    except OSError as error:
        listener.close()
        raise _cannot_listen(address, setting, error) from error
    listener.setblocking(False)
    return listener


def _cannot_listen(address: str, setting: str, error: OSError | UnicodeError) -> StartupError:
    reason = (error.strerror if isinstance(error, OSError) else None) or str(error)
    return StartupError(
        Phase.START,
        f"cannot listen on {address}: {reason.lower()}",
        remedy=f"stop what uses the address, or set {setting} to another",
    )

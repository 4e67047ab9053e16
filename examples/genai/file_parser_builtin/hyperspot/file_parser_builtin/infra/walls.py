"""What a process that reads one document may still do: limits of the system, and walls around it where there are any."""

from __future__ import annotations

import ctypes
import math
import os
import resource
import signal
import sys
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, Final, NoReturn

from hyperspot.file_parser.contract import ParseLimits
from hyperspot.file_parser_builtin.infra import landlock, seccomp
from hyperspot.file_parser_builtin.infra.member_file import keep_spare

_GRACE_CPU_S: Final = 2  # from the signal that says so to the end
_DEATH_SIGNAL: Final = 1  # of prctl
_FILES: Final = 64
_WALLS: Final[Mapping[str, tuple[Callable[[], bool], Callable[[Iterable[Path]], None]]]] = {
    "landlock": (landlock.is_offered, landlock.restrict),
    "seccomp": (seccomp.is_offered, lambda _: seccomp.refuse_calls()),
}


class CpuSpent(Exception):
    """The processor time is over."""


def die_with_parent(parent: int | None = None) -> None:
    """End this process when the one that started it ends, however that ends.

    Args:
        parent: Its number, if it may have ended before this is called.
    """
    if sys.platform == "linux":
        libc: Any = ctypes.CDLL(None, use_errno=True)
        libc.prctl(_DEATH_SIGNAL, signal.SIGKILL, 0, 0, 0)
    if parent is not None and os.getppid() != parent:
        os._exit(1)


def limit(limits: ParseLimits) -> None:
    """Let the system end what takes too much; `CpuSpent` is raised shortly before.

    Files for members are made here, in memory: one for each level of containers, none larger than all may be together.
    """
    _lower(resource.RLIMIT_DATA, _data_bytes() + limits.max_memory_bytes)
    keep_spare(limits.max_container_depth)
    _lower(resource.RLIMIT_FSIZE, limits.max_decompressed_bytes)
    _lower(resource.RLIMIT_CORE, 0)
    _lower(resource.RLIMIT_NOFILE, _FILES + limits.max_container_depth)
    cpu_s = math.ceil(limits.max_cpu_s)
    signal.signal(signal.SIGXCPU, _cpu_spent)
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_s, cpu_s + _GRACE_CPU_S))


def missing() -> tuple[str, ...]:
    """Return the walls that this system does not have."""
    return tuple(name for name, (is_offered, _) in _WALLS.items() if not is_offered())


def prepare() -> None:
    """Make what the walls of all children have in common."""
    seccomp.prepare()


def close_in(document: Path) -> None:
    """Put up the walls that there are: only *document* and the Python installation can be read from now on."""
    for is_offered, put_up in _WALLS.values():
        if is_offered():
            put_up((document, *_installation()))


def _installation() -> tuple[Path, ...]:
    """Return where code comes from: codecs and readers are still imported when a document asks for them."""
    places = {sys.prefix, sys.base_prefix, *(place for place in sys.path if place.startswith("/"))}
    shared = (Path("/usr/share/zoneinfo"), Path("/lib"), Path("/lib64"), Path("/usr/lib"))
    return (*(Path(place) for place in sorted(places)), *shared)


def _lower(what: int, wanted: int) -> None:
    _, most = resource.getrlimit(what)
    value = wanted if most == resource.RLIM_INFINITY else min(wanted, most)
    resource.setrlimit(what, (value, value))


def _data_bytes() -> int:
    """Return how much private memory this process has already."""
    try:
        lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("VmData:")), 0)


def _cpu_spent(_number: int, _frame: object) -> NoReturn:
    raise CpuSpent

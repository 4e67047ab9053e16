"""The system calls that reading a document takes, by name, with their numbers on each architecture (Linux)."""

from __future__ import annotations

import fcntl
import mmap
import os
import termios
from collections.abc import Iterator, Mapping
from typing import Final, TypeAlias

from attrs import frozen

Numbers: TypeAlias = tuple[int | None, int | None]
"""The number on x86-64, and on arm64; None where that has no such call."""


@frozen
class Argument:
    """What one argument of a call must be like for the call to be made.

    Attributes:
        index: Which argument, from 0; its lower 32 bits are looked at.
        among: Values of which it must be one; any, if there are none.
        without: Sets of bits; it must not have all bits of any of them.
    """

    index: int
    among: tuple[int, ...] = ()
    without: tuple[int, ...] = ()


_GROWS_DOWN: Final = 0x100  # of mmap; such memory and shared memory are not counted as data
_TMPFILE: Final = getattr(os, "O_TMPFILE", 0)
_WRITES: Final = (os.O_WRONLY, os.O_RDWR, os.O_CREAT, os.O_TRUNC, _TMPFILE)
_OWN_DESCRIPTOR: Final = (
    *(fcntl.F_DUPFD, fcntl.F_GETFD, fcntl.F_SETFD, fcntl.F_GETFL),
    fcntl.F_DUPFD_CLOEXEC,
)  # no F_SETOWN, with which the kernel sends signals

_FREE: Final[Mapping[str, Numbers]] = {
    # files that are open, and looking for others
    "read": (0, 63),
    "readv": (19, 65),
    "pread64": (17, 67),
    "write": (1, 64),
    "writev": (20, 66),
    "lseek": (8, 62),
    "ftruncate": (77, 46),
    "close": (3, 57),
    "dup": (32, 23),
    "dup2": (33, None),
    "dup3": (292, 24),
    "fadvise64": (221, 223),
    "getdents64": (217, 61),
    "stat": (4, None),
    "fstat": (5, 80),
    "lstat": (6, None),
    "newfstatat": (262, 79),
    "statx": (332, 291),
    "statfs": (137, 43),
    "fstatfs": (138, 44),
    "access": (21, None),
    "faccessat": (269, 48),
    "faccessat2": (439, 439),
    "readlink": (89, None),
    "readlinkat": (267, 78),
    "getcwd": (79, 17),
    # memory
    "brk": (12, 214),
    "munmap": (11, 215),
    "mremap": (25, 216),
    "mprotect": (10, 226),
    "madvise": (28, 233),
    # its own signals, threads' locks and end
    "rt_sigaction": (13, 134),
    "rt_sigprocmask": (14, 135),
    "rt_sigreturn": (15, 139),
    "sigaltstack": (131, 132),
    "restart_syscall": (219, 128),
    "futex": (202, 98),
    "set_robust_list": (273, 99),
    "rseq": (334, 293),
    "membarrier": (324, 283),
    "sched_yield": (24, 124),
    "exit": (60, 93),
    "exit_group": (231, 94),
    # time and waiting
    "time": (201, None),
    "gettimeofday": (96, 169),
    "clock_gettime": (228, 113),
    "clock_getres": (229, 114),
    "clock_nanosleep": (230, 115),
    "nanosleep": (35, 101),
    "poll": (7, None),
    "ppoll": (271, 73),
    "select": (23, None),
    "pselect6": (270, 72),
    # what it is, and where
    "getpid": (39, 172),
    "getppid": (110, 173),
    "gettid": (186, 178),
    "getuid": (102, 174),
    "geteuid": (107, 175),
    "getgid": (104, 176),
    "getegid": (108, 177),
    "getcpu": (309, 168),
    "sched_getaffinity": (204, 123),
    "getrusage": (98, 165),
    "times": (100, 153),
    "uname": (63, 160),
    "sysinfo": (99, 179),
    "getrandom": (318, 278),
}

_BOUND: Final[Mapping[str, tuple[Numbers, Argument]]] = {
    "open": ((2, None), Argument(1, without=_WRITES)),
    "openat": ((257, 56), Argument(2, without=_WRITES)),
    "mmap": (
        (9, 222),
        Argument(3, without=(_GROWS_DOWN, mmap.MAP_SHARED | mmap.MAP_ANONYMOUS)),
    ),
    "fcntl": ((72, 25), Argument(1, among=_OWN_DESCRIPTOR)),
    "ioctl": ((16, 29), Argument(1, among=(termios.TCGETS, termios.FIOCLEX))),  # is it a terminal?
}
_SIGNAL_A_THREAD: Final = (234, 131)  # tgkill, with which a process aborts


def allowed_calls(architecture: int) -> Iterator[tuple[int, Argument | None]]:
    """Yield the number of each call that any process may still make, with what it has to be like.

    Args:
        architecture: 0 for x86-64, 1 for arm64.
    """
    for numbers, argument in _BOUND.values():
        if (number := numbers[architecture]) is not None:
            yield number, argument
    for numbers in _FREE.values():
        if (number := numbers[architecture]) is not None:
            yield number, None


def own_calls(architecture: int) -> Iterator[tuple[int, Argument | None]]:
    """Yield the calls that this process, and no other, may still make, like `allowed_calls`."""
    yield _SIGNAL_A_THREAD[architecture], Argument(0, among=(os.getpid(),))

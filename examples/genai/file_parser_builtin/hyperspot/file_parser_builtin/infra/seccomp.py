"""seccomp: system calls that a process can no longer make (Linux)."""

from __future__ import annotations

import ctypes
import errno
import os
import platform
import struct
import sys
from typing import Any, Final

from attrs import frozen

_NO_NEW_PRIVILEGES, _GET_SECCOMP, _SET_SECCOMP, _FILTER = 38, 21, 22, 2  # of prctl
_LOAD, _JUMP_IF_EQUAL, _JUMP_IF_AT_LEAST, _RETURN = (
    0x20,
    0x15,
    0x35,
    0x06,
)  # of the filter's machine
_ALLOW, _REFUSE, _KILL = 0x7FFF0000, 0x00050000, 0x80000000
_ARCHITECTURE_AT, _NUMBER_AT = 4, 0  # in struct seccomp_data
_X32: Final = 0x40000000  # numbers of a second table of calls on x86-64


@frozen
class _Machine:
    """An architecture: its code, and the numbers of the calls that are refused."""

    audit_code: int
    refused: tuple[int, ...]


# Of each: sockets, new processes and programs, other processes' memory, signals to them, namespaces and mounts, keys,
# programs in the kernel, and io_uring, which does file and network work without calls.
_MACHINES: Final = {
    "x86_64": _Machine(
        0xC000003E,
        (
            *(41, 42, 43, 49, 50, 53, 288),  # socket connect accept bind listen socketpair accept4
            *(56, 57, 58, 59, 322, 435),  # clone fork vfork execve execveat clone3
            *(101, 310, 311, 62, 424, 434),  # ptrace process_vm_* kill pidfd_send_signal pidfd_open
            *(272, 308, 165, 166, 161, 155),  # unshare setns mount umount2 chroot pivot_root
            *(
                248,
                249,
                250,
                321,
                298,
                323,
            ),  # add_key request_key keyctl bpf perf_event_open userfaultfd
            *(425, 426, 427),  # io_uring_*
        ),
    ),
    "aarch64": _Machine(
        0xC00000B7,
        (
            *(198, 199, 200, 201, 202, 203, 242),
            *(220, 221, 281, 435),
            *(117, 270, 271, 129, 424, 434),
            *(97, 268, 40, 39, 51, 41),
            *(217, 218, 219, 280, 241, 282),
            *(425, 426, 427),
        ),
    ),
}


def is_offered() -> bool:
    """Return whether the kernel has it, and the numbers of its calls are known here."""
    if sys.platform != "linux" or platform.machine() not in _MACHINES:
        return False
    libc: Any = ctypes.CDLL(None, use_errno=True)
    return int(libc.prctl(_GET_SECCOMP, 0, 0, 0, 0)) >= 0


def refuse_calls() -> None:
    """Refuse the calls of the table from now on, with EPERM, in this process and for ever.

    Raises:
        OSError: The kernel refuses.
    """
    code = _program(_MACHINES[platform.machine()])
    buffer = ctypes.create_string_buffer(code, len(code))
    program = struct.pack("HxxxxxxP", len(code) // 8, ctypes.addressof(buffer))
    libc: Any = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0) < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    if libc.prctl(_SET_SECCOMP, _FILTER, program, 0, 0) < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))


def _program(machine: _Machine) -> bytes:
    """Return the filter: another architecture kills, a listed number is refused, all else is allowed."""
    numbers = machine.refused
    count = len(numbers)
    lines = [
        (_LOAD, 0, 0, _ARCHITECTURE_AT),
        (_JUMP_IF_EQUAL, 1, 0, machine.audit_code),
        (_RETURN, 0, 0, _KILL),
        (_LOAD, 0, 0, _NUMBER_AT),
        (_JUMP_IF_AT_LEAST, count + 1, 0, _X32),
        *((_JUMP_IF_EQUAL, count - index, 0, number) for index, number in enumerate(numbers)),
        (_RETURN, 0, 0, _ALLOW),
        (_RETURN, 0, 0, _REFUSE | errno.EPERM),
    ]
    return b"".join(struct.pack("HBBI", *line) for line in lines)

"""seccomp: a process makes the system calls that reading takes, and no other any more (Linux)."""

from __future__ import annotations

import ctypes
import errno
import os
import platform
import struct
import sys
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any, Final, TypeAlias

from attrs import frozen

from hyperspot.file_parser_builtin.infra.system_calls import Argument, allowed_calls, own_calls

Line: TypeAlias = tuple[int, int, int, int]
"""Of a filter: what to do, how many lines to skip if so, and if not, and the value."""

_NO_NEW_PRIVILEGES, _GET_SECCOMP, _SET_SECCOMP, _FILTER = 38, 21, 22, 2  # of prctl
_LOAD, _AND, _JUMP_IF_EQUAL, _RETURN = 0x20, 0x54, 0x15, 0x06  # of the filter's machine
_ALLOW, _REFUSE, _KILL = 0x7FFF0000, 0x00050000 | errno.EPERM, 0x80000000
_NUMBER_AT, _ARCHITECTURE_AT, _ARGUMENTS_AT = 0, 4, 16  # in struct seccomp_data
_ARGUMENT_BYTES: Final = 8
_LINE: Final = struct.Struct("HBBI")
_END: Final = _LINE.pack(_RETURN, 0, 0, _REFUSE)  # all else is refused


@frozen
class _Machine:
    """An architecture: its code in the kernel, and its column in the table of calls."""

    audit_code: int
    column: int


_MACHINES: Final = {"x86_64": _Machine(0xC000003E, 0), "aarch64": _Machine(0xC00000B7, 1)}


def is_offered() -> bool:
    """Return whether the kernel has it, and the numbers of its calls are known here."""
    if sys.platform != "linux" or platform.machine() not in _MACHINES:
        return False
    libc: Any = ctypes.CDLL(None, use_errno=True)
    return int(libc.prctl(_GET_SECCOMP, 0, 0, 0, 0)) >= 0


def refuse_calls() -> None:
    """Refuse every call that `allowed_calls` and `own_calls` do not name, with EPERM, in this process and for ever.

    Raises:
        OSError: The kernel refuses.
    """
    machine = _MACHINES[platform.machine()]
    code = b"".join([_beginning(machine), _packed(_judged(own_calls(machine.column))), _END])
    buffer = ctypes.create_string_buffer(code, len(code))
    program = struct.pack("HxxxxxxP", len(code) // _LINE.size, ctypes.addressof(buffer))
    libc: Any = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0) < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    if libc.prctl(_SET_SECCOMP, _FILTER, program, 0, 0) < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))


def prepare() -> None:
    """Make the part of the filter that is the same in every process, so that children have it."""
    if is_offered():
        _beginning(_MACHINES[platform.machine()])


@cache
def _beginning(machine: _Machine) -> bytes:
    """Return the filter but for its end: another architecture kills, a call of the table is let through."""
    return _packed(_start(machine)) + _packed(_judged(allowed_calls(machine.column)))


def _start(machine: _Machine) -> Iterator[Line]:
    yield _LOAD, 0, 0, _ARCHITECTURE_AT
    yield _JUMP_IF_EQUAL, 1, 0, machine.audit_code
    yield _RETURN, 0, 0, _KILL
    yield _LOAD, 0, 0, _NUMBER_AT


def _judged(calls: Iterable[tuple[int, Argument | None]]) -> Iterator[Line]:
    for number, argument in calls:
        judgement = list(_judgement(argument))
        yield _JUMP_IF_EQUAL, 0, len(judgement), number
        yield from judgement


def _packed(lines: Iterable[Line]) -> bytes:
    return b"".join(_LINE.pack(*line) for line in lines)


def _judgement(argument: Argument | None) -> Iterator[Line]:
    """Yield what decides about a call that may be made if its argument is right."""
    if argument is None:
        yield _RETURN, 0, 0, _ALLOW
        return
    place = (
        _ARGUMENTS_AT + argument.index * _ARGUMENT_BYTES
    )  # lower half first: both are little-endian
    for bits in filter(None, argument.without):
        yield _LOAD, 0, 0, place
        yield _AND, 0, 0, bits
        yield _JUMP_IF_EQUAL, 0, 1, bits
        yield _RETURN, 0, 0, _REFUSE
    yield _LOAD, 0, 0, place
    for value in argument.among:
        yield _JUMP_IF_EQUAL, 0, 1, value
        yield _RETURN, 0, 0, _ALLOW
    yield _RETURN, 0, 0, _REFUSE if argument.among else _ALLOW

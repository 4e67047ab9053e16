"""What happens inside a process that reads documents."""

from __future__ import annotations

import pickle
import resource
import signal
import traceback
from pathlib import Path
from typing import Any, Final, TypeAlias

import attrs
from attrs import frozen

from hyperspot.file_parser.contract import ParsedContent, ParseFailed, ParseRequest
from hyperspot.file_parser.contract.building.budget import Budget
from hyperspot.file_parser_builtin.infra.reading import parse_file
from modkit_errors import PlatformError

_ORPHAN_GRACE_S: Final = 5.0  # the parent ends what is late sooner, unless it is itself gone


@frozen
class Refusal:
    """An error as a value: exceptions neither pickle well nor let go of what their traceback holds.

    Attributes:
        kind: Class of the error.
        fields: Its fields by name.
    """

    kind: type[PlatformError]
    fields: dict[str, Any]

    @classmethod
    def of(cls, error: PlatformError) -> Refusal:
        """Return *error* as a value."""
        return cls(
            type(error), {name: getattr(error, name) for name in attrs.fields_dict(type(error))}
        )

    def error(self) -> PlatformError:
        """Return the error again."""
        return self.kind(**self.fields)


@frozen
class Breakdown:
    """A reader failed in a way that it does not declare.

    Attributes:
        report: The traceback.
    """

    report: str


Outcome: TypeAlias = ParsedContent | Refusal | Breakdown


def parse_in_process(path: Path, request: ParseRequest, max_memory_bytes: int) -> bytes:
    """Parse a file in this process, which does nothing else, and return the pickled `Outcome`.

    Args:
        path: The file.
        request: What is known about it.
        max_memory_bytes: Most private memory of the process.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the platform, which ends us
    signal.setitimer(signal.ITIMER_REAL, request.limits.timeout_s + _ORPHAN_GRACE_S)
    _limit_memory(max_memory_bytes)
    try:
        return _pickled(outcome_of(path, request))
    except MemoryError:
        reason = f"reading it takes more than {max_memory_bytes // 1024**2} MiB of memory"
        return _pickled(Refusal.of(ParseFailed(request.filename, request.media_type, reason)))
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def outcome_of(path: Path, request: ParseRequest) -> Outcome:
    """Parse a file here and now; all errors but a lack of memory are values.

    Raises:
        MemoryError: There is no more.
    """
    try:
        return parse_file(path, request, Budget(request))
    except PlatformError as error:
        return Refusal.of(error)
    except MemoryError:
        raise
    except Exception:  # noqa: BLE001 - whatever it is, the platform's process raises it
        return Breakdown(traceback.format_exc())


def _pickled(outcome: Outcome) -> bytes:
    return pickle.dumps(outcome, pickle.HIGHEST_PROTOCOL)


def _limit_memory(max_bytes: int) -> None:
    _, most = resource.getrlimit(resource.RLIMIT_DATA)
    wanted = max_bytes if most == resource.RLIM_INFINITY else min(max_bytes, most)
    resource.setrlimit(resource.RLIMIT_DATA, (wanted, most))

"""A campaign: mutants through the real worker, and what became of each."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final, Literal, TypeAlias

from anyio import create_task_group
from attrs import frozen

from file_parser_fuzz.mutants import Mutant
from hyperspot.file_parser.contract import (
    DocumentEncrypted,
    ParseFailed,
    ParseLimitExceeded,
    ParseLimits,
    ParseRequest,
)
from hyperspot.file_parser_builtin.infra.builtin_parser import BuiltinParser
from modkit.security import SecurityContext

LIMITS: Final = ParseLimits(
    timeout_s=5,
    max_cpu_s=5,
    max_memory_bytes=256 * 1024**2,
    max_decompressed_bytes=16 * 1024**2,
    max_pages=200,
    max_blocks=20_000,
    max_text_chars=1_000_000,
    max_output_bytes=16 * 1024**2,
)
_LAST_RESORTS: Final = frozenset({"timeout_s", "max_cpu_s", "max_memory_bytes"})
_AT_ONCE: Final = 2


@frozen(kw_only=True)
class Verdict:
    """What became of a mutant.

    Attributes:
        weight: ``fine`` for content or a declared error; ``noted`` where the isolation had to save the platform from
            a reader; ``failed`` for anything that the contract does not allow.
        outcome: In a word or two, to be counted.
        report: What there is to read, if anything.
    """

    weight: Literal["fine", "noted", "failed"]
    outcome: str
    report: str = ""


Tell: TypeAlias = Callable[[Mutant, Verdict], None]


async def campaign(
    parser: BuiltinParser, mutants: Iterator[Mutant], folder: Path, tell: Tell
) -> None:
    """Parse every mutant, two at once, and tell what became of it; nothing is left in *folder*."""

    async def take_turns(path: Path) -> None:
        for mutant in mutants:
            path.write_bytes(mutant.data)
            tell(mutant, await verdict(parser, path, mutant.media_type))
        path.unlink(missing_ok=True)

    async with create_task_group() as group:
        for number in range(_AT_ONCE):
            group.start_soon(take_turns, folder / f"mutant-{number}")


async def verdict(parser: BuiltinParser, path: Path, media_type: str) -> Verdict:
    """Parse a file within `LIMITS`, and judge how that ended."""
    request = ParseRequest(filename=path.name, media_type=media_type, limits=LIMITS)
    try:
        content = await parser.parse(SecurityContext.ANONYMOUS, path, request)
    except (ParseFailed, DocumentEncrypted, ParseLimitExceeded) as error:
        return _declared(error, path.name)
    except Exception:
        return Verdict(weight="failed", outcome="broken", report=traceback.format_exc())
    indexes = [block.provenance.index for block in content.blocks if block.provenance]
    if indexes != list(range(len(content.blocks))):
        return Verdict(weight="failed", outcome="blocks are not numbered", report=str(indexes))
    return Verdict(weight="fine", outcome="content")


def _declared(
    error: ParseFailed | DocumentEncrypted | ParseLimitExceeded, filename: str
) -> Verdict:
    report = str(error)
    if error.filename != filename:
        return Verdict(weight="failed", outcome="names another file", report=report)
    match error:
        case ParseLimitExceeded() if error.limit in _LAST_RESORTS:
            return Verdict(weight="noted", outcome=error.limit, report=report)
        case ParseLimitExceeded():
            return Verdict(weight="fine", outcome=error.limit, report=report)
        case ParseFailed() if "ended the process" in error.reason:
            return Verdict(weight="noted", outcome="died", report=report)
        case _:
            return Verdict(weight="fine", outcome=type(error).__name__, report=report)

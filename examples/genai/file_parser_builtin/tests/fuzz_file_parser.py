"""Hurts documents for minutes, and says which hurt the reader: ``nox -s fuzz -- --minutes 5 --seed 7``.

``--growth`` tries texts that grow instead, and says which take more than twice as long when they are twice as long.

A line of the output names a mutant; ``--again <label>`` makes that one again. Mutants that broke the contract or had to
be stopped are kept in ``--keep``. It ends with 1 if the contract was broken.
"""
# ruff: noqa: T201 - talks to a person

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import anyio
from anyio import CapacityLimiter
from attrs import define, field
from file_parser_fuzz.campaign import Verdict, campaign
from file_parser_fuzz.growth import growth, patterns
from file_parser_fuzz.mutants import Mutant, corpus, mutant, mutants

from hyperspot.file_parser_builtin.infra.builtin_parser import BuiltinParser
from hyperspot.file_parser_builtin.infra.reader_pool import ReaderPool

_SAY_EVERY_S = 10.0
_CAUSES_KEPT = 3  # mutants of the same cause


@define
class Log:
    """Counts outcomes, and keeps the mutants that are worth a look."""

    keep: Path
    outcomes: Counter[str] = field(factory=Counter[str])
    causes: Counter[str] = field(factory=Counter[str])
    failed: int = 0
    _began: float = field(factory=time.monotonic)
    _said: float = field(factory=time.monotonic)

    def tell(self, hurt: Mutant, found: Verdict) -> None:
        self.outcomes[found.outcome] += 1
        self.failed += found.weight == "failed"
        if found.weight != "fine":
            self._keep(hurt, found)
        now = time.monotonic()
        if now - self._said >= _SAY_EVERY_S:
            self._said = now
            self.say()

    def say(self) -> None:
        passed = time.monotonic() - self._began
        total = self.outcomes.total()
        counted = ", ".join(f"{name} {count}" for name, count in self.outcomes.most_common())
        print(f"{passed:.0f} s, {total} mutants, {total / passed:.0f}/s: {counted}", flush=True)

    def _keep(self, hurt: Mutant, found: Verdict) -> None:
        cause = f"{hurt.media_type}: {found.outcome}: {_end_of(found.report)}"
        self.causes[cause] += 1
        if self.causes[cause] > _CAUSES_KEPT:
            return
        self.keep.mkdir(parents=True, exist_ok=True)
        path = self.keep / hurt.label.replace(":", "-")
        path.write_bytes(hurt.data)
        print(f"{found.weight}: {hurt.label} {cause}\n  kept as {path}", flush=True)
        if found.weight == "failed":
            print(found.report, flush=True)


def main() -> None:
    """Read the command line, and go."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=5.0)
    parser.add_argument("--seed", type=int, default=time.time_ns() // 10**9)
    parser.add_argument("--only", default="", help="documents whose name contains this")
    parser.add_argument("--growth", action="store_true", help="try texts that grow")
    parser.add_argument("--again", default="", help="make this mutant again, and no other")
    parser.add_argument("--keep", type=Path, default=Path("build", "fuzz"))
    given = parser.parse_args()
    if given.growth:
        sys.exit(1 if _grow(time.monotonic() + given.minutes * 60, given.seed) else 0)
    documents = tuple(document for document in corpus() if given.only in document.name)
    if given.again:
        name, seed, turn = given.again.rsplit(":", 2)
        chosen = next(document for document in documents if document.name == name)
        source = iter((mutant(chosen, int(seed), int(turn)),))
    else:
        print(f"{len(documents)} documents, seed {given.seed}", flush=True)
        source = _until(time.monotonic() + given.minutes * 60, mutants(documents, given.seed))
    log = Log(given.keep)
    anyio.run(_run, source, log)
    log.say()
    for cause, count in log.causes.most_common():
        print(f"{count:6} {cause}")
    sys.exit(1 if log.failed else 0)


def _grow(deadline: float, seed: int) -> int:
    """Try patterns until *deadline*, print the bad ones, and return how many those are."""
    bad = 0
    print(f"growth, seed {seed}", flush=True)
    with TemporaryDirectory() as folder:
        for tried in patterns(seed):
            if time.monotonic() > deadline:
                print(f"{tried.label}: the time is over, {bad} are bad")
                break
            found = growth(tried, Path(folder))
            if found.is_bad:
                bad += 1
                print(
                    f"{tried.label}: {found.once_s:.2f} s, twice as long {found.twice_s:.2f} s: "
                    f"{tried.head!r} + {tried.unit!r} * n + {tried.tail!r}",
                    flush=True,
                )
    return bad


async def _run(source: Iterator[Mutant], log: Log) -> None:
    with TemporaryDirectory() as folder:
        async with ReaderPool(CapacityLimiter(2)) as pool:
            await campaign(BuiltinParser(pool), source, Path(folder), log.tell)


def _until(deadline: float, source: Iterator[Mutant]) -> Iterator[Mutant]:
    for hurt in source:
        if time.monotonic() > deadline:
            return
        yield hurt


def _end_of(report: str) -> str:
    """Return the last line, and where that was raised in a reader."""
    lines = [line.strip() for line in report.strip().splitlines()]
    places = [line for line in lines if "/infra/" in line and "reader_" not in line]
    place = places[-1].rpartition("/")[2] if places else ""
    return f"{lines[-1] if lines else ''} {place}".strip()


if __name__ == "__main__":
    main()

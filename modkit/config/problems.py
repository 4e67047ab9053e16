"""What is wrong with a configuration, and where it was written."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Literal

from attrs import evolve, field, frozen

from modkit.config.paths import Keys, dotted


@frozen(kw_only=True)
class Origin:
    """Where a value was written.

    Attributes:
        source: The layer.
        place: ``config.yaml:12``, the name of an environment variable, ``--set server.port``,
            or who gives the default.
        folder: Where relative ``file:`` references start; None is the working directory.
    """

    source: Literal["default", "file", "environment", "command line"]
    place: str
    folder: Path | None = field(default=None, eq=False, repr=False)

    def __str__(self) -> str:
        if self.source == "environment":
            return f"environment variable {self.place}"
        if self.source == "default":
            return f"default of {self.place}"
        return self.place


@frozen(kw_only=True)
class ConfigProblem:
    """One mistake in the configuration.

    Attributes:
        keys: The key that is wrong, from the root; empty where a whole source is.
        origin: Where it was written; of a missing key, where its section was.
        message: What is accepted, what was found (never a secret), what to try.
    """

    keys: Keys = ()
    origin: Origin
    message: str

    @property
    def path(self) -> str:
        """The key as a dotted path: ``modules.rag.config.timeout_s``."""
        return dotted(self.keys)

    def __str__(self) -> str:
        if not self.keys:
            return f"{self.origin}: {self.message}"
        return f"{self.path} ({self.origin}): {self.message}"


class ConfigurationInvalid(Exception):
    """The configuration has problems; ``str`` lists them, one a line.

    Attributes:
        problems: All that were found, at least one.
    """

    def __init__(self, problems: Sequence[ConfigProblem]) -> None:
        self.problems = tuple(problems)
        super().__init__(self.problems)

    def __str__(self) -> str:
        count = len(self.problems)
        title = "the configuration has a problem" if count == 1 else f"{count} problems"
        return "\n".join((f"{title}:", *(f"  {problem}" for problem in self.problems)))


class Refused(Exception):
    """A part of the tree does not fit its type; keys are relative to that part."""

    def __init__(self, problems: Iterable[ConfigProblem]) -> None:
        self.problems = tuple(problems)
        super().__init__(self.problems)

    def under(self, *keys: str | int) -> list[ConfigProblem]:
        """Return the problems as the part that holds this one under *keys* sees them."""
        return [evolve(problem, keys=(*keys, *problem.keys)) for problem in self.problems]

"""The errors of all installed modules: unique, and found again from a problem document."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from string import Formatter
from types import ModuleType
from typing import Any, get_type_hints

import attrs
import msgspec

from modkit_errors import categories, outbound, refusals
from modkit_errors.categories import RESERVED_MEMBERS, PlatformError
from modkit_errors.problem import Problem


class InvalidCatalogue(ValueError):
    """Two errors cannot be told apart, or one cannot be a problem document."""


def errors_in(module: ModuleType) -> tuple[type[PlatformError], ...]:
    """Return the error classes that *module* itself defines, in the order of definition."""
    return tuple(
        value
        for value in vars(module).values()
        if isinstance(value, type)
        and issubclass(value, PlatformError)
        and value.__module__ == module.__name__
        and not value.__name__.startswith("_")
    )


CATEGORIES: tuple[type[PlatformError], ...] = tuple(
    error for error in errors_in(categories) if error is not PlatformError
)
REFUSALS: tuple[type[PlatformError], ...] = errors_in(refusals)
OUTBOUND: tuple[type[PlatformError], ...] = errors_in(outbound)


class Catalogue:
    """Every error that a platform can answer, by type.

    Args:
        errors: Error classes of the installed modules; categories, the framework's refusals and the
            failures of outbound calls are always in.

    Raises:
        InvalidCatalogue: Two classes share a code or type, a field takes the name of a standard member, or a
            template names something that is no field.
    """

    def __init__(self, errors: Iterable[type[PlatformError]] = ()) -> None:
        self._by_type: dict[str, type[PlatformError]] = {}
        by_code: dict[str, type[PlatformError]] = {}
        for error in dict.fromkeys((*CATEGORIES, *REFUSALS, *OUTBOUND, *errors)):
            other = by_code.setdefault(error.code, error)
            if other is not error:
                raise InvalidCatalogue(
                    f"{_place(error)} and {_place(other)} both have the code {error.code}; rename one of them"
                )
            twin = self._by_type.setdefault(error.type, error)
            if twin is not error:
                raise InvalidCatalogue(
                    f"{_place(error)} and {_place(twin)} both have the type {error.type}; rename one of them"
                )
            _check_fields(error)
        self._categories = {error.status: error for error in CATEGORIES}

    def __iter__(self) -> Iterator[type[PlatformError]]:
        """Yield the classes by status, then by code."""
        return iter(sorted(self._by_type.values(), key=lambda error: (error.status, error.code)))

    def __len__(self) -> int:
        return len(self._by_type)

    def error(self, problem: Problem) -> PlatformError:
        """Turn a problem document back into the exception that it was made of.

        A kind that is not installed here becomes the category of its status, or the nearest of its class
        (``Malformed`` for 4xx, ``Internal`` for 5xx), with the same detail and field errors.
        """
        kind = self._by_type.get(problem.type)
        if kind is not None:
            try:
                return _rebuild(kind, problem)
            except (TypeError, ValueError):  # a newer or older server with other fields
                pass
        nearest = categories.Malformed if problem.status < 500 else categories.Internal
        category = self._categories.get(problem.status, nearest)
        try:
            return _rebuild(category, attrs.evolve(problem, detail=problem.detail or problem.title))
        except (TypeError, ValueError):  # a foreign extension member that only looks like ours
            return category(detail=problem.detail or problem.title, errors=problem.errors)


def _rebuild(kind: type[PlatformError], problem: Problem) -> PlatformError:
    hints = get_type_hints(kind)
    values: dict[str, Any] = {
        item.alias or item.name: msgspec.convert(
            problem.extensions[item.name], hints[item.name], str_keys=True
        )
        for item in attrs.fields(kind)
        if item.name in problem.extensions and item.name not in RESERVED_MEMBERS
    }
    return kind(detail=problem.detail, errors=problem.errors, **values)


def _check_fields(error: type[PlatformError]) -> None:
    own = {item.name for item in attrs.fields(error)} - {"detail", "errors"}
    if taken := sorted(own & RESERVED_MEMBERS):
        raise InvalidCatalogue(
            f"{_place(error)}: a problem document already has the member {taken[0]!r}; rename that field"
        )
    for _, name, _, _ in Formatter().parse(error.template):
        if name is not None and (field := re.split(r"[.\[]", name)[0]) not in own:
            raise InvalidCatalogue(
                f"{_place(error)}: the template names {field!r}; its fields are: {', '.join(sorted(own)) or 'none'}"
            )


def _place(error: type[PlatformError]) -> str:
    return f"{error.__module__}.{error.__qualname__}"

"""Errors of modkit_db: mistakes of code, which are no problems of a request, and what a database can answer."""

from __future__ import annotations

from attrs import define

from modkit_errors import Conflict, Internal, Unavailable


class InvalidEntity(TypeError):
    """A class of rows does not say what the framework must know, or says it wrongly."""


class UnsafeStatement(TypeError):
    """A statement could read or change rows outside its scope, or its effect cannot be known; nothing was run."""


class ImmutableColumn(TypeError):
    """An update would move a row to another tenant."""


class TooManyRows(LookupError):
    """A statement that may find one row found several."""


@define
class UniqueViolated(Conflict):
    """A value that must be unique is there already."""


@define
class ConstraintViolated(Internal):
    """A rule of the database forbids the change."""


@define
class DatabaseUnavailable(Unavailable):
    """The database cannot be reached, or has no connection free in time."""


@define
class TransactionConflict(Unavailable):
    """Another transaction changed the same data at the same time; the whole transaction may be tried again."""

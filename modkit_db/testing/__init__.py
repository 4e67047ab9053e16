"""Testing modules with a database: temporary databases, drift of migrations, and isolation of tenants."""

from modkit_db.testing.isolation import assert_isolated
from modkit_db.testing.no_drift import assert_no_drift
from modkit_db.testing.temporary import (
    DATABASE_KINDS,
    ServerMissing,
    TemporaryDatabase,
    temporary_database,
)

__all__ = [
    "DATABASE_KINDS",
    "ServerMissing",
    "TemporaryDatabase",
    "assert_isolated",
    "assert_no_drift",
    "temporary_database",
]

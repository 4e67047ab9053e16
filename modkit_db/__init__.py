"""Tenant-safe SQL on SQLAlchemy: a statement without an access scope does not run, and does not type-check."""

from modkit_db.capability import DatabaseCapability
from modkit_db.database import Database
from modkit_db.entity import Entity
from modkit_db.errors import (
    ConstraintViolated,
    DatabaseUnavailable,
    ImmutableColumn,
    InvalidEntity,
    TooManyRows,
    TransactionConflict,
    UniqueViolated,
    UnsafeStatement,
)
from modkit_db.secure import (
    SecureDelete,
    SecureInsert,
    SecureSelect,
    SecureUpdate,
    secure_delete,
    secure_insert,
    secure_select,
    secure_update,
    secure_upsert,
)
from modkit_db.tables import COLUMN_TYPES, UtcMoment, module_tables
from modkit_db.transaction import Transaction

__all__ = [
    "COLUMN_TYPES",
    "ConstraintViolated",
    "Database",
    "DatabaseCapability",
    "DatabaseUnavailable",
    "Entity",
    "ImmutableColumn",
    "InvalidEntity",
    "SecureDelete",
    "SecureInsert",
    "SecureSelect",
    "SecureUpdate",
    "TooManyRows",
    "Transaction",
    "TransactionConflict",
    "UniqueViolated",
    "UnsafeStatement",
    "UtcMoment",
    "module_tables",
    "secure_delete",
    "secure_insert",
    "secure_select",
    "secure_update",
    "secure_upsert",
]

"""Statements that keep to an access scope: the only ones that a `Database` runs."""

from modkit_db.secure.change import SecureDelete, SecureUpdate, secure_delete, secure_update
from modkit_db.secure.insert import SecureInsert, secure_insert, secure_upsert
from modkit_db.secure.select import SecureSelect, secure_select

__all__ = [
    "SecureDelete",
    "SecureInsert",
    "SecureSelect",
    "SecureUpdate",
    "secure_delete",
    "secure_insert",
    "secure_select",
    "secure_update",
    "secure_upsert",
]

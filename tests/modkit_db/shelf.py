"""Tables of a shelf of books: what the tests of modkit_db read and write."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID, uuid4

from attrs import evolve, frozen
from sqlalchemy import ForeignKey
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from modkit.security import AccessScope
from modkit_db import COLUMN_TYPES, Entity, module_tables
from modkit_db.hierarchy import add_groups, add_tenant_closure

ALICE, BOB, CAROL = (UUID(int=number) for number in (1, 2, 3))
NOW: Final = datetime(2026, 11, 25, 12, 0, 0, 123456, tzinfo=UTC)


class Rows(DeclarativeBase):
    metadata = module_tables()
    type_annotation_map = COLUMN_TYPES


TENANTS = add_tenant_closure(Rows.metadata)
MEMBERS, GROUPS = add_groups(Rows.metadata)


@frozen(kw_only=True)
class Book:
    id: UUID
    title: str
    pages: int | None
    added_at: datetime


class BookRow(
    Entity[Book], Rows, tenant="tenant_id", owner="owner_id", properties={"kind": "kind"}
):
    __tablename__ = "books"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    tenant_id: Mapped[UUID] = mapped_column(index=True)
    owner_id: Mapped[UUID | None]
    kind: Mapped[str | None]
    title: Mapped[str]
    pages: Mapped[int | None]
    added_at: Mapped[datetime]


@frozen(kw_only=True)
class Loan:
    id: UUID
    book_id: UUID
    reader: str


class LoanRow(Entity[Loan], Rows, tenant="tenant_id"):
    __tablename__ = "loans"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    tenant_id: Mapped[UUID] = mapped_column(index=True)
    book_id: Mapped[UUID] = mapped_column(ForeignKey("books.id"))
    reader: Mapped[str]


@frozen(kw_only=True)
class Language:
    code: str
    name: str


class LanguageRow(Entity[Language], Rows, unrestricted=True):
    __tablename__ = "languages"
    code: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)


BOOK: Final = Book(id=UUID(int=100), title="Emma", pages=474, added_at=NOW)


def book(**changes: Any) -> Book:
    """A book with an id of its own."""
    return evolve(BOOK, **{"id": uuid4(), **changes})


def of(*tenants: UUID) -> AccessScope:
    return AccessScope.tenants(frozenset(tenants))

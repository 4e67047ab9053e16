"""Module code cannot write a condition that reaches beyond the scope: it raises where it is written."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import case, column, exists, func, literal_column, or_, select, table, text, tuple_

from modkit_db import Database, UnsafeStatement, secure_select, secure_update
from tests.modkit_db.shelf import ALICE, BookRow, LoanRow, of

ALLOWED: list[Any] = [
    BookRow.title == "Emma",
    BookRow.pages.in_([1, 2]),
    or_(BookRow.pages.is_(None), ~BookRow.pages.between(1, 5)),
    func.lower(BookRow.title).like("e%", escape="/"),
    BookRow.title.icontains("mm", autoescape=True),
    tuple_(BookRow.pages, BookRow.id) > (1, ALICE),
    case((BookRow.pages > 3, 1), else_=0) == 1,
    BookRow.pages + 1 > BookRow.pages,
]
REFUSED: list[tuple[Any, str]] = [
    (text("1 = 1"), "SQL as text"),
    (or_(BookRow.pages == 1, text("1 = 1")), "SQL as text"),
    (BookRow.pages == literal_column("1 OR 1 = 1"), "is text of your own"),
    (column("pages") == 1, "is text of your own"),
    (table("secrets", column("key")).c.key == "x", "secrets is not part of this statement"),
    (BookRow.title.op("= '' OR '' =")("x"), "is text of your own"),
    (LoanRow.reader == "R", "loans is not part of this statement: join its entity"),
    (BookRow.id.in_(select(LoanRow.book_id)), "statement inside a statement"),
    (exists().where(LoanRow.book_id == BookRow.id), "statement inside a statement"),
    (BookRow.pages == select(func.count(LoanRow.id)).scalar_subquery(), "statement inside"),
    (func.pg_read_file(BookRow.title) == "x", "'pg_read_file' is not known"),
    (BookRow.title.collate("C") == "x", "CollationClause is not known"),
]


@pytest.mark.parametrize("condition", ALLOWED, ids=str)
def test_conditions_of_columns_and_values_are_free(condition: Any) -> None:
    secure_select(BookRow, of(ALICE)).where(condition)


@pytest.mark.parametrize(("condition", "message"), REFUSED, ids=lambda item: str(item)[:40])
def test_a_condition_cannot_smuggle_in_what_is_not_scoped(condition: Any, message: str) -> None:
    books = secure_select(BookRow, of(ALICE))
    with pytest.raises(UnsafeStatement, match=message):
        books.where(condition)
    with pytest.raises(UnsafeStatement, match=message):
        books.order_by(condition)
    with pytest.raises(UnsafeStatement, match=message):
        secure_update(BookRow, of(ALICE), title="x").where(condition)
    with pytest.raises(UnsafeStatement, match=message):
        secure_update(BookRow, of(ALICE), title=condition)


def test_an_entity_is_joined_once() -> None:
    lent = secure_select(BookRow, of(ALICE)).join(LoanRow, of(ALICE), LoanRow.book_id == BookRow.id)
    with pytest.raises(UnsafeStatement, match="loans is part of this statement already"):
        lent.join(LoanRow, of(ALICE), LoanRow.book_id == BookRow.id)


@pytest.mark.anyio
async def test_statements_without_a_scope_do_not_run(database: Database) -> None:
    plain: Any = select(BookRow)
    raw: Any = text("SELECT * FROM books")
    for statement in (plain, raw, "SELECT 1"):
        for method in (database.all, database.count, database.exists, database.run):
            with pytest.raises(UnsafeStatement, match="has no access scope; write secure_select"):
                await method(statement)

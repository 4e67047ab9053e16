"""Books have a kind and are lent."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.schema import CreateIndex, CreateTable

from modkit_db.hierarchy import add_groups, add_tenant_closure

revision = "r0002"
down_revision = "r0001"


def upgrade() -> None:
    op.add_column("books", sa.Column("kind", sa.String(255)))
    op.create_table(
        "loans",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("book_id", sa.Uuid(), nullable=False),
        sa.Column("reader", sa.String(255), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.ForeignKeyConstraint(["book_id"], ["books.id"], name="fk_loans_book_id_books"),
    )
    op.create_index("ix_loans_tenant_id", "loans", ["tenant_id"])
    closures = sa.MetaData()
    add_tenant_closure(closures)
    add_groups(closures)
    for table in closures.sorted_tables:
        op.execute(CreateTable(table))
        for index in table.indexes:
            op.execute(CreateIndex(index))

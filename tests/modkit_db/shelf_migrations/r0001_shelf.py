"""The shelf as it began: books and languages."""

import sqlalchemy as sa
from alembic import op

from modkit_db import UtcMoment

revision = "r0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "languages",
        sa.Column("code", sa.String(255), nullable=False),
        sa.Column("name", sa.String(255), nullable=False),
        sa.PrimaryKeyConstraint("code"),
        sa.UniqueConstraint("name", name="uq_languages_name"),
    )
    op.create_table(
        "books",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("owner_id", sa.Uuid()),
        sa.Column("title", sa.String(255), nullable=False),
        sa.Column("pages", sa.Integer()),
        sa.Column("added_at", UtcMoment(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_books_tenant_id", "books", ["tenant_id"])

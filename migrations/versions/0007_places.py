"""Ratings of sites and providers: reference data that everybody may read, like the sites themselves.

Revision ID: 0007_places
Revises: 0006_notices
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007_places"
down_revision = "0006_notices"
branch_labels = None
depends_on = None

APP, NIGHT = "dmas_app", "dmas_night"
VALUES = "'outstanding', 'good', 'requires_improvement', 'inadequate', 'not_rated'"


def upgrade() -> None:
    """Make the table; the program decides who may change it."""
    op.create_table(
        "rating",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("rating", sa.Text(), nullable=False),
        sa.Column("rated_on", sa.Date(), nullable=False),
        sa.CheckConstraint("code ~ '^[A-Z0-9]{3,9}$'", name=op.f("ck_rating_code_shape")),
        sa.CheckConstraint(f"rating IN ({VALUES})", name=op.f("ck_rating_rating")),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_rating")),
    )
    op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON rating TO {APP}")
    op.execute(f"GRANT SELECT ON rating TO {NIGHT}")


def downgrade() -> None:
    """Take it away again."""
    op.drop_table("rating")

"""Published figures of diagnostic tests, by month, provider and test."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0008_diagnostic_figures"
down_revision = "0007_places"
branch_labels = None
depends_on = None

APP, NIGHT = "dmas_app", "dmas_night"


def upgrade() -> None:
    """Add the table, open to everybody's reading as the other reference data is."""
    op.create_table(
        "dm01_count",
        sa.Column("period", sa.Date(), nullable=False),
        sa.Column("provider_code", sa.Text(), nullable=False),
        sa.Column("test", sa.Text(), nullable=False),
        sa.Column("provider_name", sa.Text(), nullable=False),
        sa.Column("icb_code", sa.Text(), nullable=True),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("weeks", postgresql.ARRAY(sa.Integer()), nullable=False),
        sa.Column("waiting_list_activity", sa.Integer(), nullable=False),
        sa.Column("planned_activity", sa.Integer(), nullable=False),
        sa.Column("unscheduled_activity", sa.Integer(), nullable=False),
        sa.CheckConstraint("total >= 0", name=op.f("ck_dm01_count_total")),
        sa.CheckConstraint("cardinality(weeks) = 14", name=op.f("ck_dm01_count_weeks")),
        sa.CheckConstraint(
            "least(waiting_list_activity, planned_activity, unscheduled_activity) >= 0",
            name=op.f("ck_dm01_count_activity"),
        ),
        sa.PrimaryKeyConstraint("period", "provider_code", "test", name=op.f("pk_dm01_count")),
    )
    op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON dm01_count TO {APP}")
    op.execute(f"GRANT SELECT ON dm01_count TO {NIGHT}")


def downgrade() -> None:
    """Take the table away again."""
    op.drop_table("dm01_count")

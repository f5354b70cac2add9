"""The look for a change's audit event goes by its index, also where the table is new and has no statistics.

Without them PostgreSQL takes the table for a small one and reads all of it for every row of a first large load.

Revision ID: 0009_quick_walls
Revises: 0008_diagnostic_figures
"""

from __future__ import annotations

from alembic import op

revision = "0009_quick_walls"
down_revision = "0008_diagnostic_figures"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER FUNCTION dmas_change_has_event() SET enable_seqscan = off")


def downgrade() -> None:
    op.execute("ALTER FUNCTION dmas_change_has_event() RESET enable_seqscan")

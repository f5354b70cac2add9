"""What a wall looks up for every row it looks up by an index, also where a table is new and has no statistics.

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


WALLS = ("dmas_change_has_event", "dmas_counters_agree")


def upgrade() -> None:
    for wall in WALLS:
        op.execute(f"ALTER FUNCTION {wall}() SET enable_seqscan = off")


def downgrade() -> None:
    for wall in WALLS:
        op.execute(f"ALTER FUNCTION {wall}() RESET enable_seqscan")

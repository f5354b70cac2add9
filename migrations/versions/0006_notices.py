"""A form that was sent keeps what it said, for the second click of a double click.

Revision ID: 0006_notices
Revises: 0005_diagnostics
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006_notices"
down_revision = "0005_diagnostics"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("form_key", sa.Column("notice", sa.Text(), server_default="", nullable=False))


def downgrade() -> None:
    op.drop_column("form_key", "notice")

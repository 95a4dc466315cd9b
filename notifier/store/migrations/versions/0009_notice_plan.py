"""Notices remember messages that were moved by hand, and what their links answered"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

COLUMNS = ("stage_shifts", "link_checks")


def upgrade() -> None:
    for name in COLUMNS:
        column = sa.Column(name, sa.JSON(), nullable=False, server_default="{}")
        op.add_column("notice", column)


def downgrade() -> None:
    """Messages that were moved by hand keep their time until they are planned again."""
    with op.batch_alter_table("notice") as batch:
        for name in COLUMNS:
            batch.drop_column(name)

"""Releases: what waits for a second person; early readers who may read no more"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "release_ask",
        sa.Column("release_id", sa.Integer(), nullable=False),
        sa.Column("act", sa.String(), nullable=False),
        sa.Column("given", sa.JSON(), nullable=False),
        sa.Column("base", sa.String(), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["release_id"], ["release.id"], name=op.f("fk_release_ask_release_id_release")
        ),
        sa.ForeignKeyConstraint(
            ["staff_id"], ["staff.id"], name=op.f("fk_release_ask_staff_id_staff")
        ),
        sa.PrimaryKeyConstraint("release_id", name=op.f("pk_release_ask")),
    )
    op.add_column("early_reader", sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    """What waits is asked for again; who was taken off the list could read again, so they go."""
    op.execute(
        "DELETE FROM early_view WHERE reader_id IN "
        "(SELECT id FROM early_reader WHERE ended_at IS NOT NULL)"
    )
    op.execute("DELETE FROM early_reader WHERE ended_at IS NOT NULL")
    with op.batch_alter_table("early_reader") as batch:
        batch.drop_column("ended_at")
    op.drop_table("release_ask")

"""What staff have typed and not saved yet"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "unsaved",
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("about", sa.String(), nullable=False),
        sa.Column("fields", sa.JSON(), nullable=False),
        sa.Column("base", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_unsaved_staff_id_staff")),
        sa.PrimaryKeyConstraint("staff_id", "about", name=op.f("pk_unsaved")),
    )


def downgrade() -> None:
    op.drop_table("unsaved")

"""What second persons answered, with the words as they read them; who acted, for asking history"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "ruling",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("about", sa.String(), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answer", sa.String(), nullable=False),
        sa.Column("remark", sa.String(), nullable=False),
        sa.Column("words", sa.JSON(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_ruling_staff_id_staff")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ruling")),
    )
    op.create_index(op.f("ix_ruling_about"), "ruling", ["about"])
    op.create_index(op.f("ix_ruling_staff_id"), "ruling", ["staff_id"])
    op.add_column("history", sa.Column("staff_id", sa.Integer(), nullable=True))
    history = sa.table("history", sa.column("staff_id", sa.Integer), sa.column("by", sa.JSON))
    op.execute(history.update().values(staff_id=history.c.by["staff"].as_integer()))
    op.create_index(op.f("ix_history_staff_id"), "history", ["staff_id"])


def downgrade() -> None:
    op.drop_index(op.f("ix_history_staff_id"), table_name="history")
    op.drop_column("history", "staff_id")
    op.drop_table("ruling")

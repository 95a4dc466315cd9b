"""Whose address is stopped and why; lists that wait to be brought in"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

OWNER = "fk_suppression_subscriber_id_subscriber"


def upgrade() -> None:
    with op.batch_alter_table("suppression") as batch:
        batch.add_column(sa.Column("subscriber_id", sa.Integer(), nullable=True))
        batch.add_column(sa.Column("note", sa.String(), nullable=False, server_default=""))
        batch.create_foreign_key(OWNER, "subscriber", ["subscriber_id"], ["id"])
    op.create_table(
        "waiting_import",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("filename", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("wording", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.Column("refused", sa.JSON(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["staff_id"], ["staff.id"], name=op.f("fk_waiting_import_staff_id_staff")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_waiting_import")),
    )


def downgrade() -> None:
    op.drop_table("waiting_import")
    with op.batch_alter_table("suppression") as batch:
        batch.drop_constraint(OWNER, type_="foreignkey")
        batch.drop_column("note")
        batch.drop_column("subscriber_id")

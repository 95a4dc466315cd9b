"""How fast each mail server may be fed, and its last words about a send"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "send_limit",
        sa.Column("scope", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("own", sa.BigInteger(), nullable=False),
        sa.Column("base", sa.BigInteger(), nullable=False),
        sa.Column("tokens", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("halvings", sa.SmallInteger(), nullable=False),
        sa.Column("slowed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("good_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("line_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("code", sa.SmallInteger(), nullable=False),
        sa.Column("said", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("scope", "name", name=op.f("pk_send_limit")),
    )
    op.create_table(
        "server_reply",
        sa.Column("send_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("said", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["send_id"], ["send.id"], name=op.f("fk_server_reply_send_id_send")
        ),
        sa.PrimaryKeyConstraint("send_id", "code", name=op.f("pk_server_reply")),
    )


def downgrade() -> None:
    op.drop_table("server_reply")
    op.drop_table("send_limit")

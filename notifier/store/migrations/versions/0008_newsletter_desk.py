"""Pictures of newsletters, and each team's templates"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "picture",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token", sa.String(), nullable=False),
        sa.Column("team_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["team_id"], ["team.id"], name=op.f("fk_picture_team_id_team")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_picture_staff_id_staff")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_picture")),
        sa.UniqueConstraint("token", name=op.f("uq_picture_token")),
    )
    team = op.f("fk_newsletter_template_team_id_team")
    op.create_table(
        "newsletter_template",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("team_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("body", sa.String(), nullable=False),
        sa.Column("audience", sa.JSON(), nullable=False),
        sa.Column("changed_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["team_id"], ["team.id"], name=team),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_newsletter_template")),
        sa.UniqueConstraint("team_id", "name", name=op.f("uq_newsletter_template_team_id_name")),
    )


def downgrade() -> None:
    """Pictures and templates are lost; letters that were sent show the words of their pictures."""
    op.drop_table("newsletter_template")
    op.drop_table("picture")

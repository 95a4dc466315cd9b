"""Announcements, answers, following one thing, the policy register, absences"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "history_head",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("head", sa.String(), nullable=False),
        sa.Column("objects", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_history_head")),
    )
    op.create_table(
        "policy_rule",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("class", sa.String(), nullable=False),
        sa.Column("minimum_days", sa.Integer(), nullable=False),
        sa.Column("target_days", sa.Integer(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("set_by", sa.String(), nullable=False),
        sa.Column("approved_by", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_policy_rule")),
    )
    op.create_table(
        "absence",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_absence_staff_id_staff")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_absence")),
    )
    op.create_index("ix_absence_staff_id", "absence", ["staff_id"], unique=False)

    op.create_table(
        "release_announcement",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("release_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("words", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=True),
        sa.Column("approver_id", sa.Integer(), nullable=True),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("armed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("check_result", sa.String(), nullable=False),
        sa.Column("alarmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["approver_id"], ["staff.id"], name=op.f("fk_release_announcement_approver_id_staff")
        ),
        sa.ForeignKeyConstraint(
            ["author_id"], ["staff.id"], name=op.f("fk_release_announcement_author_id_staff")
        ),
        sa.ForeignKeyConstraint(
            ["release_id"], ["release.id"], name=op.f("fk_release_announcement_release_id_release")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_release_announcement")),
        sa.UniqueConstraint("release_id", name=op.f("uq_release_announcement_release_id")),
    )
    op.create_table(
        "consultation_answer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("notice_id", sa.Integer(), nullable=False),
        sa.Column("subscriber_id", sa.Integer(), nullable=False),
        sa.Column("user_type_id", sa.Integer(), nullable=False),
        sa.Column("organisation", sa.String(), nullable=False),
        sa.Column("answers", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["notice_id"], ["notice.id"], name=op.f("fk_consultation_answer_notice_id_notice")
        ),
        sa.ForeignKeyConstraint(
            ["subscriber_id"],
            ["subscriber.id"],
            name=op.f("fk_consultation_answer_subscriber_id_subscriber"),
        ),
        sa.ForeignKeyConstraint(
            ["user_type_id"],
            ["user_type.id"],
            name=op.f("fk_consultation_answer_user_type_id_user_type"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consultation_answer")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_consultation_answer_notice_id", "consultation_answer", ["notice_id"], unique=False
    )
    op.create_index(
        "ix_consultation_answer_subscriber_id",
        "consultation_answer",
        ["subscriber_id"],
        unique=False,
    )

    op.create_table(
        "early_reader",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("announcement_id", sa.Integer(), nullable=False),
        sa.Column("email", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("added_by", sa.String(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["announcement_id"],
            ["release_announcement.id"],
            name=op.f("fk_early_reader_announcement_id_release_announcement"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_early_reader")),
        sa.UniqueConstraint(
            "announcement_id", "email", name=op.f("uq_early_reader_announcement_id_email")
        ),
    )
    op.create_table(
        "early_view",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("reader_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["reader_id"], ["early_reader.id"], name=op.f("fk_early_view_reader_id_early_reader")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_early_view")),
    )
    op.create_index("ix_early_view_reader_id", "early_view", ["reader_id"], unique=False)

    op.add_column(
        "body",
        sa.Column("hop_deputies", sa.JSON(none_as_null=True), nullable=False, server_default="[]"),
    )

    op.add_column("notice", sa.Column("override", sa.String(), nullable=False, server_default=""))
    op.add_column(
        "notice", sa.Column("override_reason", sa.String(), nullable=False, server_default="")
    )
    op.add_column(
        "notice",
        sa.Column("scope", sa.JSON(none_as_null=True), nullable=False, server_default="{}"),
    )
    op.add_column("notice", sa.Column("brief", sa.String(), nullable=False, server_default=""))
    op.add_column("notice", sa.Column("driver", sa.String(), nullable=False, server_default=""))
    op.add_column(
        "notice",
        sa.Column("alternatives", sa.JSON(none_as_null=True), nullable=False, server_default="[]"),
    )
    op.add_column("notice", sa.Column("contact", sa.String(), nullable=False, server_default=""))
    op.add_column(
        "notice",
        sa.Column(
            "split_from_id",
            sa.Integer(),
            sa.ForeignKey("notice.id", name="fk_notice_split_from_id_notice"),
            nullable=True,
        ),
        inline_references=True,
    )

    op.add_column(
        "organisation", sa.Column("off_days", sa.String(), nullable=False, server_default="before")
    )

    op.add_column("release", sa.Column("period", sa.String(), nullable=False, server_default=""))
    op.add_column("release", sa.Column("contact", sa.String(), nullable=False, server_default=""))
    op.add_column("release", sa.Column("breached_on", sa.Date(), nullable=True))
    op.add_column(
        "release", sa.Column("breach_reason", sa.String(), nullable=False, server_default="")
    )

    op.add_column(
        "release_date_change",
        sa.Column(
            "send_id",
            sa.Integer(),
            sa.ForeignKey("send.id", name="fk_release_date_change_send_id_send"),
            nullable=True,
        ),
        inline_references=True,
    )

    op.add_column(
        "series",
        sa.Column("checks_landing", sa.Boolean(), nullable=False, server_default=sa.false()),
    )

    op.add_column(
        "signup",
        sa.Column("notices", sa.JSON(none_as_null=True), nullable=False, server_default="[]"),
    )
    op.add_column(
        "signup",
        sa.Column("releases", sa.JSON(none_as_null=True), nullable=False, server_default="[]"),
    )

    op.add_column("subscriber", sa.Column("paused_until", sa.Date(), nullable=True))
    op.add_column(
        "subscriber",
        sa.Column("week_ahead", sa.Boolean(), nullable=False, server_default=sa.false()),
    )

    op.add_column(
        "subscription",
        sa.Column(
            "notice_id",
            sa.Integer(),
            sa.ForeignKey("notice.id", name="fk_subscription_notice_id_notice"),
            nullable=True,
        ),
        inline_references=True,
    )
    op.add_column(
        "subscription",
        sa.Column(
            "release_id",
            sa.Integer(),
            sa.ForeignKey("release.id", name="fk_subscription_release_id_release"),
            nullable=True,
        ),
        inline_references=True,
    )
    op.create_index(
        "ix_subscription_notice_id",
        "subscription",
        ["notice_id", "subscriber_id"],
        unique=False,
        sqlite_where=sa.text("notice_id IS NOT NULL"),
        postgresql_where=sa.text("notice_id IS NOT NULL"),
    )
    op.create_index(
        "ix_subscription_release_id",
        "subscription",
        ["release_id", "subscriber_id"],
        unique=False,
        sqlite_where=sa.text("release_id IS NOT NULL"),
        postgresql_where=sa.text("release_id IS NOT NULL"),
    )

    op.add_column("team", sa.Column("phone", sa.String(), nullable=False, server_default=""))

    op.add_column(
        "topic",
        sa.Column(
            "merged_into_id",
            sa.Integer(),
            sa.ForeignKey("topic.id", name="fk_topic_merged_into_id_topic"),
            nullable=True,
        ),
        inline_references=True,
    )
    op.add_column("topic", sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True))

    # SQLite would give the number of a purged sign-up again, and its confirm link with it.
    with op.batch_alter_table(
        "signup", recreate="auto", table_kwargs={"sqlite_autoincrement": True}
    ) as batch_op:
        batch_op.alter_column("language", existing_type=sa.String(), nullable=False)


def downgrade() -> None:
    with op.batch_alter_table("topic", schema=None) as batch_op:
        batch_op.drop_column("retired_at")
        batch_op.drop_column("merged_into_id")

    with op.batch_alter_table("team", schema=None) as batch_op:
        batch_op.drop_column("phone")

    with op.batch_alter_table("subscription", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_subscription_release_id",
            sqlite_where=sa.text("release_id IS NOT NULL"),
            postgresql_where=sa.text("release_id IS NOT NULL"),
        )
        batch_op.drop_index(
            "ix_subscription_notice_id",
            sqlite_where=sa.text("notice_id IS NOT NULL"),
            postgresql_where=sa.text("notice_id IS NOT NULL"),
        )
        batch_op.drop_column("release_id")
        batch_op.drop_column("notice_id")

    with op.batch_alter_table("subscriber", schema=None) as batch_op:
        batch_op.drop_column("week_ahead")
        batch_op.drop_column("paused_until")

    with op.batch_alter_table("signup", schema=None) as batch_op:
        batch_op.drop_column("releases")
        batch_op.drop_column("notices")

    with op.batch_alter_table("series", schema=None) as batch_op:
        batch_op.drop_column("checks_landing")

    with op.batch_alter_table("release_date_change", schema=None) as batch_op:
        batch_op.drop_column("send_id")

    with op.batch_alter_table("release", schema=None) as batch_op:
        batch_op.drop_column("breach_reason")
        batch_op.drop_column("breached_on")
        batch_op.drop_column("contact")
        batch_op.drop_column("period")

    with op.batch_alter_table("organisation", schema=None) as batch_op:
        batch_op.drop_column("off_days")

    with op.batch_alter_table("notice", schema=None) as batch_op:
        batch_op.drop_column("split_from_id")
        batch_op.drop_column("contact")
        batch_op.drop_column("alternatives")
        batch_op.drop_column("driver")
        batch_op.drop_column("brief")
        batch_op.drop_column("scope")
        batch_op.drop_column("override_reason")
        batch_op.drop_column("override")

    with op.batch_alter_table("body", schema=None) as batch_op:
        batch_op.drop_column("hop_deputies")

    with op.batch_alter_table("early_view", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_early_view_reader_id"))

    op.drop_table("early_view")
    op.drop_table("early_reader")
    with op.batch_alter_table("consultation_answer", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_consultation_answer_subscriber_id"))
        batch_op.drop_index(batch_op.f("ix_consultation_answer_notice_id"))

    op.drop_table("consultation_answer")
    op.drop_table("release_announcement")
    with op.batch_alter_table("absence", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_absence_staff_id"))

    op.drop_table("absence")
    op.drop_table("policy_rule")
    op.drop_table("history_head")

"""Kinds and rhythms, segments, digests, invitations, complaints"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


# audience.kinds.every() of each rhythm when this was written
PACKED = {"immediate": 1365, "daily": 2662, "weekly": 3959}
RHYTHMS = ("immediate", "daily", "weekly")


def add(table: str, *columns: sa.Column[Any]) -> None:
    """One by one, and never by making the table anew: a million people would be copied."""
    for column in columns:
        op.add_column(table, column, inline_references=True)


def text(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.String(), nullable=False, server_default="")


def number(name: str, default: int, *, small: bool = False) -> sa.Column[Any]:
    kind = sa.SmallInteger() if small else sa.Integer()
    return sa.Column(name, kind, nullable=False, server_default=str(default))


def upgrade() -> None:
    op.create_table(
        "topic_audience",
        sa.Column("topic_id", sa.Integer(), nullable=False),
        sa.Column("user_type_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["topic_id"], ["topic.id"], name=op.f("fk_topic_audience_topic_id_topic")
        ),
        sa.ForeignKeyConstraint(
            ["user_type_id"],
            ["user_type.id"],
            name=op.f("fk_topic_audience_user_type_id_user_type"),
        ),
        sa.PrimaryKeyConstraint("topic_id", "user_type_id", name=op.f("pk_topic_audience")),
    )
    op.create_table(
        "address_change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("subscriber_id", sa.Integer(), nullable=False),
        sa.Column("old_email", sa.String(), nullable=True),
        sa.Column("new_email", sa.String(), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["subscriber_id"],
            ["subscriber.id"],
            name=op.f("fk_address_change_subscriber_id_subscriber"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_address_change")),
    )
    with op.batch_alter_table("address_change", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_address_change_subscriber_id"), ["subscriber_id"], unique=False
        )

    op.create_table(
        "complaint",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("subscriber_id", sa.Integer(), nullable=True),
        sa.Column("contact", sa.String(), nullable=True),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answer", sa.String(), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_by", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["answered_by"], ["staff.id"], name=op.f("fk_complaint_answered_by_staff")
        ),
        sa.ForeignKeyConstraint(
            ["subscriber_id"], ["subscriber.id"], name=op.f("fk_complaint_subscriber_id_subscriber")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_complaint")),
    )
    with op.batch_alter_table("complaint", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_complaint_subscriber_id"), ["subscriber_id"], unique=False
        )

    op.create_table(
        "segment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("slug", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("filter", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("team_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["team_id"], ["team.id"], name=op.f("fk_segment_team_id_team")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_segment")),
        sa.UniqueConstraint("slug", name=op.f("uq_segment_slug")),
    )
    op.create_table(
        "digest_item",
        sa.Column("digest_id", sa.Integer(), nullable=False),
        sa.Column("variant", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["digest_id"], ["send.id"], name=op.f("fk_digest_item_digest_id_send")
        ),
        sa.ForeignKeyConstraint(["item_id"], ["send.id"], name=op.f("fk_digest_item_item_id_send")),
        sa.PrimaryKeyConstraint("digest_id", "variant", "item_id", name=op.f("pk_digest_item")),
    )
    add(
        "consent",
        sa.Column("basis", sa.String(), nullable=False, server_default="consent"),
    )
    add(
        "organisation",
        sa.Column("welsh_kinds", sa.JSON(none_as_null=True), nullable=False, server_default="{}"),
        sa.Column("digest_time", sa.Time(), nullable=False, server_default="10:30:00.000000"),
        number("digest_weekday", 0),
    )
    add(
        "signup",
        sa.Column(
            "import_id",
            sa.Integer(),
            sa.ForeignKey("subscriber_import.id", name="fk_signup_import_id_subscriber_import"),
            nullable=True,
        ),
        sa.Column(
            "lapses_at",
            sa.DateTime(timezone=True),
            nullable=False,
            server_default="2000-01-01 00:00:00.000000",
        ),
        text("source"),
        text("network"),
    )
    add(
        "subscriber",
        number("kinds", PACKED["immediate"]),
        text("uses"),
        number("takes_part", 0, small=True),
        text("asked_by"),
        text("source"),
    )
    add("reach", number("kinds", 1365), number("takes_part", 0, small=True), number("joined", 0))
    add(
        "subscriber_import",
        sa.Column("basis", sa.String(), nullable=False, server_default="consent"),
        text("source"),
        sa.Column(
            "team_id",
            sa.Integer(),
            sa.ForeignKey("team.id", name="fk_subscriber_import_team_id_team"),
            nullable=True,
        ),
    )
    add("topic", text("uses"), text("cy_uses"))
    fill()
    op.create_index("ix_signup_network", "signup", ["network", "created_at"])
    op.create_index(
        "ix_subscriber_organisation",
        "subscriber",
        ["organisation"],
        sqlite_where=sa.text("organisation <> ''"),
        postgresql_where=sa.text("organisation <> ''"),
    )
    op.drop_column("subscriber", "frequency")
    op.drop_column("reach", "frequency")


def fill() -> None:
    """What a row of before says: one frequency for everything, seven days to confirm."""
    sqlite = op.get_bind().dialect.name == "sqlite"
    for place, (rhythm, packed) in enumerate(PACKED.items()):
        op.execute(f"UPDATE subscriber SET kinds = {packed} WHERE frequency = '{rhythm}'")
        op.execute(f"UPDATE reach SET kinds = {packed} WHERE frequency = {place}")
    week = (
        "datetime(created_at, '+7 days') || '.000000'"
        if sqlite
        else "created_at + interval '7 days'"
    )
    op.execute(f"UPDATE signup SET lapses_at = {week}")
    at = "coalesce(s.confirmed_at, s.created_at)"
    # date.toordinal(): the first of January of the year 1 is 1
    ordinal = (
        f"CAST(julianday(date({at})) - 1721424.5 AS INTEGER)"
        if sqlite
        else f"({at} AT TIME ZONE 'UTC')::date - DATE '0001-01-01' + 1"
    )
    op.execute(
        f"UPDATE reach SET joined = (SELECT {ordinal} FROM subscriber s "
        "WHERE s.id = reach.subscriber_id)"
    )


def downgrade() -> None:
    """Rhythms of single kinds are lost: what a person had for change notices counts for all."""
    op.add_column(
        "subscriber",
        sa.Column("frequency", sa.String(), nullable=False, server_default="immediate"),
    )
    op.add_column(
        "reach", sa.Column("frequency", sa.SmallInteger(), nullable=False, server_default="0")
    )
    for place, rhythm in enumerate(RHYTHMS):
        op.execute(
            f"UPDATE subscriber SET frequency = '{rhythm}' WHERE (kinds >> 4) & 3 = {place + 1}"
        )
        op.execute(f"UPDATE reach SET frequency = {place} WHERE (kinds >> 4) & 3 = {place + 1}")
    op.drop_index("ix_subscriber_organisation", "subscriber")
    op.drop_index("ix_signup_network", "signup")
    gone = {
        "topic": ("cy_uses", "uses"),
        "subscriber": ("source", "asked_by", "takes_part", "uses", "kinds"),
        "reach": ("joined", "takes_part", "kinds"),
        "organisation": ("digest_weekday", "digest_time", "welsh_kinds"),
        "consent": ("basis",),
    }
    for table, columns in gone.items():
        for column in columns:
            op.drop_column(table, column)
    # A column with a foreign key can only go with its table made anew on SQLite.
    for table, columns in {
        "subscriber_import": ("team_id", "source", "basis"),
        "signup": ("network", "source", "lapses_at", "import_id"),
    }.items():
        with op.batch_alter_table(table) as batch:
            for column in columns:
                batch.drop_column(column)
    for table in ("digest_item", "segment", "complaint", "address_change", "topic_audience"):
        op.drop_table(table)

"""Staff sign in: two steps, passkeys, sessions, tries"""

from __future__ import annotations

import secrets
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
COLUMNS: tuple[tuple[str, Any], ...] = (
    ("password_at", INSTANT),
    ("reset_hash", sa.String()),
    ("reset_expires", INSTANT),
    ("fs_uniquifier", sa.String()),
    ("tf_primary_method", sa.String()),
    ("tf_totp_secret", sa.String()),
    ("totp_counter", sa.BigInteger()),
    ("identity", sa.String()),
    ("last_sign_in_at", INSTANT),
)


def words(*names: str) -> list[sa.Column[Any]]:
    return [sa.Column(name, sa.String(), nullable=False) for name in names]


def instants(*names: str) -> list[sa.Column[Any]]:
    return [sa.Column(name, INSTANT, nullable=False) for name in names]


def owner(table: str) -> list[Any]:
    key = op.f(f"fk_{table}_staff_id_staff")
    return [
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=key),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    ]


def upgrade() -> None:
    for name, kind in COLUMNS:
        op.add_column("staff", sa.Column(name, kind, nullable=True))
    codes = sa.Column("mf_recovery_codes", sa.JSON(), nullable=False, server_default="[]")
    op.add_column("staff", codes)
    handles()
    with op.batch_alter_table("staff") as batch:
        batch.alter_column("fs_uniquifier", existing_type=sa.String(), nullable=False)
        batch.create_unique_constraint(op.f("uq_staff_fs_uniquifier"), ["fs_uniquifier"])
        batch.create_unique_constraint(op.f("uq_staff_identity"), ["identity"])
        batch.create_index(op.f("ix_staff_reset_hash"), ["reset_hash"])
    passkeys()
    sessions()
    tries()


def handles() -> None:
    """Each member of staff gets an id of their own for sessions."""
    staff = sa.table("staff", sa.column("id", sa.Integer), sa.column("fs_uniquifier", sa.String))
    connection = op.get_bind()
    for staff_id in list(connection.scalars(sa.select(staff.c.id))):
        connection.execute(
            sa.update(staff)
            .where(staff.c.id == staff_id)
            .values(fs_uniquifier=secrets.token_hex(16))
        )


def passkeys() -> None:
    op.create_table(
        "passkey",
        *owner("passkey"),
        *words("name", "credential", "public_key"),
        sa.Column("sign_count", sa.BigInteger(), nullable=False),
        sa.Column("challenged", sa.BigInteger(), nullable=False),
        *instants("created_at"),
        sa.Column("used_at", INSTANT, nullable=True),
        sa.UniqueConstraint("credential", name=op.f("uq_passkey_credential")),
    )
    op.create_index(op.f("ix_passkey_staff_id"), "passkey", ["staff_id"])


def sessions() -> None:
    op.create_table(
        "staff_session",
        *owner("staff_session"),
        *words("secret_hash", "stage", "how", "network", "browser", "end_reason"),
        *instants("begun_at", "seen_at", "proved_at"),
        sa.Column("ended_at", INSTANT, nullable=True),
        sa.UniqueConstraint("secret_hash", name=op.f("uq_staff_session_secret_hash")),
    )
    op.create_index(op.f("ix_staff_session_staff_id"), "staff_session", ["staff_id"])


def tries() -> None:
    op.create_table(
        "sign_in_try",
        sa.Column("id", sa.Integer(), nullable=False),
        *words("door", "address", "network"),
        *instants("at"),
        sa.Column("succeeded", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_try")),
    )
    for key in ("address", "network"):
        op.create_index(f"ix_sign_in_try_door_{key}_at", "sign_in_try", ["door", key, "at"])


def downgrade() -> None:
    """Second steps, passkeys and sessions are lost; passwords stay."""
    for table in ("sign_in_try", "staff_session", "passkey"):
        op.drop_table(table)
    with op.batch_alter_table("staff") as batch:
        batch.drop_index(op.f("ix_staff_reset_hash"))
        batch.drop_constraint(op.f("uq_staff_identity"), type_="unique")
        batch.drop_constraint(op.f("uq_staff_fs_uniquifier"), type_="unique")
        for name, _ in (*COLUMNS, ("mf_recovery_codes", None)):
            batch.drop_column(name)

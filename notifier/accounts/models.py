"""Staff, what they may do, and how they sign in."""

from __future__ import annotations

import secrets
from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from notifier.store.db import Base

ROLES = ("author", "approver", "hop", "deputy", "admin")


def fresh_handle() -> str:
    return secrets.token_hex(16)


class Staff(Base):
    """``fs_uniquifier``, ``tf_primary_method``, ``tf_totp_secret`` and ``mf_recovery_codes`` have
    the names by which Flask-Security knows them."""

    __tablename__ = "staff"

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str] = mapped_column(default="")
    active: Mapped[bool] = mapped_column(default=True)
    password_hash: Mapped[str | None]
    password_at: Mapped[datetime | None]
    invitation_hash: Mapped[str | None] = mapped_column(index=True)
    invitation_expires: Mapped[datetime | None]
    reset_hash: Mapped[str | None] = mapped_column(index=True)
    reset_expires: Mapped[datetime | None]
    fs_uniquifier: Mapped[str] = mapped_column(unique=True, default=fresh_handle)
    tf_primary_method: Mapped[str | None]  # "authenticator", or null without two-step sign-in
    tf_totp_secret: Mapped[str | None]  # encrypted by the door
    totp_counter: Mapped[int | None] = mapped_column(BigInteger)  # of the last code that was used
    mf_recovery_codes: Mapped[list[Any]] = mapped_column(default=list)  # SHA-256 of what is left
    identity: Mapped[str | None] = mapped_column(unique=True)  # of OpenID Connect: issuer subject
    last_sign_in_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    roles: Mapped[list[Role]] = relationship(back_populates="staff", cascade="all, delete-orphan")
    passkeys: Mapped[list[Passkey]] = relationship(order_by="Passkey.id")


class Role(Base):
    """One role in one team, or in every team when ``team_id`` is null."""

    __tablename__ = "role"
    __table_args__ = (UniqueConstraint("staff_id", "role", "team_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    role: Mapped[str]
    team_id: Mapped[int | None] = mapped_column(ForeignKey("team.id"))
    staff: Mapped[Staff] = relationship(back_populates="roles")


class Absence(Base):
    """Days on which somebody is away, both inclusive (London): requests reach the deputies then."""

    __tablename__ = "absence"

    id: Mapped[int] = mapped_column(primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"), index=True)
    first_day: Mapped[date]
    last_day: Mapped[date]


class Passkey(Base):
    """A public key of a member of staff, made by their phone, computer or security key."""

    __tablename__ = "passkey"

    id: Mapped[int] = mapped_column(primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"), index=True)
    name: Mapped[str]
    credential: Mapped[str] = mapped_column(unique=True)  # its id, base64url
    public_key: Mapped[str]  # COSE, base64url
    sign_count: Mapped[int] = mapped_column(BigInteger)
    challenged: Mapped[int] = mapped_column(BigInteger, default=0)  # µs, of the last one answered
    created_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class StaffSession(Base):
    """A browser in which a member of staff has signed in; known by the SHA-256 of its secret."""

    __tablename__ = "staff_session"

    id: Mapped[int] = mapped_column(primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"), index=True)
    secret_hash: Mapped[str] = mapped_column(unique=True)
    stage: Mapped[str]  # full | code (the second step is owed) | set_up (it must be set up first)
    how: Mapped[str]  # password | code | recovery code | passkey | single sign-on
    network: Mapped[str]  # 203.0.113.0/24
    browser: Mapped[str]  # Firefox on Windows
    begun_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    proved_at: Mapped[datetime]  # when they last proved to be who they are
    ended_at: Mapped[datetime | None]
    end_reason: Mapped[str] = mapped_column(default="")


class SignInTry(Base):
    """A try at a door that guards an account. Kept for a day, for the limits only."""

    __tablename__ = "sign_in_try"
    __table_args__ = (
        Index("ix_sign_in_try_door_address_at", "door", "address", "at"),
        Index("ix_sign_in_try_door_network_at", "door", "network", "at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    door: Mapped[str]  # password | code | reset | passkey
    address: Mapped[str]  # keyed HMAC of the address that was typed
    network: Mapped[str]  # keyed HMAC
    at: Mapped[datetime]
    succeeded: Mapped[bool] = mapped_column(default=False)


class Unsaved(Base):
    """What somebody typed into a form of the desk and has not saved yet. No history: nobody but
    they see it, and saving or dropping it deletes the row."""

    __tablename__ = "unsaved"

    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"), primary_key=True)
    about: Mapped[str] = mapped_column(primary_key=True)  # notice:12, newsletter:3, notice:new
    fields: Mapped[dict[str, Any]]  # {name of the field: [what was typed, …]}
    base: Mapped[str]  # the version of the row that they began from
    at: Mapped[datetime]


class Ruling(Base):
    """What a second person answered, with the words as they stood: approved, returned, or (short)
    that less notice is given than promised. Append-only but for ``answered_at``."""

    __tablename__ = "ruling"

    id: Mapped[int] = mapped_column(primary_key=True)
    about: Mapped[str] = mapped_column(index=True)  # notice:12, newsletter:3, announcement:4
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"), index=True)
    at: Mapped[datetime]
    answer: Mapped[str]  # approved | returned | short
    remark: Mapped[str] = mapped_column(default="")  # to the author; of a short one: public
    words: Mapped[dict[str, Any]]  # everything that was read
    until: Mapped[date | None]  # the last day on which a short one counts
    answered_at: Mapped[datetime | None]  # of a returned one: it was submitted again

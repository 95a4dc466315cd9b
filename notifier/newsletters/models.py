"""Issues of a team's newsletter, what they are begun from, and the pictures they show."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from notifier.catalogue.models import Team
from notifier.store.db import Base


class Newsletter(Base):
    __tablename__ = "newsletter"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(unique=True)
    team_id: Mapped[int] = mapped_column(ForeignKey("team.id"))
    title: Mapped[str]
    body: Mapped[str]  # Markdown with {{ blocks }} from an allow-list
    audience: Mapped[dict[str, Any]]  # {topics: [slug], user_types: [slug], segment: slug}
    send_at: Mapped[datetime | None]
    state: Mapped[str] = mapped_column(default="draft")
    author_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    approver_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    published_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    team: Mapped[Team] = relationship()


class NewsletterTemplate(Base):
    """What a team begins its issues from."""

    __tablename__ = "newsletter_template"
    __table_args__ = (UniqueConstraint("team_id", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    team_id: Mapped[int] = mapped_column(ForeignKey("team.id"))
    name: Mapped[str]
    title: Mapped[str]
    body: Mapped[str]
    audience: Mapped[dict[str, Any]]
    changed_at: Mapped[datetime]
    team: Mapped[Team] = relationship()


class Picture(Base):
    """An image that is stored with us. Whoever knows its token may look at it, as mail must."""

    __tablename__ = "picture"

    id: Mapped[int] = mapped_column(primary_key=True)
    token: Mapped[str] = mapped_column(unique=True)  # 128 bits
    team_id: Mapped[int] = mapped_column(ForeignKey("team.id"))
    kind: Mapped[str]  # png | jpg
    width: Mapped[int]
    height: Mapped[int]
    data: Mapped[bytes] = mapped_column(deferred=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    created_at: Mapped[datetime]

    @property
    def path(self) -> str:
        return f"/pictures/{self.token}/{self.width}x{self.height}.{self.kind}"

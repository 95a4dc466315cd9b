"""Issues of a team's newsletter."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey
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

"""The list of notices for staff, a page at a time: what is being written, what is public, what is
over.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import selectinload

from notifier.catalogue.models import Series
from notifier.catalogue.sight import Sight
from notifier.notices.models import ChangeNotice, notice_series
from notifier.store.db import session

PAGE = 40
SHOWN: dict[str, tuple[str, ...]] = {
    "writing": ("draft", "in_review", "approved"),
    "public": ("announced", "on_hold", "in_effect"),
    "over": ("closed", "cancelled", "superseded", "retracted"),
}
LONGEST_SEARCH = 100


@dataclass(frozen=True)
class Found:
    """``counts`` of each of SHOWN, whatever is shown."""

    rows: list[ChangeNotice]
    more: bool
    counts: dict[str, int]


def listed(
    sight: Sight,
    *,
    show: str,
    team_ids: Collection[int] | None = None,
    author_id: int | None = None,
    type_: str = "",
    words: str = "",
    page: int = 1,
) -> Found:
    """What is to come soonest first, without a day last; what is over newest first."""
    of_all = narrowed(select(ChangeNotice), sight, team_ids, author_id, type_, words)
    query = of_all.where(ChangeNotice.state.in_(SHOWN[show]))
    if show == "over":
        query = query.order_by(ChangeNotice.changed_at.desc(), ChangeNotice.id.desc())
    else:
        query = query.order_by(
            ChangeNotice.effect_at.is_(None), ChangeNotice.effect_at, ChangeNotice.id
        )
    query = query.options(
        selectinload(ChangeNotice.series).joinedload(Series.team),
        selectinload(ChangeNotice.effect_release),
    )
    rows = list(session.scalars(query.offset((page - 1) * PAGE).limit(PAGE + 1)))
    return Found(rows[:PAGE], len(rows) > PAGE, counted(of_all))


def narrowed(
    query: Select[ChangeNotice],
    sight: Sight,
    team_ids: Collection[int] | None,
    author_id: int | None,
    type_: str,
    words: str,
) -> Select[ChangeNotice]:
    for teams in (sight.teams, team_ids):
        if teams is not None:
            of = select(notice_series.c.notice_id).join(Series)
            query = query.where(ChangeNotice.id.in_(of.where(Series.team_id.in_(teams))))
    if author_id is not None:
        query = query.where(ChangeNotice.author_id == author_id)
    if type_:
        query = query.where(ChangeNotice.type == type_)
    if asked := words.strip()[:LONGEST_SEARCH]:
        query = query.where(
            or_(
                ChangeNotice.headline.icontains(asked, autoescape=True),
                ChangeNotice.reference.icontains(asked, autoescape=True),
            )
        )
    return query


def counted(query: Select[ChangeNotice]) -> dict[str, int]:
    by_state = query.with_only_columns(ChangeNotice.state, func.count()).group_by(
        ChangeNotice.state
    )
    found = {state: number for state, number in session.execute(by_state)}  # noqa: C416
    return {name: sum(found.get(state, 0) for state in states) for name, states in SHOWN.items()}

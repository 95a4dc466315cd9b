"""When something last changed in public: what nobody may see yet must not show by its time either.

A row's own ``changed_at`` also moves when staff prepare what comes next, so it is not used here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from sqlalchemy import select

from notifier.lifecycle import Lifecycle
from notifier.notices import queries as notice_queries
from notifier.notices import rules as notice_rules
from notifier.notices.models import ChangeNotice
from notifier.releases import queries as release_queries
from notifier.releases.models import Release
from notifier.releases.rules import RELEASE
from notifier.store.db import session
from notifier.store.history import History

Steps = dict[int, dict[str, datetime]]
MOST = 500  # names in one question
DATES = {"redate"}  # another release carries it, or its release has a date: no move of the release


def notices(found: Iterable[ChangeNotice]) -> dict[int, datetime]:
    """By id: announced, revised, its release moved, or any public step since."""
    found = list(found)
    changed = words(found)
    steps = notice_steps(n.id for n in found)
    return {id_: max([at, *steps.get(id_, {}).values()]) for id_, at in changed.items()}


def words(found: Iterable[ChangeNotice]) -> dict[int, datetime]:
    """By id: when its words or dates last changed; taking effect changes neither."""
    found = list(found)
    revised = notice_queries.revised(n.id for n in found)
    dated = taken("notice", (n.id for n in found), DATES)
    changed = {}
    for notice in found:
        first = notice.first_public_at or notice.created_at
        release = notice.effect_release
        moves = [c.announced_at for c in release.date_changes] if release else []
        dates = dated.get(notice.id, {}).values()
        changed[notice.id] = max([first, revised.get(notice.id, first), *moves, *dates])
    return changed


def releases(found: Iterable[Release]) -> dict[int, datetime]:
    """By id: loaded, moved, described anew, or any step of its life that the public may know."""
    found = list(found)
    events = public_events(RELEASE, release_queries.PUBLIC)
    steps = taken("release", (r.id for r in found), events)
    anew = described({r.id: r.published_at for r in found})
    return {
        r.id: max(
            r.created_at,
            r.published_at or r.created_at,
            *(c.announced_at for c in r.date_changes),
            *steps.get(r.id, {}).values(),
            anew.get(r.id, r.created_at),
        )
        for r in found
    }


def described(out: Mapping[int, datetime | None]) -> dict[int, datetime]:
    """By id: when staff last changed what is shown of a release beside its date; ``out`` says when
    each came out, for the address of its page is not told before."""
    keys = {f"release:{id_}": id_ for id_ in out}
    of = History.object.in_(keys) if len(keys) <= MOST else History.object.startswith("release:")
    query = select(History.object, History.at, History.data)
    query = query.where(of, History.action == "describe")
    found: dict[int, datetime] = {}
    for about, at, data in session.execute(query.order_by(History.seq)):
        if about not in keys:
            continue
        came = out[keys[about]]
        if "cy_title" in data or ("landing_url" in data and came is not None and came <= at):
            found[keys[about]] = at
    return found


def notice_steps(ids: Iterable[int]) -> Steps:
    """By id: the instant of each public step, such as take_effect."""
    return taken("notice", ids, public_events(notice_rules.NOTICE, notice_rules.PUBLIC))


def public_events(table: Lifecycle, public: Iterable[str]) -> set[str]:
    return {event for (_, event), state in table.steps.items() if state in set(public)}


def taken(noun: str, ids: Iterable[int], events: set[str]) -> Steps:
    """The instants at which history says that ``events`` happened, by id and event."""
    keys = {f"{noun}:{id_}": id_ for id_ in ids}
    query = select(History.object, History.action, History.at).where(
        History.object.in_(keys), History.action.in_(events)
    )
    found: Steps = {}
    for about, event, at in session.execute(query.order_by(History.seq)):
        found.setdefault(keys[about], {})[event] = at
    return found

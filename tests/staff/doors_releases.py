"""Doors of releases: the one here is the food team's. The words of its mail are for who writes and
approves them; an administrator runs the desk and does not read them.
"""

from __future__ import annotations

from notifier.accounts.people import known
from notifier.notices import release_acts
from notifier.releases import announce, asking
from notifier.releases.models import Release
from notifier.store.db import session, unit
from notifier.store.history import SYSTEM
from tests.journeys.world import World

EVERYBODY = "-2PPPPP"
OWN = "-2-PPPP"
WORDS = "-2-PPP-"
NOBODY = "-2-----"
TITLE = "Food statistics in your pocket 2027"

LOOK = {
    **dict.fromkeys(
        (
            *("/staff/releases", "/staff/releases?view=month", "/staff/releases?show=past"),
            *("/staff/releases/confirm", "/staff/releases/new", "/staff/releases/import"),
            *("/staff/releases/import/template.csv", "/staff/releases/regular"),
        ),
        EVERYBODY,
    ),
    "/staff/releases/regular/{series}": OWN,
    "/staff/releases/regular/nothing": NOBODY,
    "/staff/releases/confirm?id={release}": OWN,
    **{
        f"/staff/releases/{{release}}{page}": OWN
        for page in (
            *("", "/move", "/confirm", "/postpone", "/cancel", "/withdraw", "/unmark"),
            *("/publish", "/describe"),
        )
    },
    **{
        f"/staff/releases/{{release}}/{page}": WORDS
        for page in ("announcement", "announcement/preview", "announcement/mail", "armed")
    },
    "/staff/releases/999": NOBODY,
    "/staff/releases/99999999999": "-------",
}
ACT = {
    **dict.fromkeys(
        (
            *("/staff/releases/confirm", "/staff/releases/new", "/staff/releases/import"),
            *("/staff/releases/import/do", "/staff/releases/import/drop"),
        ),
        EVERYBODY,
    ),
    "/staff/releases/regular/{series}": OWN,
    "/staff/releases/regular/{series}/exempt": OWN,
    "/staff/releases/regular/{series}/landing": OWN,
    **{
        f"/staff/releases/{{release}}/{act}": OWN
        for act in (
            *("move", "confirm", "postpone", "cancel", "withdraw", "unmark", "publish"),
            *("describe", "agree", "turn-down", "make-public", "mark", "explain"),
        )
    },
    **{
        f"/staff/releases/{{release}}/announcement{act}": WORDS
        for act in ("", "/keep", "/drop", "/disarm", "/links", "/readers")
    },
    "/staff/releases/{release}/announcement/readers/{reader}/end": WORDS,
    "/staff/releases/{release}/announcement/readers/999/end": NOBODY,
}


def made(world: World) -> dict[str, object]:
    """A release of which something waits for a second person, with words and an early reader."""
    now = world.clock()
    with world.build(now=world.clock).app_context(), unit():
        release = session.query(Release).filter(Release.title == TITLE).one()
        olga = known("olga@example.org")
        words = announce.write(release, {"detail": "- Up."}, author=olga, by=SYSTEM, now=now)
        reader = announce.name_reader(
            words, "jo@example.org", name="", person=olga, by=SYSTEM, now=now
        )
        given = {"next_update": "2027-02-01", "reason": "Late.", "reason_code": "data_late"}
        seen = asking.base(release)
        release_acts.ask(release, "postpone", given, person=olga, by=SYSTEM, now=now, seen=seen)
        return {"release": release.id, "reader": reader.id, "series": release.series.slug}

"""Doors of the approvals: what they are about is the food team's."""

from __future__ import annotations

from sqlalchemy import select

from notifier.accounts.people import known
from notifier.catalogue.models import Series, Team
from notifier.newsletters.write import write as write_issue
from notifier.notices.models import ChangeNotice
from notifier.releases import announce
from notifier.releases.models import Release
from notifier.store.db import session, unit
from notifier.store.history import SYSTEM
from tests.journeys.world import World

FOOD = Team.slug == "food"
OWN = "-2-PPPP"
READERS = "-2-PPP-"
HEADS = "-2---P-"

NOTICE, ISSUE = "/staff/notices/{notice}/approve", "/staff/newsletters/{issue}/approve"
WORDS = "/staff/releases/{release}/approve"
URGENT = "/staff/notices/{notice}/emergency"

LOOK = {
    "/staff/approvals": "-2PPPPP",
    NOTICE: OWN,
    ISSUE: OWN,
    WORDS: READERS,
    URGENT: HEADS,
    "/staff/notices/DEFRA-1999-001/approve": "-2-----",
    "/staff/newsletters/there-is-none/approve": "-2-----",
    "/staff/releases/99999/approve": "-2-----",
}
ACT = {NOTICE: OWN, ISSUE: OWN, WORDS: READERS, URGENT: HEADS}


def made(world: World) -> dict[str, object]:
    """What stands for the names in braces."""
    now = world.clock()
    with world.build(now=world.clock).app_context(), unit():
        of_food = [one.id for one in session.scalars(select(Series).join(Team).where(FOOD))]
        query = select(ChangeNotice).where(ChangeNotice.series.any(Series.id.in_(of_food)))
        notice = session.scalars(query.order_by(ChangeNotice.id)).first()
        release = session.scalars(select(Release).where(Release.series_id.in_(of_food))).first()
        assert notice is not None
        assert release is not None
        whom = {"topics": ["food"]}
        entry = {"team": "food", "title": "Food news", "body": "Words.", "audience": whom}
        issue = write_issue(entry, now=now)
        words = {"detail": "Words."}
        announce.write(release, words, author=known("fay@example.org"), by=SYSTEM, now=now)
        return {"notice": notice.reference, "issue": issue.slug, "release": release.id}

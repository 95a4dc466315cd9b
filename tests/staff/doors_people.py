"""Doors of the people: the reader here follows food, and so does what the food team has saved."""

from __future__ import annotations

from notifier.audience import queries
from notifier.audience.complain import complain
from notifier.audience.models import WaitingImport
from notifier.audience.rules import suppression_key
from notifier.audience.stop import list_address
from notifier.newsletters.models import Newsletter
from notifier.store.db import session, unit
from notifier.store.history import SYSTEM
from tests.journeys.world import World
from tests.makers import HANA, PEPPER, member

EVERYBODY = "-2PPPPP"
OWN = "-2-PPPP"
CHANGE = "-2--PPP"
KEEP = "-2---PP"
NOBODY = "-2-----"

LOOK = {
    "/staff/people": EVERYBODY,
    "/staff/people/suppressed": EVERYBODY,
    "/staff/people/segments": EVERYBODY,
    "/staff/people/segments/new": EVERYBODY,
    "/staff/people/segments/{everybodys}": EVERYBODY,
    "/staff/people/segments/{foods}": OWN,
    "/staff/people/segments/{foods}/delete": OWN,
    "/staff/people/segments/{none}": NOBODY,
    "/staff/people/{reader}": OWN,
    "/staff/people/99999": NOBODY,
    "/staff/people/99999999999": "-------",
    **{
        f"/staff/people/{{reader}}/{act}": CHANGE
        for act in ("stop", "lift", "ask", "pause", "resume", "feed", "topics")
    },
    "/staff/people/{reader}/forget": KEEP,
    "/staff/people/{reader}/held.json": KEEP,
    "/staff/people/suppressed/{stopped}": KEEP,
    "/staff/people/complaints": KEEP,
    "/staff/people/complaints/{complaint}": KEEP,
    "/staff/people/complaints/999": NOBODY,
    "/staff/people/import": KEEP,
    "/staff/people/import/{waiting}": "-2---P-",
    "/staff/people/import/{waiting}/refused.csv": "-2---P-",
    "/staff/people/export": KEEP,
}
ACT = {
    "/staff/people": EVERYBODY,
    "/staff/people/segments/new": EVERYBODY,
    "/staff/people/segments/{foods}": OWN,
    **{
        f"/staff/people/{{reader}}/{act}": CHANGE
        for act in ("stop", "lift", "ask", "pause", "resume", "feed", "topics")
    },
    "/staff/people/{reader}/forget": KEEP,
    "/staff/people/suppressed": KEEP,
    "/staff/people/suppressed/{stopped}": KEEP,
    "/staff/people/complaints/{complaint}": KEEP,
    "/staff/people/import": KEEP,
    "/staff/people/import/{waiting}/bring": "-2---P-",
    "/staff/people/import/{waiting}/drop": "-2---P-",
    "/staff/people/segments/{foods}/delete": OWN,
}


def made(world: World) -> dict[str, object]:
    """A reader of the food team, an address that staff stopped, a complaint, a list that Hana has
    uploaded, and two segments."""
    world.joins("rhea@example.org", topics=["food"], user_type="academic")
    leaf = '{"topic": "food"}'
    for slug, more in (("foods", ("--team", "food")), ("everybodys", ())):
        world.done("segments", "save", slug, "--filter", leaf, *more, "--by", HANA)
    now = world.clock()
    with world.build(now=world.clock).app_context(), unit():
        issue = session.query(Newsletter).first()
        assert issue is not None
        issue.audience, issue.state = {"segment": "foods"}, "draft"  # it cannot be deleted
        list_address("x@example.org", why="A trap", by=SYSTEM, now=now, pepper=PEPPER)
        row = complain("It was wrong.", now=now)
        waiting = WaitingImport(
            staff_id=member(HANA).id,
            filename="list.csv",
            sha256="",
            wording="I agree.",
            text="email",
            counts={"added": 1, "already": 0, "refused": 0},
            refused=[],
            at=now,
        )
        session.add(waiting)
        session.flush()
        return {
            "foods": "foods",
            "everybodys": "everybodys",
            "none": "none",
            "reader": queries.known("rhea@example.org").id,
            "stopped": suppression_key("x@example.org", PEPPER),
            "complaint": row.id,
            "waiting": waiting.id,
        }

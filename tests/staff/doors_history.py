"""Doors of the history: what it is about is the food team's."""

from __future__ import annotations

from notifier.delivery import stop
from notifier.releases import announce, queries
from notifier.sends.models import Send
from notifier.store.db import session, unit
from notifier.store.history import SYSTEM
from tests.journeys.world import World
from tests.staff import doors_approvals
from tests.staff.sending import sending

OWN = "-2-PPPP"
EVERYBODY = "-2PPPPP"
WHOLE = "-2---PP"  # who sees people and accounts of the whole organisation

LOOK = {
    "/staff/history": EVERYBODY,
    "/staff/history.csv": EVERYBODY,
    "/staff/history/{words}": OWN,
    "/staff/history/{paused}": OWN,
    "/staff/history/staff:1": WHOLE,
    "/staff/history/notice:99999": "-2-----",
    "/staff/history/nothing-like-that": "-2-----",
    "/staff/history/subscriber:99999": "-2-----",
}
ACT = {"/staff/history/check": EVERYBODY}


def made(world: World) -> dict[str, object]:
    """What stands for the names in braces: an announcement that was written, a Send stopped."""
    release = doors_approvals.made(world)["release"]
    number = sending(world, "food", first=11_000)
    with world.build(now=world.clock).app_context(), unit():
        words = announce.written(queries.any_release(int(str(release))))
        stop.pause(session.get_one(Send, number), "x", by=SYSTEM, now=world.clock())
        return {"words": f"announcement:{words.id}", "paused": f"send:{number}"}

"""Doors of the notices: the one here is the food team's."""

from __future__ import annotations

from notifier.notices import queries
from tests.journeys.world import World

EVERYBODY, OWN, NOBODY = "-2PPPPP", "-2-PPPP", "-2-----"
DEEDS = (
    *("publish", "return", "record-late", "impact", "decide", "hold", "resume", "early", "close"),
    *("supersede", "cancel", "retract"),
)

LOOK = {
    "/staff/notices": EVERYBODY,
    "/staff/notices/new": EVERYBODY,
    **{
        f"/staff/notices/{{notice}}{page}": OWN
        for page in ("", "/edit", "/revise", "/answers", "/answers.csv", *(f"/{deed}" for deed in DEEDS))
    },
    "/staff/notices/DEFRA-2026-999": NOBODY,
}
ACT = {
    "/staff/notices/new": EVERYBODY,
    "/staff/notices/new/typing": EVERYBODY,
    "/staff/notices/new/drop": EVERYBODY,
    **{
        f"/staff/notices/{{notice}}/{act}": OWN
        for act in (
            *("edit", "typing", "drop", "settle", "revise", "submit", "agree", "turn-down"),
            *DEEDS,
        )
    },
}


def made(world: World) -> dict[str, object]:
    """What stands for the names in braces."""
    with world.build(now=world.clock).app_context():
        book = next(n for n in queries.every() if n.headline.startswith("We propose to stop"))
        return {"notice": book.reference}

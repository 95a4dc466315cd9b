"""Doors beside the editor of a notice: the one here is the food team's; and who follows what."""

from __future__ import annotations

from notifier.catalogue import queries as catalogue
from tests import makers
from tests.journeys.world import World

OWN = "-2-PPPP"
ONE = "/staff/notices/{notice}"

LOOK = {
    **{f"{ONE}/{page}": OWN for page in ("beside", "preview", "preview/frame", "plan/{stage}")},
    "/staff/notices/DEFRA-1999-001/beside": "-2-----",
    "/staff/notices/DEFRA-1999-001/preview": "-2-----",
    "/staff/reach": "-2PPPPP",
    "/staff/reach.csv": "-2PPPPP",
}
ACT = {
    f"{ONE}/{act}": OWN for act in ("links", "mail-to-me", "plan/{stage}", "plan/{stage}/put-back")
}


def made(world: World) -> dict[str, object]:
    """What stands for the name in braces."""
    with world.build(now=world.clock).app_context():
        series = next(s.slug for s in catalogue.all_series() if s.team.slug == "food")
        found = makers.draft(now=world.clock(), series=[series], evidence=[])
        return {"notice": found.reference, "stage": "T-7"}

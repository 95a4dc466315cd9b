"""Doors of the newsletters: the one here is the food team's."""

from __future__ import annotations

from tests.journeys.world import World
from tests.staff.writing import written

OWN = "-2-PPPP"

LOOK = {
    "/staff/newsletters": "-2PPPPP",
    "/staff/newsletters/new": "-2PPPPP",
    **{f"/staff/newsletters/{{newsletter}}{page}": OWN for page in ("", "/mail")},
    "/staff/newsletters/999": "-2-----",
    "/staff/newsletters/no-such-issue": "-2-----",
}
ACT = {
    "/staff/newsletters/new": "-2PPPPP",
    "/staff/newsletters/templates/999/drop": "-2-----",
    **{
        f"/staff/newsletters/{{newsletter}}{act}": OWN
        for act in (
            *("", "/preview", "/keep", "/forget", "/paste", "/test", "/submit", "/send"),
            *("/call-back", "/duplicate", "/template", "/picture", "/cancel"),
        )
    },
}


def made(world: World) -> dict[str, object]:
    """What stands for the names in braces."""
    return {"newsletter": written(world, "food")}

"""Doors of the Sends: the one here is the food team's."""

from __future__ import annotations

from tests.journeys.world import World
from tests.staff.sending import sending

OWN = "-2-PPPP"

LOOK = {
    "/staff/sends": "-2PPPPP",
    **{
        f"/staff/sends/{{send}}{page}": OWN
        for page in (
            *("", "/live", "/people", "/people.csv", "/domains.csv", "/cancel", "/correct"),
        )
    },
    "/staff/sends/999": "-2-----",
    "/staff/sends/99999999999": "-------",
}
ACT = {
    f"/staff/sends/{{send}}/{act}": OWN
    for act in (
        *("look", "pause", "resume", "retry", "cancel", "correct"),
        *("correct/approve", "correct/return"),
    )
}


def made(world: World) -> dict[str, object]:
    """What stands for the names in braces."""
    return {"send": sending(world, "food")}

"""Doors of Insight: figures for everybody of staff, packs for whose series it is."""

from __future__ import annotations

from tests.journeys.world import World

OPEN = "-2PPPPP"

LOOK = {
    **{
        f"/staff/insight{page}": OPEN
        for page in (
            *("", "/statement.txt", "/notice", "/releases", "/delivery", "/people"),
            *("/notice?of=team:food", "/notice?table=changes", "/delivery?as_of=2026-11-22"),
            "/evidence",
        )
    },
    **dict.fromkeys(
        ("/staff/insight/notice?quarter=soon", "/staff/insight/people?of=team:zebra"), "-2-----"
    ),
    "/staff/insight/releases?as_of=soon": OPEN,
    "/staff/insight/evidence/{series}": "-2-PPPP",
    "/staff/insight/evidence/zebra": "-2-----",
}
ACT: dict[str, str] = {}


def made(world: World) -> dict[str, object]:
    """What stands for the names in braces: a series of the food team."""
    return {"series": "family-food"}

"""Which of a report's recipients is the person whom the letter was for. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from notifier.mail.addresses import wire
from notifier.mail.dsn import Report

GRAVITY = ("delivered", "delayed", "soft", "sender_fault", "hard_after_2", "hard")


def speaks_of(address: str, reports: Sequence[Report], *, surely: bool) -> Report | None:
    """What a report on one delivery says about ``address``; None when that is nothing.

    Where a report names the address, the gravest of what it says of it counts. An address that is
    passed on to others is not named: then a single recipient stands for it, and of several the one
    that fared best, because somebody has the letter. A report whose proof is weak (not ``surely``)
    must name the address; a complaint need not, as many are blacked out.
    """
    if reports[0].kind == "complaint":
        return reports[0]
    wanted = plain(address)
    named = [
        r for r in reports if wanted in (plain(r.original_recipient), plain(r.final_recipient))
    ]
    if named:
        return max(named, key=gravity)
    return min(reports, key=gravity) if surely else None


def gravity(report: Report) -> int:
    return GRAVITY.index(report.verdict)


def plain(address: str) -> str:
    """To compare: as it is on the wire, in small letters."""
    try:
        return wire(address).casefold()
    except ValueError:
        return address.casefold()

"""What a release says of itself beside its date: its page, who answers, its period, a Welsh title.

Editions that recur are made without them; then those of the series hold.
"""

from __future__ import annotations

from datetime import datetime

from notifier.accounts.models import Staff
from notifier.catalogue.rules import ADDRESS, MAILBOX
from notifier.errors import Refused
from notifier.releases import announce, guards
from notifier.releases.models import Release
from notifier.store.history import By, record
from notifier.store.moves import take

ARMED = ("armed", "withheld")
OVER = ("cancelled", "withdrawn")
LONGEST = 500  # characters


def describe(
    release: Release,
    *,
    person: Staff,
    by: By,
    now: datetime,
    landing_url: str | None = None,
    contact: str | None = None,
    period: str | None = None,
    welsh_title: str | None = None,
) -> list[str]:
    """Change what is given; None stays, an empty text takes it away. Nobody is told by mail.

    Returns the names of what changed. Raises Refused for an address that is none, when nothing
    changes, and for a release that will not come out or was taken back.
    """
    take(release)
    guards.staff_of(release, person)
    if release.state in OVER:
        raise Refused(f"Release {release.id} is {release.state}; what its page says stays.")
    reachable(landing_url or "", contact or "")
    given = {
        "landing_url": landing_url,
        "contact": contact,
        "period": period,
        "cy_title": welsh_title,
    }
    wanted = {name: " ".join(text.split()) for name, text in given.items() if text is not None}
    changed = sorted(name for name, text in wanted.items() if getattr(release, name) != text)
    if not changed:
        raise Refused("Nothing would change; see: bin/notifier releases describe --help.")
    words = announce.of(release)
    if "landing_url" in changed and words is not None and words.state in ARMED:
        raise Refused(
            "It is armed, and whoever approved that knew another page; take it back first: "
            f"bin/notifier releases disarm {release.id}."
        )
    for name in changed:
        if len(wanted[name]) > LONGEST:
            raise Refused(f"{name.replace('_', ' ')} has more than {LONGEST} characters.")
        setattr(release, name, wanted[name])
    release.changed_at = now
    about = f"release:{release.id}"
    record(about, "describe", by=by, now=now, **{name: wanted[name] for name in changed})
    return changed


def reachable(landing_url: str, contact: str) -> None:
    """An address that is none would show no link, and keep an armed release back at its instant."""
    page, answers = landing_url.strip(), contact.strip()
    if page and not ADDRESS.fullmatch(page):
        raise Refused(f"landing_url: {page[:60]!r} is no address; write one with https://.")
    if answers and not (ADDRESS.fullmatch(answers) or MAILBOX.fullmatch(answers)):
        raise Refused(
            f"contact: {answers[:60]!r} must be an email address or one with https://; leave it "
            "out for the team's own."
        )

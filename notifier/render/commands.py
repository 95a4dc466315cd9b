"""The exact command lines in mails to staff: what is known is filled in, the rest says TEXT."""

from __future__ import annotations

from datetime import date

from notifier.notices.models import ChangeNotice
from notifier.notices.owed import authors
from notifier.releases.guards import standard_time
from notifier.releases.models import Release

PROGRAM = "bin/notifier"
STEPS = {"draft": "submit", "in_review": "approve", "approved": "publish"}


def confirm(release: Release, by: str) -> str:
    """With the day that stands, where that is a day at all."""
    exact = release.day is not None and release.precision in ("datetime", "date")
    day = f"{release.day}" if exact else "YYYY-MM-DD"
    wall = release.wall_time or standard_time()
    return of("releases confirm", release, f'--at "{day} {wall:%H:%M}"', by)


def move(release: Release, by: str, *, approved_by: str = "EMAIL") -> str:
    """To another day; the second person of a confirmed one is a Head of Profession."""
    wall = release.wall_time or standard_time()
    options = f'--to "YYYY-MM-DD {wall:%H:%M}" --reason-code CODE --reason "TEXT"'
    return f"{of('releases move', release, options, by)} --approved-by {approved_by}"


def postpone(release: Release, by: str, *, approved_by: str = "EMAIL") -> str:
    """Still without a date: the next day for news."""
    options = '--reason-code CODE --reason "TEXT" --next-update YYYY-MM-DD'
    return f"{of('releases postpone', release, options, by)} --approved-by {approved_by}"


def explain(release: Release, by: str) -> str:
    return of("releases explain", release, '--reason "TEXT"', by)


def put_out(release: Release, by: str) -> str:
    return of("releases publish", release, "", by)


def acts(notice: ChangeNotice, reader: str, today: date) -> str:
    """Whose address stands in the next act on a notice: a draft is submitted by an author, because
    who submits one counts as its author and cannot approve it; all else is done by the reader."""
    if notice.state != "draft":
        return reader
    found = [person.email for person in authors(notice, today)]
    return reader if reader in found else next(iter(found), "EMAIL")


def step(notice: ChangeNotice, by: str) -> str:
    """The next act on a notice that is not public."""
    return on("notices " + STEPS[notice.state], notice, "", by)


def publish_short(notice: ChangeNotice, hop: str) -> str:
    """Announce with less notice than promised; the one who reads this agrees."""
    options = '--short-notice-reason "TEXT" --approved-by ' + hop
    return on("notices publish", notice, options, "EMAIL")


def close(notice: ChangeNotice, by: str) -> str:
    return on("notices close", notice, '--outcome WORD --text "TEXT"', by)


def decide(notice: ChangeNotice, by: str) -> str:
    return on("notices decide", notice, '--summary "TEXT"', by)


def tell_more(notice: ChangeNotice, by: str) -> str:
    """What answers a promise of news: the size, the date, or that it still waits."""
    if notice.state == "on_hold":
        return on("notices resume", notice, "", by)
    if notice.impact.get("known") == "no":
        return know_impact(notice, by)
    return revise(notice, by)


def know_impact(notice: ChangeNotice, by: str) -> str:
    return on("notices impact", notice, "--from FILE.yaml", by)


def show(notice: ChangeNotice) -> str:
    return f"{PROGRAM} notices show {notice.reference}"


def edit(notice: ChangeNotice, by: str) -> str:
    return on("notices edit", notice, "--from FILE.yaml", by)


def revise(notice: ChangeNotice, by: str) -> str:
    return on("notices revise", notice, '--from FILE.yaml --summary "TEXT"', by)


def write_notice() -> str:
    return f"{PROGRAM} notices new --from FILE.yaml"


def of(verb: str, release: Release, options: str, by: str) -> str:
    return joined(verb, str(release.id), options, by)


def on(verb: str, notice: ChangeNotice, options: str, by: str) -> str:
    return joined(verb, notice.reference, options, by)


def joined(verb: str, what: str, options: str, by: str) -> str:
    return " ".join(part for part in (PROGRAM, verb, what, options, f"--by {by}") if part)

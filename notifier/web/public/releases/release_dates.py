"""How a release's date came about: each change with its reason, who approved it, who was told."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from types import SimpleNamespace

from notifier.accounts.people import by_email
from notifier.clock import add_working_days, london_date, london_time
from notifier.feeds import changed
from notifier.releases.flags import punctuality_from_first
from notifier.releases.models import Release, ReleaseDateChange
from notifier.render import dates
from notifier.sends.models import Send
from notifier.store.db import session
from notifier.web.public.releases.release_words import because, date_became, span
from notifier.web.public.shapes import When

ON_TIME = timedelta(minutes=5)  # the wave of 09:30 takes its minutes
ROLES = (
    ("hop", "the Head of Profession"),
    ("deputy", "a deputy of the Head of Profession"),
    ("approver", "a second person of the team"),
    ("admin", "a second person"),
)


def history(release: Release, today: date) -> list[SimpleNamespace]:
    """Newest first: day: When, what: str, why: str, who: str, told: str."""
    found = [(change.announced_at, moved(change, today)) for change in release.date_changes]
    if release.confirmed_at is not None:
        found.append((release.confirmed_at, confirmed(release, release.confirmed_at, today)))
    if release.state in ("cancelled", "withdrawn"):
        steps = changed.taken("release", [release.id], {"cancel", "withdraw"})
        at = max(steps.get(release.id, {}).values(), default=release.changed_at)
        what = "Cancelled." if release.state == "cancelled" else "Taken back after it was out."
        found.append((at, row(at, what, release.end_reason, today)))
    rows = [(london_date(at), entry) for at, entry in found]
    if release.breached_on is not None:
        what = "The date was not fixed 28 days ahead."
        why = release.breach_reason or "The reason is not given yet."
        rows.append((release.breached_on, row_on(release.breached_on, what, why, today)))
    rows.sort(key=lambda pair: pair[0], reverse=True)
    return [entry for _, entry in rows]


def moved(change: ReleaseDateChange, today: date) -> SimpleNamespace:
    what = date_became(change, today).removesuffix(".").removesuffix(because(change.reason)) + "."
    return row(
        change.announced_at,
        what,
        change.reason,
        today,
        who=approver(change),
        told=f"{how_soon(change)}{to_whom(change)}",
    )


def confirmed(release: Release, at: datetime, today: date) -> SimpleNamespace:
    days = release.confirmed_lead_days
    lead = f", {dates.days(days)} ahead" if days is not None and days >= 0 else ""
    return row(at, f"Date and time fixed{lead}.", "", today)


def row(
    at: datetime, what: str, why: str, today: date, *, who: str = "", told: str = ""
) -> SimpleNamespace:
    return row_on(london_date(at), what, why, today, who=who, told=told)


def row_on(
    day: date, what: str, why: str, today: date, *, who: str = "", told: str = ""
) -> SimpleNamespace:
    return SimpleNamespace(
        day=When(day.isoformat(), dates.past(day)), what=what, why=why, who=who, told=told
    )


def approver(change: ReleaseDateChange) -> str:
    """The role of who approved it: a public page names no member of staff."""
    if not change.approved_by or change.approved_by == change.decided_by:
        return ""
    person = by_email(change.approved_by)
    held = {role.role for role in person.roles} if person is not None else set()
    return next((words for role, words in ROLES if role in held), "a second person")


def how_soon(change: ReleaseDateChange) -> str:
    """ "The same day": from the decision to the public word."""
    decided, told = london_date(change.decided_at), london_date(change.announced_at)
    if told <= decided:
        return "Told the same day"
    if told <= add_working_days(decided, 1):
        return "Told the next working day"
    return f"Told after {dates.days((told - decided).days)}"


def to_whom(change: ReleaseDateChange) -> str:
    """ ", 4,812 people by email": accepted by the mail server, which is what told means."""
    send = session.get(Send, change.send_id) if change.send_id is not None else None
    if send is None:
        return ", on page, feed and calendar"
    if send.state == "planned":
        return "; the email goes out at once"
    if send.state in ("sending", "paused"):
        return f"; {send.accepted:,} of {send.audience:,} people by email so far"
    if not send.audience:
        return ", on page, feed and calendar: nobody follows it by email"
    return f"; {send.accepted:,} {'person' if send.accepted == 1 else 'people'} by email"


def punctuality(release: Release, now: datetime) -> str:
    """Whether it came out when it was announced; "" while that is not known."""
    due, out = release.at, release.published_at
    if release.state not in ("released", "withdrawn") or out is None:
        late = release.state == "confirmed" and due is not None and now - due > ON_TIME
        return "It is late: its time has passed and it is not out." if late else ""
    when = f"It came out at {dates.clock(london_time(out))} on {dates.past(london_date(out))}"
    days = punctuality_from_first(release) or 0
    first = ""
    if days and release.date_changes:
        first = f", {span(abs(days))} {'after' if days > 0 else 'before'} the day first announced"
    if due is None or release.precision != "datetime":
        return f"{when}{first}."
    if out - due <= ON_TIME:
        return f"{when}, on time{first}."
    minutes = int((out - due).total_seconds() // 60)
    words = f"{minutes} minutes" if minutes < 90 else f"{minutes // 60} hours"
    return f"{when}, {words} late{first}."

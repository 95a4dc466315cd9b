"""What waits for somebody, as a line says it: verb, thing, why, and how long there is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from notifier.accounts import rulings
from notifier.accounts.models import Ruling
from notifier.audience.models import Complaint
from notifier.clock import london_date, london_time
from notifier.insight.needs import Need, Requested
from notifier.insight.overdue import promised_by
from notifier.newsletters.models import Newsletter
from notifier.notices.derive import judged
from notifier.notices.leadtime import PROMISES
from notifier.notices.models import ChangeNotice
from notifier.notices.owed import Owed
from notifier.notices.rules import PUBLIC as PUBLIC_NOTICE
from notifier.releases.flags import PROMISED
from notifier.releases.models import Announcement, Release, ReleaseAsk
from notifier.releases.queries import PUBLIC as PUBLIC_RELEASE
from notifier.render import dates
from notifier.sends.models import Send
from notifier.sends.stopped import why
from notifier.web.staff import ways
from notifier.web.staff.releases.words import asked

DECIDES = ("Approve", "Agree")
SOON = 14  # days: less is amber, late is red
CLASSES = {
    "A": "major change of method",
    "B": "stopping or cutting",
    "C": "planned revision",
    "D": "moderate change",
    "E": "breaks programs",
    "F": "minor change",
    "G": "date of a release",
    "H": "date changed",
    "I": "correction",
    "J": "label",
    "K": "consultation",
}


REQUESTS = {
    "cancel": "To cancel the change",
    "retract": "To take the notice back",
    "revise": "A new version with less notice or a lighter promise",
    "decide": "A decision with less notice than promised",
    "record-late": "To record what has happened already",
}


@dataclass(frozen=True)
class Row:
    """``tone`` of what is said on the right: bad, look or quiet; ``url`` "" where nothing opens."""

    verb: str
    title: str
    note: str
    url: str
    left: str
    tone: str


@dataclass(frozen=True)
class Reader:
    """For whom, and when: ``names`` of staff by id, ``titles`` of Sends by id, ``remarks`` that
    wait for an author by what they are about."""

    now: datetime
    names: Mapping[int, str]
    titles: Mapping[int, str]
    remarks: Mapping[str, Ruling] = field(default_factory=dict)

    @property
    def today(self) -> date:
        return london_date(self.now)

    def name(self, staff_id: int | None) -> str:
        return self.names.get(staff_id or 0, "")

    def remark(self, about: str) -> str:
        """ " Returned by Hana Price: “…”", or "" where nothing was remarked."""
        row = self.remarks.get(about)
        if row is None:
            return ""
        words = row.remark if len(row.remark) <= REMARK else f"{row.remark[: REMARK - 1]}…"
        return f" Returned by {self.name(row.staff_id)}: “{words}”"


REMARK = 120  # characters of what is said of it in a line


def remarks(found: Iterable[Need]) -> dict[str, Ruling]:
    """What was remarked of these and waits for their authors."""
    return rulings.unanswered([name for need in found if (name := about(need))])


def about(need: Need) -> str:
    """The name in history of what waits for its author; "" for anything else."""
    thing = need.thing
    if isinstance(thing, Owed) and thing.notice is not None and thing.what == "announce":
        return f"notice:{thing.notice.id}"
    if isinstance(thing, Newsletter):
        return f"newsletter:{thing.id}"
    return f"announcement:{thing.id}" if isinstance(thing, Announcement) else ""


def row(need: Need, reader: Reader) -> Row:
    title, note, url = of_thing(need, reader)
    return Row(need.verb, title, note, url, left(need.days_left), tone(need.days_left))


def left(days: int | None) -> str:
    """ "8 days left", "due today", "2 days late"; "" without a day."""
    if days is None:
        return ""
    if days == 0:
        return "due today"
    return f"{dates.days(abs(days))} {'left' if days > 0 else 'late'}"


def tone(days: int | None) -> str:
    if days is None or days > SOON:
        return "quiet"
    return "bad" if days < 0 else "look"


def of_thing(need: Need, reader: Reader) -> tuple[str, str, str]:
    """Title, note, and where it leads."""
    thing = need.thing
    if isinstance(thing, Owed):
        return of_owed(need.verb, thing, reader)
    if isinstance(thing, Release):
        return thing.title, release_note(need.verb, thing, reader), release_way(thing)
    if isinstance(thing, ReleaseAsk):
        note = f"{reader.name(thing.staff_id) or 'Somebody'} asks to {asked(thing, reader.today)}."
        return thing.release.title, note, release_way(thing.release)
    if isinstance(thing, ChangeNotice):
        due = promised_by(thing, reader.today) or reader.today
        return thing.headline, f"News was promised by {dates.past(due)}.", notice_way(thing)
    if isinstance(thing, Requested):
        who = from_whom(reader.name(thing.row.asked_by))
        note = f"{REQUESTS[thing.row.verb]}, asked for{who}."
        return thing.notice.headline, note, notice_way(thing.notice)
    if isinstance(thing, Announcement):
        at = thing.release.at
        when = f" for {dates.within(dates.moment(at))}" if at is not None else ""
        writer = from_whom(reader.name(thing.author_id))
        note = f"The words of the release mail{when}{writer}."
        note += reader.remark(f"announcement:{thing.id}")
        way = f"/staff/releases/{thing.release_id}"
        way = ways.leads(f"{way}/{'approve' if need.verb == 'Approve' else 'announcement'}")
        return thing.release.title, note, way or release_way(thing.release)
    if isinstance(thing, Newsletter):
        way = f"/staff/newsletters/{thing.slug}/approve" if need.verb == "Approve" else ""
        note = issue_note(need.verb, thing, reader) + reader.remark(f"newsletter:{thing.id}")
        return thing.title, note, way or issue_way(thing)
    if isinstance(thing, Send):
        return reader.titles.get(thing.id, ""), send_note(need.verb, thing), ways.send(thing.id)
    return of_complaint(thing)


def of_owed(verb: str, row: Owed, reader: Reader) -> tuple[str, str, str]:
    if row.notice is None:
        title = row.release.title if row.release is not None else ""
        url = release_way(row.release) if row.release is not None else ""
        step = row.holder.partition(": ")[2].partition(" (")[0]
        contains = "It contains a change of which there is no notice yet."
        return title, contains if verb == "Write" else f"It is kept back: {step}.", url
    note = notice_note(verb, row, row.notice, reader)
    if verb in DECIDES:
        return row.notice.headline, note, f"/staff/notices/{row.notice.reference}/approve"
    return row.notice.headline, note, notice_way(row.notice)


def notice_note(verb: str, row: Owed, notice: ChangeNotice, reader: Reader) -> str:
    author = from_whom(reader.name(notice.author_id))
    if verb in ("Explain", "Agree"):
        found = judged(notice, reader.today)
        days = (london_date(found.effect_at) - reader.today).days if found.effect_at else 0
        given = f"It would give {dates.days(max(days, 0))}, and {PROMISES[found.class_].words}"
        reason = "Give a public reason; a Head of Profession decides."
        if verb == "Agree":
            reason = "It is approved; agree to less notice with a reason that users read."
        return f"{given} needs {found.minimum_days}. {reason}"
    if verb == "Answer":
        return "The consultation has closed. Say what was said and what you do about it."
    if verb == "Close":
        at = notice.took_effect_at or notice.effect_at
        since = f"In effect since {day_words(london_date(at))}. " if at is not None else ""
        return f"{since}Say what came of it."
    due = f"must be public by {day_words(row.publish_by)}" if row.publish_by else "no date yet"
    if verb == "Approve":
        name = reader.name(notice.author_id)
        waits = f"From {name}, since" if name else "Waits since"
        return f"{waits} {moment(notice.changed_at, reader.now)}; {due}."
    remark = reader.remark(f"notice:{notice.id}") if verb == "Finish" else ""
    return f"{'Approved' if verb == 'Publish' else 'Draft'}{author}; {due}.{remark}"


def release_note(verb: str, release: Release, reader: Reader) -> str:
    if verb == "Confirm":
        if release.at is None:
            return "It has no date yet."
        day = london_date(release.at)
        fixed = dates.full(day - timedelta(days=PROMISED)).rsplit(" ", 1)[0]
        if release.precision in ("datetime", "date"):
            return f"Four weeks before {day_words(day)} is {fixed}."
        vague = dates.within(dates.vague(release.day, release.precision))
        return f"Which day? Users read “{vague}”; four weeks before is {fixed}."
    if verb == "Explain":
        return "Its date was not fixed four weeks ahead; users are owed the reason."
    if verb == "Tell":
        due = release.next_update_by or reader.today
        return f"Postponed without a date; news was promised by {dates.past(due)}."
    due_at = f"due {dates.within(dates.moment(release.at))}" if release.at is not None else "due"
    return f"It was {due_at}, and is not out."


def issue_note(verb: str, issue: Newsletter, reader: Reader) -> str:
    when = (
        f" It is to go out at {dates.within(dates.moment(issue.send_at))}." if issue.send_at else ""
    )
    state = {"Approve": "Waits for approval", "Publish": "Approved, and not sent off"}
    words = state.get(verb, "A draft")
    return f"{words}{from_whom(reader.name(issue.author_id))}.{when}"


def send_note(verb: str, send: Send) -> str:
    if verb == "Decide":
        return f"It stopped by itself. {why(send)}"
    if verb == "Resume":
        return f"It is paused and {send.pending:,} wait for it. {why(send)}".strip()
    if verb == "Approve":
        return "A correction waits for a second person."
    return "It should be out for an hour, and nobody has it."


def of_complaint(thing: Complaint) -> tuple[str, str, str]:
    came = f"Came on {dates.past(london_date(thing.at))}; the law gives 30 days."
    return f"Complaint {thing.id}", came, ways.leads(f"/staff/people/complaints/{thing.id}")


def notice_way(notice: ChangeNotice) -> str:
    return ways.notice(notice.reference, public=notice.state in PUBLIC_NOTICE)


def release_way(release: Release) -> str:
    return ways.release(release.id, public=release.state in PUBLIC_RELEASE)


def issue_way(issue: Newsletter) -> str:
    return ways.newsletter(issue.id, issue.slug, public=False)


def from_whom(name: str) -> str:
    return f" by {name}" if name else ""


def moment(at: datetime, now: datetime) -> str:
    """ "16:05 today", "16:05 yesterday", "16:05, Mon 18 Jan"."""
    day, today = london_date(at), london_date(now)
    wall = f"{london_time(at):%H:%M}"
    if day == today:
        return f"{wall} today"
    return f"{wall} yesterday" if (today - day).days == 1 else f"{wall}, {dates.short(day)}"


def day_words(day: date) -> str:
    """ "3 March": the year is understood."""
    return dates.past(day).rsplit(" ", 1)[0]

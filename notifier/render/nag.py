"""Letters that remind staff: the first sentence says what to do, then the facts and the command."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from notifier.accounts.models import Staff
from notifier.clock import london_date
from notifier.insight.overdue import news_by, promised_by, size_by
from notifier.lifecycle import standing
from notifier.notices import queries as notices
from notifier.notices.models import ChangeNotice
from notifier.notices.owed import promised, shut
from notifier.notices.rules import OPEN
from notifier.releases import queries as releases
from notifier.releases.flags import PROMISED, confirm_by
from notifier.releases.models import Release
from notifier.releases.queries import PUBLIC
from notifier.render import commands, dates, opening
from notifier.render.confirm import from_us
from notifier.render.passages import line
from notifier.render.site import Site
from notifier.render.typeset import Part, Words, typeset
from notifier.sends.models import Send


@dataclass(frozen=True, kw_only=True)
class View:
    """``lead`` says what to do; ``facts`` are labels and words, ``commands`` words and a command
    line; ``url`` is the public page, None while there is none."""

    kicker: str
    subject: str
    title: str
    lead: str
    facts: list[tuple[str, str]]
    commands: list[tuple[str, str]]
    note: str
    url: str | None
    why: str


@dataclass(frozen=True)
class Asked:
    """What the words of every stage are made from."""

    send: Send
    by: str
    today: date

    @property
    def pair(self) -> dict[str, str]:
        """Who acts and who agrees to it: a Head of Profession agrees, and cannot do both."""
        if self.send.context.get("hop"):
            return {"by": "EMAIL", "approved_by": self.by}
        return {"by": self.by}


Lines = list[tuple[str, str]]
Said = tuple[str, str, Lines, Lines, str]
# kicker, lead, facts, commands, note


def write(send: Send, *, site: Site, now: datetime, person: Staff) -> Words:
    """The letter of one nag. KeyError for a stage that has no words, NotFound when its subject is
    gone."""
    asked = Asked(send, person.email, london_date(now))
    if send.about.startswith("release:"):
        release = releases.any_release(int(send.about.partition(":")[2]))
        said = ABOUT_RELEASE[stage_of(send)](asked, release)
        title, series = line(release.title).text, release.series
        url = site.url("releases", str(release.id)) if release.state in PUBLIC else None
    else:
        notice = notices.notice(send.about)
        said = ABOUT_NOTICE[stage_of(send)](asked, notice)
        title, series = line(notice.headline).text, notice.series[0]
        url = site.url("changes", notice.reference) if notice.first_public_at else None
    kicker, lead, facts, lines, note = said
    it = View(
        kicker=kicker,
        subject=f"{kicker}: {title}",
        title=title,
        lead=lead,
        facts=[*facts, ("Series", line(series.name).text)],
        commands=lines,
        note=note,
        url=url,
        why=why(send, line(series.team.name).text),
    )
    return typeset("nag", [Part("en", it)], site=site, origin=from_us(site))


def why(send: Send, team: str) -> str:
    if send.context.get("hop"):
        return f"You get this because you are on duty as Head of Profession for {team}."
    return f"You get this because you answer for {team}."


def stage_of(send: Send) -> str:
    """The family of a stage: T-42, publish-7 and withheld-3 have words of their family."""
    family = send.stage.partition("-")[0]
    return family if family in ("T", "publish", "withheld") else send.stage


def day(value: date | None) -> str:
    return dates.full(value) if value is not None else "no day"


def comes_out(release: Release) -> str:
    words = dates.vague(release.day, release.precision, wall=release.wall_time)
    return f"{words}, {release.state.replace('_tbc', '')}"


def to_confirm(asked: Asked, release: Release) -> Said:
    last = confirm_by(release) or asked.today
    left = (last - asked.today).days
    if left < 0:
        kicker = "Date overdue"
        lead = f"Confirm day and time now: they should have been fixed by {dates.past(last)}."
    elif left == 0:
        kicker, lead = "Last day to fix a date", "Confirm day and time today: it is the last day."
    else:
        kicker = "Date to confirm"
        is_left = "1 day is left" if left == 1 else f"{dates.days(left)} are left"
        lead = f"Confirm day and time by {day(last)}: {is_left}."
    return (
        kicker,
        lead,
        [("Comes out", comes_out(release)), ("Fix its date by", day(last))],
        [
            ("If the date stands", commands.confirm(release, asked.by)),
            ("If it does not", commands.move(release, **asked.pair)),
        ],
        f"Users are promised the exact date and time {PROMISED} days ahead. A date that is not "
        "fixed by then stays on the public record, with the reason.",
    )


def breach(asked: Asked, release: Release) -> Said:
    facts = [
        ("Comes out", comes_out(release)),
        ("Should have been fixed by", day(confirm_by(release))),
        ("On record since", day(release.breached_on)),
    ]
    lines = [("The reason, which is public", commands.explain(release, asked.by))]
    if release.state == "provisional":
        lines.insert(0, ("Fix the date", commands.confirm(release, asked.by)))
        lead = "Fix its date now, and say why that was not done four weeks ahead."
    else:
        lead = "Say why its date was not fixed four weeks ahead."
    note = "The page of the release says that its date came late; your reason will stand beside it."
    return "Date not fixed in time", lead, facts, lines, note


def release_update(asked: Asked, release: Release) -> Said:
    facts = [("News was promised by", day(release.next_update_by)), ("Comes out", "no date yet")]
    lines = [
        ("Give it a date again", commands.confirm(release, asked.by)),
        (
            "If there is still no date, say why and when there will be news",
            commands.postpone(release, **asked.pair),
        ),
    ]
    note = "Users read on its page that there would be news by that day."
    if changes_with(release):
        note += " Its changes wait with it."
    return news_due(asked), "Tell users when it comes out: news is due.", facts, lines, note


def notice_update(asked: Asked, notice: ChangeNotice) -> Said:
    size, news = size_by(notice), news_by(notice)
    due = promised_by(notice, asked.today) or news or size
    if size is not None and due == size:
        lead = "Tell users how big this change is: that is due."
        facts, lines, key = *size_is_due(asked, notice, size), "impact.known_by"
    else:
        lead = "Tell users more about this change: news is due."
        facts = [("News was promised by", day(news))]
        lines = [(tell_more_words(notice), commands.tell_more(notice, asked.by))]
        key = "next_update_by"
    if notice.state in OPEN:  # what is in effect is not revised any more
        words = f"If there is nothing to say yet, give the next day for it ({key})"
        lines.append((words, commands.revise(notice, asked.by)))
    note = "Users read on its page that there would be news by that day."
    return news_due(asked), lead, facts, lines, note


def size_is_due(asked: Asked, notice: ChangeNotice, due: date) -> tuple[Lines, Lines]:
    facts = [("Its size was promised by", day(due))]
    return facts, [("The size is known", commands.know_impact(notice, asked.by))]


def news_due(asked: Asked) -> str:
    return "News overdue" if asked.send.stage == "update-overdue" else "News due"


def tell_more_words(notice: ChangeNotice) -> str:
    if notice.state == "on_hold":
        return "Go on with it"
    return "The size is known" if notice.impact.get("known") == "no" else "Say what is new"


def late(asked: Asked, release: Release) -> Said:
    facts = [("Should be out since", comes_out(release))]
    lines = [("If it comes later", commands.move(release, **asked.pair))]
    lead = "Its date has passed unconfirmed: tell users when it comes out."
    if release.state == "confirmed":
        lines.insert(0, ("If it is out", commands.put_out(release, asked.by)))
        lead = "Publish it, or tell users when it comes out."
    note = "Who waits for it has heard nothing."
    if changes_with(release):
        note += " Messages about its changes wait until it is out."
    return "Not out", lead, facts, lines, note


def withheld(asked: Asked, release: Release) -> Said:
    facts = [("Should be out since", comes_out(release))]
    if refusal := shut(release):
        facts.append(("What keeps it back", line(refusal).text))
        steps = opening.lines(release, asked.by, asked.today)
        return "Withheld", opening.LEAD, facts, steps, opening.NOTE
    facts.append(("Its page", line(asked.send.context.get("why", "")).text or "is not live"))
    lines = [("To publish it all the same", commands.put_out(release, asked.by))]
    note = "The page is asked again each minute. Once it answers, the release goes out by itself."
    return "Withheld", "Put its page on line: nothing is sent before that.", facts, lines, note


def to_close(asked: Asked, notice: ChangeNotice) -> Said:
    effect = london_date(notice.took_effect_at or notice.effect_at or asked.send.created_at)
    facts = [("Took effect", dates.past(effect)), ("Notice", notice.reference)]
    lines = [("The outcome, in a word and a sentence", commands.close(notice, asked.by))]
    note = (
        "Words: implemented_as_announced, implemented_modified, deferred, dropped, "
        "took_effect_early. Whoever was told hears what became of it."
    )
    return "Outcome due", "Say what became of this change.", facts, lines, note


def to_publish(asked: Asked, notice: ChangeNotice) -> Said:
    at = notice.effect_release.at if notice.effect_release is not None else notice.effect_at
    last, minimum = promised(notice, asked.today)
    left = (last - asked.today).days if last is not None else 0
    verb = {"draft": "Finish and submit", "in_review": "Approve"}.get(notice.state, "Publish")
    facts = [
        ("Takes effect", day(london_date(at)) if at is not None else "no day"),
        ("Must be public by", f"{day(last)}, for {dates.days(minimum)} of notice"),
        ("Notice", f"{notice.reference}, {notice.state.replace('_', ' ')}"),
    ]
    if left < 0:
        lead = f"{verb} it now: it should have been public by {dates.past(last or asked.today)}."
        note = (
            "Announced now it comes at short notice: give a public reason, to which the Head of "
            "Profession agrees."
        )
    else:
        when = "today" if left == 0 else f"by {day(last)}"
        lead = f"{verb} it: to keep the promise it must be public {when}."
        note = (
            "Later than that it comes at short notice: it then needs a public reason, to which the "
            "Head of Profession agrees."
        )
    kicker = "Announcement overdue" if left < 0 else "Announcement due"
    who = commands.acts(notice, asked.by, asked.today)
    return kicker, lead, facts, [(f"{verb} it", commands.step(notice, who))], note


def sent_back(asked: Asked, notice: ChangeNotice) -> Said:
    facts = [
        ("Sent back by", asked.send.context.get("who", "")),
        ("Why", line(asked.send.context.get("why", "")).text),
        ("Notice", f"{notice.reference}, {standing(notice.state)}"),
    ]
    lines = [("Change its words", commands.edit(notice, asked.by))]
    if notice.state == "draft":
        lines.append(("Then submit it again", commands.step(notice, asked.by)))
    note = "It is not public. What was agreed to before does not count any more."
    return "Sent back", "Look at its words again, then submit it.", facts, lines, note


def changes_with(release: Release) -> list[ChangeNotice]:
    """Public changes that are to come with it."""
    return [n for n in notices.open_changes() if n.effect_release_id == release.id]


ABOUT_RELEASE: dict[str, Callable[[Asked, Release], Said]] = {
    "T": to_confirm,
    "breach": breach,
    "update-due": release_update,
    "update-overdue": release_update,
    "late": late,
    "withheld": withheld,
}
ABOUT_NOTICE: dict[str, Callable[[Asked, ChangeNotice], Said]] = {
    "update-due": notice_update,
    "update-overdue": notice_update,
    "close-due": to_close,
    "publish": to_publish,
    "returned": sent_back,
}

"""Reminders to staff about a change: submit it, announce it, say what is new or what came of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from notifier.clock import london_date
from notifier.insight.overdue import news_by, promised_by, size_by
from notifier.lifecycle import standing
from notifier.notices.models import ChangeNotice
from notifier.notices.owed import promised
from notifier.notices.rules import OPEN
from notifier.render import commands, dates
from notifier.render.nag_asked import Asked, Lines, Said, day, news_due
from notifier.render.passages import line


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


def tell_more_words(notice: ChangeNotice) -> str:
    if notice.state == "on_hold":
        return "Go on with it"
    return "The size is known" if notice.impact.get("known") == "no" else "Say what is new"


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


REQUESTS = {
    "cancel": "to cancel this change",
    "retract": "to take this notice back",
    "revise": "to publish a version with less notice or a lighter promise",
    "decide": "to decide it with less notice than promised",
    "record-late": "to record a change that has happened already",
}


def second_asked(asked: Asked, notice: ChangeNotice) -> Said:
    context = asked.send.context
    what = REQUESTS.get(context.get("verb", ""), "to change it")
    facts = [
        ("Asked by", context.get("who", "")),
        ("Why", line(context.get("why", "")).text),
        ("Notice", f"{notice.reference}, {standing(notice.state)}"),
    ]
    lead = f"Approve it at the desk, or turn it down: somebody asks {what}."
    note = "Nothing happens before a second person agrees; a change of the notice ends the request."
    lines = [("What it says", commands.show(notice))]
    return "Your agreement is asked", lead, [fact for fact in facts if fact[1]], lines, note


ABOUT_NOTICE: dict[str, Callable[[Asked, ChangeNotice], Said]] = {
    "update-due": notice_update,
    "update-overdue": notice_update,
    "close-due": to_close,
    "publish": to_publish,
    "returned": sent_back,
    "asked": second_asked,
}

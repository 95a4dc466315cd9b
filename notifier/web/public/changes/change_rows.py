"""A change as lists say it: days left, series, verdict, what to do."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from notifier.catalogue import queries as catalogue
from notifier.clock import london_date
from notifier.notices.models import ChangeNotice
from notifier.notices.rules import kind_words
from notifier.releases.models import Release
from notifier.render import dates
from notifier.render.notice_words import day_of
from notifier.web.public.changes.change_state import OUTCOMES, STATES
from notifier.web.public.shapes import Month, Tag, When, by_month, dated, on_day


@dataclass(frozen=True)
class Action:
    who: str
    text: str


@dataclass(frozen=True)
class Change:
    """parts/rows.html tells each attribute."""

    url: str
    headline: str
    series: str
    kind: str
    day: When | None
    days_left: int | None
    days_words: str
    settled: bool
    tags: list[Tag]
    verdict: str
    actions: list[Action]


def row(notice: ChangeNotice, today: date) -> Change:
    """One planned change."""
    effect = london_date(notice.effect_at) if notice.effect_at else None
    tags = state_tags(notice, today)
    return Change(
        url=f"/changes/{notice.reference}",
        headline=notice.headline,
        series=", ".join(series.name for series in notice.series),
        kind=kind_words(notice.type, machine_breaking=notice.machine_breaking),
        day=effect_day(notice, today),
        days_left=(effect - today).days if effect else None,
        days_words=days_words(notice, today),
        settled=notice.decision == "decided" and is_exact(notice.effect_release),
        tags=tags,
        verdict="" if any(tag.note.startswith("Told ") for tag in tags) else told(notice),
        actions=actions(notice),
    )


def is_exact(release: Release | None) -> bool:
    return release is None or release.precision == "datetime"


def effect_day(notice: ChangeNotice, today: date) -> When | None:
    """The day of the effect, as exactly as it is known; when it came early, the day it did."""
    release = notice.effect_release
    if notice.took_effect_at is not None:
        return on_day(london_date(notice.took_effect_at), today)
    if release is not None:
        return dated(release.day, release.precision, release.wall_time, today)
    return on_day(notice.effect_date, today) if notice.effect_date else None


def days_words(notice: ChangeNotice, today: date) -> str:
    if notice.state in STATES:
        return STATES[notice.state]
    if notice.effect_at is None:
        return "No date yet"
    return dates.left(london_date(notice.effect_at), today) or "Waits for its release"


def told(notice: ChangeNotice) -> str:
    """ "Told 98 days ahead; 90 promised", "" while there is no date."""
    if notice.lead_days is None:
        return ""
    if notice.verdict == "same_day":
        return "Told on the day"
    if notice.verdict == "after":
        return "Told after it happened"
    words = f"Told {dates.days(notice.lead_days)} ahead"
    return f"{words}; {notice.minimum_days} promised" if notice.minimum_days else words


def state_tags(notice: ChangeNotice, today: date) -> list[Tag]:
    """What a reader must know about the state: never told by colour alone."""
    tags = []
    if notice.verdict == "short":
        tags.append(Tag("Short notice", "umber", told(notice)))
    elif notice.verdict == "same_day":
        tags.append(Tag("Told on the day", "umber"))
    elif notice.verdict == "after":
        tags.append(Tag("Told after it happened", "brick"))
    if notice.state == "on_hold":
        by = notice.next_update_by
        tags.append(Tag("On hold", "umber", f"Next update by {dates.full(by)}" if by else ""))
    if notice.state != "announced":
        return tags
    if notice.impact.get("known") == "no":
        by = notice.next_update_by
        tags.append(
            Tag("Size not known yet", "open", f"Next update by {dates.full(by)}" if by else "")
        )
    if notice.decision != "decided":
        tags.append(
            Tag("Proposed, not decided", "open", "It happens on this day only if we decide so")
        )
    return tags


def actions(notice: ChangeNotice) -> list[Action]:
    """What to do, each with its user types in words."""
    names = {t.slug: t.name for t in catalogue.user_types()}
    found = []
    for item in notice.what_to_do:
        who = [names.get(slug, slug) for slug in item.get("user_types", [])]
        by = day_of(item.get("by"))
        text = str(item.get("action", "")).rstrip(".")
        text += f", by {dates.full(by)}." if by else "."
        found.append(Action(joined(who) or "Everyone", text))
    return found


def joined(names: list[str]) -> str:
    """ "Academic or researcher, Data re-user or developer and Government policy or analyst"."""
    if len(names) < 2:
        return "".join(names)
    return f"{', '.join(names[:-1])} and {names[-1]}"


def last_calls(notices: list[ChangeNotice], today: date) -> list[tuple[date, Change]]:
    """The last days of open consultations: rows of their own."""
    found = []
    for notice in notices:
        closes = day_of(notice.consultation.get("closes"))
        opens = day_of(notice.consultation.get("opens"))
        if closes is None or closes < today:
            continue
        is_open = opens is None or opens <= today
        questions = len(notice.consultation.get("questions", []))
        asked = f"{questions} question{'' if questions == 1 else 's'}" if questions else ""
        found.append(
            (
                closes,
                Change(
                    url=f"/changes/{notice.reference}#consultation",
                    headline=f"Last day to have your say: {notice.headline}",
                    series=", ".join(series.name for series in notice.series),
                    kind="Consultation",
                    day=on_day(closes, today),
                    days_left=(closes - today).days,
                    days_words=dates.left(closes, today),
                    settled=False,
                    tags=[Tag("Open now", "pine", asked)] if is_open else [],
                    verdict="",
                    actions=[],
                ),
            )
        )
    return found


def months(notices: list[ChangeNotice], today: date) -> list[Month]:
    """Changes and last days of consultations on one rail, soonest first."""
    rows: list[tuple[date | None, object]] = [
        (london_date(n.effect_at) if n.effect_at else None, row(n, today)) for n in notices
    ]
    rows += last_calls(notices, today)
    rows.sort(key=lambda pair: (pair[0] is None, pair[0] or today))
    return by_month(rows)


def past_row(notice: ChangeNotice, ended: date, today: date) -> Change:
    """One change that took effect or came to another end, at the day on which it did."""
    words = STATES.get(notice.state, "")
    if notice.outcome is not None:
        words = OUTCOMES.get(notice.outcome["word"], words)
    tags = [t for t in state_tags(notice, today) if notice.state in ("in_effect", "closed")]
    if notice.state in ("cancelled", "retracted"):
        tags, words = [Tag(words, "brick", first_sentence(notice.end_reason))], "Ended"
    elif notice.state == "superseded":
        tags, words = [Tag(words, "umber", "Another notice takes its place")], "Ended"
    told_in_tag = any(tag.note.startswith("Told ") or tag.tone == "brick" for tag in tags)
    return replace(
        row(notice, today),
        day=on_day(ended, today),
        days_words=words,
        settled=notice.state in ("in_effect", "closed"),
        tags=tags,
        verdict="" if told_in_tag else told(notice),
        actions=[],
    )


def first_sentence(text: str) -> str:
    """A reason as far as a row has room for it."""
    return text.strip().partition("\n")[0]


def past_months(found: list[tuple[date, ChangeNotice]], today: date) -> list[Month]:
    """Changes that have been, each with the day it ended, in the order given: newest first."""
    return by_month([(ended, past_row(notice, ended, today)) for ended, notice in found])

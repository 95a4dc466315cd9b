"""The lead-time meter beside a notice: publish by when, what today gives, why, what mends it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from markupsafe import Markup

from notifier.accounts import duty
from notifier.accounts.models import Staff
from notifier.clock import london_date
from notifier.notices.agree import in_words, way_out
from notifier.notices.approve import deciders, editors, second_person
from notifier.notices.derive import Judged, judged, policy_of, rows_of
from notifier.notices.judge import FROM_DECISION, least_lead
from notifier.notices.leadtime import CODE, PRACTICE, lead_days, verdict
from notifier.notices.models import ChangeNotice
from notifier.notices.owed import UNPUBLISHED
from notifier.notices.register import promises_on
from notifier.render import dates
from notifier.web.public.shapes import Tag
from notifier.web.staff.notices.beside_bar import Bar, bar

TAGS = {
    "on_time": Tag("Best", "good"),
    "met": Tag("Enough", "good"),
    "short": Tag("Short", "bad"),
    "same_day": Tag("Same day", "bad"),
    "after": Tag("After", "bad"),
}
RULES = {
    CODE: "The Code of Practice for Statistics asks for it.",
    PRACTICE: "From published practice, not our own rule.",
}
OUR_OWN = "Our own promise; no rule outside asks for it."
POLICY = Markup('<a href="/policy">How this was worked out</a>')


@dataclass(frozen=True)
class Meter:
    """``lead`` is the sentence, ``brief`` the verdict for the bar of actions: "98 days: enough"."""

    tag: Tag
    lead: Markup
    brief: str
    days: int | None
    bar: Bar | None
    facts: list[tuple[str, Markup]]
    mend: list[str]

    @property
    def is_short(self) -> bool:
        return self.tag.tone == "bad"


def meter(notice: ChangeNotice, *, names: dict[int, str], now: datetime) -> Meter:
    """Of a draft, as if it were published today; of what is public, as it was."""
    today, public = london_date(now), notice.state not in UNPUBLISHED
    found = judged(notice, today)
    if found.class_ == "I":
        return correction(notice, found, names, today, public=public)
    if found.effect_at is None or found.publish_by is None:
        return undated(notice, found, names, today, public=public)
    effect = london_date(found.effect_at)
    if public:
        days = least_lead(notice) if notice.lead_days is not None else None
        word = notice.verdict or "met"
    else:
        days = lead_days(today, effect)
        past = found.effect_at <= now
        word = "after" if past else judge(days, found)
    if days is None:
        return undated(notice, found, names, today, public=public)
    tag = TAGS[word]
    return Meter(
        tag=tag,
        lead=given(found, days, today, public=public),
        brief=f"{dates.days(days)}: {tag.word.lower()}" if days >= 0 else "Its day is past",
        days=days,
        bar=bar(found, effect, days, public=public) if found.minimum_days else None,
        facts=facts(notice, found, names, today, days=days, public=public),
        mend=[] if public or word in ("on_time", "met") else mend(notice, found, names, today),
    )


def judge(days: int, found: Judged) -> str:
    return verdict(days, minimum=found.minimum_days, target=found.target_days)


def given(found: Judged, days: int, today: date, *, public: bool) -> Markup:
    """ "Publish by 3 March to give 90 days. Today gives 98." """
    minimum = dates.days(found.minimum_days)
    if public:
        words = Markup("It gave <strong>{}</strong> of notice. {} were promised.")
        return words.format(dates.days(days), found.minimum_days)
    if days < 0:
        return Markup("It takes effect on a day that is <strong>past</strong>.")
    if days < found.minimum_days:
        words = Markup(
            "It should have been public by <strong>{}</strong> to give {}. Today gives "
            "<strong>{}</strong>."
        )
    else:
        words = Markup(
            "Publish by <strong>{}</strong> to give {}. Today gives <strong>{}</strong>."
        )
    by = in_words_near(found.publish_by or today, today)
    return words.format(by, minimum, days)


def in_words_near(day: date, other: date) -> str:
    """ "3 March", with its year where that is not the other day's."""
    return in_words(day) if day.year != other.year else in_words(day).rsplit(" ", 1)[0]


def correction(
    notice: ChangeNotice, found: Judged, names: dict[int, str], today: date, *, public: bool
) -> Meter:
    lead = "It was told at once." if public else "A correction is told at once: publish it today."
    if public and notice.first_public_at is not None:
        lead = f"It has been public since {in_words(london_date(notice.first_public_at))}."
    why = Markup("It corrects an error: within one working day. {}").format(POLICY)
    people = approver(notice, names, today)
    return Meter(
        tag=Tag("At once", "neutral"),
        lead=Markup("{}").format(lead),
        brief="Told at once",
        days=None,
        bar=None,
        facts=[("Why at once", why), *([] if public else people)],
        mend=[],
    )


def undated(
    notice: ChangeNotice, found: Judged, names: dict[int, str], today: date, *, public: bool
) -> Meter:
    """No day of effect, so nothing to count to."""
    words = Markup("It has no day yet. Give <strong>{}</strong> of notice before it takes effect.")
    people = approver(notice, names, today)
    return Meter(
        tag=Tag("No day yet", "neutral"),
        lead=words.format(dates.days(found.minimum_days)),
        brief="No day yet",
        days=None,
        bar=None,
        facts=[why(notice, found, today), *([] if public else people)],
        mend=[],
    )


def facts(
    notice: ChangeNotice,
    found: Judged,
    names: dict[int, str],
    today: date,
    *,
    days: int,
    public: bool,
) -> list[tuple[str, Markup]]:
    listed = [why(notice, found, today)]
    if found.target_days > found.minimum_days and found.effect_at is not None:
        listed.append(("Best", best(found, london_date(found.effect_at), today, days, public)))
    if found.class_ == FROM_DECISION and notice.decision != "decided":
        words = f"{dates.days(found.minimum_days)} count from the public decision, too."
        listed.append(("Decision", Markup("{}").format(words)))
    return listed if public else [*listed, *approver(notice, names, today)]


def why(notice: ChangeNotice, found: Judged, today: date) -> tuple[str, Markup]:
    """Why so many days, and whose rule it is; no letter of a class."""
    rows, promised = rows_of(notice), promises_on(today)
    class_, first = next(iter(rows.items()))
    first = NOT_GRAVE.get(class_, first)
    reason = f"{sentence(first)}."
    longest = max(rows, key=lambda class_: promised[class_].minimum)
    if promised[longest].minimum > promised[found.class_].minimum:
        reason += f" Also, {rows[longest]}: of several promises the longest counts."
    if notice.override:
        reason = f"Chosen against the table, which says: {first}. {notice.override_reason}"
    rule = RULES.get(found.rule, OUR_OWN)
    return f"Why {found.minimum_days}", Markup("{} {} {}").format(reason, rule, POLICY)


NOT_GRAVE = {"F": "it is a minor change of presentation"}


def sentence(words: str) -> str:
    return f"{words[:1].upper()}{words[1:]}"


def best(found: Judged, effect: date, today: date, days: int, public: bool) -> Markup:
    """Whether the target can still be met, and what the record will say else."""
    until, target = effect - timedelta(days=found.target_days), dates.days(found.target_days)
    if days >= found.target_days:
        words = f"{target}: " + ("given." if public else f"until {in_words_near(until, today)}.")
    elif public:
        words = f"{target}."
    else:
        said = "“met”, not “on time”" if days >= found.minimum_days else "“short”"
        day = in_words_near(until, today)
        words = f"{target}. That passed on {day}; the public record will say {said}."
    return Markup("{}").format(words)


def approver(notice: ChangeNotice, names: dict[int, str], today: date) -> list[tuple[str, Markup]]:
    """Who would have to agree, if it were asked today."""
    second = second_person(notice, policy_of(notice, today), today)
    if second == "optional":
        return [("Approver", Markup("Nobody else needs to approve it."))]
    words = named(second_people(notice, second, today), names)
    role = "Head of Profession, on duty" if second == "hop" else "of those who approve"
    if not words:
        missing = "Head of Profession" if second == "hop" else "approver"
        return [("Approver", Markup("There is no {} on the staff.").format(missing))]
    return [("Approver", Markup("{}, {}").format(words, role))]


def second_people(notice: ChangeNotice, second: str, today: date) -> list[Staff]:
    """Nobody who wrote in it."""
    find = duty.on_duty if second == "hop" else duty.approvers
    wrote = {notice.author_id, *editors(notice)}
    return [person for person in find(deciders(notice), today) if person.id not in wrote]


def named(people: list[Staff], names: dict[int, str]) -> str:
    """ "Hana Price", "Bob Lee or Ida Roy", "Bob Lee or 3 others"."""
    known = [names.get(person.id) or person.name or person.email for person in people]
    if len(known) > 2:
        return f"{known[0]} or {len(known) - 1} others"
    return " or ".join(known)


def mend(notice: ChangeNotice, found: Judged, names: dict[int, str], today: date) -> list[str]:
    """What would make it enough, or what it takes as it is."""
    out = way_out(notice, today + timedelta(days=found.minimum_days))
    heads = named(second_people(notice, "hop", today), names) or "the Head of Profession"
    listed = [f"{sentence(out)}."]
    if found.effect_at is not None and london_date(found.effect_at) >= today:
        listed.append(f"Or publish it with a public reason; {heads} must agree.")
    return listed

"""One change's permanent page, put into the shapes of pages/public/change.html."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from types import SimpleNamespace
from typing import Any

from notifier.accounts.models import Staff
from notifier.catalogue import queries as catalogue
from notifier.clock import london_date, working_day_after
from notifier.feeds.calendar_events import has_days
from notifier.notices import queries
from notifier.notices.judge import least_lead
from notifier.notices.models import ChangeNotice
from notifier.render import dates
from notifier.render.notice_words import day_of
from notifier.sends import queries as sends
from notifier.store.db import session
from notifier.web.guard import settings
from notifier.web.public.changes import (
    change_acts,
    change_class,
    change_dates,
    change_json,
    change_scope,
    change_size,
    change_state,
    consultation_view,
)
from notifier.web.public.changes.change_rows import days_words, effect_day, is_exact, told
from notifier.web.public.shapes import Link, Tag, When, on_day

ENDED = ("cancelled", "retracted", "superseded")  # no step is to come any more


def context(notice: ChangeNotice, now: datetime) -> dict[str, Any]:
    """Every variable of the page."""
    today = london_date(now)
    return {
        "notice": words(notice, today),
        "effect": effect(notice, today),
        "told": notice_given(notice),
        "decision": decision(notice, today),
        "steps": steps(notice, today),
        "actions": actions(notice, today),
        "everyone_else": "Nothing." if notice.what_to_do else "Nothing that we know of.",
        "impact": change_size.impact(notice, today),
        "comparability": change_size.comparable(notice),
        "mapping": change_size.mapping(notice, today),
        "evidence": [Link(e["title"], e["url"]) for e in notice.evidence if is_link(e)],
        "consultation": consultation_view.section(notice, now),
        "policy": change_class.policy(notice),
        "overruled": change_class.overruled(notice),
        "scope": change_scope.scope(notice),
        "instead": change_scope.instead(notice),
        "beside": beside(notice),
        "ask": change_scope.ask(notice),
        "history": change_state.history(notice, today),
        "follow": follow(notice, now),
        "got_it": None,
        "team": notice.series[0].team,
        "change_json": change_json.write(notice, base_url=settings().base_url),
    }


def is_link(entry: Any) -> bool:
    return (
        isinstance(entry, dict)
        and bool(entry.get("title"))
        and str(entry.get("url", "")).startswith(("https://", "http://"))
    )


def words(notice: ChangeNotice, today: date) -> SimpleNamespace:
    return SimpleNamespace(
        reference=notice.reference,
        headline=notice.headline,
        series=[Link(s.name, f"/series/{s.slug}") for s in notice.series],
        lang="en",
        what=notice.what,
        why=notice.why,
        not_changing=notice.not_changing,
        technical=notice.technical,
        driver=notice.driver,
        status=change_state.status(notice),
        outcome=change_state.outcome(notice, today),
    )


def effect(notice: ChangeNotice, today: date) -> SimpleNamespace:
    release = notice.effect_release
    return SimpleNamespace(
        days_words=days_words(notice, today),
        ahead=notice.state == "announced",
        day=effect_day(notice, today),
        release=Link(release.title, f"/releases/{release.id}") if release else None,
        text=of_period(notice) if is_exact(release) else "The day is not settled yet.",
    )


def of_period(notice: ChangeNotice) -> str:
    """That it comes with the data of a period."""
    if notice.effect_kind != "reference_period":
        return ""
    return f"With data for {(notice.scope or {}).get('reference_from', '')}"


def notice_given(notice: ChangeNotice) -> SimpleNamespace:
    """How early it was said, against what is promised."""
    tag = {
        "short": Tag("Short notice", "umber"),
        "same_day": Tag("Told on the day", "umber"),
        "after": Tag("Told after it happened", "brick"),
    }.get(notice.verdict or "")
    text = ""
    if notice.lead_days is not None:
        text = f"{notice.minimum_days} promised"
        if notice.verdict == "on_time":
            text += ". It is as early as we aim for."
        elif notice.verdict == "met":
            text += f", so we kept our promise. We aim for {notice.target_days}."
        else:
            text += since_decision(notice) or ", so we did not keep our promise."
    head = told(notice).partition(";")[0] or "Told before its date is known"
    gauge = None
    if notice.lead_days is not None and notice.target_days:
        gauge = SimpleNamespace(
            told=notice.lead_days, minimum=notice.minimum_days, target=notice.target_days
        )
    return SimpleNamespace(
        words=head, text=text, tag=tag, reason=notice.short_notice_reason, gauge=gauge
    )


def since_decision(notice: ChangeNotice) -> str:
    """Where the announcement came early enough and the public decision did not; else empty."""
    days = least_lead(notice)
    if days is None or notice.lead_days is None or days >= notice.lead_days:
        return ""
    if notice.lead_days < notice.minimum_days:
        return ""
    return (
        f", also from the decision on: that came {dates.days(days)} ahead, so we did not keep "
        "our promise."
    )


def decision(notice: ChangeNotice, today: date) -> SimpleNamespace:
    proposal = consultation_view.decision(notice, today)
    if proposal is not None:
        return proposal
    word = {
        "decided": "Decided",
        "consulting": "Open for answers",
        "proposed": "Proposed",
        "under_consideration": "Under consideration",
    }[notice.decision]
    if notice.decision != "decided":
        return SimpleNamespace(word=word, text="Nothing is decided yet.", day=None)
    day = on_day(london_date(notice.approved_at), today) if notice.approved_at else None
    unasked = consultation_view.unconsulted(notice)
    return SimpleNamespace(word=word, text=f"{unasked}Approved by {approver(notice)} on", day=day)


def approver(notice: ChangeNotice) -> str:
    """The office, not the person: names of staff are not published."""
    person = session.get(Staff, notice.approver_id) if notice.approver_id else None
    is_hop = person is not None and any(role.role == "hop" for role in person.roles)
    return change_acts.head() if is_hop else "an approver of the team"


def beside(notice: ChangeNotice) -> list[SimpleNamespace]:
    """The notices beside it since it was split: the parts, and the whole of a part."""
    return [
        SimpleNamespace(text=text, link=Link(other.headline, f"/changes/{other.reference}"))
        for text, other in queries.split_from(notice)
    ]


def steps(notice: ChangeNotice, today: date) -> list[SimpleNamespace]:
    """The line from proposal to outcome. What is only proposed is announced as that, no more."""
    decided = notice.decision == "decided"
    proposed = bool(set(notice.consultation) - {"reason"}) or not decided
    approved = on_day(london_date(notice.approved_at), today) if notice.approved_at else None
    chosen = consultation_view.responded(notice, today)
    public = on_day(london_date(notice.first_public_at), today) if notice.first_public_at else None
    # A proposal was public before; as what will happen it is announced by its decision.
    decided_on, announced_on = chosen or approved, chosen or public
    known = notice.impact.get("known")
    later = day_of(notice.impact.get("known_by")) or notice.next_update_by
    effect_on = effect_day(notice, today)
    in_effect = notice.state in ("in_effect", "closed")
    found = [
        step("Proposed", "done", "", None if decided and chosen is None else public)
        if proposed
        else step("Proposed", "unused", "Step not used."),
        *consultation_view.steps(notice, today),
        step("Decided", "done" if decided else "todo", "", decided_on if decided else None),
        step("Announced", "done" if decided else "todo", "", announced_on if decided else None),
    ]
    if notice.state in ENDED:
        over = on_day(change_dates.ended_on(notice), today)
        passed = [one for one in found if one.state != "todo"]
        return [*passed, step(change_state.STATES[notice.state], "here", "", over)]
    if known in ("no", "partly"):
        found.append(step("Size known", "todo", "By", on_day(later, today) if later else None))
    found.append(step("In effect", "done" if in_effect else "todo", "", effect_on))
    found.append(step("Outcome told", "todo", *outcome_due(notice, today)))
    last_done = max(i for i, one in enumerate(found) if one.state == "done")
    found[last_done].state = "here"
    return found


def step(name: str, state: str, text: str = "", day: When | None = None) -> SimpleNamespace:
    return SimpleNamespace(name=name, state=state, text=text, day=day)


def outcome_due(notice: ChangeNotice, today: date) -> tuple[str, When | None]:
    if notice.effect_at is None:
        return "", None
    due = working_day_after(london_date(notice.effect_at) + timedelta(days=30))
    return "By", on_day(due, today)


def actions(notice: ChangeNotice, today: date) -> list[SimpleNamespace]:
    names = {t.slug: t.name for t in catalogue.user_types()}
    found = []
    for item in notice.what_to_do:
        by = day_of(item.get("by"))
        found.append(
            SimpleNamespace(
                user_types=[names.get(u, u) for u in item.get("user_types", [])] or ["Everyone"],
                text=str(item.get("action", "")),
                by=on_day(by, today) if by else None,
            )
        )
    return found


def follow(notice: ChangeNotice, now: datetime) -> SimpleNamespace:
    today = london_date(now)
    series = notice.series[0]
    planned = [
        send
        for send in sends.calendar(about=notice.reference, state="planned")
        if send.wall_date is not None and send.due_at > now
    ]
    nearest = planned[0] if planned else None
    return SimpleNamespace(
        subscribe_url=f"/subscribe?notice={notice.reference}",
        series_url=f"/subscribe?series={series.slug}",
        date_url=f"/changes/{notice.reference}.ics" if has_days(notice) else None,
        calendar_url=f"/calendar/series/{series.slug}.ics",
        feed_url=f"/feeds/series/{series.slug}.atom",
        json_url=f"/notices/{notice.reference}.json",
        next_day=on_day(nearest.wall_date, today) if nearest and nearest.wall_date else None,
        next_text=change_state.send_words(nearest, notice) if nearest else "",
    )

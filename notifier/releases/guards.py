"""What must be true before a date may stand or change; refusals name the rule and the way out."""

from __future__ import annotations

from datetime import date, datetime, time

from notifier.accounts import duty
from notifier.accounts.models import Staff
from notifier.accounts.people import has_role
from notifier.catalogue.models import Series
from notifier.catalogue.queries import body_teams, organisation
from notifier.clock import RELEASE_TIME, is_working_day, london_date
from notifier.errors import Refused
from notifier.lifecycle import standing
from notifier.releases.dated import Dated
from notifier.releases.decision import Decision
from notifier.releases.models import Release
from notifier.releases.rules import REASONS, promised


def standard_time() -> time:
    house = organisation()
    return house.standard_release_time if house else RELEASE_TIME


def a_proper_date(series: Series, to: Dated) -> None:
    """An exact date is 09:30 on a working day, and a day is a working day, unless the series holds
    a recorded exemption (Standard 3.1)."""
    if to.precision == "datetime" and to.wall is not None:
        a_proper_moment(series, to.day, to.wall)
    elif to.precision == "date":
        a_working_day(series, to.day)


def a_working_day(series: Series, day: date) -> None:
    if not is_working_day(day) and not (series.exemption or {}).get("days_off"):
        raise Refused(
            f"{day.isoformat()} is a weekend or bank holiday; choose a working day, or record an "
            f"exemption: bin/notifier series exempt {series.slug} --days-off --reason TEXT."
        )


def a_proper_moment(series: Series, day: date, wall: time) -> None:
    """09:30 on a working day, unless the series holds a recorded exemption (Standard 3.1)."""
    a_working_day(series, day)
    allowed = {standard_time().isoformat("minutes"), (series.exemption or {}).get("time")}
    if wall.isoformat("minutes") not in allowed:
        raise Refused(
            f"Statistics come out at {standard_time().isoformat('minutes')}; choose that time, or "
            f"record an exemption: bin/notifier series exempt {series.slug} --time "
            f"{wall.isoformat('minutes')} --reason TEXT."
        )


def still_to_come(to: Dated, now: datetime) -> None:
    """A vague date may have begun; its last day may not be past."""
    if to.latest(standard_time()) <= now:
        raise Refused("That date is past; give one that is still to come.")


def as_was_said(release: Release, to: Dated) -> None:
    """Fixing a date tells nobody, so it keeps to what users were told (Standard 3.2)."""
    if release.day is None or release.precision == "tbc":
        return
    first, last = promised(release.day, release.precision)
    exact = release.precision == "datetime"
    if not first <= to.day <= last or (exact and to.wall != release.wall_time):
        raise Refused(
            f"Users were told another date; move the release to {to.day.isoformat()} first, so "
            f"that they hear it: bin/notifier releases move {release.id}."
        )


def decided(release: Release, decision: Decision, *, now: datetime) -> None:
    """Somebody of the team, a reason, a second person, and no decision from the future."""
    staff_of(release, decision.person)
    a_reason(decision.reason_code, decision.reason)
    second_person(release, by=decision.person, approved_by=decision.approved_by, now=now)
    if decision.decided_at is not None and decision.decided_at > now:
        raise Refused("It cannot have been decided later than now; correct --decided.")


def a_reason(code: str, text: str) -> None:
    if code not in REASONS:
        raise Refused(f"The reason code must be one of {', '.join(REASONS)}, not {code!r}.")
    if not text.strip():
        raise Refused("Give a public reason: users are told why the date changed.")


def staff_of(release: Release, person: Staff) -> None:
    if not has_role(person, "author", "approver", "hop", "admin", team_ids=deciding_teams(release)):
        raise Refused(f"{person.email} has no role in the team {release.series.team.name}.")


def second_person(release: Release, *, by: Staff, approved_by: Staff, now: datetime) -> None:
    """Never the first; a Head of Profession where a confirmed date is at stake (Standard 3.2)."""
    if by.id == approved_by.id:
        raise Refused(f"{by.email} cannot approve it too; a second person must.")
    confirmed = release.state == "confirmed"
    teams, today = deciding_teams(release), london_date(now)
    may = duty.acts_as_hop if confirmed else duty.may_approve
    if not may(approved_by, teams, today):
        who = "a Head of Profession" if confirmed else "an approver"
        way_out = duty.ask(teams, today) if confirmed else duty.ask_approver(teams, today)
        said = "The date of this release is" if confirmed else "This release is"
        raise Refused(
            f"{said} {standing(release.state)}, so {who} must approve the change; "
            f"{approved_by.email} is not one: {way_out}."
        )


def confirming_takes_two() -> bool:
    """Whether the organisation asks for a second person on day and time (class G)."""
    house = organisation()
    return house is not None and bool(house.second_person.get("G", False))


def confirmers(release: Release, *, by: Staff, approved_by: Staff | None, now: datetime) -> None:
    """Who fixes a date; with somebody else who agrees where the organisation asks for one."""
    staff_of(release, by)
    teams, today = deciding_teams(release), london_date(now)
    if approved_by is None:
        if confirming_takes_two():
            raise Refused(
                "This organisation asks for a second person who confirms a date; "
                f"{duty.ask_approver(teams, today)}, and name them with --approved-by."
            )
        return
    another(release, by=by, approved_by=approved_by, now=now)


def another(release: Release, *, by: Staff, approved_by: Staff, now: datetime) -> None:
    """An approver or Head of Profession, who is not the one who acts."""
    if by.id == approved_by.id:
        raise Refused(f"{by.email} cannot approve it too; a second person must.")
    teams, today = deciding_teams(release), london_date(now)
    if not duty.may_approve(approved_by, teams, today):
        raise Refused(
            f"{approved_by.email} may not approve this; {duty.ask_approver(teams, today)}."
        )


def deciding_teams(release: Release) -> set[int]:
    return body_teams({release.series.team_id})

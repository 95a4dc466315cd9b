"""Who can decide now, by name, and who is away: nobody waits for somebody who is not there."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date

from notifier.accounts import duty
from notifier.accounts.models import Staff, StaffSession
from notifier.clock import london_date, london_time
from notifier.render import dates

HOW = {"single sign-on": "by single sign-on", "password and code": "with the two-step code"}


def called(person: Staff | None) -> str:
    """Their name, else their address; "somebody who has left" where nobody is known."""
    return (person.name or person.email) if person is not None else "somebody"


def begun(name: str) -> str:
    """A name at the head of a sentence; an address keeps its small letter."""
    return name if "@" in name else f"{name[0].upper()}{name[1:]}"


def listed(words: Iterable[str], last: str = "or") -> str:
    """ "Hana Price, Devi Rao or Bob"."""
    found = list(words)
    return f" {last} ".join([", ".join(found[:-1]), found[-1]] if len(found) > 1 else found)


def asked(
    team_ids: Collection[int], second: str, today: date, *, but: Collection[int] = ()
) -> list[Staff]:
    """Who can decide now as ``second`` (hop | approver | optional), without those who wrote it."""
    find = duty.on_duty if second == "hop" else duty.approvers
    return [person for person in find(team_ids, today) if person.id not in but]


def named(team_ids: Collection[int], second: str, today: date, *, but: Collection[int] = ()) -> str:
    """ "It waits for Devi Rao. Hana Price is away until 4 March, and Devi Rao stands in." """
    people = asked(team_ids, second, today, but=but)
    if not people:
        role = "Head of Profession" if second == "hop" else "approver"
        words = f"Nobody else is {'a' if second == 'hop' else 'an'} {role} for it"
        return f"{words}; ask an administrator to name one."
    waits = f"It waits for {listed(map(called, people))}."
    gone = [away for away in absent(team_ids, second, today) if away]
    if not gone:
        return waits
    stands_in = ""
    if second == "hop" and any(role.role == "deputy" for p in people for role in p.roles):
        names = listed(map(called, people), "and")
        stands_in = f"; {names} {'stands' if len(people) == 1 else 'stand'} in"
    return f"{waits} {listed(gone, 'and')}{stands_in}."


def absent(team_ids: Collection[int], second: str, today: date) -> list[str]:
    """ "Hana Price is away until 4 March" of those who would decide otherwise."""
    role = "hop" if second == "hop" else "approver"
    holders = duty.holders(role, team_ids) or duty.holders(role, ())
    found = []
    for person in holders:
        last = [r.last_day for r in duty.absences(person) if r.first_day <= today <= r.last_day]
        if last:
            found.append(f"{called(person)} is away until {day_words(max(last))}")
    return found


def office(person: Staff, team_ids: Collection[int], today: date) -> str:
    """As what they decide: "Head of Profession", "standing in as Head of Profession"."""
    if any(r.role == "hop" and r.team_id in (None, *team_ids) for r in person.roles):
        return "Head of Profession"
    if duty.acts_as_hop(person, team_ids, today):
        return "standing in as Head of Profession"
    held = {r.role for r in person.roles if r.team_id in (None, *team_ids)}
    return "approver" if "approver" in held else "author"


def how(at: StaffSession, today: date) -> str:
    """ "with the two-step code of 9:12am", with its day where that is not today."""
    clock = dates.clock(london_time(at.proved_at).replace(second=0, microsecond=0))
    day = london_date(at.proved_at)
    on = "" if day == today else f", {day_words(day)}"
    return f"{HOW.get(at.how, f'with {at.how}')} of {clock}{on}"


def day_words(day: date) -> str:
    """ "4 March": the year is understood."""
    return dates.past(day).rsplit(" ", 1)[0]

"""Commands about the organisation's own rules."""

from __future__ import annotations

from typing import Any

import click

from notifier.accounts.people import has_role, known
from notifier.catalogue import choose
from notifier.catalogue import queries as catalogue
from notifier.catalogue.load import release_time
from notifier.catalogue.models import Organisation
from notifier.cli.door import Door, pass_door
from notifier.cli.options import by_option, json_option
from notifier.errors import Refused


def attach(root: click.Group) -> None:
    root.add_command(organisation)


@click.group("organisation")
def organisation() -> None:
    """What the organisation chose for everybody."""


def house() -> Organisation:
    found = catalogue.organisation()
    if found is None:
        raise Refused("There is no organisation yet; load a catalogue: bin/notifier load FILE.")
    return found


@organisation.command("show")
@json_option
@pass_door
def show(door: Door) -> None:
    """The rules as they are."""
    with door.app.app_context():
        facts = about(house())
    door.facts(facts)


@organisation.command("set")
@click.option("--digest-time", metavar="HH:MM", help="London; of daily and weekly digests.")
@click.option("--digest-day", metavar="DAY", help="Of the weekly digest: monday, tuesday…")
@click.option("--off-days", metavar="RULE", help="Recurring editions: before, after or skip.")
@click.option("--welsh", metavar="RULE", help="frame or both_or_neither.")
@click.option(
    "--welsh-for", metavar="KIND=RULE", multiple=True, help="notice, release or newsletter."
)
@by_option
@json_option
@pass_door
def set_rules(
    door: Door,
    digest_time: str | None,
    digest_day: str | None,
    off_days: str | None,
    welsh: str | None,
    welsh_for: tuple[str, ...],
    by_: str,
) -> None:
    """Change what is given; the rest stays. An administrator or a Head of Profession decides."""
    with door.unit():
        person = known(by_)
        if not has_role(person, "admin", "hop", team_ids=set(catalogue.team_slugs())):
            raise Refused(f"{person.email} may not; ask an administrator or a Head of Profession.")
        choose.choose(
            house(),
            digest_time=release_time(digest_time) if digest_time else None,
            digest_day=digest_day.lower() if digest_day else None,
            off_days=off_days,
            welsh=welsh,
            welsh_kinds=dict(pair(text) for text in welsh_for) or None,
            by=door.by(person),
            now=door.now(),
        )
        door.done("It counts from now on.", lambda: about(house()))


def pair(text: str) -> tuple[str, str]:
    kind, _, rule = text.partition("=")
    return kind.strip(), rule.strip()


def about(found: Organisation) -> dict[str, Any]:
    return {
        "name": found.name,
        "digest_time": found.digest_time.isoformat("minutes"),
        "digest_day": choose.WEEKDAYS[found.digest_weekday],
        "off_days": found.off_days,
        "welsh": found.welsh,
        "welsh_for": found.welsh_kinds,
    }

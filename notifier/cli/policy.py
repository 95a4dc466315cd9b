"""Commands about what is promised: the register of minimum and target days."""

from __future__ import annotations

from datetime import date
from typing import Any

import click

from notifier.accounts.people import known
from notifier.catalogue.document import when
from notifier.cli.door import Door, instant, pass_door
from notifier.cli.options import by_option, json_option, reason_option
from notifier.clock import london_date
from notifier.notices import register
from notifier.notices.leadtime import OWN, PROMISES
from notifier.notices.models import PolicyRule

DAYS = click.IntRange(0, register.LONGEST)


def attach(root: click.Group) -> None:
    root.add_command(policy)


@click.group("policy")
def policy() -> None:
    """What is promised for each class of change."""


@policy.command("list")
@json_option
@pass_door
def list_policy(door: Door) -> None:
    """What is promised today, and what is set to start later."""
    with door.app.app_context():
        rows = table(london_date(door.now()))
    columns = ("class", "for", "minimum_days", "target_days", "rule", "since", "reason")
    door.show(rows, *columns)


def table(today: date) -> list[dict[str, Any]]:
    """A row for each class as it stands, and one for each rule that is still to start."""
    held = register.in_force(today)
    rows = [row(held[class_]) if class_ in held else built_in(class_) for class_ in PROMISES]
    coming = [rule for rule in reversed(register.rules()) if rule.starts_on > today]
    return rows + [row(rule) for rule in coming]


def row(rule: PolicyRule) -> dict[str, Any]:
    return {
        "class": rule.class_,
        "for": PROMISES[rule.class_].words,
        "minimum_days": rule.minimum_days,
        "target_days": rule.target_days,
        "rule": OWN,
        "since": rule.starts_on.isoformat(),
        "reason": rule.reason,
        "shortened": register.is_shortened(rule),
        "set_by": rule.set_by,
        "approved_by": rule.approved_by,
        "set_at": instant(rule.at),
    }


def built_in(class_: str) -> dict[str, Any]:
    promise = PROMISES[class_]
    return {
        "class": class_,
        "for": promise.words,
        "minimum_days": promise.minimum,
        "target_days": promise.target,
        "rule": promise.rule,
        "since": None,
        "reason": "",
        "shortened": False,
        "set_by": None,
        "approved_by": None,
        "set_at": None,
    }


@policy.command("set")
@click.argument("class_", metavar="CLASS")
@click.option("--minimum", required=True, type=DAYS, metavar="DAYS")
@click.option("--target", required=True, type=DAYS, metavar="DAYS")
@click.option("--from", "from_", required=True, metavar="DATE", help="Today or later.")
@reason_option
@by_option
@click.option("--approved-by", metavar="EMAIL", help="A Head of Profession, to shorten it.")
@json_option
@pass_door
def set_policy(
    door: Door,
    class_: str,
    minimum: int,
    target: int,
    from_: str,
    reason: str,
    by_: str,
    approved_by: str | None,
) -> None:
    """Promise other days for a class from a day on; what is announced keeps its promise."""
    with door.unit():
        person = known(by_)
        rule = register.promise(
            class_.strip().upper(),
            minimum=minimum,
            target=target,
            starts_on=when("--from", from_, london_date(door.now()))[0],
            reason=reason,
            person=person,
            approved_by=known(approved_by) if approved_by else None,
            by=door.by(person),
            now=door.now(),
        )
        shorter = ", shorter than it was built in" if register.is_shortened(rule) else ""
        door.done(
            f"From {rule.starts_on.isoformat()} class {rule.class_} is promised "
            f"{rule.minimum_days} days, {rule.target_days} aimed at{shorter}.",
            lambda: row(rule),
        )

"""The command by which a pipeline stops itself before the data change under it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

import click
from sqlalchemy.exc import SQLAlchemyError

from notifier.catalogue.document import when
from notifier.cli.door import Door, as_text, pass_door, table
from notifier.cli.notice_rows import row
from notifier.cli.options import json_option
from notifier.clock import at_london, london_date
from notifier.errors import Refused
from notifier.feeds import ahead
from notifier.feeds.addresses import page
from notifier.feeds.data_filters import Unknown
from notifier.notices.models import ChangeNotice
from notifier.render import dates

MIDNIGHT = time(0)
COLUMNS = ("effect", "reference", "state", "breaks_programs", "headline")


def attach(root: click.Group) -> None:
    root.add_command(check_series)


@dataclass(frozen=True)
class Answer:
    """``rows`` counts; ``undated`` is announced too, and its day is not known yet."""

    rows: list[dict[str, Any]]
    undated: list[dict[str, Any]]


@click.command("check-series")
@click.argument("identifier")
@click.option("--before", metavar="DATE", help="Only what takes effect before that day.")
@click.option("--since", metavar="DATE", help="Also what took effect from that day on.")
@click.option("--machine-breaking", is_flag=True, help="Only what breaks programs.")
@json_option
@pass_door
def check_series(
    door: Door, identifier: str, before: str | None, since: str | None, machine_breaking: bool
) -> None:
    """Exit 1 where a change of a series or dataset is announced, 0 where none is.

    IDENTIFIER is a slug, what a table is called, or its address. Exit 2: it could not be checked.
    """
    with never_mistaken(), door.app.app_context():
        until, start = day(door, "--before", before), day(door, "--since", since)
        if until is not None and until <= london_date(door.now()):
            raise Refused(f"--before {until.isoformat()} is not ahead; give a day to come.")
        found = ahead.changes(
            identifier,
            before=midnight(until),
            since=midnight(start),
            machine_breaking=machine_breaking,
            now=door.now(),
        )
        dated = [each for each in found if each.effect_at is not None]
        undated = [each for each in found if each.effect_at is None]
        answer = Answer(shown(door, dated), shown(door, undated))
    show(door, identifier, until, answer)
    if answer.rows:
        raise Refused(sentence(identifier, until, len(answer.rows)))


@contextmanager
def never_mistaken() -> Iterator[None]:
    """What could not be checked exits 2: 1 must mean that a change is coming, and nothing else."""
    try:
        yield
    except Unknown as refusal:
        raise click.UsageError(str(refusal)) from None
    except (Refused, SQLAlchemyError) as fault:
        reason = str(getattr(fault, "orig", None) or fault).splitlines()[0]
        raise click.ClickException(f"It could not be checked: {reason}") from None


def day(door: Door, name: str, text: str | None) -> date | None:
    return when(name, text, london_date(door.now()))[0] if text else None


def midnight(day_: date | None) -> datetime | None:
    return at_london(day_, MIDNIGHT) if day_ else None


def shown(door: Door, found: list[ChangeNotice]) -> list[dict[str, Any]]:
    today, base_url = london_date(door.now()), door.settings.base_url
    return [
        {
            **row(each, today),
            "breaks_programs": each.machine_breaking,
            "decision": each.decision,
            "url": page(base_url, "changes", each.reference),
        }
        for each in found
    ]


def show(door: Door, identifier: str, before: date | None, answer: Answer) -> None:
    if door.json:
        said = {
            "identifier": identifier,
            "before": before.isoformat() if before else None,
            "changes": answer.rows,
            "undated": answer.undated,
        }
        click.echo(as_text(said))
        return
    if answer.rows:
        click.echo(table(answer.rows, COLUMNS))
        click.echo("\n".join(str(each["url"]) for each in answer.rows))
    else:
        click.echo(sentence(identifier, before, 0))
    for each in answer.undated:
        click.echo(f"Announced without a day yet: {each['reference']}, {each['headline']}.")


def sentence(identifier: str, before: date | None, many: int) -> str:
    until = f" before {dates.full(before)}" if before else ""
    if not many:
        return f"No change of {identifier} is announced{until}."
    changes = "1 change is" if many == 1 else f"{many} changes are"
    return f"{changes} announced for {identifier}{until}."

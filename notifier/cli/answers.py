"""What was said in a consultation, for the team: counts against followers, words, a CSV file."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from notifier.catalogue import queries as catalogue
from notifier.cells import defused
from notifier.cli.door import Door, as_text, instant, pass_door
from notifier.cli.notices import notices
from notifier.cli.options import json_option, reference_argument
from notifier.errors import Refused
from notifier.notices import answered, consult, queries
from notifier.notices.models import Answer, ChangeNotice


def attach(root: click.Group) -> None:
    """Nothing of its own to hang up: this is one more verb of ``notices``."""


@notices.command("answers")
@reference_argument
@click.option(
    "--csv",
    "file",
    metavar="FILE",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write the words to a file; counts are printed.",
)
@json_option
@pass_door
def answers(door: Door, reference: str, file: Path | None) -> None:
    """Who answered a consultation against who follows, and what they said. Never an address."""
    with door.app.app_context():
        notice = queries.notice(reference)
        if not any(consult.period(notice)):
            raise Refused(f"{notice.reference} has no consultation, so nobody could answer.")
        names = {kind.id: kind.slug for kind in catalogue.user_types()}
        said = [row(one, names) for one in answered.given(notice)]
        counts = [line.as_dict() for line in answered.turnout(notice)]
        facts = about(door, notice)
    if file is not None:
        write(file, said)
        click.echo(f"{len(said)} answers written to {file}.", err=door.json)
    if door.json:
        click.echo(as_text({**facts, "by_user_type": counts, "answers": said}))
        return
    click.echo(f"{facts['reference']}: {facts['opens']} to {facts['closes']}, {facts['state']}.")
    told = [line for line in counts if line["answers"] or line["followers"]]
    door.show(told, "user_type", "followers", "answers", "intended")
    if file is None:
        for one in said:
            print_answer(one)


def about(door: Door, notice: ChangeNotice) -> dict[str, Any]:
    opens, closes = consult.period(notice)
    is_open = consult.is_open(notice, door.now())
    return {
        "reference": notice.reference,
        "headline": notice.headline,
        "opens": opens.isoformat() if opens else None,
        "closes": closes.isoformat() if closes else None,
        "state": "open" if is_open else "decided" if notice.decision == "decided" else "not open",
    }


def row(answer: Answer, names: dict[int, str]) -> dict[str, Any]:
    """One confirmed answer; who gave it is not in it."""
    return {
        "confirmed_at": instant(answer.confirmed_at),
        "user_type": names[answer.user_type_id],
        "organisation": answer.organisation,
        "language": answer.language,
        "answers": answer.answers,
    }


def print_answer(one: dict[str, Any]) -> None:
    click.echo(f"\n{one['user_type']}, {one['organisation'] or 'no organisation named'}:")
    for item in one["answers"]:
        click.echo(f"  {item['question']}")
        for text in item["answer"].splitlines():
            click.echo(f"    {text}")


def write(file: Path, said: Sequence[dict[str, Any]]) -> None:
    """A row per answer, a column per question that was answered; UTF-8 with the mark that
    spreadsheets ask for."""
    asked = list(dict.fromkeys(item["question"] for one in said for item in one["answers"]))
    heads = ["confirmed_at", "user_type", "organisation", "language"]
    try:
        with file.open("w", encoding="utf-8-sig", newline="") as out:
            writer = csv.writer(out)
            writer.writerow([defused(head) for head in (*heads, *asked)])
            for one in said:
                words = {item["question"]: item["answer"] for item in one["answers"]}
                cells = [*(one[head] for head in heads), *(words.get(q, "") for q in asked)]
                writer.writerow([defused(cell) for cell in cells])
    except OSError as fault:
        raise Refused(f"{file} cannot be written ({fault.strerror}); choose another.") from fault

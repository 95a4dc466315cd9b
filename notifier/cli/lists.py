"""Commands that bring lists of people in and take them out."""

from __future__ import annotations

from pathlib import Path

import click

from notifier.audience import exporting, segments
from notifier.audience.importing import import_csv
from notifier.audience.receivers import Audience
from notifier.cli.door import Door, as_text, pass_door
from notifier.cli.files import Refusals, must_be_a_list, opened, sha256, write_private
from notifier.cli.options import file_type, json_option
from notifier.cli.people import subscribers
from notifier.store.bulk import many_rows
from notifier.store.db import truncate_wal, unit

LARGE = 5_000_000  # bytes; from here on, reading and writing at once saves time

dry_run_option = click.option("--dry-run", is_flag=True, help="Say what would be; change nothing.")


def attach(root: click.Group) -> None:
    """Nothing of its own to hang up: these are more verbs of ``subscribers``."""


@subscribers.command("import")
@click.argument("file", type=file_type)
@click.option("--consent", default="", metavar="WORDING", help="What these people agreed to.")
@dry_run_option
@json_option
@pass_door
def import_file(door: Door, file: Path, consent: str, dry_run: bool) -> None:
    """Add people from a CSV file; a report beside it tells which rows were refused and why."""
    must_be_a_list(file)
    digest = sha256(file)
    with door.app.app_context(), Refusals(file) as refusals:
        with many_rows(), unit(), opened(file) as lines:
            report = import_csv(
                lines,
                filename=file.name,
                sha256=digest,
                wording=consent.strip(),
                by=door.by(),
                now=door.now(),
                pepper=door.settings.suppression_pepper,
                refused=refusals,
                large=file.stat().st_size > LARGE,
                rehearsal=dry_run,
            )
        if dry_run:
            truncate_wal()  # large lists reach it before they are taken back
    why = str(refusals.path) if refusals else None
    if door.json:
        click.echo(as_text({**report.counts, "report": why, "dry_run": dry_run}))
        return
    refused = f"; {len(refusals)} refused" if refusals else ""
    would = "would be added" if dry_run else "added"
    click.echo(f"{report.added} {would}, {report.already} there already{refused}.")
    if why:
        click.echo(f"Why: {why}")


@subscribers.command("export")
@click.argument("file", type=click.Path(dir_okay=False, allow_dash=True, path_type=Path))
@click.option("--segment", metavar="SLUG", help="Only the people of this segment.")
@json_option
@pass_door
def export_file(door: Door, file: Path, segment: str | None) -> None:
    """Write everybody who gets mail as CSV, to a file that only you may read, or to "-"."""
    with door.unit():
        audience = Audience(everyone=True)
        if segment is not None:
            audience = Audience(segment=segments.segment(segment).filter)
        exporting.keep(whom=segment or "everyone", by=door.by(), now=door.now())
    with door.app.app_context():
        people = write_private(file, exporting.rows(audience)) - 1
    if str(file) == "-":
        return
    noun = "person" if people == 1 else "people"
    sentence = f"{people} {noun} in {file}. Delete it when you are done: erasure does not reach it."
    click.echo(as_text({"people": people, "file": str(file)}) if door.json else sentence)

"""The verb that writes everything on record about a series into one file, for an assessment."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

import click

from notifier.catalogue import queries as catalogue
from notifier.cli.door import Door, as_text, pass_door
from notifier.cli.options import json_option
from notifier.errors import Refused
from notifier.insight.evidence import pack
from notifier.insight.quarters import as_of
from notifier.render.evidence import files
from notifier.render.zipped import zipped
from notifier.store.db import look


def attach(root: click.Group) -> None:
    root.add_command(evidence)


@click.command("evidence")
@click.argument("series")
@click.option(
    "--out", required=True, type=click.Path(path_type=Path, dir_okay=False), metavar="FILE"
)
@click.option("--as-of", "day", metavar="DATE", help="As it stood at the end of that day.")
@json_option
@pass_door
def evidence(door: Door, series: str, out: Path, day: str | None) -> None:
    """Write a zip of dates, approvals, texts, lead times, counts and history of a SERIES.

    The same state gives the same bytes. docs/verify_evidence.py checks it without this program.
    """
    with door.app.app_context(), look():
        found = pack(catalogue.series(series), now=door.now(), at=moment(door, day))
        packed = list(files(found))
        name = found.series.name
        whole = not any(chain.problem for chain in found.chains)
        sha256 = write(out, zipped(packed))
    shape = {
        "series": series,
        "as_of": found.day.isoformat(),
        "file": str(out),
        "files": len(packed) + 1,
        "sha256": sha256,
        "history_is_whole": whole,
    }
    if door.json:
        click.echo(as_text(shape))
        return
    click.echo(f"{out} holds {len(packed) + 1} files about {name}. SHA-256 {sha256}")
    if not whole:
        click.echo("Its history does not add up; verification.json says where.")


def moment(door: Door, day: str | None) -> datetime | None:
    if day is None:
        return None
    try:
        return as_of(day, now=door.now())
    except ValueError:
        raise Refused(f"{day!r} is no day that is over; write it as 2026-09-30.") from None


def write(path: Path, parts: Iterable[bytes]) -> str:
    """The file, whole or not at all, for its owner only; returns its SHA-256."""
    if path.exists():
        raise Refused(f"{path} is there already; give another name.")
    fresh, sum_ = path.with_name(f".{path.name}.{os.getpid()}"), hashlib.sha256()
    try:
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with open(descriptor, "wb") as out:
            for part in parts:
                out.write(part)
                sum_.update(part)
        fresh.replace(path)
    except OSError as error:
        raise Refused(f"{path} cannot be written ({error.strerror}).") from error
    finally:
        fresh.unlink(missing_ok=True)
    return sum_.hexdigest()

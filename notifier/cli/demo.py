"""``demo``: plays the whole story with a few dozen people, through the doors, and serves it.

The story begins some days ago, so that a reminder has fallen due before today and nothing of it
lies in the future: its pages, feeds and mails are then read at the real time.
"""

from __future__ import annotations

import logging
import os
import shutil
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import click
import structlog
from flask_migrate import upgrade
from sqlalchemy import event

from notifier.accounts.people import known, link
from notifier.cli.door import Door, pass_door
from notifier.cli.forward import play_forward
from notifier.cli.postbox import letter_to, text_of
from notifier.cli.story import Clock, Story, first_day, play, the_notice
from notifier.cli.supervise import must_be_free, serve_both
from notifier.render.links import site_for
from notifier.settings import Settings
from notifier.store.db import db, session, unit
from notifier.worker.engine import Engine

DESK = {"Alice, who writes": "alice@example.org", "Hana, who agrees": "hana@example.org"}
CATALOGUE = Path(__file__).parent / "defra.yaml"


def attach(root: click.Group) -> None:
    root.add_command(demo)


@click.command("demo")
@click.option("--once", is_flag=True, help="Stop after the story.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
@pass_door
def demo(door: Door, once: bool, port: int) -> None:
    """Play the story on a fresh SQLite database, then serve it with the worker running."""
    settings = demo_settings(door.settings, port)
    if not once:
        must_be_free("127.0.0.1", port)
    shutil.rmtree(settings.instance, ignore_errors=True)
    tell(door, settings)
    if once:
        return
    base = settings.base_url
    click.echo(f"\nServing {base} with the worker running, until Ctrl-C.")
    # The worker is a process of its own and reads its settings from the environment: also the
    # keys, or it would sign its links with others than the web reads.
    os.environ.update(
        {
            "NOTIFIER_INSTANCE": str(settings.instance),
            "NOTIFIER_ENV": settings.env,
            "NOTIFIER_BASE_URL": base,
            "NOTIFIER_DATABASE_URL": settings.database_url,
            "NOTIFIER_QUEUE_URL": f"sqlite:{settings.instance / 'queue.db'}",
            "NOTIFIER_MAIL_URL": settings.mail_url,
            "NOTIFIER_BOUNCE_MAILBOX": "",
            "NOTIFIER_TWO_STEP_ROLES": "admin",
            "NOTIFIER_SECRET_KEY": settings.secret_key,
            "NOTIFIER_SUPPRESSION_PEPPER": settings.suppression_pepper,
        }
    )
    serve_both(door.build(settings, now=door.clock), host="127.0.0.1", port=port, workers=1)


def demo_settings(given: Settings, port: int) -> Settings:
    """A folder of its own, so that the demo never touches what somebody works with."""
    folder = given.instance / "demo"
    return replace(
        given,
        instance=folder,
        env="development",
        database_url=f"sqlite:///{folder / 'notifier.db'}",
        queue_url="",
        mail_url="outbox:",
        base_url=f"http://127.0.0.1:{port}",
        bounce_mailbox="",
        two_step_roles=("admin",),  # Hana needs no telephone here
    )


def tell(door: Door, settings: Settings) -> None:
    """Migrate, play, and print what happened and where to look."""
    quiet = structlog.make_filtering_bound_logger(logging.WARNING)
    structlog.configure(wrapper_class=quiet)  # the story is told in sentences
    clock = Clock(first_day(door.now()))
    app = door.build(settings, now=clock)
    box = settings.instance / "outbox"
    with app.app_context():
        event.listen(db.engine, "connect", hurry)
        upgrade()
        engine = Engine(settings, site=lambda: site_for(settings), now=clock)
        story = Story(app, engine, clock, CATALOGUE.read_bytes(), box)
        for line in play(story):
            click.echo(line)
        reference = the_notice().reference
        mail = letter_to(story.outbox, "cleo.davies@example.org", reference)
        with unit():
            doors = {who: link(known(email), now=clock()) for who, email in DESK.items()}
        session.remove()
    click.echo("\nWhat comes next, played forward on a copy:")
    tell_forward(door, settings, clock.instant)
    click.echo(
        f"\nOne of the mails, as plain text:\n\nTo: {mail['To']}\nSubject: {mail['Subject']}\n"
    )
    click.echo("\n".join(f"  {line}".rstrip() for line in text_of(mail).splitlines()))
    base = settings.base_url
    click.echo(f"\nMails      {box}  ({base}/dev/inbox)")
    click.echo(f"The change {base}/changes/{reference}")
    click.echo(f"Feeds      {base}/feeds/topics/air-quality.atom and .rss")
    click.echo(f"Calendar   {base}/calendar/topics/air-quality.ics")
    click.echo("The desk   choose a password, and sign in as")
    for who, secret in doors.items():
        click.echo(f"           {who}: {base}/staff/password/{secret}")


def hurry(connection: Any, record: object) -> None:
    """The story may be told again; waiting for the disk at each of its commits cost half its time.
    What is served afterwards opens the database anew, with synchronous=FULL."""
    connection.execute("PRAGMA synchronous=OFF")


def tell_forward(door: Door, settings: Settings, since: datetime) -> None:
    """Play the coming months on a copy of everything, so that what is served stays at today."""
    folder = settings.instance.with_name("demo-forward")
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(settings.instance, folder)
    copied = replace(settings, instance=folder, database_url=f"sqlite:///{folder / 'notifier.db'}")
    clock = Clock(since)
    app = door.build(copied, now=clock)
    with app.app_context():
        event.listen(db.engine, "connect", hurry)
        engine = Engine(copied, site=lambda: site_for(copied), now=clock)
        story = Story(app, engine, clock, b"", folder / "outbox")
        for line in play_forward(story):
            click.echo(line)
    shutil.rmtree(folder, ignore_errors=True)

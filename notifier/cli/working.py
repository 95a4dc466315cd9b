"""The command that works behind the doors: worker."""

from __future__ import annotations

import os
import sys

import click

from notifier.cli.door import Door, pass_door
from notifier.cli.supervise import run_processes
from notifier.render.links import site_for
from notifier.store.db import session
from notifier.worker.drain import drain, perform, wait_for_retries
from notifier.worker.engine import Engine
from notifier.worker.hands import share
from notifier.worker.replies import look_in_mailbox
from notifier.worker.tick import Work, tick

# Bulk mail gives way to the pages and the mail server of the same machine: with smtp-sink beside it
# on two cores an eighth more went out.
NICE = 10


def attach(root: click.Group) -> None:
    root.add_command(worker)


@click.command("worker")
@click.option("--processes", default=1, show_default=True, type=click.IntRange(1, 64))
@click.option("--drain", "drain_", is_flag=True, help="Do what is due, then exit 0.")
@click.option("--kept-by", type=int, hidden=True, help="The parent; the worker ends when it dies.")
@pass_door
def worker(door: Door, processes: int, drain_: bool, kept_by: int | None) -> None:
    """Keep the promises: send what is due, repair what was lost."""
    if processes > 1 and not drain_:
        sys.exit(run_processes(processes))
    if door.alone:
        os.nice(NICE)
    with door.app.app_context():
        engine = engine_of(door)
    if drain_:
        drain_all(door, engine, processes)
    else:
        from notifier.worker.loop import Loop  # noqa: PLC0415  # Huey takes 11 MB

        Loop(door.app, engine, kept_by=kept_by).run()


def engine_of(door: Door) -> Engine:
    return Engine(door.settings, site=lambda: site_for(door.settings), now=door.clock)


def drain_all(door: Door, engine: Engine, processes: int) -> None:
    """Send what is due; wait for retries of the next minute, as the contract says."""

    def hands(first: Engine, work: Work) -> None:
        share(first, work, processes, lambda: engine_of(door))

    many = hands if processes > 1 else None
    with door.app.app_context():
        look_in_mailbox(engine)
        drain(engine, many)
        while (seconds := wait_for_retries(engine)) is not None:
            session.remove()
            door.sleep(seconds)
            perform(engine, tick(engine), many)
            drain(engine, many)
    engine.transport.close()

"""Commands that run the house: migrate, serve, web, worker, check, bounce."""

from __future__ import annotations

import ipaddress
import sys

import click
from flask_migrate import upgrade

from notifier.cli.doctor import findings
from notifier.cli.door import Door, pass_door
from notifier.cli.supervise import run_processes, run_web, serve_both
from notifier.errors import Refused
from notifier.render.links import site_for
from notifier.store.db import session
from notifier.worker.drain import drain, perform, wait_for_retries
from notifier.worker.engine import Engine
from notifier.worker.hands import share
from notifier.worker.loop import Loop
from notifier.worker.returns import take
from notifier.worker.tick import Work, tick


def attach(root: click.Group) -> None:
    for command in (migrate, serve, web, worker, check, bounce):
        root.add_command(command)


@click.command("migrate")
@pass_door
def migrate(door: Door) -> None:
    """Bring the database to this program's schema; run it before the first start."""
    with door.bare_app.app_context():
        upgrade()
    click.echo("The database is up to date.")


def loopback_only(door: Door, host: str) -> None:
    if door.settings.production:
        return
    try:
        local = ipaddress.ip_address(host).is_loopback
    except ValueError:
        local = host == "localhost"
    if not local:
        raise Refused(
            f"In development the server listens on loopback only, not on {host}; "
            "set NOTIFIER_ENV=production to serve others."
        )


host_option = click.option("--host", default="127.0.0.1", show_default=True)
port_option = click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))


@click.command("serve")
@host_option
@port_option
@click.option("--workers", default=1, show_default=True, type=click.IntRange(1, 64))
@pass_door
def serve(door: Door, host: str, port: int, workers: int) -> None:
    """The web and one worker together, until Ctrl-C."""
    loopback_only(door, host)
    app = door.app
    click.echo(f"Serving http://{host}:{port} with a worker, until Ctrl-C.")
    serve_both(app, host=host, port=port, workers=workers)


@click.command("web")
@host_option
@port_option
@click.option("--workers", default=1, show_default=True, type=click.IntRange(1, 64))
@pass_door
def web(door: Door, host: str, port: int, workers: int) -> None:
    """The web alone."""
    loopback_only(door, host)
    app = door.app
    click.echo(f"Serving http://{host}:{port}, until Ctrl-C.")
    run_web(app, host=host, port=port, workers=workers)


@click.command("worker")
@click.option("--processes", default=1, show_default=True, type=click.IntRange(1, 64))
@click.option("--drain", "drain_", is_flag=True, help="Do what is due, then exit 0.")
@pass_door
def worker(door: Door, processes: int, drain_: bool) -> None:
    """Keep the promises: send what is due, repair what was lost."""
    if processes > 1 and not drain_:
        sys.exit(run_processes(processes))
    with door.app.app_context():
        engine = engine_of(door)
    if drain_:
        drain_all(door, engine, processes)
    else:
        Loop(door.app, engine).run()


def engine_of(door: Door) -> Engine:
    return Engine(door.settings, site=lambda: site_for(door.settings), now=door.clock)


def drain_all(door: Door, engine: Engine, processes: int) -> None:
    """Send what is due; wait for retries of the next minute, as the contract says."""

    def hands(first: Engine, work: Work) -> None:
        share(first, work, processes, lambda: engine_of(door))

    many = hands if processes > 1 else None
    with door.app.app_context():
        drain(engine, many)
        while (seconds := wait_for_retries(engine)) is not None:
            session.remove()
            door.sleep(seconds)
            perform(engine, tick(engine), many)
            drain(engine, many)
    engine.transport.close()


@click.command("bounce")
@pass_door
def bounce(door: Door) -> None:
    """Take one returned message from standard input."""
    raw = sys.stdin.buffer.read(5_000_000)
    with door.app.app_context():
        click.echo(take(engine_of(door), raw).capitalize() + ".")


@click.command("check")
@pass_door
def check(door: Door) -> None:
    """The doctor: settings, schema, database, mail. Exit 1 when something must be mended."""
    bad = False
    for finding in findings(door):
        click.echo(f"{'ok  ' if finding.good else 'BAD '} {finding.what}")
        bad = bad or not finding.good
    if bad:
        raise Refused("Something above needs mending.")

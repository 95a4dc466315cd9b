"""Commands that set the house up and open its doors: migrate, check, serve, web."""

from __future__ import annotations

import ipaddress

import click
from flask_migrate import upgrade

from notifier.cli.doctor import findings
from notifier.cli.door import Door, pass_door
from notifier.cli.supervise import run_web, serve_both
from notifier.errors import Refused


def attach(root: click.Group) -> None:
    for command in (migrate, serve, web, check):
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
    app = door.site
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
    app = door.site
    click.echo(f"Serving http://{host}:{port}, until Ctrl-C.")
    run_web(app, host=host, port=port, workers=workers)


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

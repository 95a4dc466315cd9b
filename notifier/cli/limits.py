"""Commands about how fast mail servers are fed: what is in force, set, or forgotten."""

from __future__ import annotations

from typing import Any

import click

from notifier.cli.door import Door, instant, pass_door
from notifier.cli.options import json_option
from notifier.cli.stops import actor, by_option
from notifier.delivery import limits_staff
from notifier.delivery.limits import ALL, DOMAIN, RELAY
from notifier.delivery.limits_rules import WarmUp, limits_of, warm_day
from notifier.errors import Refused
from notifier.mail.transport import from_url, relays
from notifier.settings import DOMAIN as A_DOMAIN
from notifier.settings import per_second

name_argument = click.argument("name", metavar="DOMAIN|RELAY")


def attach(root: click.Group) -> None:
    root.add_command(limits)


@click.group("limits")
def limits() -> None:
    """How fast mail servers and domains are given mail."""


@limits.command("list")
@json_option
@pass_door
def list_limits(door: Door) -> None:
    """Every limit of the settings, of staff, and what servers asked for; the warm-up's day."""
    with door.app.app_context():
        rows = shown(door)
    door.show(rows, "scope", "name", "limit", "set_by", "now", "halved", "left_today", "said")


@limits.command("set")
@name_argument
@click.argument("rate")
@by_option
@json_option
@pass_door
def set_limit(door: Door, name: str, rate: str, by_: str | None) -> None:
    """Limit a domain, or a relay as host:port, to a RATE such as 600/min, from now on."""
    scope, name = place(door, name)
    messages = per_second(rate)
    with door.unit():
        limits_staff.set_limit(scope, name, messages, by=actor(door, by_), now=door.now())
        door.done(f"{name} is given {rate} at most.", lambda: of(door, name))


@limits.command("clear")
@name_argument
@by_option
@json_option
@pass_door
def clear_limit(door: Door, name: str, by_: str | None) -> None:
    """Forget what staff set for a domain or relay, and what it complained of."""
    scope, name = place(door, name)
    with door.unit():
        limits_staff.clear_limit(scope, name, by=actor(door, by_), now=door.now())
        door.done(f"{name} has the limit of the settings, or none.", lambda: of(door, name))


def place(door: Door, name: str) -> tuple[str, str]:
    """Whether a relay or a domain is meant. Raises Refused for what is neither."""
    name, known = name.lower(), relay_limits(door)
    if name in known:
        return RELAY, name
    if A_DOMAIN.fullmatch(name):
        return DOMAIN, name
    raise Refused(
        f"{name} is no domain, and no relay of NOTIFIER_MAIL_URL; it names {', '.join(known)}."
    )


def relay_limits(door: Door) -> dict[str, float]:
    """Messages a second by relay of NOTIFIER_MAIL_URL; 0 where it sets none."""
    kept = door.settings
    transport = from_url(kept.mail_url, host_name=kept.host_name, instance=kept.instance)
    return {one.name: one.limit for one in relays(transport)}


def shown(door: Door) -> list[dict[str, Any]]:
    """The JSON shape: scope, name, limit, set_by, now, halved, silent_until, code, said, and for
    the warm-up left_today."""
    named = {(DOMAIN, name): rate for name, rate in limits_of(door.settings.limits).items()}
    named |= {(RELAY, name): rate for name, rate in relay_limits(door).items() if rate}
    rows = [
        {**row, "silent_until": instant(row["silent_until"]), "left_today": None}
        for row in limits_staff.standing(named, now=door.now())
    ]
    quota = WarmUp.of(door.settings.warm_up).quota(warm_day(door.now()))
    if quota is not None:
        left = limits_staff.left_today(quota, now=door.now())
        day = {"scope": ALL, "name": "warm-up", "limit": f"{quota}/day", "set_by": "settings"}
        rest = {"now": f"{quota}/day", "halved": 0, "silent_until": None, "code": 0, "said": ""}
        rows.append({**day, **rest, "left_today": left})
    return rows


def of(door: Door, name: str) -> dict[str, Any]:
    """The row of one name, as ``limits list`` has it; empty when nothing is in force."""
    return next((row for row in shown(door) if row["name"] == name), {"name": name, "limit": None})

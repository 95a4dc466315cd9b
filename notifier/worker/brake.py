"""Pauses what is refused in a storm and wakes the people who can mend it."""

from __future__ import annotations

from datetime import datetime

import structlog
from sqlalchemy.exc import IntegrityError

from notifier.accounts import duty
from notifier.catalogue.queries import body_teams
from notifier.clock import london_date
from notifier.delivery.storm import storm, suspects
from notifier.errors import Conflict
from notifier.notices.owed import working
from notifier.sends import queries as sends
from notifier.sends.models import Send
from notifier.sends.rules import SEND
from notifier.sends.staff import nag
from notifier.sends.stopped import mark
from notifier.store.db import look, unit
from notifier.store.history import SYSTEM
from notifier.store.moves import move

log = structlog.get_logger()


def brake(now: datetime) -> None:
    """Look at each Send under way: 2 ms and no lock while nothing is refused."""
    with look():
        found = [send.id for send in suspects() if storm(send)]
    for send_id in found:
        try:
            with unit():
                stop(sends.send(send_id), now=now)
        except (Conflict, IntegrityError):
            log.info("stopped by somebody else", send=send_id)


def stop(send: Send, *, now: datetime) -> None:
    """Pause it until a person lets it go on; mail to its team and who is on duty above."""
    why = storm(send)
    if send.state != "sending" or not why:
        return
    move(send, "pause", SEND, by=SYSTEM, now=now, why=why)
    mark(send, "braked", why, now=now)
    log.error("a send was braked", send=send.id, about=send.about, why=why)
    wake(send, "braked", str(int(now.timestamp())), now=now, why=why)


def wake(send: Send, stage: str, key: str, *, now: datetime, why: str = "") -> None:
    """One mail each, once for ``key``, to those who hold the work and to the heads on duty."""
    teams = {send.team_id} if send.team_id is not None else set[int]()
    today, about = london_date(now), f"send:{send.id}"
    holders = {person.id for person in working(teams, today)}
    above = {person.id for person in duty.on_duty(body_teams(teams), today)} - holders
    team = send.team_id
    nag(about, stage=stage, to=sorted(holders), mark=key, team_id=team, now=now, why=why)
    nag(about, stage=stage, to=sorted(above), mark=key, team_id=team, now=now, why=why, hop=True)

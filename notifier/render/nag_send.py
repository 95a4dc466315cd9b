"""Alarms to staff about a message that does not reach people: what happened, and the ways on."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import select

from notifier.catalogue.models import Team
from notifier.render.commands import PROGRAM
from notifier.render.nag_asked import Asked, Lines, Said
from notifier.render.passages import line
from notifier.sends.models import Letter, Send
from notifier.store.db import session


def braked(asked: Asked, told: Send) -> Said:
    facts = [("What happened", asked.send.context.get("why", "")), *numbers(told)]
    lines = [
        ("What was refused, and where", f"{PROGRAM} sends progress {told.id}"),
        ("Once it is mended, let it go on", f"{PROGRAM} sends resume {told.id} --by {asked.by}"),
        ("Try those again that failed", f"{PROGRAM} sends retry {told.id} --by {asked.by}"),
        ("Or end it", f'{PROGRAM} sends cancel {told.id} --reason "TEXT" --by {asked.by}'),
    ]
    lead = "Find out why mail servers refuse it, then let it go on."
    note = "Nobody else gets it until then. Who has it keeps it, and nobody gets it twice."
    return "Sending paused", lead, facts, lines, note


def silent(asked: Asked, told: Send) -> Said:
    lines = [
        ("What becomes of it", f"{PROGRAM} sends progress {told.id}"),
        ("Whether mail can go out at all", f"{PROGRAM} check"),
    ]
    if told.state == "paused":
        lines.append(("Let it go on", f"{PROGRAM} sends resume {told.id} --by {asked.by}"))
    lead = "Look at the mail server: an hour after its time, this has reached nobody."
    note = "It is not lost: whom it was for is written down, and each is tried for three days."
    return "Nobody has it", lead, numbers(told), lines, note


def numbers(told: Send) -> Lines:
    return [
        ("Message", f"{told.about}, {told.stage} (send {told.id}, {told.state})"),
        ("Have it", f"{told.accepted:,} of {told.audience:,}"),
        ("Bad addresses", f"{told.bounced:,}"),
        ("Failed", f"{told.failed:,}"),
        ("Not yet", f"{told.pending:,}"),
    ]


def title_of(told: Send) -> str:
    """The subject that people read, or what it is about while there is none."""
    query = select(Letter.subject).where(Letter.send_id == told.id).order_by(Letter.variant)
    return line(session.scalar(query.limit(1)) or told.about).text


def team_of(told: Send) -> str:
    """The team that answers for it, or "" for what belongs to no team, such as a digest."""
    team = session.get(Team, told.team_id) if told.team_id is not None else None
    return line(team.name).text if team is not None else ""


ABOUT_SEND: dict[str, Callable[[Asked, Send], Said]] = {"braked": braked, "silent": silent}

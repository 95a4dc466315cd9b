"""What every page of a Send begins with: which one it is, whose, and what this member may do."""

from __future__ import annotations

from flask import abort, current_app

from notifier.catalogue.sight import Sight, sight
from notifier.insight.sizes import Sizes
from notifier.sends.models import Send
from notifier.store.db import session
from notifier.web.staff import door
from notifier.web.staff.sends.pace import Pace

ACTS = ("author", "approver", "hop", "deputy", "admin")


def pace() -> Pace:
    found: Pace = current_app.extensions.setdefault("notifier.pace", Pace())
    return found


def sizes() -> Sizes:
    found: Sizes = current_app.extensions.setdefault("notifier.sizes", Sizes())
    return found


def seen() -> Sight:
    return sight(door.me())


def the_send(send_id: int) -> Send:
    """404 for what there is not, for another team's, and for mail to one person of whoever does not
    work for the whole organisation. What the organisation sends to many, everybody may look at."""
    send = session.get(Send, send_id)
    if send is None or not may_look(send, seen()):
        abort(404)
    return send


def may_look(send: Send, by: Sight) -> bool:
    if send.to_one:
        return by.teams is None
    return send.team_id is None or by.owns(send.team_id)


def may_act(send: Send) -> bool:
    """Whether this member may stop it, let it go on, correct it, and see whom it reached."""
    return sight(door.me(), *ACTS).owns(send.team_id)


def to_act_on(send_id: int) -> Send:
    """As ``the_send``, for who may act on it."""
    send = the_send(send_id)
    if not may_act(send):
        abort(404)
    return send

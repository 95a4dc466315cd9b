"""For those who run it: /healthz and /metrics."""

from __future__ import annotations

import hmac

from flask import Blueprint, Response, abort, jsonify, request
from prometheus_client import CollectorRegistry, Gauge, generate_latest
from sqlalchemy import ColumnElement, and_, func, select, text
from sqlalchemy.exc import SQLAlchemyError

from notifier.audience.models import Reach
from notifier.sends.models import Send
from notifier.store.db import session
from notifier.web.guard import is_local, public, settings
from notifier.web.public.frame import now

blueprint = Blueprint("operations", __name__)


@blueprint.get("/healthz")
@public
def health() -> tuple[Response, int]:
    """200 while the database answers; says nothing else."""
    try:
        session.execute(text("SELECT 1"))
    except SQLAlchemyError:
        return jsonify(status="the database does not answer"), 503
    return jsonify(status="ok"), 200


@blueprint.get("/metrics")
@public
def metrics() -> Response:
    """Prometheus text, for loopback or whoever holds the token; 404 for everybody else."""
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    token = settings().metrics_token
    holds = bool(token) and hmac.compare_digest(given.encode(), token.encode())
    if not holds and not is_local():
        abort(404)
    registry = CollectorRegistry()
    people = Gauge("notifier_people_active", "People who get mail", registry=registry)
    people.set(session.scalar(select(func.count(Reach.subscriber_id))) or 0)
    sends = Gauge("notifier_sends", "Sends by state", ["state"], registry=registry)
    by_state = select(Send.state, func.count()).group_by(Send.state)
    for state, count in session.execute(by_state):
        sends.labels(state).set(count)
    outcomes = Gauge("notifier_deliveries", "Outcomes so far", ["outcome"], registry=registry)
    for name in ("accepted", "bounced", "failed", "skipped"):
        total = session.scalar(select(func.sum(getattr(Send, name)))) or 0
        outcomes.labels(name).set(total)
    going = Gauge(
        "notifier_sending_people", "People by outcome", ["send", "outcome"], registry=registry
    )
    for send in session.scalars(select(Send).where(under_way())):
        for name in ("accepted", "bounced", "failed", "skipped", "pending"):
            going.labels(send.id, name).set(getattr(send, name))
    late = Gauge("notifier_sends_overdue", "Planned Sends past their time", registry=registry)
    late.set(
        session.scalar(
            select(func.count(Send.id)).where(Send.state == "planned", Send.due_at < now())
        )
        or 0
    )
    return Response(generate_latest(registry), mimetype="text/plain")


def under_way() -> ColumnElement[bool]:
    """Sends to many that are being sent, or were paused then."""
    begun = Send.state.in_(("sending", "paused")), Send.frozen_at.is_not(None)
    return and_(*begun, Send.receivers.is_not(None))

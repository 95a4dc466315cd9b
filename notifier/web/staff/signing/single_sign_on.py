"""The doors to the organisation's directory and back."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import structlog
from flask import Blueprint, abort, redirect, request, session

from notifier.accounts import single
from notifier.catalogue import queries as catalogue
from notifier.errors import Refused
from notifier.store.db import unit
from notifier.web.guard import public, settings
from notifier.web.staff import door
from notifier.web.staff.frame import problem
from notifier.web.staff.security import now
from notifier.web.staff.signing import oidc
from notifier.web.staff.signing.signing_in import show

blueprint = Blueprint("staff_single_sign_on", __name__)
log = structlog.get_logger()

ASKED = "notifier.single"
WITHIN = timedelta(minutes=10)
FAILED = "Your organisation’s sign-in did not answer as it should. Try again in a moment."
NOT_FINISHED = "The sign-in was not finished. Start again."


@blueprint.get("/staff/single-sign-on")
@public
def away() -> Any:
    """A link, no form: our policy lets no form lead to another site."""
    if not settings().oidc_issuer:
        abort(404)
    asked = oidc.Asked.fresh()
    try:
        where = oidc.away(asked, now=now())
    except oidc.Untrusted as error:
        log.warning("single sign-on is not possible", why=str(error))
        return show("", problem("email", FAILED), 502)
    session[ASKED] = [asked.state, asked.nonce, asked.verifier, int(now().timestamp())]
    return redirect(where, 303)


@blueprint.get("/staff/single-sign-on/back")
@public
def back() -> Any:
    """The directory sent somebody back: this browser's question, answered once."""
    if not settings().oidc_issuer:
        abort(404)
    kept = session.pop(ASKED, None)
    if not kept or now().timestamp() - kept[3] > WITHIN.total_seconds():
        return show("", problem("email", NOT_FINISHED), 400)
    try:
        said = oidc.claims(oidc.Asked(*kept[:3]), request.args.to_dict(), now=now())
        with unit():
            person, why_not = single.arrive(arrival(said), now=now())
            if person is not None:
                door.enter(person, stage="full", how="single sign-on")
    except oidc.Untrusted as error:
        log.warning("single sign-on failed", why=str(error))
        return show("", problem("email", FAILED), 400)
    except Refused as refusal:
        return show("", problem("email", refusal), 403)
    return redirect(door.onward(), 303) if person else show("", problem("email", why_not), 403)


def arrival(said: dict[str, Any]) -> single.Arrival:
    """What the directory says, in our words. Raises Untrusted without an address."""
    email = said.get("email")
    if not isinstance(email, str) or "@" not in email or len(email) > 254:
        raise oidc.Untrusted("its token holds no email address")
    return single.Arrival(
        identity=f"{said['iss']} {said['sub']}",
        email=email,
        confirmed=said.get("email_verified") in (True, "true"),
        name=" ".join(str(said.get("name") or "").split()),
        roles=frozenset(roles(said.get(settings().oidc_claim))),
    )


def roles(groups: Any) -> set[tuple[str, int | None]]:
    """What the groups may do, by the setting; a group or team that we do not know gives nothing."""
    named = {groups} if isinstance(groups, str) else set(groups or ())
    slugs = {slug: team_id for team_id, slug in catalogue.team_slugs().items()}
    found: set[tuple[str, int | None]] = set()
    for word in settings().oidc_roles:
        group, _, what = word.rpartition("=")
        role, _, team = what.partition("@")
        if group in named and (not team or team in slugs):
            found.add((role, slugs[team] if team else None))
    return found

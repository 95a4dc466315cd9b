"""Who may come in: sign-in marks a browser, each view says whom it is for, and everybody else is
told that there is no such page.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any, TypeVar
from urllib.parse import urlsplit

from flask import Flask, abort, redirect, request, session
from flask_security import current_user, login_user, logout_user
from sqlalchemy import select
from werkzeug.exceptions import HTTPException, MethodNotAllowed

from notifier.accounts import sessions
from notifier.accounts.letters import tell
from notifier.accounts.models import Staff, StaffSession
from notifier.accounts.people import has_role
from notifier.store.db import session as database
from notifier.store.db import unit
from notifier.store.history import By
from notifier.tokens import fingerprint
from notifier.web.guard import settings
from notifier.web.staff.security import SECRET, Member, now
from notifier.web.staff.who import browser, network_words

View = TypeVar("View", bound=Callable[..., Any])
HOME, SIGN_IN = "/staff/", "/staff/sign-in"
# Where a session that is not whole yet must go first.
STAGES = {"code": "/staff/code", "set_up": "/staff/two-step"}
# A path of the desk: no other host, no scheme, nothing that a browser reads as one.
OWN_PATH = re.compile(r"/staff(?:/[\w.-]+)*/?(?:\?[\w.=&%+-]*)?", re.ASCII)
LONGEST_NEXT = 500


@dataclass(frozen=True)
class Needs:
    """Whom a view is for. ``roles``: one of them, in whatever team; none means any member.
    ``proved``: they gave password, code or passkey within the last quarter of an hour."""

    roles: tuple[str, ...] = ()
    stages: tuple[str, ...] = ("full",)
    proved: bool = False


def member(
    *roles: str, stages: tuple[str, ...] = ("full",), proved: bool = False
) -> Callable[[View], View]:
    """Marks a view as one for members of staff. What belongs to a team is asked in the view, with
    ``require``: only there is it known whose it is."""

    def mark(view: View) -> View:
        view.needs = Needs(roles, stages, proved)  # type: ignore[attr-defined]
        return view

    return mark


def attach(app: Flask) -> None:
    app.extensions["notifier.keeper"] = keep
    app.before_request(tell_nothing)


def tell_nothing() -> None:
    """A stranger who asks by the wrong method learns no more than one who asks for nothing."""
    below = request.path.startswith("/staff/") and request.path != HOME
    if below and isinstance(request.routing_exception, MethodNotAllowed) and here() is None:
        abort(404)


def keep(needs: Needs) -> Any:
    """None lets in; an answer leads elsewhere first; a stranger gets 404."""
    found = here()
    if found is None:
        return outside()
    at = found.at
    if at.stage not in needs.stages:
        return redirect(STAGES.get(at.stage, HOME), 303)
    if needs.roles and not any(r.role in needs.roles for r in found.row.roles):
        abort(404)
    if needs.proved and at.stage == "full" and not sessions.is_proved(at, now()):
        return prove_first()
    # A page that looks each second is no sign that somebody sits before it.
    polled = "HX-Request" in request.headers and request.method == "GET"
    if sessions.is_unseen(at, now()) and not polled:
        with unit():
            at.seen_at = now()
    return None


def here() -> Member | None:
    """Who has signed in with this browser, also half way."""
    return current_user if isinstance(current_user._get_current_object(), Member) else None


def outside() -> Any:
    """The front door leads to sign-in, and so does a session that is over; nothing else exists."""
    was_here = isinstance(session.get(SECRET), str)
    if was_here and "HX-Request" in request.headers:
        raise SignedOut  # a block that looks each second must not become the page for sign-in
    if request.method in ("GET", "HEAD") and (was_here or request.path in ("/staff", HOME)):
        session["next"] = safe_next(request.full_path)
        return redirect(SIGN_IN, 303)
    if was_here:
        raise SignedOut
    abort(404)


class SignedOut(HTTPException):
    """A form was sent after its session had ended; what was typed is still in the browser."""

    code = 401


def prove_first() -> Any:
    """To the page that asks, and from there back to the page where the button was pressed."""
    pressed_on = urlsplit(request.referrer or "").path or "/staff/account"
    session["next"] = safe_next(request.full_path if request.method == "GET" else pressed_on)
    return redirect("/staff/prove", 303)


def safe_next(path: str) -> str:
    """The path when it is one of the desk's own, else its home."""
    wanted = path.removesuffix("?")
    return wanted if len(wanted) <= LONGEST_NEXT and OWN_PATH.fullmatch(wanted) else HOME


def onward() -> str:
    """Where somebody wanted to go before they were asked who they are."""
    return safe_next(str(session.pop("next", HOME)))


def me() -> Staff:
    """The member of staff whose request this is."""
    found = here()
    if found is None:
        abort(404)
    return found.row


def own_account() -> Staff:
    """As ``me``; 404 for whom the organisation's directory vouches: nothing is set here."""
    person = me()
    if person.identity is not None:
        abort(404)
    return person


def at() -> StaffSession:
    """The session of this request."""
    found = here()
    if found is None:
        abort(404)
    return found.at


def by() -> By:
    """For history: a member of staff who has signed in."""
    return sessions.own(me())


def require(*roles: str, team_ids: Collection[int]) -> Staff:
    """404 unless they hold one of the roles in one of the teams, or in all: what belongs to another
    team does not exist for them."""
    person = me()
    if not has_role(person, *roles, team_ids=set(team_ids)):
        abort(404)
    return person


def enter(person: Staff, *, stage: str, how: str) -> None:
    """Begin a session, inside a unit of work: always a new one with a new secret, so that nobody
    can have planted it; what the browser held before ends."""
    moment, where, what = now(), network_words(), browser()
    kept = hand_over(person)
    if stage == "full" and not sessions.was_here(person, where, what):
        tell(person, "new-sign-in", now=moment, browser=what, network=where)
    row, secret = sessions.begin(
        person, stage=stage, how=how, network=where, browser=what, now=moment
    )
    session.clear()
    session.update(kept)
    session[SECRET] = secret
    login_user(Member(person, row), remember=False, authn_via=[how])


def hand_over(person: Staff) -> dict[str, Any]:
    """End the browser's earlier session. Whoever comes back as the same person keeps the token of
    their open forms: what they typed when the session ran out can still be sent."""
    kept = {"next": session.get("next", HOME)}
    row = earlier()
    if row is not None:
        sessions.end(row, "signed in again", now=now())
        if row.staff_id == person.id and "csrf_token" in session:
            kept["csrf_token"] = session["csrf_token"]
    return kept


def earlier() -> StaffSession | None:
    secret = session.get(SECRET)
    if not isinstance(secret, str):
        return None
    query = select(StaffSession).where(StaffSession.secret_hash == fingerprint(secret))
    return database.scalars(query).first()


def depart() -> None:
    """Sign out: the row ends and the cookie is emptied."""
    row = earlier()
    if row is not None:
        sessions.end(row, "signed out", now=now())
    logout_user()
    session.clear()


def end_others(reason: str) -> None:
    """Inside a unit of work: every session of this person ends but the one of this request."""
    sessions.end_all(me(), reason, by=by(), now=now(), but=at())


def two_step_roles() -> tuple[str, ...]:
    return settings().two_step_roles

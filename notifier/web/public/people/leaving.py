"""The unsubscribe link of a letter. [RFC 8058]

GET and HEAD change nothing. POST needs no cookie, session, Referer or CSRF token: mail providers
send it for their users.
"""

from __future__ import annotations

from flask import Blueprint, render_template, request

from notifier.audience import queries as people
from notifier.audience.leave import EVERYTHING, leave_everything
from notifier.audience.models import Subscriber, Subscription
from notifier.catalogue import queries as catalogue
from notifier.delivery.correct import corrected
from notifier.delivery.unsubscribe import ends_fridays, newsletters_of, reached_through, unsubscribe
from notifier.render import followed
from notifier.render.links import read_unsubscribe
from notifier.render.passages import Passage, line
from notifier.sends.models import Send
from notifier.store.db import session, unit
from notifier.web.guard import csrf, public, settings
from notifier.web.language import gettext as _
from notifier.web.language import in_language, language, speak_to
from notifier.web.public.frame import now
from notifier.web.public.people.holder import invalid

blueprint = Blueprint("leaving", __name__)


@blueprint.get("/u/<token>")
@public
def ask(token: str) -> str | tuple[str, int]:
    """Shows what the button would end."""
    found = read_unsubscribe(settings(), token)
    send = session.get(Send, found[0]) if found else None
    person = people.person(found[1]) if found else None
    if send is None or person is None:
        return invalid()
    speak_to(person.language)
    everything = request.args.get("all") == "1"
    return render_template(
        "pages/public/unsubscribe.html",
        action=in_language(f"/u/{token}" + ("?all=1" if everything else "")),
        ends=ends(send, person),
        everything=everything,
    )


def ends(send: Send, person: Subscriber) -> list[Passage]:
    """The names of what the button ends."""
    send = corrected(send)
    teams = {series.team.id: series.team.name for series in catalogue.all_series()}
    issues = [teams.get(team_id) or _("this team") for team_id in newsletters_of(send, person)]
    return [
        *(line(_("Newsletters of %(team)s", team=team), language()) for team in issues),
        *names(reached_through(send, person), week_ahead=ends_fridays(send, person)),
    ]


def names(subscriptions: list[Subscription], *, week_ahead: bool = False) -> list[Passage]:
    rows = (followed.followed(s) for s in subscriptions)
    found = [followed.name(row, language()) for row in rows if row is not None]
    fridays = [line(_("Coming next week, each Friday"), language())] if week_ahead else []
    return [*found, *fridays]


@blueprint.post("/u/<token>")
@csrf.exempt  # type: ignore[untyped-decorator]
@public
def one_click(token: str) -> str | tuple[str, int]:
    """Ends at once each subscription through which the letter came; the same again is 200 again."""
    found = read_unsubscribe(settings(), token)
    if found is None:
        return invalid()
    send, person = session.get(Send, found[0]), people.person(found[1])
    if send is None or person is None:
        return invalid()
    speak_to(person.language)
    ended = ends(send, person)
    with unit():
        if request.args.get("all") == "1":
            leave_everything(person, now=now(), reason=EVERYTHING)
        else:
            unsubscribe(*found, now=now())
    session.refresh(person)
    still = [s for s in person.subscriptions if s.ended_at is None]
    goes_on = bool(still or person.week_ahead)
    return render_template(
        "pages/public/unsubscribed.html",
        ended=ended if goes_on else [],
        still=names(still, week_ahead=person.week_ahead),
        leave_action=in_language(f"/u/{token}?all=1") if goes_on else None,
        reasons=[],
        reasons_action=None,
    )

"""Letters to staff about their own account; a link's secret is made while its letter is written."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from notifier.accounts import letters
from notifier.accounts.models import Staff
from notifier.clock import london_date, london_time
from notifier.render import dates
from notifier.render.confirm import from_us
from notifier.render.passages import line
from notifier.render.site import Site
from notifier.render.typeset import Part, Words, typeset
from notifier.sends.models import Send

NOT_YOU = "If this was not you, choose a new password at once and tell an administrator."

# stage: subject and title, the first paragraph, the second; {…} is filled from the Send's context.
STAGES: dict[str, tuple[str, str, str]] = {
    "password-changed": (
        "Your password was changed",
        "It was changed {at}. You were signed out everywhere else.",
        NOT_YOU,
    ),
    "new-sign-in": (
        "A new sign-in to your account",
        "Somebody signed in as you {at}, with {browser} from the network {network}.",
        "If it was you, there is nothing to do. " + NOT_YOU,
    ),
    "many-tries": (
        "Many tries to sign in as you",
        "There were so many wrong tries that sign-in is closed to your address for 15 minutes.",
        "If it was you, wait and try again, or use a passkey. If not, nobody got in; a long "
        "password that you use nowhere else keeps it so.",
    ),
    "two-step-on": ("Two-step sign-in is on", "It was turned on {at}.", NOT_YOU),
    "two-step-off": ("Two-step sign-in is off", "It was turned off {at}.", NOT_YOU),
    "recovery-code-used": (
        "A recovery code was used",
        "Somebody signed in as you with a recovery code {at}. Codes that are left: {left}.",
        NOT_YOU,
    ),
    "passkey-added": ("A passkey was added", "“{name}” was added {at}.", NOT_YOU),
    "passkey-removed": ("A passkey was deleted", "“{name}” was deleted {at}.", NOT_YOU),
}


@dataclass(frozen=True, kw_only=True)
class View:
    """``button`` and ``url`` lead to the page where one acts."""

    title: str
    lead: str
    then: str
    button: str
    url: str


def write(send: Send, *, site: Site, now: datetime, person: Staff) -> Words:
    """The letter of one stage, in English. KeyError for a stage that has no words."""
    it = LINKS[send.stage](person, site, now) if send.stage in LINKS else told(send, site)
    return typeset("account", [Part("en", it)], site=site, origin=from_us(site))


def told(send: Send, site: Site) -> View:
    title, lead, then = STAGES[send.stage]
    # What somebody typed stays on one line and is no header's business: it stands in the body only.
    given = {key: line(str(value)).text for key, value in send.context.items()}
    at = dates.moment(send.created_at, "en")
    return View(
        title=title,
        lead=lead.format(at=f"at {at}", **given),
        then=then,
        button="Look at your account",
        url=site.url("staff", "account"),
    )


def invited(person: Staff, site: Site, now: datetime) -> View:
    ends = dates.full(london_date(now + letters.INVITED_FOR), "en")
    return View(
        title=f"Join {site.organisation}",
        lead="You were made a member of staff. Choose a password, then sign in.",
        then=f"The link works once, until {ends}.",
        button="Choose a password",
        url=site.url("staff", "password", letters.fresh_link(person, "invited", now=now)),
    )


def reset(person: Staff, site: Site, now: datetime) -> View:
    ends = dates.clock(london_time(now + letters.RESET_FOR), "en")
    return View(
        title="Choose a new password",
        lead="Somebody asked for this link on the sign-in page. If it was you, use it.",
        then=f"It works once, until {ends}. If you did not ask, do nothing: nothing has changed.",
        button="Choose a new password",
        url=site.url("staff", "password", letters.fresh_link(person, "reset", now=now)),
    )


LINKS = {"invited": invited, "reset": reset}
